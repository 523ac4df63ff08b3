import threading

import pytest

from nemo_nb.models import MediaInfo
from nemo_nb.studio.accounts import OWNER
from nemo_nb.studio.answers import Refusal
from nemo_nb.studio.jobs import MAX_ATTEMPTS, Jobs
from nemo_nb.studio.render.formats import Rendered
from nemo_nb.studio.store import Store

DONE = Rendered(
    MediaInfo("a.mp4", "video", "mp4", duration_ms=3000, size_bytes=99), notes=("No font has it.",)
)


@pytest.fixture
def stores(tmp_path):
    made = [Store(tmp_path / "studio.sqlite3") for _ in range(2)]
    yield made
    for store in made:
        store.close()


@pytest.fixture
def jobs(stores):
    return Jobs(stores[0], lease_ms=60_000)


def submit(jobs, job_id="r1", user=OWNER):
    return jobs.submit(user, job_id, "s1", {"t": []}, {"format": "mp4"})


def let_leases_run_out(store):
    with store.writing() as db:
        db.execute("UPDATE jobs SET lease_until_ms = 0")


def test_submitting_an_id_again_is_the_same_job(jobs):
    first = submit(jobs)
    again = jobs.submit(OWNER, "r1", "s2", {"other": 1}, {})
    assert again == first
    assert jobs.claim("w").id == "r1"
    assert jobs.claim("w") is None


def test_two_users_may_use_one_id(jobs):
    assert submit(jobs, user="anon_1").key != submit(jobs).key
    with pytest.raises(Refusal):
        jobs.get("anon_2", "r1")


def test_the_oldest_job_comes_first(jobs):
    for n in range(3):
        submit(jobs, f"r{n}")
    assert [jobs.claim("w").id for _ in range(3)] == ["r0", "r1", "r2"]


def test_a_claimed_job_is_left_alone_while_its_lease_is_renewed(jobs, stores):
    submit(jobs)
    job = jobs.claim("first")
    assert Jobs(stores[1], 60_000).claim("second") is None
    let_leases_run_out(stores[0])
    assert jobs.renew(job, "first", 40.0)
    assert Jobs(stores[1], 60_000).claim("second") is None
    assert jobs.get(OWNER, "r1").progress == 40.0


def test_a_job_whose_studio_died_is_taken_over_under_its_id_and_the_dead_cannot_end_it(
    jobs, stores
):
    submit(jobs)
    lost = jobs.claim("dead")
    let_leases_run_out(stores[0])
    other = Jobs(stores[1], 60_000)
    taken = other.claim("alive")
    assert (taken.id, taken.key) == (lost.id, lost.key)
    assert not jobs.renew(lost, "dead", 50.0)
    assert not jobs.complete(lost, "dead", DONE)
    assert not jobs.fail(lost, "dead", "too late")
    assert other.complete(taken, "alive", DONE)
    told = jobs.get(OWNER, "r1")
    assert (told.status, told.progress, told.size_bytes) == ("completed", 100.0, 99)
    assert told.notes == DONE.notes


def test_a_job_that_keeps_ending_its_studio_fails_at_last(jobs, stores):
    submit(jobs)
    for _ in range(MAX_ATTEMPTS):
        assert jobs.claim("w") is not None
        let_leases_run_out(stores[0])
    assert jobs.claim("w") is None
    told = jobs.get(OWNER, "r1")
    assert told.status == "failed"
    assert str(MAX_ATTEMPTS) in told.error


def test_a_job_given_back_can_be_claimed_at_once_and_costs_no_attempt(jobs):
    submit(jobs)
    for _ in range(MAX_ATTEMPTS + 2):
        assert jobs.claim("w") is not None
        jobs.release("w")
    assert jobs.get(OWNER, "r1").status == "pending"


@pytest.mark.parametrize("claimed", [False, True])
def test_cancelling_ends_a_job_that_is_open(jobs, claimed):
    job = submit(jobs)
    if claimed:
        jobs.claim("w")
    assert jobs.cancel(OWNER, "r1").status == "cancelled"
    assert jobs.claim("w") is None
    assert not jobs.complete(job, "w", DONE)
    assert jobs.cancel(OWNER, "r1").status == "cancelled"


def test_cancelling_what_is_done_changes_nothing(jobs):
    submit(jobs)
    jobs.complete(jobs.claim("w"), "w", DONE)
    assert jobs.cancel(OWNER, "r1").status == "completed"


def test_two_studios_on_one_workspace_never_claim_the_same_job(stores):
    total = 40
    for n in range(total):
        submit(Jobs(stores[0], 60_000), f"r{n}")
    claimed = []

    def work(store, worker):
        jobs = Jobs(store, 60_000)
        while (job := jobs.claim(worker)) is not None:
            claimed.append(job.id)

    threads = [
        threading.Thread(target=work, args=(store, f"w{n}"))
        for n, store in enumerate([*stores, *stores])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(f"r{n}" for n in range(total))
