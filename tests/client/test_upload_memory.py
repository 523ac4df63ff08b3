"""Memory stays flat while a file of any size is uploaded, through all layers, in real life."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import nemo_nb
from clientkit import TOKEN

MB = 1_000_000
CHILD = """
    import json, resource, sys
    import nemo_nb
    from nemo_nb import notices

    url, token, small, big = sys.argv[1:]
    moved = []

    def watch(notice):
        if isinstance(notice, notices.UploadProgress):
            moved.append((notice.name, notice.sent_bytes, notice.total_bytes))

    def peak_mb():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000

    with nemo_nb.connect(url, token=token) as session:
        session.upload(small)  # what is imported on the way counts as before
        session.subscribe(watch)
        before = peak_mb()
        frame = session.upload(big)
    told = {"before": before, "after": peak_mb(), "moved": len(moved), "last": moved[-1]}
    sys.stderr.write(json.dumps(told | {"size": int(frame["size_bytes"][0])}))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the unit of ru_maxrss, and sparse files")
@pytest.mark.parametrize("size", [48 * MB, pytest.param(500 * MB, marks=pytest.mark.slow)])
def test_memory_stays_flat(scripted, tmp_path, png, movie, monkeypatch, size):
    monkeypatch.setenv("PYTHONPATH", str(Path(nemo_nb.__file__).parents[1]))
    scripted.swallows = True
    small, big = tmp_path / "small.png", tmp_path / "big.mp4"
    small.write_bytes(png)
    with big.open("wb") as file:
        # A sparse file: an MP4 by its first bytes, and nothing on the disk behind them.
        file.write(movie[:32])
        file.truncate(size)
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(CHILD), scripted.url, TOKEN, str(small), str(big)],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        timeout=200,
        check=True,
    )
    told = json.loads(done.stderr)
    assert scripted.swallowed[-1] > size
    assert told["last"] == ["big.mp4", size, size]
    assert told["size"] == size
    assert told["moved"] > 100
    assert told["after"] - told["before"] < 24
