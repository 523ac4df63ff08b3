"""Sound and picture after ten minutes: a flash and a beep that began together still do."""

import av
import numpy as np
import pytest

from mediakit import RATE, timeline, wave
from mediakit import segment as seg
from nemo_nb.studio.render.encode import render
from nemo_nb.studio.render.formats import Order

SIZE = (64, 36)
MINUTES = 10


@pytest.fixture(scope="module")
def flashing(tmp_path_factory):
    """A clip of 1.001 s: a click in its sound where its 7th frame of 12 begins, 583 ms in."""
    samples = np.zeros((2, round(1.001 * RATE)), np.float32)
    begin = round(7 / 12 * RATE)
    samples[:, begin : begin + 960] = 0.5 * np.sin(np.arange(960) * 2 * np.pi * 1000 / RATE)
    return wave(tmp_path_factory.mktemp("flash") / "flash.mp4", samples, size=SIZE)


@pytest.mark.slow
@pytest.mark.parametrize("fps", [29.97, 23.976, 25])
def test_after_ten_minutes_of_odd_cuts_they_are_within_a_frame(flashing, tmp_path, fps):
    d = 1001
    count = MINUTES * 60_000 // d
    draft = timeline(*(seg(flashing, d=d) for _ in range(count)), size=SIZE, fps=fps)
    draft["m"]["loudness"] = "as-is"
    out = tmp_path / "long.mp4"
    render(draft, {flashing.name: flashing}, out, Order(quality="low"))
    seen, heard = np.array(_flashes(out)), np.array(_clicks(out))
    expected = np.arange(count) * d / 1000 + 7 / 12
    assert seen.size == heard.size == count
    assert np.abs(seen - expected).max() <= 1 / fps
    assert np.abs(heard - expected).max() <= 0.010
    assert np.abs(seen - heard)[-10:].max() < 1 / fps
    with av.open(str(out)) as container:
        ends = [float(stream.duration * stream.time_base) for stream in container.streams]
    assert abs(ends[0] - ends[1]) <= 0.020
    assert abs(ends[0] - count * d / 1000) <= 1 / fps


def _flashes(path):
    """Return when the picture becomes as bright as frame 7 of the numbered clip, s."""
    was, times = False, []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            plane = frame.planes[0]
            view = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
            bright = view[:36, :64].mean() > 16 + 6 * 6.5
            if bright and not was:
                times.append(frame.time)
            was = bright
    return times


def _clicks(path):
    """Return when the sound begins after each silence, s."""
    times = []
    silent = RATE  # samples since the last sound
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            loud = np.flatnonzero(np.abs(frame.to_ndarray()[0]) > 0.1)
            if loud.size:
                if silent + loud[0] > RATE // 4:
                    times.append(frame.time + loud[0] / RATE)
                silent = frame.samples - loud[-1]
            else:
                silent += frame.samples
    return times
