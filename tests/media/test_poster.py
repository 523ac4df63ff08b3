import numpy as np
import pytest

import mediakit
from nemo_nb.errors import BrokenMedia
from nemo_nb.media.poster import poster_frame


def shown(path):
    """Return which frame of a numbered clip the poster is."""
    gray = np.asarray(poster_frame(path).convert("L")).mean()
    luma = 16 + gray * 219 / 255
    return round((luma - mediakit.numbered(0)) / mediakit.LEVEL_STEP)


@pytest.mark.parametrize(("frames", "expected"), [(20, 10), (10, 5), (1, 0)])
def test_it_is_a_second_in_or_the_middle_of_what_is_shorter(tmp_path, frames, expected):
    path = tmp_path / "clip.mp4"
    mediakit.clip(path, frames=frames, fps=10)
    assert shown(path) == expected


def test_sound_has_no_poster(tmp_path):
    path = tmp_path / "tone.wav"
    mediakit.tone(path)
    with pytest.raises(BrokenMedia, match=r"tone\.wav holds no picture"):
        poster_frame(path)
