import errno
import sqlite3

import pytest

from nemo_nb.studio.failures import named


def raised(work):
    with pytest.raises((OSError, sqlite3.Error)) as caught:
        work()
    return caught.value


def test_a_full_database_is_a_full_disk(tmp_path):
    db = sqlite3.connect(tmp_path / "a.sqlite3")
    db.execute("CREATE TABLE a (b)")
    db.execute("PRAGMA max_page_count = 2")
    assert "disk of the studio is full" in named(
        raised(lambda: db.execute("INSERT INTO a VALUES (zeroblob(99999))"))
    )
    db.close()


def test_a_damaged_database_is_told(tmp_path):
    (tmp_path / "a.sqlite3").write_bytes(b"no database" * 99)
    db = sqlite3.connect(tmp_path / "a.sqlite3")
    assert "damaged" in named(raised(lambda: db.execute("SELECT * FROM sqlite_master")))
    db.close()


def test_other_failures_are_the_studios_own():
    assert named(ValueError("x")) is None
    assert named(sqlite3.ProgrammingError("x")) is None
    assert named(OSError(errno.EPIPE, "x")) is None


def test_a_full_disk_is_told_in_the_chat(owner, filled, agent):
    agent.failures["boom"] = OSError(errno.ENOSPC, "No space left on device")
    *_, event = owner.say(filled, "boom")
    assert event["errorMessage"].startswith("The disk of the studio is full.")
    assert "timeline is as it was" in event["errorMessage"]


def test_a_full_disk_is_told_by_any_endpoint(owner, filled, studio, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(studio.core.jobs, "submit", full)
    answer = owner.submit(filled)
    assert answer.status_code == 507
    assert "Free some space" in answer.json()["message"]
