import tracemalloc

import numpy as np
import pytest

from nemo_nb.studio.render.blocks import RATE
from nemo_nb.studio.render.waveform import peaks


def blocks(samples, size):
    return (samples[:, at : at + size] for at in range(0, samples.shape[1], size))


def ramp(samples):
    channel = np.linspace(0, 1, samples, dtype=np.float32)
    return np.stack([-channel, channel * 0.5])


@pytest.mark.parametrize("size", [1, 100, 4096, 10**6])
@pytest.mark.parametrize("length", [1000, 54_321])
def test_each_bucket_holds_its_highest_sample_of_either_channel(size, length):
    if size == 1 and length > 1000:
        length = 3000
    found = peaks(blocks(ramp(length), size), 50)
    assert found.shape == (50,)
    assert found == pytest.approx(np.arange(1, 51) / 50, abs=0.02)


def test_a_single_click_is_never_lost():
    samples = np.zeros((2, 10 * RATE), np.float32)
    samples[0, 123_456] = 0.7
    found = peaks(blocks(samples, 1000), 100)
    assert np.flatnonzero(found).tolist() == [123_456 * 100 // samples.shape[1]]
    assert found.max() == pytest.approx(0.7)


def test_fewer_samples_than_buckets_and_none_at_all():
    assert peaks(iter(()), 4).tolist() == [0, 0, 0, 0]
    assert peaks([np.full((2, 2), 0.5, np.float32)], 4).tolist() == [0.5, 0.5, 0, 0]


def test_it_never_goes_beyond_one():
    assert peaks([np.full((2, 10), 3.0, np.float32)], 2).tolist() == [1, 1]


def test_hours_take_no_more_memory_than_minutes():
    block = ramp(RATE)
    tracemalloc.start()
    peaks((block for _ in range(3600)), 200)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20
