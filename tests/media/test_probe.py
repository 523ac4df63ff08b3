import hashlib
import io
import pickle
from fractions import Fraction

import av
import numpy as np
import pillow_heif
import pytest
from PIL import Image

import mediakit
from nemo_nb.errors import BrokenMedia, UnsupportedFile
from nemo_nb.media import stills
from nemo_nb.media.heic import heic_to_jpeg
from nemo_nb.media.mp4check import check_playable
from nemo_nb.media.probe import probe


def test_a_clip_with_sound(tmp_path):
    path = mediakit.clip(tmp_path / "clip.mp4", frames=30, fps=30, hz=440)
    info = probe(path)
    assert (info.name, info.kind, info.format) == ("clip.mp4", "video", "mp4")
    assert (info.width, info.height, info.fps, info.has_audio) == (320, 180, 30.0, True)
    assert abs(info.duration_ms - 1000) <= 30
    assert info.size_bytes == path.stat().st_size
    assert info.hash == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_late_start_is_not_part_of_the_length(tmp_path):
    info = probe(mediakit.clip(tmp_path / "late.mkv", frames=12, fps=24, start=48))
    assert abs(info.duration_ms - 500) <= 50


class Pipe(io.RawIOBase):
    """Somewhere to write to that cannot go back, as a browser's recorder."""

    def __init__(self, path):
        self._file = path.open("wb")

    def writable(self):
        return True

    def write(self, data):
        return self._file.write(data)

    def close(self):
        self._file.close()
        super().close()


@pytest.mark.parametrize("frames", [1, 12])
def test_a_recording_that_does_not_know_its_length(tmp_path, frames):
    path = tmp_path / "recording.webm"
    with Pipe(path) as pipe, av.open(pipe, "w", format="webm") as target:
        stream = target.add_stream("libvpx", rate=24, options={"deadline": "realtime"})
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        for n in range(frames):
            frame = av.VideoFrame(64, 36, "yuv420p")
            frame.pts, frame.time_base = n, Fraction(1, 24)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    info = probe(path)
    assert (info.kind, info.format, info.width) == ("video", "webm", 64)
    assert abs(info.duration_ms - frames * 1000 / 24) <= 45


def test_pixels_that_are_not_square_count_in_the_size(tmp_path):
    info = probe(mediakit.clip(tmp_path / "s.mp4", frames=2, aspect=Fraction(4, 3)))
    assert (info.width, info.height) == (427, 180)


def test_pixels_of_absurd_shape_are_taken_as_square(tmp_path):
    info = probe(mediakit.clip(tmp_path / "s.mp4", frames=2, aspect=Fraction(900, 1)))
    assert (info.width, info.height) == (320, 180)


def test_several_sound_tracks_and_none(tmp_path):
    path = tmp_path / "s.mkv"
    with av.open(str(path), "w") as file:
        pictures = file.add_stream("libx264", rate=24, options={"preset": "ultrafast"})
        pictures.width, pictures.height, pictures.pix_fmt = 64, 36, "yuv420p"
        tracks = [file.add_stream("aac", rate=48_000, layout="mono") for _ in range(3)]
        for _ in range(24):
            file.mux(pictures.encode(av.VideoFrame(64, 36, "yuv420p")))
        file.mux(pictures.encode(None))
        for n, track in enumerate(tracks):
            mediakit._write_tone(file, track, mediakit.sine(440, 1 + n / 10, channels=1))
    info = probe(path)
    assert (info.kind, info.has_audio) == ("video", True)
    assert abs(info.duration_ms - 1200) <= 60
    (note,) = info.notes
    assert note.startswith(f"It has {len(tracks)} sound tracks")
    assert not probe(mediakit.clip(tmp_path / "n.mp4", frames=6)).has_audio


@pytest.mark.parametrize("name", ["t.wav", "t.mp3", "t.m4a", "t.aac"])
def test_a_mono_recording_of_8_khz(tmp_path, name):
    info = probe(mediakit.tone(tmp_path / name, ms=1500, rate=8000, channels=1))
    assert (info.kind, info.has_audio, info.format) == ("audio", True, name.rpartition(".")[2])
    # MP3 and AAC come in frames of 72 and 128 ms at this rate, and with some silence before.
    assert abs(info.duration_ms - 1500) <= 300


def test_a_silent_clip_and_another_name(tmp_path):
    path = mediakit.clip(tmp_path / "x.bin.mp4", frames=6)
    info = probe(path, name="holiday.mp4")
    assert (info.name, info.has_audio) == ("holiday.mp4", False)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_rotation_gives_the_upright_size(tmp_path, degrees):
    info = probe(mediakit.clip(tmp_path / "r.mp4", frames=3, rotation=degrees))
    assert (info.width, info.height) == ((320, 180) if degrees == 180 else (180, 320))


def test_variable_frame_rate_reports_the_average(tmp_path):
    times = [0, 20, 40, 60, 500, 540, 900, 980]
    info = probe(mediakit.clip(tmp_path / "v.mp4", times_ms=times))
    assert 6 < info.fps < 9


def test_sound_alone_in_an_mp4_is_audio(tmp_path):
    info = probe(mediakit.tone(tmp_path / "song.m4a", ms=700))
    assert info.kind == "audio"
    assert (info.width, info.fps, info.has_audio) == (0, 0.0, True)
    assert abs(info.duration_ms - 700) <= 50


def test_raw_aac_has_a_length(tmp_path):
    info = probe(mediakit.tone(tmp_path / "song.aac", ms=700))
    assert (info.kind, info.format) == ("audio", "aac")
    assert abs(info.duration_ms - 700) <= 80


def test_cover_art_does_not_make_a_song_a_video(tmp_path):
    plain = mediakit.tone(tmp_path / "plain.mp3", ms=300)
    cover = mediakit.photo(tmp_path / "cover.jpg", size=(64, 64))
    path = tmp_path / "song.mp3"
    with av.open(str(plain)) as source, av.open(str(path), "w") as target:
        sound = target.add_stream_from_template(source.streams.audio[0])
        with av.open(str(cover)) as picture:
            art = target.add_stream_from_template(picture.streams.video[0])
            art.disposition = av.stream.Disposition.attached_pic
            packet = next(picture.demux(video=0))
            packet.stream = art
            target.mux(packet)
        for packet in source.demux(audio=0):
            if packet.dts is not None:
                packet.stream = sound
                target.mux(packet)
    assert probe(path).kind == "audio"


def test_a_photo_turned_by_exif(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    info = probe(mediakit.photo(tmp_path / "p.jpg", exif=exif))
    assert (info.kind, info.width, info.height, info.duration_ms) == ("image", 180, 320, 0)


def test_an_animated_gif_is_a_clip_and_a_still_one_a_photo(tmp_path):
    frames = [Image.new("RGB", (64, 36), (n * 60, 0, 0)) for n in range(4)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:], duration=100)
    info = probe(tmp_path / "a.gif")
    assert (info.kind, info.format, info.duration_ms, info.fps) == ("video", "gif", 400, 10.0)
    assert probe(mediakit.photo(tmp_path / "b.gif")).kind == "image"


def test_subtitles(tmp_path):
    path = tmp_path / "c.srt"
    path.write_text("1\n00:00:01,000 --> 00:00:02,000\nHi\n", encoding="utf-8")
    assert (probe(path).kind, probe(path).format) == ("subtitle", "srt")


def message(path):
    with pytest.raises((BrokenMedia, UnsupportedFile)) as caught:
        probe(path)
    assert caught.value.code == 4001
    assert pickle.loads(pickle.dumps(caught.value)).code == 4001  # noqa: S301  our own bytes
    return str(caught.value)


def test_an_empty_file_says_so(tmp_path):
    (tmp_path / "a.mp4").touch()
    assert message(tmp_path / "a.mp4").startswith("a.mp4 is empty.")


def test_text_under_a_clips_name_says_so(tmp_path):
    (tmp_path / "notes.mp4").write_text("Dear diary\n" * 40, encoding="utf-8")
    assert "notes.mp4 is not an MP4 file. It holds plain text." in message(tmp_path / "notes.mp4")


def test_a_clip_cut_before_its_index_says_so(tmp_path):
    whole = mediakit.clip(tmp_path / "w.mp4", frames=30).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    text = message(tmp_path / "cut.mp4")
    assert text.startswith("cut.mp4 cannot be played. It was cut short")


def test_an_unsupported_kind_names_the_supported_ones(tmp_path):
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.7\n\x00\x01\x02")
    text = message(tmp_path / "paper.pdf")
    assert "mp4, mov, avi, webm, mkv, jpg" in text
    assert "paper.pdf" in text


def test_a_broken_photo_says_so(tmp_path):
    path = mediakit.photo(tmp_path / "p.png")
    path.write_bytes(path.read_bytes()[:30])
    assert "p.png cannot be read" in message(path)


def test_a_decompression_bomb_is_refused_before_it_is_decoded(tmp_path):
    path = tmp_path / "bomb.png"
    data = bytearray(mediakit.photo(path, size=(8, 8)).read_bytes())
    data[16:24] = (60_000).to_bytes(4, "big") * 2
    # The header's checksum must hold, or the file is merely broken.
    data[29:33] = __import__("zlib").crc32(bytes(data[12:29])).to_bytes(4, "big")
    path.write_bytes(data)
    text = message(path)
    assert "bomb.png is refused" in text


def test_photos_come_out_upright_rgb(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = stills.load(mediakit.halves(tmp_path / "t.jpg", exif=exif), "t.jpg")
    assert turned.size == (180, 320)
    assert np.allclose(turned.getpixel((90, 20)), (220, 30, 30), atol=6)

    Image.new("CMYK", (40, 20), (0, 255, 255, 0)).save(tmp_path / "c.jpg")
    assert stills.load(tmp_path / "c.jpg", "c.jpg").getpixel((5, 5))[0] > 200

    Image.fromarray(np.full((20, 40), 32_896, np.uint16)).save(tmp_path / "g.png")
    assert stills.load(tmp_path / "g.png", "g.png").getpixel((5, 5)) == (128, 128, 128)

    Image.new("RGBA", (40, 20), (255, 0, 0, 128)).save(tmp_path / "a.png")
    assert stills.load(tmp_path / "a.png", "a.png").getpixel((5, 5)) == (128, 0, 0)


def test_a_large_jpeg_is_decoded_smaller_but_never_below_what_was_asked(tmp_path):
    path = mediakit.photo(tmp_path / "l.jpg", size=(1600, 900))
    small = stills.load(path, "l.jpg", at_least=(300, 170))
    assert 300 <= small.width < 1600
    assert small.height >= 168


def test_heic_becomes_a_jpeg(tmp_path):
    pillow_heif.from_pillow(Image.new("RGB", (64, 48), (200, 30, 30))).save(tmp_path / "a.heic")
    assert (probe(tmp_path / "a.heic").kind, probe(tmp_path / "a.heic").format) == ("image", "heic")
    for source in (tmp_path / "a.heic", (tmp_path / "a.heic").read_bytes()):
        (tmp_path / "a.jpg").write_bytes(heic_to_jpeg(source))
        with Image.open(tmp_path / "a.jpg") as image:
            assert (image.format, image.size) == ("JPEG", (64, 48))
            assert np.allclose(image.getpixel((30, 20)), (200, 30, 30), atol=8)


def test_a_whole_mp4_passes_and_cut_ones_do_not(tmp_path):
    path = mediakit.clip(tmp_path / "w.mp4", frames=30)
    check_playable(path)
    index_first = tmp_path / "f.mp4"
    with (
        av.open(str(path)) as source,
        av.open(str(index_first), "w", options={"movflags": "+faststart"}) as target,
    ):
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    check_playable(index_first)
    for data in (path.read_bytes(), index_first.read_bytes()):
        for share in (0.3, 0.9, 0.999):
            (tmp_path / "c.mp4").write_bytes(data[: int(len(data) * share)])
            with pytest.raises(BrokenMedia, match=r"c\.mp4"):
                check_playable(tmp_path / "c.mp4")
    with pytest.raises(BrokenMedia, match=r"gone\.mp4"):
        check_playable(tmp_path / "gone.mp4")
    with pytest.raises(BrokenMedia, match="no picture"):
        check_playable(mediakit.tone(tmp_path / "s.m4a", ms=100))
