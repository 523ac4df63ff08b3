import math

import numpy as np
import pytest

import mediakit
from audiokit import drums, ebur128, noise, speech
from nemo_nb.studio.render.blocks import RATE
from nemo_nb.studio.render.loudness import MOST_GAIN_DB, Meter, gain_db

CEILING = -1.5


def measured(samples, block=5000):
    meter = Meter()
    for at in range(0, samples.shape[1], block):
        meter.feed(samples[:, at : at + block])
    return meter.levels()


def signals():
    quiet_end = np.concatenate([noise(6), 0.01 * noise(6)], axis=1)
    return {
        "speech": speech(8),
        "noise": noise(5, rms=0.05),
        "drums": drums(6),
        "gated": quiet_end,
        "tone": mediakit.sine(997, 4, 0.1),
        "left only": mediakit.sine(997, 4, 0.1) * np.array([[1], [0]], np.float32),
    }


@pytest.mark.parametrize("name", signals())
def test_it_measures_what_the_reference_meter_measures(name):
    samples = signals()[name]
    assert measured(samples).integrated() == pytest.approx(ebur128(samples)[0], abs=0.1)


def test_the_standard_s_own_tone():
    # BS.1770-4: a 997 Hz sine at full scale in one channel reads -3.01 LKFS.
    tone = mediakit.sine(997, 3, 1.0) * np.array([[1], [0]], np.float32)
    assert measured(tone).integrated() == pytest.approx(-3.01, abs=0.02)


def test_blocks_of_any_size_measure_the_same():
    samples = speech(3)
    one = measured(samples, samples.shape[1]).integrated()
    assert measured(samples, 777).integrated() == pytest.approx(one, abs=1e-4)


@pytest.mark.parametrize("seconds", [0.003, 0.1, 0.39, 0.5, 2.0])
def test_short_sounds_are_measured_over_their_own_length(seconds):
    long = measured(mediakit.sine(500, 5, 0.1)).integrated()
    assert measured(mediakit.sine(500, seconds, 0.1)).integrated() == pytest.approx(long, abs=1.0)


@pytest.mark.parametrize("samples", [np.zeros((2, 0)), np.zeros((2, RATE)), noise(3, rms=5e-5)])
def test_silence_and_what_lies_below_the_gate_is_not_raised(samples):
    levels = measured(samples.astype(np.float32))
    assert levels.integrated() == -math.inf
    assert gain_db(levels, -14, 1.0, CEILING) == 0


def test_gain_meets_the_target_for_the_loudest_volume():
    levels = measured(noise(5))
    plain = gain_db(levels, -14, 1.0, CEILING)
    assert levels.integrated() + plain == pytest.approx(-14, abs=0.05)
    assert gain_db(levels, -23, 1.0, CEILING) == pytest.approx(plain - 9, abs=0.05)
    half = measured(0.5 * noise(5))
    assert gain_db(half, -14, 0.5, CEILING) == pytest.approx(plain, abs=0.05)


def test_a_faint_recording_is_raised_within_bounds():
    assert gain_db(measured(noise(3, rms=0.003)), -14, 1.0, CEILING) == MOST_GAIN_DB
