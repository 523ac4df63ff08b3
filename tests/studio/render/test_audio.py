from contextlib import closing

import numpy as np
import pytest

import mediakit
from audiokit import db, drums, ebur128, level, noise, read_whole, sound, speech, through_aac, write
from nemo_nb.errors import BrokenMedia, RenderCancelled
from nemo_nb.studio.music import MusicSpec, genres
from nemo_nb.studio.render.audio import Mix
from nemo_nb.studio.render.blocks import RATE
from nemo_nb.studio.render.encode import render_mp4
from nemo_nb.studio.render.sounds import Sound


def mix(*sounds, paths=(), seconds=4.0, **options):
    return read_whole(Mix(sounds, {path.name: path for path in paths}, **options), seconds)


def play(path, seconds=4.0, **more):
    return sound(path, d=round(seconds * 1000), **more)


@pytest.fixture
def voice(tmp_path):
    return write(tmp_path / "voice.wav", speech(4, 0.2))


@pytest.mark.parametrize(
    "signal",
    [speech(6, 0.1), speech(6, 0.9), noise(6, 0.025), noise(6, 0.3)],
    ids=["far voice", "near voice", "faint noise", "loud noise"],
)
def test_every_mix_ends_at_the_target_and_its_peaks_below_one(tmp_path, signal):
    path = write(tmp_path / "s.wav", signal)
    mixed = mix(play(path, 6), paths=[path], seconds=6.0)
    assert ebur128(mixed)[0] == pytest.approx(-14, abs=0.5)
    loudness, peak = ebur128(through_aac(tmp_path / "a.m4a", mixed))
    assert loudness == pytest.approx(-14, abs=1.0)
    assert peak <= -1.0


@pytest.mark.parametrize("loudest", [0.05, 0.9])
def test_peaks_stay_below_one_where_they_stand_far_above_the_rest(tmp_path, loudest):
    path = write(tmp_path / "s.wav", drums(6, loudest))
    mixed = mix(play(path, 6), paths=[path], seconds=6.0)
    assert ebur128(through_aac(tmp_path / "a.m4a", mixed))[1] <= -1.0


def test_a_recording_of_little_but_noise_is_raised_within_bounds(tmp_path):
    path = write(tmp_path / "s.wav", noise(6, 0.002))
    before = ebur128(noise(6, 0.002))[0]
    assert ebur128(mix(play(path, 6), paths=[path], seconds=6.0))[0] == pytest.approx(
        before + 18, abs=0.2
    )


@pytest.mark.parametrize("target", [-23.0, -16.0, -12.0])
def test_another_target_is_met(voice, target):
    mixed = mix(play(voice), paths=[voice], loudness=target)
    assert ebur128(mixed)[0] == pytest.approx(target, abs=0.5)


def test_as_is_leaves_the_level_alone(voice):
    assert np.allclose(mix(play(voice), paths=[voice], loudness=None), speech(4, 0.2), atol=1e-4)


def test_as_is_still_holds_peaks(tmp_path):
    loud = [mediakit.tone(tmp_path / f"{n}.wav", 440, 1000, amplitude=0.9) for n in range(3)]
    mixed = mix(*(play(path, 1) for path in loud), paths=loud, seconds=1.0, loudness=None)
    assert ebur128(mixed)[1] <= -1.3
    assert mediakit.pitch(mixed[0]) == pytest.approx(440, abs=2)


@pytest.mark.parametrize("volume", [0.5, 0.1])
def test_the_only_sound_turned_down_is_that_much_softer(voice, volume):
    mixed = mix(play(voice, volume=volume), paths=[voice])
    assert ebur128(mixed)[0] == pytest.approx(-14 + db(volume), abs=0.5)


def test_relative_volumes_stay(tmp_path):
    low = mediakit.tone(tmp_path / "low.wav", 500, 4000, amplitude=0.1)
    high = mediakit.tone(tmp_path / "high.wav", 2000, 4000, amplitude=0.1)
    mixed = mix(play(low, volume=1.0), play(high, volume=0.25), paths=[low, high])
    spectrum = np.abs(np.fft.rfft(mixed[0]))
    assert db(spectrum[2000 * 4] / spectrum[500 * 4]) == pytest.approx(db(0.25), abs=0.1)
    assert ebur128(mixed)[0] == pytest.approx(-14, abs=0.3)


def test_silence_and_no_sound_at_all_stay_silent(tmp_path):
    path = write(tmp_path / "s.wav", np.zeros((2, RATE), np.float32))
    assert not np.any(mix(play(path), paths=[path]))
    assert not np.any(mix())


@pytest.mark.parametrize("seconds", [0.1, 0.5, 2.0])
def test_short_mixes_are_brought_to_the_target_too(tmp_path, seconds):
    path = mediakit.tone(tmp_path / "t.wav", 1000, round(seconds * 1000), amplitude=0.05)
    mixed = mix(play(path, seconds), paths=[path], seconds=seconds)
    # A steady tone reads about 3 dB above its mean square in one channel.
    assert level(mixed) == pytest.approx(-17, abs=0.5)


def test_a_mix_with_ducked_music_meets_the_target(voice):
    music = Sound("", 0, 4000, 0, 1.0, 0.5, duck_db=12.0, music=MusicSpec("lo-fi", 80, "calm", 1))
    mixed = mix(music, play(voice), paths=[voice])
    assert ebur128(mixed)[0] == pytest.approx(-14, abs=0.5)


@pytest.mark.parametrize("genre", [genre.name for genre in genres()])
def test_music_alone_comes_out_at_the_target_after_aac(tmp_path, genre):
    music = Sound("", 0, 6000, 0, 1.0, 1.0, music=MusicSpec(genre, 100, "happy", 3))
    heard = through_aac(tmp_path / "a.m4a", mix(music, seconds=6.0))
    loudness, peak = ebur128(heard)
    assert loudness == pytest.approx(-14, abs=1.0)
    assert peak <= -1.0


def test_blocks_of_any_size_give_the_same(voice):
    assets = {voice.name: voice}
    one = read_whole(Mix([play(voice)], assets), 4.0, 4 * RATE)
    assert np.array_equal(one, read_whole(Mix([play(voice)], assets), 4.0, 999))


def test_measuring_can_be_given_up(voice):
    asked = iter([False, False])
    with closing(Mix([play(voice)], {voice.name: voice}, cancelled=lambda: next(asked, True))) as m:
        with pytest.raises(RenderCancelled):
            m.read(1024)
        assert next(asked, None) is None


def test_a_broken_source_is_named_while_measuring(tmp_path):
    path = tmp_path / "b.mp3"
    path.write_bytes(b"ID3\x04\0\0\0\0\0\0" + bytes(range(256)) * 8)
    with pytest.raises(BrokenMedia, match=r"b\.mp3"):
        mix(play(path), paths=[path])


def test_an_exported_slideshow_with_music_is_as_loud_as_promised(tmp_path):
    photo = mediakit.photo(tmp_path / "p.png", size=(64, 36))
    wish = {"genre": "upbeat", "seed": 5}
    draft = mediakit.timeline(
        mediakit.segment(photo, d=6000), audio=[{"d": 6000, "m": {"music": wish}}], size=(64, 36)
    )
    render_mp4(draft, {photo.name: photo}, tmp_path / "out.mp4")
    loudness, peak = ebur128(mediakit.sound_of(tmp_path / "out.mp4"))
    assert loudness == pytest.approx(-14, abs=1)
    assert peak <= -1
