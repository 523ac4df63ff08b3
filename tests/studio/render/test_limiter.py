import numpy as np
import pytest

import mediakit
from audiokit import db, drums, ebur128, noise, speech
from nemo_nb.studio.render.blocks import RATE, Fifo
from nemo_nb.studio.render.limiter import Limiter


def limited(samples, gain_db=0.0, ceiling_db=-1.5, block=1024):
    fifo = Fifo()
    fifo.push(samples)
    limiter = Limiter(fifo.pop, gain_db, ceiling_db)
    total = samples.shape[1]
    return np.concatenate(
        [limiter.read(min(block, total - at)) for at in range(0, total, block)], axis=1
    )


def between():
    """Return a tone whose samples miss its peaks by 3 dB."""
    at = np.arange(RATE)
    shape = np.clip(np.minimum(at, RATE - at) / 500, 0, 1)
    return np.stack([0.9 * shape * np.sin(np.pi / 2 * at + np.pi / 4)] * 2).astype(np.float32)


def clicks():
    samples = np.zeros((2, 2 * RATE), np.float32)
    samples[:, ::7777] = 1.0
    samples[1, -1] = -1.0
    return samples


@pytest.mark.parametrize("gain", [0.0, 6.0, 18.0])
@pytest.mark.parametrize("signal", [speech(3, 0.9), drums(3), noise(3, 0.2), between(), clicks()])
def test_true_peaks_stay_below_the_ceiling(signal, gain):
    assert ebur128(limited(signal, gain))[1] <= -1.5 + 0.25


def test_what_is_below_the_ceiling_is_untouched():
    samples = speech(2, 0.8)
    assert np.array_equal(limited(samples), samples)
    assert np.allclose(limited(samples, -6.0), samples * 10 ** (-6 / 20), atol=1e-7)


def test_blocks_of_any_size_give_the_same():
    samples = drums(2, 0.9)
    assert np.array_equal(limited(samples, 6, block=RATE), limited(samples, 6, block=333))


def test_it_turns_down_instead_of_cutting_off():
    tone = mediakit.sine(500, 2, 1.0)
    middle = limited(tone, 9.0)[0, RATE // 2 : -RATE // 2]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(middle.size)))
    spectrum[round(500 * middle.size / RATE) - 40 : round(500 * middle.size / RATE) + 40] = 0
    # Cutting off 9 dB would leave harmonics at -13 dB.
    assert db(spectrum.max() / (middle.size / 4)) < -45
    assert np.abs(middle).max() == pytest.approx(10 ** (-1.5 / 20), rel=0.02)


def test_it_lets_go_again():
    samples = mediakit.sine(500, 2, 0.3)
    samples[:, RATE // 2 : RATE // 2 + 100] *= 8
    after = limited(samples)
    assert np.allclose(after[:, RATE:], samples[:, RATE:], atol=1e-6)
    assert np.allclose(after[:, : RATE // 4], samples[:, : RATE // 4], atol=1e-6)
    assert np.abs(np.diff(after[0])).max() < np.abs(np.diff(samples[0])).max()
