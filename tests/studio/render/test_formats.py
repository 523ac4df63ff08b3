import av
import numpy as np
import pytest
from PIL import Image, ImageSequence

import mediakit
from mediakit import segment as seg
from mediakit import timeline
from nemo_nb.errors import NotReady, RenderCancelled, RenderFailed
from nemo_nb.media.exportcheck import check_export
from nemo_nb.models import Canvas
from nemo_nb.studio.render.encode import render
from nemo_nb.studio.render.formats import FORMATS, Order
from nemo_nb.studio.render.png import see_through


@pytest.fixture
def clip(tmp_path):
    return mediakit.clip(tmp_path / "clip.mp4", frames=36, hz=440)


def export(draft, path, *sources, **order):
    return render(draft, {source.name: source for source in sources}, path, Order(**order)).info


@pytest.mark.parametrize("quality", ["high", "low"])
def test_webm_is_vp9_and_opus_in_step(clip, tmp_path, quality):
    out = tmp_path / "out.webm"
    info = export(timeline(seg(clip, d=1100)), out, clip, format="webm", quality=quality)
    assert (info.format, info.width, info.height, info.fps) == ("webm", 320, 180, 30.0)
    check_export(out)
    with av.open(str(out)) as container:
        names = [stream.codec_context.codec.canonical_name for stream in container.streams]
        assert names == ["vp9", "opus"]
        video = container.streams.video[0]
        assert (video.colorspace, video.color_range) == (1, 1)
    lumas = mediakit.lumas_of(out)
    assert np.allclose(lumas, [mediakit.numbered(n) for n in range(33)], atol=2.5)
    sound = mediakit.sound_of(out)[0]
    assert sound.size / 48_000 == pytest.approx(1.1, abs=0.03)
    assert mediakit.pitch(sound[4800:43_200]) == pytest.approx(440, abs=3)


def test_a_gif_plays_for_as_long_in_the_right_colours(tmp_path):
    photo = mediakit.halves(tmp_path / "photo.png")
    draft = timeline(seg(photo, d=1000, motion="none"))
    out = tmp_path / "out.gif"
    info = export(draft, out, photo, format="gif", canvas=Canvas(320, 180, 12.5))
    assert (info.format, info.width, info.height) == ("gif", 320, 180)
    check_export(out)
    with Image.open(out) as image:
        assert image.info["loop"] == 0
        times = [frame.info["duration"] for frame in ImageSequence.Iterator(image)]
        image.seek(0)
        shown = np.asarray(image.convert("RGB"), int)
    # 12.5 frames a second make 12 or 13 of 80 ms each.
    assert sum(times) == pytest.approx(1000, abs=81)
    assert np.abs(shown[90, 60] - (220, 30, 30)).max() < 12
    assert np.abs(shown[90, 260] - (30, 30, 220)).max() < 12


def test_a_gif_of_many_colours_is_dithered_and_not_banded(tmp_path):
    ramp = np.tile(np.linspace(0, 255, 320).astype(np.uint8), (180, 1))
    Image.fromarray(np.dstack([ramp, ramp[:, ::-1], ramp // 2])).save(tmp_path / "ramp.png")
    out = tmp_path / "out.gif"
    draft = timeline(seg(tmp_path / "ramp.png", d=400, motion="none"))
    export(draft, out, tmp_path / "ramp.png", format="gif", canvas=Canvas(320, 180, 12.5))
    with Image.open(out) as image:
        shown = np.asarray(image.convert("RGB"), float)
    assert len(np.unique(shown.reshape(-1, 3), axis=0)) <= 256
    red = shown[..., 0].mean(axis=0)
    assert np.abs(np.convolve(red, np.ones(16) / 16, "valid") - ramp[0, 8:-7]).max() < 8


@pytest.mark.parametrize(("at_ms", "frame"), [(0, 0), (500, 15), (None, 18), (9999, 35)])
def test_a_png_is_the_frame_of_its_time_else_the_middle_one(clip, tmp_path, at_ms, frame):
    out = tmp_path / "out.png"
    info = export(timeline(seg(clip, d=1200)), out, clip, format="png", at_ms=at_ms)
    assert (info.kind, info.format, info.width) == ("image", "png", 320)
    check_export(out)
    grey = (mediakit.numbered(frame) - 16) * 255 / 219
    with Image.open(out) as image:
        assert np.asarray(image, float).mean() == pytest.approx(grey, abs=1.5)


def test_a_png_lets_shine_through_what_the_two_grounds_tell():
    black, white = np.zeros((2, 4, 3), np.uint8), np.full((2, 4, 3), 255, np.uint8)
    solid = np.full((2, 1, 3), (200, 40, 90), np.uint8)
    black[:, :1] = white[:, :1] = solid
    black[:, 1:2], white[:, 1:2] = solid // 2, solid // 2 + 128
    clear, half = see_through(Image.fromarray(black), Image.fromarray(white)), (100, 20, 45)
    pixels = np.asarray(clear).astype(int)
    assert clear.mode == "RGBA"
    assert pixels[0, 0].tolist() == [200, 40, 90, 255]
    assert pixels[0, 1, 3] == pytest.approx(127, abs=1)
    assert np.abs(pixels[0, 1, :3] - 2 * np.array(half)).max() <= 2
    assert pixels[:, 2:].max() == 0


def test_a_wav_is_the_mix_at_its_exact_length(clip, tmp_path):
    out = tmp_path / "out.wav"
    draft = timeline(seg(clip, d=1100))
    draft["m"]["loudness"] = "as-is"
    info = export(draft, out, clip, format="wav")
    assert (info.kind, info.format, info.duration_ms) == ("audio", "wav", 1100)
    check_export(out)
    sound = mediakit.sound_of(out)
    assert sound.shape == (2, 52_800)
    assert np.abs(sound[:, 9600:43_200]).max() == pytest.approx(0.5, abs=0.02)
    assert mediakit.pitch(sound[0]) == pytest.approx(440, abs=2)


def test_a_silent_timeline_makes_no_wav(tmp_path):
    photo = mediakit.photo(tmp_path / "photo.png")
    with pytest.raises(NotReady, match="silent"):
        export(timeline(seg(photo)), tmp_path / "out.wav", photo, format="wav")
    assert not (tmp_path / "out.wav").exists()


@pytest.mark.parametrize("name", FORMATS)
def test_cancelling_leaves_nothing_in_any_format(clip, tmp_path, name):
    out = tmp_path / "film" / f"out.{name}"
    asked = iter([False])
    with pytest.raises(RenderCancelled):
        render(
            timeline(seg(clip, d=1200)),
            {clip.name: clip},
            out,
            Order(format=name),
            cancelled=lambda: next(asked, True),
        )
    assert not list(out.parent.iterdir())


def test_only_what_there_is_can_be_ordered(clip, tmp_path):
    with pytest.raises(RenderFailed, match="avi"):
        export(timeline(seg(clip)), tmp_path / "x.avi", clip, format="avi")
    with pytest.raises(RenderFailed, match="proxy"):
        export(timeline(seg(clip)), tmp_path / "x.gif", clip, format="gif", quality="proxy")
