import re
from concurrent.futures import ThreadPoolExecutor

from nemo_nb.render_job import new_id


def test_ids_have_the_documented_form_and_are_new():
    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(lambda _: new_id(), range(200)))
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"render_\d{19}", one) for one in ids)


def test_ids_of_one_millisecond_differ(monkeypatch):
    # What two processes see that start a render at the very same time.
    monkeypatch.setattr("nemo_nb.render_job.time_ns", lambda: 1_763_629_199_123_000_000)
    monkeypatch.setattr("nemo_nb.render_job._newest_id", [0])
    mine = new_id()
    monkeypatch.setattr("nemo_nb.render_job._newest_id", [0])
    theirs = {new_id() for _ in range(20)}
    assert mine.startswith("render_1763629199123")
    assert len(theirs) == 20
    assert mine not in theirs
