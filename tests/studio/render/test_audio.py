import tracemalloc
from contextlib import closing

import numpy as np
import pytest

import mediakit
from nemo_nb.errors import BrokenMedia
from nemo_nb.studio.render.audio import RATE, Mixer, limited, tempos
from nemo_nb.studio.render.sounds import Sound


def sound(path, start=0, d=1000, in_ms=0, speed=1.0, volume=1.0, **ramps):
    return Sound(path.name, start, d, in_ms, speed, volume, **ramps)


def mix(*sounds, paths, seconds=1.0, block=1024):
    total = round(seconds * RATE)
    with closing(Mixer(sounds, {path.name: path for path in paths})) as mixer:
        parts = [mixer.read(min(block, total - at)) for at in range(0, total, block)]
    return np.concatenate(parts, axis=1)


@pytest.fixture
def tone(tmp_path):
    return mediakit.tone(tmp_path / "t.wav", 440, 1000, amplitude=0.5)


@pytest.fixture
def steps(tmp_path):
    """Two seconds of 400, 800, 1200, 1600 Hz, half a second each."""
    path = tmp_path / "steps.mp4"
    parts = [mediakit.sine(hz, 0.5) for hz in (400, 800, 1200, 1600)]
    return mediakit.wave(path, np.concatenate(parts, axis=1))


def test_a_sound_comes_through_at_its_volume(tone):
    full = mix(sound(tone), paths=[tone])
    assert full.shape == (2, RATE)
    assert mediakit.pitch(full[0]) == pytest.approx(440, abs=2)
    assert mediakit.rms(full) == pytest.approx(0.5 / np.sqrt(2), rel=0.01)
    quiet = mix(sound(tone, volume=0.2), paths=[tone])
    assert mediakit.rms(quiet) == pytest.approx(0.1 / np.sqrt(2), rel=0.01)


def test_it_begins_and_ends_where_the_plan_says(tone):
    mixed = mix(sound(tone, start=250, d=500), paths=[tone])
    loud = np.flatnonzero(np.abs(mixed[0]) > 0.01)
    assert loud[0] == pytest.approx(0.25 * RATE, abs=20)
    assert loud[-1] == pytest.approx(0.75 * RATE, abs=60)


def test_blocks_of_any_size_give_the_same(tone):
    one = mix(sound(tone, start=100, d=700), paths=[tone], block=RATE)
    many = mix(sound(tone, start=100, d=700), paths=[tone], block=333)
    assert np.array_equal(one, many)


@pytest.mark.parametrize("in_ms", [500, 1000, 1500])
def test_an_in_point_is_met(steps, in_ms):
    mixed = mix(sound(steps, d=400, in_ms=in_ms), paths=[steps], seconds=0.4)
    expected = 400 + 800 * in_ms / 1000
    assert mediakit.pitch(mixed[0][: RATE // 50 * 20]) == pytest.approx(expected, rel=0.02)
    # Sharp to a few ms: the beginning already holds the new tone, not the one before.
    assert mediakit.pitch(mixed[0][240:2640]) == pytest.approx(expected, rel=0.05)


def test_an_in_point_near_the_beginning_is_met_to_the_millisecond(steps):
    mixed = mix(sound(steps, d=500, in_ms=240), paths=[steps], seconds=0.5)[0]
    assert mediakit.pitch(mixed[: round(0.26 * RATE)]) == pytest.approx(400, rel=0.02)
    assert mediakit.pitch(mixed[round(0.262 * RATE) :]) == pytest.approx(800, rel=0.02)


@pytest.mark.parametrize("speed", [0.25, 0.5, 1.5, 2.0, 4.0])
def test_speed_keeps_the_pitch_and_takes_more_or_less_of_the_source(tmp_path, speed):
    path = mediakit.tone(tmp_path / "t.wav", 440, 1000)
    mixed = mix(sound(path, d=4000, speed=speed), paths=[path], seconds=4.0)
    length = np.flatnonzero(np.abs(mixed[0]) > 0.05)[-1] / RATE
    assert length == pytest.approx(1 / speed, abs=0.08)
    assert mediakit.pitch(mixed[0][: round(length * RATE)]) == pytest.approx(440, rel=0.02)


def test_chains_of_tempo_filters_stay_in_their_good_range():
    assert tempos(1.0) == ()
    for speed in (0.25, 0.3, 0.5, 1.9, 3.0, 4.0):
        chain = tempos(speed)
        assert np.prod(chain) == pytest.approx(speed)
        assert all(0.5 - 1e-9 <= tempo <= 2 + 1e-9 for tempo in chain)


@pytest.mark.parametrize(
    ("name", "rate", "channels"),
    [("m.wav", 8000, 1), ("m.mp3", 44_100, 2), ("m.m4a", 22_050, 1), ("m.aac", 44_100, 2)],
)
def test_any_rate_and_layout_becomes_48k_stereo(tmp_path, name, rate, channels):
    path = mediakit.tone(tmp_path / name, 440, 800, rate=rate, channels=channels)
    mixed = mix(sound(path, d=700), paths=[path])
    middle = mixed[:, RATE // 5 : RATE // 2]
    assert mediakit.pitch(middle[0]) == pytest.approx(440, rel=0.02)
    assert np.allclose(middle[0], middle[1], atol=0.02)
    assert mediakit.rms(middle) == pytest.approx(0.5 / np.sqrt(2), rel=0.1)


def test_two_sounds_add_up(tone, tmp_path):
    other = mediakit.tone(tmp_path / "o.wav", 1000, 1000, amplitude=0.2)
    mixed = mix(sound(tone, volume=0.5), sound(other), paths=[tone, other])
    spectrum = np.abs(np.fft.rfft(mixed[0])) * 2 / RATE
    assert spectrum[440] == pytest.approx(0.25, abs=0.01)
    assert spectrum[1000] == pytest.approx(0.2, abs=0.01)


def test_ramps_make_a_crossfade_without_a_dip(tone):
    sounds = (
        sound(tone, d=600, ramp_out_ms=200),
        sound(tone, start=400, d=600, in_ms=400, ramp_in_ms=200),
    )
    mixed = mix(*sounds, paths=[tone])
    straight = mix(sound(tone), paths=[tone])
    assert np.allclose(mixed, straight, atol=0.01)


def test_peaks_are_bent_not_cut_and_quiet_is_untouched(tmp_path):
    loud = [mediakit.tone(tmp_path / f"{n}.wav", 440, 500, amplitude=0.95) for n in range(3)]
    mixed = mix(*(sound(path, d=500) for path in loud), paths=loud, seconds=0.5)
    assert 0.9 < np.abs(mixed).max() <= 0.98
    ramp = np.linspace(-3, 3, 1001, dtype=np.float32).reshape(1, -1)
    assert np.all(np.diff(limited(ramp)) >= 0)
    quiet = ramp[np.abs(ramp) < 0.8].reshape(1, -1)
    assert limited(quiet) is quiet


def test_a_clips_late_sound_stays_late(tmp_path):
    samples = np.concatenate([np.zeros((2, RATE // 2), np.float32), mediakit.sine(440, 0.5)], 1)
    path = mediakit.wave(tmp_path / "late.mp4", samples[:, RATE // 2 :], start_ms=500)
    mixed = mix(sound(path), paths=[path])
    # The container starts with its picture; a sound stream that starts later is silence first.
    assert mediakit.rms(mixed[:, : RATE // 3]) < 0.01
    assert mediakit.rms(mixed[:, round(RATE * 0.6) : round(RATE * 0.9)]) > 0.3


def test_past_its_end_there_is_silence(tone):
    mixed = mix(sound(tone, d=3000), paths=[tone], seconds=1.5)
    assert mediakit.rms(mixed[:, round(1.1 * RATE) :]) == 0


def test_a_long_sound_is_never_held_whole(tmp_path):
    path = mediakit.tone(tmp_path / "long.wav", ms=60_000, rate=8000, channels=1)
    with closing(Mixer([sound(path, d=60_000)], {path.name: path})) as mixer:
        mixer.read(1024)
        tracemalloc.start()
        for _ in range(60 * RATE // 4096):
            mixer.read(4096)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    whole = 60 * RATE * 2 * 4
    assert peak < whole / 20


def test_a_broken_sound_is_named(tmp_path):
    path = tmp_path / "b.mp3"
    path.write_bytes(b"ID3\x04\0\0\0\0\0\0" + bytes(range(256)) * 8)
    with pytest.raises(BrokenMedia, match=r"b\.mp3"):
        mix(sound(path), paths=[path])


def test_a_file_without_sound_is_named(tmp_path):
    path = mediakit.clip(tmp_path / "mute.mp4", frames=3)
    with pytest.raises(BrokenMedia, match=r"mute\.mp4 holds no sound"):
        mix(sound(path), paths=[path])
