import contextlib
import sqlite3
import stat
import threading
import time
from types import SimpleNamespace

import pytest

from nemo_nb.errors import ConfigError
from nemo_nb.studio.accounts import OWNER
from nemo_nb.studio.answers import Refusal
from nemo_nb.studio.jobs import Jobs
from nemo_nb.studio.projects import UNDO_LIMIT, Change, Projects
from nemo_nb.studio.store import MIGRATIONS, Store


@pytest.fixture
def open_store(tmp_path):
    stores = []

    def make():
        stores.append(Store(tmp_path / "studio.sqlite3"))
        return stores[-1]

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def projects(open_store):
    return Projects(open_store())


def numbered(n):
    return {"n": n}


def test_the_file_belongs_to_its_user_alone(open_store, tmp_path):
    open_store()
    assert stat.S_IMODE((tmp_path / "studio.sqlite3").stat().st_mode) == 0o600


def test_opening_again_migrates_nothing_twice(open_store):
    open_store()
    with open_store().reading() as db:
        versions = [row["version"] for row in db.execute("SELECT version FROM migrations")]
    assert versions == list(range(1, len(MIGRATIONS) + 1))


def test_a_workspace_of_the_first_version_keeps_its_media_and_jobs(tmp_path, open_store):
    with contextlib.closing(sqlite3.connect(tmp_path / "studio.sqlite3")) as old:
        for statement in MIGRATIONS[0]:
            old.execute(statement)
        old.execute("CREATE TABLE migrations (version INTEGER PRIMARY KEY, applied_ms INTEGER)")
        old.execute("INSERT INTO migrations VALUES (1, 0)")
        old.execute("INSERT INTO sessions VALUES ('s', 't', 'u', '', 'en', '{}', 0, 0)")
        old.execute(
            "INSERT INTO media VALUES ('s', 'a.mp4', 0, 'video', 'mp4', 9, 2, 2, 30, 7, 'h', 1)"
        )
        old.execute(
            "INSERT INTO jobs VALUES ('u', 'r', 's', 'k', '{}', '{}', 'completed', 100, NULL, 7, 9,"
            " NULL, 0, 1, 0, 0)"
        )
        old.commit()
    store = open_store()
    (info,) = Projects(store).media("s")
    assert (info.name, info.has_audio, info.notes) == ("a.mp4", True, ())
    assert Jobs(store, 60_000).get("u", "r").notes == ()


def test_a_schema_from_the_future_is_refused_in_words(open_store):
    with open_store().writing() as db:
        db.execute("INSERT INTO migrations VALUES (99, 0)")
    with pytest.raises(ConfigError, match="Upgrade nemo_nb"):
        open_store()


def test_two_stores_that_open_a_new_file_at_once_agree(open_store):
    errors = []

    def work():
        try:
            open_store()
        except sqlite3.Error as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_a_write_that_fails_leaves_nothing(open_store):
    store = open_store()

    def write_twice():
        with store.writing() as db:
            db.execute("INSERT INTO migrations VALUES (50, 0)")
            db.execute("INSERT INTO migrations VALUES (50, 0)")

    with pytest.raises(sqlite3.IntegrityError):
        write_twice()
    with store.reading() as db:
        assert not db.execute("SELECT 1 FROM migrations WHERE version = 50").fetchone()


def test_writers_in_two_stores_wait_for_each_other(open_store):
    first, second = open_store(), open_store()
    session = Projects(first).create(OWNER, "p", "en")

    def count_up(store):
        for _ in range(25):
            with store.writing() as db:
                row = db.execute("SELECT name FROM sessions").fetchone()
                number = int(row["name"]) if row["name"].isdigit() else 0
                db.execute("UPDATE sessions SET name = ?", (str(number + 1),))

    threads = [threading.Thread(target=count_up, args=(store,)) for store in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Projects(first).get(OWNER, session.id).name == "50"


def test_an_edit_from_an_older_revision_is_refused_and_changes_nothing(projects):
    old = projects.create(OWNER, "p", "en")
    new = projects.commit(old, Change(draft=numbered(1)))
    with pytest.raises(Refusal) as caught:
        projects.commit(old, Change(draft=numbered(2), message="lost", variants=[("v", {})]))
    assert caught.value.code == 409
    assert projects.get(OWNER, old.id) == new
    assert projects.depth(old.id) == {"undo": 1, "redo": 0}
    assert projects.recent(old.id) == ()
    assert projects.variants(old.id) == []


def test_undo_and_redo_walk_through_all_drafts_and_an_edit_forgets_the_redo(projects):
    session = projects.create(OWNER, "p", "en")
    for n in range(3):
        session = projects.commit(session, Change(draft=numbered(n)))
    seen = []
    for _ in range(3):
        session = projects.commit(session, Change(history="undo"))
        seen.append(session.draft)
    assert seen == [numbered(1), numbered(0), {}]
    session = projects.commit(session, Change(history="redo"))
    assert session.draft == numbered(0)
    session = projects.commit(session, Change(draft=numbered(9)))
    assert projects.depth(session.id) == {"undo": 2, "redo": 0}
    with pytest.raises(Refusal, match="nothing to redo"):
        projects.commit(session, Change(history="redo"))


def test_a_draft_that_is_the_same_is_no_step(projects):
    session = projects.commit(projects.create(OWNER, "p", "en"), Change(draft=numbered(1)))
    session = projects.commit(session, Change(draft=numbered(1)))
    assert projects.depth(session.id) == {"undo": 1, "redo": 0}


def test_the_undo_stack_has_an_end(projects):
    session = projects.create(OWNER, "p", "en")
    for n in range(UNDO_LIMIT + 5):
        session = projects.commit(session, Change(draft=numbered(n)))
    assert projects.depth(session.id)["undo"] == UNDO_LIMIT
    session = projects.commit(session, Change(history="undo"))
    assert session.draft == numbered(UNDO_LIMIT + 3)


def test_opening_waits_for_another_process_that_is_opening_the_file(
    open_store, tmp_path, monkeypatch
):
    other = sqlite3.connect(tmp_path / "studio.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    clock = SimpleNamespace(
        sleep=lambda _: other.execute("ROLLBACK"), monotonic=time.monotonic, time_ns=time.time_ns
    )
    # In that module alone: other threads of the process sleep as well.
    monkeypatch.setattr("nemo_nb.studio.store.time", clock)
    open_store()
    assert not other.in_transaction
    other.close()
