import numpy as np
import pytest
from PIL import Image

import mediakit
from nemo_nb.studio.render import clips
from nemo_nb.studio.render.clips import Animation, Backwards, Clip, open_clip


def number(frame):
    luma = np.frombuffer(frame.planes[0], np.uint8).reshape(-1, frame.planes[0].line_size)
    return round((luma[: frame.height, : frame.width].mean() - 16) / mediakit.LEVEL_STEP)


@pytest.fixture
def long_gop(tmp_path):
    return mediakit.clip(tmp_path / "g.mp4", frames=36, size=(64, 36), gop=36)


def test_backwards_a_bounded_stretch_is_held(long_gop, monkeypatch):
    frame_bytes = 64 * 36 * 3 // 2
    monkeypatch.setattr(clips, "KEPT_BYTES", 6 * frame_bytes)
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
    for backwards, kind in ((False, Clip), (True, Backwards)):
        source = open_clip(long_gop, "g.mp4", backwards=backwards)
        assert isinstance(source, kind)
        source.close()


@pytest.mark.parametrize("room", [1, 3, 100])
def test_an_animation_holds_what_it_may_and_comes_right_in_any_order(tmp_path, monkeypatch, room):
    frames = [Image.new("RGB", (32, 18), (20 * n, 0, 0)) for n in range(1, 11)]
    path = tmp_path / "a.gif"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100)
    monkeypatch.setattr(clips, "KEPT_BYTES", room * 4 * 32 * 18)
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
