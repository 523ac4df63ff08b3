import pytest

from nemo_nb.errors import InputError
from nemo_nb.export import Wish


@pytest.mark.parametrize("resolution", ["1080p", "1920x1080", "1080X1920", (640, 360), None])
def test_resolutions_as_people_write_them(resolution):
    output = Wish(resolution=resolution).output()
    assert output.get("resolution") in {None, "1080p", "1920x1080", "1080x1920", "640x360"}


@pytest.mark.parametrize(
    "resolution", ["", "p", "0p", "1920x", "x1080", "1x2x3", (0, 5), (1, 2, 3)]
)
def test_resolutions_that_are_none(resolution):
    with pytest.raises(InputError):
        Wish(resolution=resolution)
