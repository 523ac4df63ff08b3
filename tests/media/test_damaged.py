"""Clips that are cut, lie about themselves, or would allocate without end."""

import struct
import subprocess
import sys

import av
import numpy as np
import pytest

import mediakit
from nemo_nb.errors import BrokenMedia
from nemo_nb.media import containers
from nemo_nb.media.poster import poster_frame
from nemo_nb.media.probe import inspect


def noise(n):
    """A picture that takes many bytes, so that half of a file is half of its time."""
    return np.random.default_rng(n).integers(0, 256, (90, 160, 3)).astype(np.uint8)


def clip(path, **options):
    return mediakit.clip(path, size=(160, 90), frames=60, draw=noise, **options)


def again(source, target, **options):
    """Write the packets of *source* once more, in another container or order."""
    with av.open(str(source)) as file, av.open(str(target), "w", options=options) as out:
        streams = {s.index: out.add_stream_from_template(s) for s in file.streams}
        for packet in file.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                out.mux(packet)
    return target


def cut(path, share):
    target = path.with_stem("cut")
    data = path.read_bytes()
    target.write_bytes(data[: int(len(data) * share)])
    return target


@pytest.mark.parametrize(
    ("name", "options"), [("f.mp4", {"movflags": "+faststart"}), ("f.mkv", {})]
)
@pytest.mark.parametrize("hz", [None, 440])
def test_of_a_file_that_was_cut_what_is_there_is_taken_and_said(tmp_path, name, options, hz):
    whole = again(clip(tmp_path / "w.mp4", hz=hz), tmp_path / name, **options)
    info = inspect(whole)
    assert abs(info.duration_ms - 2000) <= 30
    assert info.notes == ()
    part = cut(whole, 0.6)
    info = inspect(part)
    assert (info.kind, info.width, info.has_audio) == ("video", 160, hz is not None)
    assert 1000 <= info.duration_ms <= 1300
    (note,) = info.notes
    assert note.startswith("It was cut short: the first 1.")
    assert "of its 2.0 s are there" in note
    with av.open(str(part)) as file:
        frames = list(containers.decoded(file, file.streams.video[0]))
    # The last frame that can be decoded shows when it says that it ends.
    assert frames[-1].time == pytest.approx(info.duration_ms / 1000, abs=0.1)


def test_a_cut_without_an_index_is_told_from_a_broken_file(tmp_path):
    part = cut(clip(tmp_path / "w.mp4"), 0.6)
    with pytest.raises(BrokenMedia, match=r"cut\.mp4 cannot be played.*cut short.*moov"):
        inspect(part)


def patched(path, changes):
    """Return *path* with 32-bit numbers put into every box: ``{box: (offset, value)}``."""
    data = bytearray(path.read_bytes())
    for box, (offset, value) in changes.items():
        at = -1
        while (at := data.find(box, at + 1)) >= 0:
            struct.pack_into(">I", data, at + 4 + offset, value)
    target = path.with_stem("lie")
    target.write_bytes(data)
    return target


def test_headers_that_lie_about_the_length_are_not_believed(tmp_path):
    # ISO/IEC 14496-12: where mvhd, tkhd, mdhd (version 0) and an edit list hold durations.
    lie = {b"mvhd": (16, 2**31), b"tkhd": (20, 2**31), b"mdhd": (16, 2**31), b"elst": (8, 2**31)}
    for box, change in lie.items():
        path = patched(clip(tmp_path / "w.mp4"), {box: change})
        assert abs(inspect(path).duration_ms - 2000) <= 30
    path = patched(clip(tmp_path / "w.mp4"), lie)
    assert abs(inspect(path).duration_ms - 2000) <= 30


def test_what_claims_to_last_for_days_is_refused(tmp_path):
    path = mediakit.clip(tmp_path / "d.mkv", size=(64, 36), times_ms=[0, 100_000_000])
    with pytest.raises(BrokenMedia, match=r"d\.mkv cannot be used.*28 hours; the limit is 24"):
        inspect(path)


def raw_avi(width, height):
    """Return an AVI (RIFF, OpenDML 1.02) of uncompressed video that holds one byte of it."""

    def chunk(name, body):
        return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)

    def group(name, *bodies):
        return chunk(b"LIST", name + b"".join(bodies))

    main = struct.pack("<10I16x", 40_000, 0, 0, 0x10, 1, 0, 1, 0, width, height)
    head = b"vids" + b"\0" * 16 + struct.pack("<8I8x", 1, 25, 0, 1, 0, 0, 0, 0)
    shape = struct.pack("<IiiHH6I", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    stream = group(b"strl", chunk(b"strh", head), chunk(b"strf", shape))
    body = group(b"hdrl", chunk(b"avih", main), stream) + group(b"movi", chunk(b"00db", b"\0"))
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"AVI " + body


@pytest.mark.parametrize("size", [(100_000, 100_000), (16_000, 16_000), (20_000, 20)])
def test_pictures_of_absurd_size_are_refused_before_they_are_decoded(tmp_path, size):
    path = tmp_path / "b.avi"
    path.write_bytes(raw_avi(*size))
    with pytest.raises(BrokenMedia, match=r"b\.avi.* pixels"):
        inspect(path)


def test_a_frame_larger_than_the_limit_is_not_decoded(tmp_path, monkeypatch):
    """A stream may change its size in the middle: the decoder is held to the limit too."""
    path = tmp_path / "grows.mkv"
    with av.open(str(path), "w") as out:
        streams = []
        for n, size in enumerate([(64, 36), (640, 360)]):
            part = clip_with_headers(tmp_path / f"{n}.mp4", size)
            with av.open(str(part)) as file:
                streams = streams or [out.add_stream_from_template(file.streams.video[0])]
                for packet in file.demux(video=0):
                    if packet.dts is not None:
                        packet.pts = packet.dts = packet.dts + n * 600_000
                        packet.stream = streams[0]
                        out.mux(packet)

    def widths():
        with av.open(str(path)) as file:
            stream = file.streams.video[0]
            containers.check_size(stream, "grows")
            return {frame.width for frame in containers.decoded(file, stream)}

    assert widths() == {64, 640}
    monkeypatch.setattr(containers, "MAX_PIXELS", 100_000)
    assert widths() == {64}


def clip_with_headers(path, size):
    """Write a clip whose key frames repeat the size of the picture."""
    with av.open(str(path), "w") as file:
        options = {"x264-params": "repeat-headers=1", "preset": "ultrafast"}
        stream = file.add_stream("libx264", rate=30, options=options)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for _ in range(300):
            file.mux(stream.encode(av.VideoFrame(*size, "yuv420p")))
        file.mux(stream.encode(None))
    return path


def test_a_codec_nobody_knows_says_so(tmp_path):
    data = clip(tmp_path / "w.mp4").read_bytes().replace(b"avc1", b"zzzz")
    (tmp_path / "z.mp4").write_bytes(data)
    with pytest.raises(BrokenMedia, match=r"z\.mp4 cannot be played.*not known"):
        inspect(tmp_path / "z.mp4")


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.jpg", "a.gif", "a.webp", "a.heic", "a.wav"])
def test_zero_length_files_say_so(tmp_path, name):
    (tmp_path / name).touch()
    with pytest.raises(BrokenMedia, match=r"is empty\. It holds 0 bytes"):
        inspect(tmp_path / name)


def test_a_clip_with_an_index_and_no_frame_says_so(tmp_path):
    path = clip(tmp_path / "n.mp4")
    data = path.read_bytes()
    start = data.index(b"mdat") + 4
    end = data.index(b"moov") - 4
    path.write_bytes(data[:start] + b"\0" * (end - start) + data[end:])
    with pytest.raises(BrokenMedia, match=r"n\.mp4 cannot be played"):
        inspect(path)


def test_any_damage_is_told_as_a_sentence_or_borne(tmp_path):
    """A few hundred bytes changed here and there: nothing but our own errors comes out."""
    rng = np.random.default_rng(7)
    sources = [
        mediakit.clip(tmp_path / f"s.{kind}", size=(64, 36), frames=8, hz=440)
        for kind in ("mp4", "mkv")
    ]
    sources += [
        mediakit.halves(tmp_path / f"s.{kind}", size=(40, 30))
        for kind in ("jpg", "png", "gif", "webp")
    ]
    for source in sources:
        whole = source.read_bytes()
        for _ in range(25):
            data = bytearray(whole)
            for at in rng.integers(12, len(data), rng.integers(1, 12)):
                data[at] = rng.integers(0, 256)
            path = source.with_stem("damaged")
            path.write_bytes(data)
            try:
                assert inspect(path).kind in ("video", "image", "audio")
            except BrokenMedia as error:
                assert "damaged" in str(error)  # noqa: PT017  most of them pass


_LONG = """
import resource, sys
from pathlib import Path
from nemo_nb.media.probe import probe
from nemo_nb.media.poster import poster_frame
from nemo_nb.studio.render.footage import open_clip

def grown(call):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    call()
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024

clip, sound, short = map(Path, sys.argv[1:])
open_clip(short, "warm"), probe(short), poster_frame(short)

def seek():
    source = open_clip(clip, "clip")
    for at_ms in (0, 10_799_000, 5_000_000, 9_000_000):
        assert source.at(at_ms).width == 64
    source.close()

assert abs(probe(clip).duration_ms - 10_800_000) < 2000
print(grown(lambda: probe(clip)), grown(lambda: probe(sound)), grown(seek))
print(probe(sound).duration_ms)
"""


def test_three_hours_take_no_more_memory_than_three_seconds(tmp_path):
    long = mediakit.clip(
        tmp_path / "l.mp4", size=(64, 36), fps=1, frames=10_800, gop=250, draw=lambda _: GREY
    )
    sound = tmp_path / "l.wav"
    header = (
        b"RIFF"
        + struct.pack("<I", 8000 * 10_800 + 36)
        + b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
        + b"data"
        + struct.pack("<I", 8000 * 10_800)
    )
    with sound.open("wb") as file:
        file.write(header)
        file.truncate(len(header) + 8000 * 10_800)  # a hole on the disk
    short = mediakit.clip(tmp_path / "s.mp4", size=(64, 36), frames=3)
    command = [sys.executable, "-c", _LONG, str(long), str(sound), str(short)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    grown, length = done.stdout.splitlines()
    assert max(map(int, grown.split())) < 40
    assert int(length) == 10_800_000


GREY = np.full((36, 64, 3), 90, np.uint8)


def test_the_poster_of_a_cut_clip_is_there(tmp_path):
    whole = again(clip(tmp_path / "w.mp4"), tmp_path / "f.mp4", movflags="+faststart")
    assert poster_frame(cut(whole, 0.3)).size == (160, 90)
