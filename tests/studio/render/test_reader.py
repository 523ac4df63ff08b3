import itertools
import math
import tracemalloc
from contextlib import closing

import av
import numpy as np
import pytest

import mediakit
from audiokit import amplitude_at, read_whole, sound, write
from nemo_nb.errors import BrokenMedia
from nemo_nb.studio.render.blocks import RATE
from nemo_nb.studio.render.reader import Reader, tempos

STEPS_HZ = (400, 800, 1200, 1600)


def read(path, seconds=1.0, block=4096, **more):
    return read_whole(Reader(path, sound(path, **more)), seconds, block)


def pitches(samples, *spans):
    return [mediakit.pitch(samples[0][round(a * RATE) : round(b * RATE)]) for a, b in spans]


@pytest.fixture
def tone(tmp_path):
    return mediakit.tone(tmp_path / "t.wav", 440, 1000, amplitude=0.5)


@pytest.fixture
def steps(tmp_path):
    """Two seconds of 400, 800, 1200, 1600 Hz, half a second each."""
    parts = [mediakit.sine(hz, 0.5) for hz in STEPS_HZ]
    return mediakit.wave(tmp_path / "steps.mp4", np.concatenate(parts, axis=1))


def test_blocks_of_any_size_give_the_same(steps):
    assert np.array_equal(read(steps, in_ms=100, block=RATE), read(steps, in_ms=100, block=333))


@pytest.mark.parametrize("in_ms", [500, 1000, 1500])
def test_an_in_point_is_met(steps, in_ms):
    heard = read(steps, 0.4, in_ms=in_ms)
    expected = 400 + 800 * in_ms / 1000
    # Sharp to a few ms: the beginning already holds the new tone, not the one before.
    assert pitches(heard, (0, 0.4)) == [pytest.approx(expected, rel=0.02)]
    assert pitches(heard, (0.005, 0.055)) == [pytest.approx(expected, rel=0.05)]


def test_an_in_point_near_the_beginning_is_met_to_the_millisecond(steps):
    heard = read(steps, 0.5, in_ms=240)
    first, second = pitches(heard, (0, 0.26), (0.262, 0.5))
    assert (first, second) == (pytest.approx(400, rel=0.02), pytest.approx(800, rel=0.02))


def test_past_its_end_there_is_silence(tone):
    assert not np.any(read(tone, 1.5)[:, round(1.01 * RATE) :])
    assert not np.any(read(tone, 1.0, in_ms=5000))


@pytest.mark.parametrize("speed", [0.25, 0.5, 1.5, 2.0, 4.0])
def test_speed_keeps_the_pitch_and_takes_more_or_less_of_the_source(tone, speed):
    heard = read(tone, 4.2, speed=speed)[0]
    length = np.flatnonzero(np.abs(heard) > 0.05)[-1] / RATE
    assert length == pytest.approx(1 / speed, abs=0.08)
    assert mediakit.pitch(heard[: round(length * RATE)]) == pytest.approx(440, rel=0.02)


def test_chains_of_tempo_filters_stay_in_their_good_range():
    assert tempos(1.0) == ()
    for speed in (0.25, 0.3, 0.5, 1.9, 3.0, 4.0):
        chain = tempos(speed)
        assert np.prod(chain) == pytest.approx(speed)
        assert all(0.5 - 1e-9 <= tempo <= 2 + 1e-9 for tempo in chain)


@pytest.mark.parametrize(
    ("name", "rate", "channels"),
    [
        ("m.wav", 8000, 1),
        ("m.wav", 96_000, 2),
        ("m.mp3", 44_100, 2),
        ("m.m4a", 22_050, 1),
        ("m.aac", 44_100, 2),
    ],
)
def test_any_rate_and_layout_becomes_48k_stereo(tmp_path, name, rate, channels):
    path = mediakit.tone(tmp_path / name, 440, 800, rate=rate, channels=channels)
    middle = read(path)[:, RATE // 5 : RATE // 2]
    assert mediakit.pitch(middle[0]) == pytest.approx(440, rel=0.02)
    assert np.allclose(middle[0], middle[1], atol=0.02)
    assert mediakit.rms(middle) == pytest.approx(0.5 / np.sqrt(2), rel=0.1)


def surround():
    """Six channels, each with its own tone."""
    tones = (500, 700, 900, 1100, 1300, 1500)
    return np.concatenate([mediakit.sine(hz, 1, 0.2, channels=1) for hz in tones]), tones


@pytest.mark.parametrize(
    ("name", "codec", "labelled"),
    [("s.wav", "pcm_s16le", True), ("s.wav", "pcm_s16le", False), ("s.mp4", "ac3", True)],
)
def test_surround_is_folded_as_the_standard_says(tmp_path, name, codec, labelled):
    samples, tones = surround()
    path = write(tmp_path / name, samples, codec=codec, layout="5.1")
    if not labelled:
        # A plain recorder does not write which channel is which speaker.
        header = bytearray(path.read_bytes())
        mask = header.index(b"fmt ") + 28
        header[mask : mask + 4] = bytes(4)
        path.write_bytes(header)
    left, right = read(path)[:, RATE // 4 : RATE // 4 * 3]
    # ITU-R BS.775: centre and surrounds 3 dB down, no LFE.
    expected = {"left": (1, 0, 0.707, 0, 0.707, 0), "right": (0, 1, 0.707, 0, 0, 0.707)}
    for channel, shares in ((left, expected["left"]), (right, expected["right"])):
        heard = [amplitude_at(channel, hz) / 0.2 for hz in tones]
        assert heard == pytest.approx(shares, abs=0.02)


def test_a_stream_that_changes_its_form_half_way_is_played_through(tmp_path):
    path = tmp_path / "change.aac"
    parts = []
    for index, (rate, channels) in enumerate([(44_100, 2), (22_050, 1), (48_000, 2)]):
        part = mediakit.tone(
            tmp_path / f"{index}.aac", 500 + 400 * index, 1000, rate=rate, channels=channels
        )
        parts.append(part.read_bytes())
    path.write_bytes(b"".join(parts))
    heard = read(path, 3.0)
    assert pitches(heard, (0.2, 0.8), (1.3, 1.8), (2.3, 2.8)) == [
        pytest.approx(hz, rel=0.02) for hz in (500, 900, 1300)
    ]


def clicks(tmp_path, name, *, stamps=None, seconds=4, rate=RATE):
    """Write PCM with a click every half second; *stamps* tells the pts of each 1024 samples."""
    path = tmp_path / name
    samples = np.zeros((2, seconds * rate), np.float32)
    samples[:, :: rate // 2] = 0.9
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=rate, layout="stereo")
        for at in range(0, samples.shape[1], 1024):
            block = (samples[:, at : at + 1024].T * 32767).astype(np.int16).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), "s16", "stereo")
            frame.sample_rate, frame.pts = rate, at if stamps is None else stamps(at)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def onsets(samples):
    loud = np.flatnonzero(np.abs(samples[0]) > 0.3)
    return loud[np.concatenate([[True], np.diff(loud) > 100])] / RATE


@pytest.mark.parametrize("rate", [8000, 44_100, 48_000])
def test_clicks_fall_where_they_were_recorded(tmp_path, rate):
    heard = onsets(read(clicks(tmp_path, "c.wav", seconds=20, rate=rate), 20.0))
    assert heard == pytest.approx(np.arange(40) / 2, abs=0.001)


def test_a_gap_in_the_recording_stays_a_gap(tmp_path):
    path = clicks(tmp_path, "gap.mkv", stamps=lambda at: at if at < RATE else at + RATE // 4)
    heard = onsets(read(path, 4.0))
    assert heard[0] == pytest.approx(0, abs=0.002)
    # The click of 1.5 s and all after it come a quarter of a second late.
    assert heard[-4:] == pytest.approx([2.25, 2.75, 3.25, 3.75], abs=0.003)


def test_a_recorder_whose_clock_drifts_stays_in_step(tmp_path):
    path = clicks(tmp_path, "drift.mkv", stamps=lambda at: round(at * 1.01), seconds=10)
    heard = onsets(read(path, 10.0))
    assert heard == pytest.approx(np.arange(heard.size) / 2 * 1.01, abs=0.025)


def test_a_late_sound_stays_late(tmp_path):
    path = mediakit.wave(tmp_path / "late.mp4", mediakit.sine(440, 0.5), start_ms=500)
    heard = read(path)
    # The container starts with its picture; a sound stream that starts later is silence first.
    assert mediakit.rms(heard[:, : RATE // 3]) < 0.01
    assert mediakit.rms(heard[:, round(RATE * 0.6) : round(RATE * 0.9)]) > 0.3


@pytest.mark.parametrize("name", ["r.wav", "r.mp4", "r.mp3"])
def test_backwards_is_the_same_from_end_to_beginning(tmp_path, name):
    whole = np.concatenate([mediakit.sine(hz, 3.0) for hz in STEPS_HZ], axis=1)
    if name == "r.mp4":
        path = mediakit.wave(tmp_path / name, whole)
    else:
        path = write(tmp_path / name, whole, codec="libmp3lame" if "mp3" in name else "pcm_s16le")
    forward = read(path, 12.0, d=12_000)
    backward = read(path, 12.0, d=12_000, in_ms=12_000, reverse=True)
    inner = slice(RATE // 10, -RATE // 10)
    difference = (backward[:, ::-1] - forward)[:, inner]
    assert mediakit.rms(difference) < 0.012
    # No seam between the pieces it is read in: never a jump beyond the tone's own slope.
    assert np.abs(np.diff(backward[0, inner])).max() < 0.5 * 2 * np.pi * 1600 / RATE * 1.2


def test_backwards_at_a_speed_keeps_the_pitch(steps):
    heard = read(steps, 1.0, in_ms=2000, reverse=True, speed=2.0)
    expected = [pytest.approx(hz, rel=0.03) for hz in reversed(STEPS_HZ)]
    assert pitches(heard, (0.05, 0.2), (0.3, 0.45), (0.55, 0.7), (0.8, 0.95)) == expected


def test_a_loop_comes_again_exactly_where_the_picture_does(steps):
    heard = read(steps, 5.0, d=5000, in_ms=500, loop=(500, 1000))
    assert pitches(heard, (0, 5)) == [pytest.approx(800, rel=0.01)]
    once = heard[0, 200 : RATE // 2 - 200]
    for turn in range(1, 10):
        again = heard[0, turn * RATE // 2 + 200 : (turn + 1) * RATE // 2 - 200]
        assert np.allclose(once, again, atol=1e-6)


def test_music_begins_again_when_it_has_ended(tmp_path):
    path = mediakit.tone(tmp_path / "l.wav", 441, 1000)
    heard = read(path, 5.0, d=5000, loop=(0, math.inf))
    assert mediakit.rms(heard) == pytest.approx(0.5 / np.sqrt(2), rel=0.001)
    assert np.abs(np.diff(heard[0])).max() < 0.5 * 2 * np.pi * 441 / RATE * 1.05


def test_a_loop_backwards(steps):
    heard = read(steps, 3.0, in_ms=2000, loop=(1000, 2000), reverse=True)
    expected = [pytest.approx(hz, rel=0.03) for hz in (1600, 1200, 1600, 1200)]
    assert pitches(heard, (0.1, 0.4), (0.6, 0.9), (1.1, 1.4), (1.6, 1.9)) == expected


def test_a_loop_of_nothing_ends(tone):
    assert not np.any(read(tone, 0.5, in_ms=9000, loop=(9000, math.inf)))


def test_values_that_no_sound_has_are_held(tmp_path):
    samples = mediakit.sine(440, 1.0)
    samples[:, 5000] = np.nan
    samples[:, 6000] = np.inf
    samples[:, 7000] = 1e30
    heard = read(write(tmp_path / "wild.wav", samples))
    assert np.isfinite(heard).all()
    assert np.abs(heard).max() <= 8
    assert mediakit.pitch(heard[0, RATE // 4 :]) == pytest.approx(440, rel=0.01)


def test_a_long_sound_is_never_held_whole(tmp_path):
    path = mediakit.tone(tmp_path / "long.wav", ms=60_000, rate=8000, channels=1)
    for more in ({}, {"in_ms": 60_000, "reverse": True}, {"loop": (0, 30_000)}):
        with closing(Reader(path, sound(path, d=60_000, **more))) as reader:
            reader.read(1024)
            tracemalloc.start()
            for _ in range(60 * RATE // 4096):
                reader.read(4096)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert peak < 60 * RATE * 2 * 4 / 4


def test_a_lying_time_stamp_makes_no_mountain_of_silence(tmp_path):
    path = clicks(tmp_path, "lie.mkv", stamps=lambda at: at if at < RATE else at + 3600 * RATE)
    tracemalloc.start()
    heard = read(path, 4.0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert onsets(heard) == pytest.approx([0, 0.5, 1.0], abs=0.002)
    assert peak < 16 << 20


def two_tracks(path, codec):
    """Write a film's two sound tracks: 500 Hz, then 900 Hz."""
    with av.open(str(path), "w") as container:
        streams = [container.add_stream(codec, rate=RATE, layout="stereo") for _ in "12"]
        tones = [mediakit.sine(hz, 1.0) for hz in (500, 900)]
        tracks = list(zip(streams, tones, strict=True))
        for at, (stream, tone) in itertools.product(range(0, RATE, 960), tracks):
            block = np.ascontiguousarray(tone[:, at : at + 960])
            fmt = stream.codec_context.format.name
            if fmt != "fltp":
                block = (block.T * 32767).astype(np.int16).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(block, fmt, "stereo")
            frame.sample_rate, frame.pts = RATE, at
            container.mux(stream.encode(frame))
        for stream, _ in tracks:
            container.mux(stream.encode(None))
    return path


def test_of_several_sound_tracks_the_first_is_heard(tmp_path):
    path = two_tracks(tmp_path / "two.mkv", "pcm_s16le")
    assert mediakit.pitch(read(path)[0]) == pytest.approx(500, rel=0.01)


@pytest.mark.parametrize("unknown", [1, 2])
def test_a_track_whose_decoder_is_unknown_is_passed_over(tmp_path, unknown):
    path = two_tracks(tmp_path / "new.mkv", "aac")
    path.write_bytes(path.read_bytes().replace(b"A_AAC", b"A_NEW", unknown))
    if unknown == 1:
        assert mediakit.pitch(read(path)[0]) == pytest.approx(900, rel=0.01)
        return
    with pytest.raises(BrokenMedia, match=r"new\.mkv"):
        read(path)


def test_a_broken_sound_is_named(tmp_path):
    path = tmp_path / "b.mp3"
    path.write_bytes(b"ID3\x04\0\0\0\0\0\0" + bytes(range(256)) * 8)
    with pytest.raises(BrokenMedia, match=r"b\.mp3"):
        read(path)


def test_a_file_without_sound_is_named(tmp_path):
    path = mediakit.clip(tmp_path / "mute.mp4", frames=3)
    with pytest.raises(BrokenMedia, match=r"mute\.mp4 holds no sound"):
        read(path)
