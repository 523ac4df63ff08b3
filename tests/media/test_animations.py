"""Animated GIF and WebP: their timing without decoding, and what is refused."""

import struct

import pytest
from PIL import Image

from nemo_nb.errors import BrokenMedia
from nemo_nb.media import animations
from nemo_nb.media.animations import frame_durations_ms
from nemo_nb.media.probe import inspect

COLORS = [(200, 0, 0), (0, 200, 0), (0, 0, 200), (200, 200, 0)]


def animation(path, delays, size=(32, 18), **save):
    frames = [Image.new("RGB", size, COLORS[n % 4]) for n in range(len(delays))]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=delays, **save)
    return path


def by_hand(count, *, size=(4, 4), delay=2):
    """Return a GIF of *count* frames of one pixel, *delay* in hundredths of a second."""
    head = b"GIF89a" + struct.pack("<HH", *size) + b"\x80\0\0" + b"\0\0\0\xff\xff\xff"
    control = b"\x21\xf9\x04\0" + struct.pack("<H", delay) + b"\0\0"
    image = b"\x2c" + struct.pack("<HHHH", 0, 0, 1, 1) + b"\0" + b"\x02\x02\x44\x01\0"
    return head + (control + image) * count + b";"


@pytest.mark.parametrize("extension", ["gif", "webp"])
def test_every_frame_has_its_own_time(tmp_path, extension):
    path = animation(tmp_path / f"a.{extension}", [40, 250, 1000, 70])
    assert frame_durations_ms(path, path.name) == [40, 250, 1000, 70]
    info = inspect(path)
    assert (info.kind, info.duration_ms, info.fps) == ("video", 1360, round(4000 / 1360, 3))


def test_no_delay_plays_as_browsers_do(tmp_path):
    path = tmp_path / "fast.gif"
    path.write_bytes(by_hand(3, delay=0))
    assert frame_durations_ms(path, "fast.gif") == [100] * 3
    path.write_bytes(by_hand(3, delay=1))
    assert frame_durations_ms(path, "fast.gif") == [100] * 3
    path.write_bytes(by_hand(3, delay=2))
    assert frame_durations_ms(path, "fast.gif") == [20] * 3


def test_local_palettes_comments_and_loops_are_stepped_over(tmp_path):
    path = tmp_path / "p.gif"
    frames = [Image.effect_noise((40, 30), 60 + 20 * n).convert("P") for n in range(3)]
    more = {"comment": b"x" * 700, "loop": 0}
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=60, **more)
    assert frame_durations_ms(path, "p.gif") == [60, 60, 60]


def test_a_cut_file_keeps_its_whole_frames(tmp_path):
    whole = animation(tmp_path / "w.webp", [50] * 4, size=(200, 100), lossless=True).read_bytes()
    (tmp_path / "c.webp").write_bytes(whole[:-20])
    assert frame_durations_ms(tmp_path / "c.webp", "c.webp") == [50] * 3
    gif = by_hand(5)
    (tmp_path / "c.gif").write_bytes(gif[:-8])
    assert frame_durations_ms(tmp_path / "c.gif", "c.gif") == [20] * 4


def test_a_million_frames_are_refused_at_once(tmp_path):
    path = tmp_path / "m.gif"
    path.write_bytes(by_hand(1_000_000))
    with pytest.raises(BrokenMedia, match=r"m\.gif is refused.*more than 20000 frames"):
        inspect(path)


def test_frames_that_are_many_and_large_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "l.gif"
    path.write_bytes(by_hand(30, size=(1000, 1000)))
    assert len(frame_durations_ms(path, "l.gif")) == 30
    monkeypatch.setattr(animations, "MAX_PIXELS", 20_000_000)
    with pytest.raises(BrokenMedia, match="more than 20 frames of 1000 x 1000 pixels"):
        frame_durations_ms(path, "l.gif")


@pytest.mark.parametrize("size", [(65_000, 2_000), (4_097, 4_097)])
def test_frames_of_absurd_size_are_refused(tmp_path, size):
    path = tmp_path / "s.gif"
    path.write_bytes(by_hand(2, size=size))
    with pytest.raises(BrokenMedia, match=r"s\.gif is refused.*claim"):
        inspect(path)


def test_an_animation_without_a_frame_says_so(tmp_path):
    path = tmp_path / "none.gif"
    path.write_bytes(by_hand(0))
    with pytest.raises(BrokenMedia, match=r"none\.gif"):
        frame_durations_ms(path, "none.gif")
