import re
from concurrent.futures import ThreadPoolExecutor

from nemo_nb.render_job import Target, free_name, new_id


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


def test_a_free_name(tmp_path):
    path = tmp_path / "out.mp4"
    assert free_name(path) == path
    path.touch()
    (tmp_path / "out (2).mp4").touch()
    assert free_name(path) == tmp_path / "out (3).mp4"


def test_only_a_resumed_render_may_find_its_own_file(tmp_path):
    path, part = tmp_path / "out.mp4", tmp_path / ".part.mp4"
    path.write_bytes(b"the same")
    part.write_bytes(b"the same")
    target = Target(path, named=False)
    assert target.final(part).name == "out (2).mp4"
    assert target.final(part, resumed=True) == path
    part.write_bytes(b"another!")
    assert target.final(part, resumed=True).name == "out (2).mp4"
    assert Target(path, named=True).final(part) == path
