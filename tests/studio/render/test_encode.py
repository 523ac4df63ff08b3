import threading

import av
import numpy as np
import pytest

import mediakit
from mediakit import render_frame, timeline
from mediakit import segment as seg
from nemo_nb.errors import BrokenMedia, NotReady, RenderCancelled, RenderFailed
from nemo_nb.media.containers import boxes
from nemo_nb.media.mp4check import check_playable
from nemo_nb.models import Canvas
from nemo_nb.studio.render.encode import QUALITIES, render_mp4


def render(draft, out, *paths, **options):
    return render_mp4(draft, {path.name: path for path in paths}, out, **options)


@pytest.fixture
def clip(tmp_path):
    return mediakit.clip(tmp_path / "clip.mp4", frames=36, hz=440)


@pytest.fixture
def photo(tmp_path):
    return mediakit.halves(tmp_path / "photo.png")


@pytest.fixture
def out(tmp_path):
    return tmp_path / "film" / "out.mp4"


@pytest.mark.parametrize("quality", QUALITIES)
def test_the_file_is_what_browsers_play(clip, out, quality):
    info = render(timeline(seg(clip)), out, clip, quality=quality)
    assert (info.name, info.kind, info.format) == ("out.mp4", "video", "mp4")
    assert (info.width, info.height, info.fps, info.has_audio) == (320, 180, 30.0, True)
    with av.open(str(out)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.profile) == ("h264", "High")
        assert video.pix_fmt == "yuv420p"
        tags = (video.colorspace, video.color_primaries, video.color_trc, video.color_range)
        assert tags == (1, 1, 1, 1)
        assert (audio.codec_context.name, audio.rate, audio.channels) == ("aac", 48_000, 2)
    order = [kind for kind, _, _ in boxes(out)]
    assert order.index(b"moov") < order.index(b"mdat")
    check_playable(out)


@pytest.mark.parametrize(
    ("fps", "d", "frames"),
    [
        (30, 1234, 37),
        (24, 500, 12),
        (29.97, 1001, 30),
        (60, 517, 31),
        (23.976, 5005, 120),
        (50, 4020, 201),
        (30, 33, 1),
    ],
)
def test_lengths_are_exact_and_sound_ends_with_the_picture(photo, out, fps, d, frames):
    info = render(timeline(seg(photo, d=d), fps=fps), out, photo)
    with av.open(str(out)) as container:
        ends = [float(stream.duration * stream.time_base) for stream in container.streams]
        times = [frame.time for frame in container.decode(video=0)]
    assert len(times) == frames
    assert np.allclose(np.diff(times), 1 / fps, atol=1e-4)
    assert abs(ends[0] - ends[1]) <= 0.020
    assert abs(info.duration_ms - d) <= 1000 / fps


def test_sound_is_silent_where_there_is_none(photo, out):
    render(timeline(seg(photo)), out, photo)
    assert mediakit.sound_of(out).shape[1] >= 47_000
    assert np.abs(mediakit.sound_of(out)).max() < 1e-4


def test_several_segments_music_and_sound_together(clip, photo, tmp_path, out):
    song = mediakit.tone(tmp_path / "song.wav", 1000, 2000)
    draft = timeline(
        seg(clip, d=500, **{"in": 200}), seg(photo, d=500), audio=[seg(song, volume=0.4)]
    )
    draft["m"]["loudness"] = "as-is"
    render(draft, out, clip, photo, song)
    lumas = mediakit.lumas_of(out)
    expected = [mediakit.numbered(n) for n in range(6, 21)]
    assert np.allclose(lumas[:15], expected, atol=1.5)
    assert np.allclose(lumas[16:], lumas[20], atol=1.5)
    sound = mediakit.sound_of(out)[0]
    first, second = sound[2400:21_600], sound[26_400:45_600]
    spectrum = [np.abs(np.fft.rfft(part)) * 2 / part.size for part in (first, second)]
    low, high = round(440 * 0.4), round(1000 * 0.4)
    assert spectrum[0][low] == pytest.approx(0.5, abs=0.06)
    assert spectrum[1][low] < 0.01
    assert spectrum[0][high] == pytest.approx(0.2, abs=0.03)
    assert spectrum[1][high] == pytest.approx(0.2, abs=0.03)


def test_words_are_in_the_file_in_their_time_only(photo, out):
    text = {"s": 333, "d": 334, "m": {"text": "HELLO", "style": {"preset": "bold-yellow"}}}
    render(timeline(seg(photo, motion="none"), text=[text]), out, photo)
    frames = [picture.astype(int) for _, picture in mediakit.frames_of(out)]
    yellow = [int(((p[..., 0] > 180) & (p[..., 1] > 160) & (p[..., 2] < 90)).sum()) for p in frames]
    assert {n for n, count in enumerate(yellow) if count > 30} == set(range(10, 20))


def test_a_single_frame_is_the_one_in_the_file(clip, photo, out):
    text = {"s": 200, "d": 1300, "m": {"text": "Same", "role": "title"}}
    draft = timeline(seg(clip), seg(photo, transition={"kind": "dissolve", "ms": 300}), text=[text])
    render(draft, out, clip, photo)
    frames = mediakit.frames_of(out)
    assets = {clip.name: clip, photo.name: photo}
    for at in (0, 333, 900, 1000, 1100, 1950):
        image = render_frame(draft, assets, at)
        decoded = frames[round(at * 30 / 1000 - 0.4)][1]
        assert mediakit.psnr(image, decoded) > 38


def test_another_canvas_scales_everything(photo, out):
    text = {"d": 1000, "m": {"text": "HELLO"}}
    draft = timeline(seg(photo, motion="none"), text=[text])
    info = render(draft, out, photo, canvas=Canvas(180, 320, 24.0))
    assert (info.width, info.height, info.fps) == (180, 320, 24.0)
    picture = mediakit.frames_of(out)[12][1]
    assert picture[20].max() < 12
    assert picture[160].max() > 150


def test_progress_rises_to_a_hundred(photo, out):
    told = []
    render(timeline(seg(photo)), out, photo, progress=told.append)
    assert told == sorted(set(told))
    assert told[-1] == 100
    assert 10 < len(told) <= 101


def leftovers(out):
    return [path.name for path in out.parent.iterdir()] if out.parent.exists() else []


def test_cancelling_leaves_no_file_and_no_thread(clip, out):
    asked = iter([False] * 5)
    with pytest.raises(RenderCancelled):
        render(timeline(seg(clip)), out, clip, cancelled=lambda: next(asked, True))
    assert leftovers(out) == []
    painters = [thread for thread in threading.enumerate() if thread.name == "nemo-nb-paint"]
    for thread in painters:
        thread.join(2)
        assert not thread.is_alive()


def test_cancelling_before_the_first_frame(clip, out):
    with pytest.raises(RenderCancelled):
        render(timeline(seg(clip)), out, clip, cancelled=lambda: True)
    assert leftovers(out) == []


def test_a_failed_export_keeps_the_older_file(clip, tmp_path, out):
    out.parent.mkdir()
    out.write_bytes(b"yesterday")
    broken = tmp_path / "late.png"
    broken.write_bytes(mediakit.photo(tmp_path / "whole.png", size=(400, 300)).read_bytes()[:-40])
    with pytest.raises(BrokenMedia, match=r"late\.png"):
        render(timeline(seg(clip), seg(broken)), out, clip, broken)
    assert out.read_bytes() == b"yesterday"
    assert leftovers(out) == ["out.mp4"]


def test_an_export_replaces_the_older_file(photo, out):
    out.parent.mkdir()
    out.write_bytes(b"yesterday")
    render(timeline(seg(photo, d=200)), out, photo)
    check_playable(out)
    assert leftovers(out) == ["out.mp4"]


def test_refusals_say_what_is_missing(photo, out, tmp_path):
    with pytest.raises(NotReady):
        render({}, out)
    with pytest.raises(RenderFailed, match=r"photo\.png"):
        render(timeline(seg(photo)), out)
    with pytest.raises(RenderFailed, match="best"):
        render(timeline(seg(photo)), out, photo, quality="best")
    (tmp_path / "file").touch()
    with pytest.raises(RenderFailed, match="could not be written"):
        render(timeline(seg(photo)), tmp_path / "file" / "out.mp4", photo)
    assert leftovers(out) == []
