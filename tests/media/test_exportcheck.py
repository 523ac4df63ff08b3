import numpy as np
import pytest

import mediakit
from mediakit import segment as seg
from mediakit import timeline
from nemo_nb.errors import BrokenMedia
from nemo_nb.media.exportcheck import check_export
from nemo_nb.studio.render.encode import render
from nemo_nb.studio.render.formats import FORMATS, Order


def noise(number):
    return np.random.default_rng(number).integers(0, 255, (90, 160, 3), dtype=np.uint8)


@pytest.fixture(scope="module", params=FORMATS)
def exported(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    clip = mediakit.clip(folder / "clip.mp4", frames=70, size=(160, 90), draw=noise, hz=440)
    out = folder / f"out.{request.param}"
    order = Order(format=request.param, quality="low")
    render(timeline(seg(clip, d=2300), size=(160, 90)), {clip.name: clip}, out, order)
    return out


def test_a_whole_file_passes(exported):
    check_export(exported)


def test_one_that_was_cut_short_does_not(exported, tmp_path):
    cut = tmp_path / exported.name
    data = exported.read_bytes()
    cut.write_bytes(data[: len(data) // 2])
    with pytest.raises(BrokenMedia):
        check_export(cut)


def test_one_of_another_kind_does_not(exported, tmp_path):
    other = tmp_path / ("out.gif" if exported.suffix != ".gif" else "out.png")
    other.write_bytes(exported.read_bytes())
    with pytest.raises(BrokenMedia, match=r"is no (GIF|PNG)"):
        check_export(other)


def test_an_empty_file_does_not(tmp_path):
    (tmp_path / "out.wav").touch()
    with pytest.raises(BrokenMedia, match="empty"):
        check_export(tmp_path / "out.wav")
