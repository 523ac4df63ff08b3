import numpy as np
import pytest
from PIL import Image

import mediakit
from nemo_nb.studio.render import animated, backwards
from nemo_nb.studio.render.animated import Animation
from nemo_nb.studio.render.backwards import Backwards
from nemo_nb.studio.render.clips import Clip
from nemo_nb.studio.render.footage import Viewing, open_clip
from nemo_nb.studio.render.keyframes import KeyFrames


def number(frame):
    luma = np.frombuffer(frame.planes[0], np.uint8).reshape(-1, frame.planes[0].line_size)
    return round((luma[: frame.height, : frame.width].mean() - 16) / mediakit.LEVEL_STEP)


@pytest.fixture
def long_gop(tmp_path):
    return mediakit.clip(tmp_path / "g.mp4", frames=36, size=(64, 36), gop=36)


def test_backwards_a_bounded_stretch_is_held(long_gop, monkeypatch):
    frame_bytes = 64 * 36 * 3 // 2
    monkeypatch.setattr(backwards, "KEPT_BYTES", 6 * frame_bytes)
    source = Backwards(Clip(long_gop, "g.mp4"))
    shown, most = [], 0
    for n in reversed(range(36)):
        shown.append(number(source.at(n * 1000 / 30)))
        most = max(most, len(source._frames))
    source.close()
    assert shown == list(reversed(range(36)))
    assert most <= 6


def test_backwards_decodes_each_stretch_once(long_gop, monkeypatch):
    source = Backwards(Clip(long_gop, "g.mp4"))
    fills = []
    fill = source._fill
    monkeypatch.setattr(source, "_fill", lambda at: (fills.append(at), fill(at)))
    for n in reversed(range(36)):
        source.at(n * 1000 / 30)
    source.close()
    assert len(fills) == 1


def test_backwards_may_be_asked_in_any_order_and_beyond_the_ends(long_gop):
    source = Backwards(Clip(long_gop, "g.mp4"))
    times = (20, 5, 29, 0, 35, -10, 500)
    assert [number(source.at(n * 1000 / 30)) for n in times] == [20, 5, 29, 0, 35, 0, 35]
    source.close()


@pytest.mark.parametrize("backwards", [False, True])
def test_of_a_clip_that_was_cut_the_last_frame_that_is_left_stands_for_the_rest(
    tmp_path, backwards
):
    def draw(n):
        return np.random.default_rng(n).integers(0, 255, (36, 64, 3), np.uint8)

    whole = mediakit.clip(tmp_path / "w.mp4", frames=90, size=(64, 36), draw=draw, faststart=True)
    path = tmp_path / "cut.mp4"
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    source = open_clip(path, "cut.mp4", backwards=backwards)
    last = source.at(2950).time
    assert 1 < last < 2
    assert source.at(500).time == pytest.approx(0.5, abs=0.02)
    assert source.at(2950).time == last
    source.close()


def test_only_clips_that_run_backwards_are_read_so(long_gop):
    for reverse, kind in ((False, Clip), (True, Backwards)):
        source = open_clip(long_gop, "g.mp4", backwards=reverse)
        assert isinstance(source, kind)
        source.close()


@pytest.mark.parametrize("room", [1, 3, 100])
def test_an_animation_holds_what_it_may_and_comes_right_in_any_order(tmp_path, monkeypatch, room):
    frames = [Image.new("RGB", (32, 18), (20 * n, 0, 0)) for n in range(1, 11)]
    path = tmp_path / "a.gif"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100)
    monkeypatch.setattr(animated, "KEPT_BYTES", room * 4 * 32 * 18)
    source = Animation(path, "a.gif")
    for order in (range(10), reversed(range(10)), (4, 9, 0, 5), range(10, 20)):
        for n in order:
            frame = source.at(n * 100 + 50)
            assert frame.to_ndarray(format="rgb24")[9, 16, 0] == pytest.approx(
                20 * (n % 10 + 1), abs=4
            )
            assert source.at(n * 100 + 60) is frame
            assert len(source._kept) <= room
    source.close()


class Counted:
    """A clip's container that counts how often it is asked to seek."""

    def __init__(self, clip):
        self._real, self.seeks = clip._container, 0
        clip._container = self

    def seek(self, *args):
        self.seeks += 1
        self._real.seek(*args)

    def __getattr__(self, name):
        return getattr(self._real, name)


def test_a_clip_is_decoded_on_where_no_key_frame_lies_between(tmp_path):
    path = mediakit.clip(tmp_path / "l.mp4", frames=39, fps=5, size=(64, 36), gop=250)
    source = Clip(path, "l.mp4")
    counted = Counted(source)
    assert [number(source.at(n * 200)) for n in (2, 24, 38)] == [2, 24, 38]
    assert counted.seeks == 0
    assert number(source.at(1000)) == 5
    assert counted.seeks == 1
    source.close()


def test_a_clip_seeks_where_a_key_frame_lies_nearer(tmp_path):
    path = mediakit.clip(tmp_path / "s.mp4", frames=39, size=(64, 36), gop=10)
    source = Clip(path, "s.mp4")
    counted = Counted(source)
    assert [number(source.at(n * 1000 / 30)) for n in (2, 35)] == [2, 35]
    assert counted.seeks == 1
    source.close()


@pytest.mark.parametrize("container", ["b.mp4", "b.mkv"])
def test_any_frame_is_found_in_any_order_through_b_frames(tmp_path, container):
    path = mediakit.clip(tmp_path / container, frames=39, size=(64, 36), gop=20, b_frames=3)
    source = Clip(path, container)
    order = list(np.random.default_rng(3).permutation(39))
    assert [number(source.at(n * 1000 / 30 + 5)) for n in order] == order
    assert [number(frame) for _, frame in source.leading_to(0.5)] == list(range(16))
    source.close()


def test_frames_that_lead_to_the_wanted_one_are_not_all_decoded(tmp_path, monkeypatch):
    path = mediakit.clip(tmp_path / "b.mp4", frames=39, size=(64, 36), gop=250, b_frames=3)
    source = Clip(path, "b.mp4")
    pulls = []
    pull = source._pull
    monkeypatch.setattr(source, "_pull", lambda: pulls.append(1) or pull())
    assert number(source.at(35 * 1000 / 30)) == 35
    assert len(pulls) < 30
    source.close()


def test_a_frame_that_stands_long_is_not_passed_over(tmp_path):
    times = [n * 33 for n in range(30)] + [1000 + 2000 * n for n in range(8)]
    path = mediakit.clip(tmp_path / "v.mp4", size=(64, 36), gop=250, times_ms=times, b_frames=3)
    for n in (31, 36, 33, 34):
        source = Clip(path, "v.mp4")
        assert number(source.at(times[n] + 1990)) == n
        source.close()


def test_a_quick_look_shows_the_key_frame_before_and_keeps_the_last_ones(tmp_path):
    path = mediakit.clip(tmp_path / "k.mp4", frames=39, size=(64, 36), gop=10)
    source = open_clip(path, "k.mp4", Viewing(in_order=False, exact=False))
    assert isinstance(source, KeyFrames)
    first = source.at(500)
    assert number(first) == 10
    assert [number(source.at(at)) for at in (1300, 0, 900, 5000)] == [30, 0, 20, 30]
    assert source.at(400) is first
    source.close()


def test_a_moment_alone_is_found_without_the_stretch_before_it(long_gop):
    source = open_clip(long_gop, "g.mp4", Viewing(in_order=False), backwards=True)
    assert isinstance(source, Clip)
    assert [number(source.at(n * 1000 / 30)) for n in (30, 10, 20)] == [30, 10, 20]
    source.close()
