import tracemalloc
from contextlib import closing

import numpy as np
import pytest

import mediakit
from audiokit import amplitude_at, db, level, noise, read_whole, sound, speech, write
from nemo_nb.studio.music import MusicSpec
from nemo_nb.studio.render.blocks import RATE
from nemo_nb.studio.render.mixer import Mixer
from nemo_nb.studio.render.sounds import Sound


def mix(*sounds, paths, seconds=1.0, block=4096):
    return read_whole(Mixer(sounds, {path.name: path for path in paths}), seconds, block)


def span(samples, begin, end):
    return samples[:, round(begin * RATE) : round(end * RATE)]


@pytest.fixture
def tone(tmp_path):
    return mediakit.tone(tmp_path / "t.wav", 440, 1000, amplitude=0.5)


def test_a_sound_comes_through_at_its_volume(tone):
    full = mix(sound(tone), paths=[tone])
    assert full.shape == (2, RATE)
    assert mediakit.pitch(full[0]) == pytest.approx(440, abs=2)
    assert mediakit.rms(full) == pytest.approx(0.5 / np.sqrt(2), rel=0.01)
    quiet = mix(sound(tone, volume=0.2), paths=[tone])
    assert mediakit.rms(quiet) == pytest.approx(0.1 / np.sqrt(2), rel=0.01)


def test_it_begins_and_ends_where_the_plan_says(tone):
    loud = np.flatnonzero(np.abs(mix(sound(tone, start=250, d=500), paths=[tone])[0]) > 0.01)
    assert loud[0] == pytest.approx(0.25 * RATE, abs=20)
    assert loud[-1] == pytest.approx(0.75 * RATE, abs=60)


def test_two_sounds_add_up(tone, tmp_path):
    other = mediakit.tone(tmp_path / "o.wav", 1000, 1000, amplitude=0.2)
    mixed = mix(sound(tone, volume=0.5), sound(other), paths=[tone, other])
    assert amplitude_at(mixed[0], 440) == pytest.approx(0.25, abs=0.01)
    assert amplitude_at(mixed[0], 1000) == pytest.approx(0.2, abs=0.01)


def test_ramps_make_a_crossfade_without_a_dip(tone):
    sounds = (
        sound(tone, d=600, ramp_out_ms=200),
        sound(tone, start=400, d=600, in_ms=400, ramp_in_ms=200),
    )
    assert np.allclose(mix(*sounds, paths=[tone]), mix(sound(tone), paths=[tone]), atol=0.01)


def test_fades_rise_and_fall_smoothly_and_leave_the_middle_alone(tone):
    faded = mix(sound(tone, fade_in_ms=400, fade_out_ms=300), paths=[tone])
    levels = [level(span(faded, at / 100, (at + 5) / 100)) for at in range(0, 100, 5)]
    assert levels[:8] == sorted(levels[:8])
    assert levels[14:] == sorted(levels[14:], reverse=True)
    assert levels[9:13] == pytest.approx([db(0.5 / np.sqrt(2))] * 4, abs=0.1)
    # Half a cosine: half the amplitude in the middle of the fade.
    assert levels[4] == pytest.approx(db(0.5 / np.sqrt(2)) - 4.5, abs=1.0)
    assert levels[0] < -30


def test_nothing_sounds_where_nothing_is(tone):
    mixed = mix(sound(tone, start=2000), paths=[tone], seconds=4.0)
    assert not np.any(span(mixed, 0, 1.99))
    assert not np.any(span(mixed, 3.01, 4))


@pytest.mark.parametrize("duck", [0.0, 10.0])
def test_blocks_of_any_size_give_the_same(tone, tmp_path, duck):
    voice = write(tmp_path / "v.wav", speech(1))
    sounds = (sound(tone, start=100, d=700, duck_db=duck), sound(voice))
    whole = mix(*sounds, paths=[tone, voice], block=RATE)
    assert np.allclose(whole, mix(*sounds, paths=[tone, voice], block=333), atol=1e-6)


def test_generated_music_plays_in_its_place_with_its_volume():
    spec = MusicSpec("piano", 90, "calm", 1)
    music = Sound("", 1000, 3000, 0, 1.0, 0.5, music=spec)
    mixed = mix(music, paths=[], seconds=5.0)
    alone = mix(Sound("", 0, 3000, 0, 1.0, 1.0, music=spec), paths=[], seconds=3.0)
    assert not np.any(span(mixed, 0, 1))
    assert not np.any(span(mixed, 4, 5))
    assert np.allclose(span(mixed, 1, 4), alone * 0.5, atol=1e-6)


def ducked(tmp_path, others, seconds, duck=12.0):
    """Return the gain in dB of a tone under *others*, one value per 50 ms."""
    tone = mediakit.tone(tmp_path / "m.wav", 9000, round(seconds * 1000), amplitude=0.1)
    voice = write(tmp_path / "v.wav", others)
    d = round(seconds * 1000)
    mixed = mix(
        sound(tone, d=d, duck_db=duck), sound(voice, d=d), paths=[tone, voice], seconds=seconds
    )
    alone = mix(sound(voice, d=d), paths=[voice], seconds=seconds)
    step = RATE // 20
    music = (mixed - alone)[0][: mixed.shape[1] // step * step].reshape(-1, step)
    return 20 * np.log10(np.sqrt(np.mean(np.square(music), axis=1)) / (0.1 / np.sqrt(2)))


@pytest.mark.parametrize("duck", [12.0, 6.0])
def test_music_steps_back_before_speech_stays_back_and_comes_again(tmp_path, duck):
    others = np.zeros((2, 8 * RATE), np.float32)
    others[:, 2 * RATE : 4 * RATE] = speech(2)
    gains = ducked(tmp_path, others, 8, duck)
    at = np.arange(gains.size) / 20
    assert gains[at < 1.7] == pytest.approx(0, abs=0.1)
    assert gains[(at >= 2.0) & (at < 4.3)] == pytest.approx(-duck, abs=0.2)
    # The way up is slow and steady, and then it is at full level again.
    rise = gains[(at >= 4.3) & (at < 6.2)]
    assert np.all(np.diff(rise) > -0.1)
    assert np.diff(rise).max() < duck / 8
    assert gains[at >= 6.2] == pytest.approx(0, abs=0.1)


def test_it_stays_back_over_the_pause_between_two_words(tmp_path):
    others = np.zeros((2, 4 * RATE), np.float32)
    for begin in (0.5, 1.5):
        first = round(begin * RATE)
        others[:, first : first + RATE // 2] = speech(0.5)
    gains = ducked(tmp_path, others, 4)
    assert gains[10:40] == pytest.approx(-12, abs=0.3)


def test_clear_silence_and_the_hum_of_a_room_leave_music_alone(tmp_path):
    assert ducked(tmp_path, np.zeros((2, 2 * RATE), np.float32), 2) == pytest.approx(0, abs=0.05)
    room = noise(6, rms=0.004)
    assert ducked(tmp_path, room, 6)[10:] == pytest.approx(0, abs=0.05)
    # A voice that stands out from the room is heard all the same.
    room[:, 3 * RATE : 5 * RATE] += speech(2, loudest=0.06)
    assert ducked(tmp_path, room, 6)[62:100] == pytest.approx(-12, abs=0.5)


def test_a_rumble_is_no_speech(tmp_path):
    assert ducked(tmp_path, mediakit.sine(35, 2, 0.2), 2) == pytest.approx(0, abs=0.05)


def test_another_clip_that_sounds_steadily_counts_too(tmp_path):
    assert ducked(tmp_path, mediakit.sine(500, 20, 0.2), 20)[10:] == pytest.approx(-12, abs=0.2)


def test_two_that_step_back_do_not_listen_to_each_other(tone):
    alone = mix(sound(tone, duck_db=12.0), sound(tone, duck_db=6.0), paths=[tone])
    assert level(alone) == pytest.approx(db(1 / np.sqrt(2)), abs=0.1)


def test_an_hour_of_mixing_holds_no_hour(tmp_path):
    path = mediakit.tone(tmp_path / "long.wav", ms=60_000, rate=8000, channels=1)
    sounds = [sound(path, d=60_000, duck_db=10.0), sound(path, d=60_000)]
    with closing(Mixer(sounds, {path.name: path})) as mixer:
        mixer.read(1024)
        tracemalloc.start()
        for _ in range(60 * RATE // 4096):
            mixer.read(4096)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 60 * RATE * 2 * 4 / 10
