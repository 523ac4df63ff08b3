import json
import stat
import time
import uuid
from datetime import UTC, datetime

import anyio
import pytest

from nemo_nb.errors import ConfigError, ProtocolError
from nemo_nb.redact import Secret
from nemo_nb.wire.auth import CACHE_NAME, TokenSource, write_private

pytestmark = pytest.mark.anyio

NOW = 1_800_000_000.0
DAY = 86_400.0


class Server:
    """Grants numbered tokens; ``lifetime`` in seconds, None for an answer without expiry."""

    def __init__(self, lifetime=7 * DAY, shape=float):
        self.asked = 0
        self.lifetime = lifetime
        self.shape = shape

    async def ask(self):
        self.asked += 1
        data = {"token": f"nmv_anon_number{self.asked}", "user_id": "anon_7"}
        if self.lifetime is not None:
            data["expires_at"] = self.shape(NOW + self.lifetime)
        return data


@pytest.fixture
def source(tmp_path):
    def make(server, *, own=None, env=None, now=NOW, origin="https://api.example:443"):
        return TokenSource(
            origin=origin,
            own=own,
            client_id_file=tmp_path / "nemovideo" / "client_id",
            ask=server.ask,
            env=env or {},
            now=lambda: now,
        )

    return make


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


async def test_an_own_token_is_handed_out_and_nothing_is_written(source, tmp_path):
    server = Server()
    tokens = source(server, own=Secret("nmv_usr_mine"))
    assert (await tokens.token()).reveal() == "nmv_usr_mine"
    assert not tokens.anonymous
    assert server.asked == 0
    assert list(tmp_path.iterdir()) == []


async def test_the_client_id_file_holds_a_uuid_and_nothing_else(source, tmp_path):
    tokens = source(Server())
    await tokens.token()
    file = tmp_path / "nemovideo" / "client_id"
    assert str(uuid.UUID(file.read_text())) == file.read_text() == tokens.client_id()
    assert mode(file) == 0o600
    assert mode(file.parent) == 0o700
    assert source(Server()).client_id() == tokens.client_id()


async def test_a_spoilt_client_id_file_is_replaced(source, tmp_path):
    file = tmp_path / "nemovideo" / "client_id"
    file.parent.mkdir()
    file.write_bytes(b"\xff not a uuid")
    made = source(Server()).client_id()
    assert file.read_text() == made


async def test_a_client_id_from_the_environment_is_used_and_not_kept(source, tmp_path):
    mine = str(uuid.uuid4())
    assert source(Server(), env={"NEMO_CLIENT_ID": mine}).client_id() == mine
    assert not (tmp_path / "nemovideo").exists()
    with pytest.raises(ConfigError, match="NEMO_CLIENT_ID"):
        source(Server(), env={"NEMO_CLIENT_ID": "x"}).client_id()


async def test_a_client_id_that_cannot_be_kept_serves_this_process(tmp_path):
    (tmp_path / "blocked").write_text("a file, no folder")
    tokens = TokenSource(
        origin="https://a:443",
        own=None,
        client_id_file=tmp_path / "blocked" / "client_id",
        ask=Server().ask,
        env={},
    )
    assert tokens.client_id() == tokens.client_id()
    assert (await tokens.token()).reveal() == "nmv_anon_number1"


async def test_one_token_serves_all_kernels(source, tmp_path):
    server = Server()
    first = await source(server).token()
    second = source(server)
    assert await second.token() == first
    assert second.user_id == "anon_7"
    assert server.asked == 1
    assert mode(tmp_path / "nemovideo" / CACHE_NAME) == 0o600


async def test_two_kernels_that_start_at_once_ask_for_one_token(source):
    class Slow(Server):
        async def ask(self):
            answer = await super().ask()
            await first_asks.wait()
            return answer

    server, first_asks = Slow(), anyio.Event()
    got = []

    async def kernel():
        got.append(await source(server).token())

    async with anyio.create_task_group() as group:
        group.start_soon(kernel)
        group.start_soon(kernel)
        await anyio.wait_all_tasks_blocked()
        first_asks.set()
    assert server.asked == 1
    assert got[0] == got[1]


async def test_the_cache_is_by_origin(source):
    server = Server()
    await source(server).token()
    other = await source(server, origin="https://other:443").token()
    assert other.reveal() == "nmv_anon_number2"
    assert (await source(server).token()).reveal() == "nmv_anon_number1"


async def test_the_cache_can_be_turned_off(source, tmp_path):
    server = Server()
    await source(server, env={"NEMO_TOKEN_CACHE": "0"}).token()
    assert not (tmp_path / "nemovideo" / CACHE_NAME).exists()


async def test_a_cached_token_of_another_client_id_is_not_used(source, tmp_path):
    server = Server()
    await source(server).token()
    (tmp_path / "nemovideo" / "client_id").write_text(str(uuid.uuid4()))
    assert (await source(server).token()).reveal() == "nmv_anon_number2"


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"https://api.example:443": 7}', "\ud800".encode("utf-8", "surrogatepass")],
)
async def test_a_spoilt_cache_is_no_obstacle(source, tmp_path, text):
    file = tmp_path / "nemovideo" / CACHE_NAME
    file.parent.mkdir()
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert (await source(Server()).token()).reveal() == "nmv_anon_number1"
    assert "https://api.example:443" in json.loads(file.read_text())


@pytest.mark.parametrize("shape", [float, int, lambda s: s * 1000, lambda s: str(int(s)), "iso"])
async def test_a_token_is_renewed_before_it_ends(source, shape):
    if shape == "iso":
        shape = lambda s: datetime.fromtimestamp(s, UTC).isoformat()  # noqa: E731
    server = Server(shape=shape)
    await source(server).token()
    await source(server, now=NOW + 7 * DAY - 601).token()
    assert server.asked == 1
    await source(server, now=NOW + 7 * DAY - 599).token()
    assert server.asked == 2


async def test_a_short_lived_token_is_not_fetched_at_each_call(source):
    server = Server(lifetime=60.0)
    tokens = source(server)
    await tokens.token()
    await tokens.token()
    assert server.asked == 1


async def test_seven_days_where_the_server_names_no_end(source):
    server = Server(lifetime=None)
    await source(server).token()
    await source(server, now=NOW + 6 * DAY).token()
    assert server.asked == 1


async def test_a_server_that_names_no_zone_means_utc(source, monkeypatch):
    monkeypatch.setenv("TZ", "America/Los_Angeles")
    time.tzset()
    naive = lambda s: datetime.fromtimestamp(s, UTC).replace(tzinfo=None).isoformat()  # noqa: E731
    server = Server(shape=naive)
    await source(server).token()
    await source(server, now=NOW + 7 * DAY - 599).token()
    monkeypatch.undo()
    time.tzset()
    assert server.asked == 2


async def test_a_clock_that_is_wrong_costs_no_token_a_call(source):
    server = Server(lifetime=-DAY)
    tokens = source(server)
    first = await tokens.token()
    assert await tokens.token() == first == await source(server).token()
    assert server.asked == 1
    await tokens.renew(first)
    assert server.asked == 2


async def test_a_replay_keeps_neither_id_nor_token(isolated_home):
    server = Server()
    tokens = TokenSource(
        origin="https://a:443", own=None, client_id_file=None, ask=server.ask, env={}
    )
    assert (await tokens.token()).reveal() == "nmv_anon_number1"
    assert tokens.client_id() == tokens.client_id()
    tokens.new_client_id()
    assert list(isolated_home.iterdir()) == []


async def test_a_client_id_replaced_by_another_kernel_meanwhile_is_shared(source, tmp_path):
    one, other = source(Server()), source(Server())
    assert one.client_id() == other.client_id()
    one.new_client_id()
    assert source(Server()).client_id() == one.client_id() != other.client_id()
    assert (tmp_path / "nemovideo" / "client_id").read_text() == one.client_id()


async def test_renewing_takes_what_another_kernel_has_got_already(source):
    server = Server()
    mine, theirs = source(server), source(server)
    refused = await mine.token()
    await theirs.token()
    await theirs.renew(refused)
    await mine.renew(refused)
    assert server.asked == 2
    assert await mine.token() == await theirs.token() != refused


async def test_a_token_renewed_meanwhile_is_kept(source):
    server = Server()
    tokens = source(server)
    old = await tokens.token()
    await tokens.renew(old)
    await tokens.renew(old)
    assert server.asked == 2


async def test_an_answer_without_a_token_is_told(source):
    class Empty(Server):
        async def ask(self):
            return {}

    with pytest.raises(ProtocolError, match="no starter token"):
        await source(Empty()).token()


async def test_an_exclusive_write_leaves_the_first_alone(tmp_path):
    file = tmp_path / "id"
    write_private(file, "first", exclusive=True)
    with pytest.raises(FileExistsError):
        write_private(file, "second", exclusive=True)
    assert file.read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["id"]
