import numpy as np
import pytest

import mediakit
from audiokit import amplitude_at, noise
from nemo_nb.studio.render.blocks import RATE
from nemo_nb.studio.render.filters import Biquads, highpass, lowpass


def response(section, hz):
    tone = mediakit.sine(hz, 1.0, 0.5)
    return amplitude_at(Biquads([section])(tone)[0, RATE // 2 :], hz) / 0.5


@pytest.mark.parametrize(("kind", "far"), [(lowpass, 4000), (highpass, 250)])
def test_3_db_at_the_corner_and_12_db_an_octave_beyond(kind, far):
    assert response(kind(1000), 1000) == pytest.approx(np.sqrt(0.5), rel=0.005)
    assert response(kind(1000), far) == pytest.approx(1 / 16, rel=0.06)


def test_blocks_of_any_size_give_the_same():
    samples = noise(1)
    whole = Biquads([lowpass(500), highpass(100)])(samples)
    chain = Biquads([lowpass(500), highpass(100)])
    parts = [chain(samples[:, at : at + 777]) for at in range(0, samples.shape[1], 777)]
    assert np.allclose(whole, np.concatenate(parts, axis=1), atol=1e-12)
    assert chain(samples[:, :0]).shape == (2, 0)
