import os
import subprocess
import sys

from nemo_nb.studio.accounts import OWNER
from nemo_nb.studio.jobs import MAX_ATTEMPTS, Jobs
from nemo_nb.studio.store import Store
from nemo_nb.studio.workers import is_gone, new_worker


def named_by_another_process():
    """Return the name a process gave itself that has ended since, and a process to reap."""
    code = "from nemo_nb.studio.workers import new_worker; print(new_worker())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_process_that_has_ended_is_gone_and_a_running_one_is_not():
    assert is_gone(named_by_another_process())
    assert not is_gone(new_worker())


def test_a_process_id_that_was_given_out_again_is_somebody_else():
    home, pid, started, rest = new_worker().split("-")
    assert is_gone(f"{home}-{pid}-{int(started) - 1}-{rest}")


def test_nothing_is_said_of_another_machine_or_an_unknown_name():
    _, pid, started, rest = named_by_another_process().split("-")
    assert not is_gone(f"0123456789abcdef-{pid}-{started}-{rest}")
    assert not is_gone(f"{os.getpid()}-abc")
    assert not is_gone("w")


def test_a_dead_process_that_nobody_has_reaped_is_gone():
    code = "from nemo_nb.studio.workers import new_worker; print(new_worker(), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        name = process.stdout.readline().strip()
        assert not is_gone(name)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert is_gone(name)


def test_the_job_of_a_dead_process_is_claimed_at_once_but_not_for_ever(tmp_path):
    store = Store(tmp_path / "studio.sqlite3")
    jobs, dead = Jobs(store, lease_ms=3_600_000), named_by_another_process()
    jobs.submit(OWNER, "r1", "s1", {"t": []}, {})
    for _ in range(MAX_ATTEMPTS):
        assert jobs.claim(dead).id == "r1"
    assert jobs.claim("next") is None
    assert jobs.get(OWNER, "r1").status == "failed"
    store.close()
