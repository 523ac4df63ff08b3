"""Where the starter token is kept: a keyring of the test's own, or the file."""

import json
import os
import stat
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import anyio
import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked, PasswordSetError

from nemo_nb.wire import auth, token_store
from nemo_nb.wire.auth import TokenSource
from nemo_nb.wire.token_store import CACHE_NAME, SERVICE, TokenStore, write_private

pytestmark = pytest.mark.anyio

ORIGIN = "https://api.example:443"
ENTRY = {"token": "nmv_anon_number1", "user_id": "anon_7", "renew_at": 2e9}


class Memory(KeyringBackend):
    """A keyring in memory."""

    priority = 5

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


class Weak(Memory):
    """One that keeps secrets in the open, as keyring's own ranking says."""

    priority = 0.5


class Locked(Memory):
    """One that its owner has not opened."""

    def get_password(self, _service, _username):
        raise KeyringLocked("the owner said no")

    def set_password(self, _service, _username, _password):
        raise PasswordSetError("the owner said no")


class Forgetful(Memory):
    """One that takes a password and has none afterwards."""

    def set_password(self, _service, _username, _password):
        pass


@pytest.fixture(autouse=True)
def ring():
    """A keyring that works, in the place of the machine's."""
    before, memory = keyring.get_keyring(), Memory()
    keyring.set_keyring(memory)
    yield memory
    keyring.set_keyring(before)


@pytest.fixture
def store(tmp_path):
    return TokenStore(tmp_path / "nemovideo" / CACHE_NAME)


async def test_the_token_is_in_the_keyring_and_in_no_file(store, ring):
    await store.save(ORIGIN, ENTRY)
    assert json.loads(ring.kept[SERVICE, ORIGIN]) == ENTRY
    assert not store.file.exists()
    assert await store.load(ORIGIN) == [ENTRY]
    assert await store.load("https://other:443") == []


@pytest.mark.parametrize("kind", [NoKeyring, Weak, Locked, Forgetful])
async def test_a_keyring_that_is_none_leaves_it_to_the_file(store, kind):
    keyring.set_keyring(kind())
    await store.save(ORIGIN, ENTRY)
    assert await store.load(ORIGIN) == [ENTRY]
    assert json.loads(store.file.read_text()) == {ORIGIN: ENTRY}
    assert stat.S_IMODE(store.file.stat().st_mode) == 0o600


async def test_without_the_package_it_is_the_file(store, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    await store.save(ORIGIN, ENTRY)
    assert json.loads(store.file.read_text()) == {ORIGIN: ENTRY}


async def test_a_keyring_that_hangs_is_not_waited_for(store, monkeypatch):
    let_go = threading.Event()

    class Hanging(Memory):
        def get_password(self, _service, _username):
            let_go.wait(20)

    keyring.set_keyring(Hanging())
    monkeypatch.setattr(token_store, "_KEYRING_S", 0.01)
    with anyio.fail_after(10):
        assert await store.load(ORIGIN) == []
    let_go.set()


async def test_a_token_of_before_the_keyring_is_used_and_then_moved(store, ring):
    write_private(store.file, json.dumps({ORIGIN: ENTRY, "https://other:443": ENTRY}))
    assert await store.load(ORIGIN) == [ENTRY]
    await store.save(ORIGIN, ENTRY | {"token": "nmv_anon_number2"})
    assert list(json.loads(store.file.read_text())) == ["https://other:443"]
    assert [entry["token"] for entry in await store.load(ORIGIN)] == ["nmv_anon_number2"]
    assert len(ring.kept) == 1


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '"x"'])
async def test_a_spoilt_keyring_entry_is_no_obstacle(store, ring, text):
    ring.kept[SERVICE, ORIGIN] = text
    assert all("token" not in entry for entry in await store.load(ORIGIN))


async def test_a_source_shares_its_token_through_the_keyring(tmp_path, ring):
    asked = []

    async def ask():
        asked.append(1)
        return {"token": f"nmv_anon_number{len(asked)}"}

    def source(env=None):
        return TokenSource(
            origin=ORIGIN,
            own=None,
            client_id_file=tmp_path / "nemovideo" / "client_id",
            ask=ask,
            env=env or {},
        )

    first = await source().token()
    assert await source().token() == first
    assert len(asked) == 1
    assert not (tmp_path / "nemovideo" / CACHE_NAME).exists()
    await source({"NEMO_TOKEN_CACHE": "0"}).token()
    assert len(asked) == 2
    assert "number1" in ring.kept[SERVICE, ORIGIN]


async def test_a_file_system_without_links_still_keeps_the_first(tmp_path, monkeypatch):
    def no_links(*_args):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(token_store.os, "link", no_links)
    file = tmp_path / "id"
    write_private(file, "first", exclusive=True)
    with pytest.raises(FileExistsError):
        write_private(file, "second", exclusive=True)
    assert file.read_text() == "first"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["id"]  # noqa: PTH208 - names are what counts


def test_kernels_that_start_at_once_agree_on_one_client_id(tmp_path):
    file = tmp_path / "nemovideo" / "client_id"

    def kernel(_number):
        async def ask():
            return {}

        return TokenSource(
            origin=ORIGIN, own=None, client_id_file=file, ask=ask, env={}
        ).client_id()

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(kernel, range(32)))
    assert ids == {file.read_text()}
    assert str(uuid.UUID(*ids)) in ids


async def test_the_wait_for_another_kernel_has_an_end(tmp_path, monkeypatch, ring):
    ring.priority = 0
    monkeypatch.setattr(auth, "_OTHER_KERNEL_S", 0.01)

    async def never():
        await anyio.Event().wait()

    async def ask():
        return {"token": "nmv_anon_mine12"}

    def source(how):
        return TokenSource(
            origin=ORIGIN, own=None, client_id_file=tmp_path / "client_id", ask=how, env={}
        )

    async with anyio.create_task_group() as group:
        group.start_soon(source(never).token)
        await anyio.wait_all_tasks_blocked()
        with anyio.fail_after(10):
            assert (await source(ask).token()).reveal() == "nmv_anon_mine12"
        group.cancel_scope.cancel()
