"""One film with everything in it, exported and looked at again."""

import numpy as np
import pytest
from PIL import Image, ImageDraw
from skimage import data
from skimage.metrics import structural_similarity

import mediakit
from mediakit import render_frame
from mediakit import segment as seg
from nemo_nb.studio.render.encode import render_mp4

SIZE = (192, 108)
KINDS = ["dissolve", "fade-black", "fade-white", "wipe", "slide", "push", "zoom"]


@pytest.fixture
def assets(tmp_path):
    cat = Image.fromarray(data.chelsea())
    cat.save(tmp_path / "cat.jpg", quality=92)
    Image.fromarray(data.coffee()).save(tmp_path / "coffee.png")
    logo = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    ImageDraw.Draw(logo).ellipse((4, 4, 60, 60), fill=(255, 220, 0, 255))
    logo.save(tmp_path / "logo.png")
    small = np.asarray(cat.resize((160, 90)))
    mediakit.clip(
        tmp_path / "cat.mp4", frames=30, size=(160, 90), draw=lambda n: np.roll(small, n * 2, 1)
    )
    return {path.name: path for path in tmp_path.iterdir()}


def film():
    """Return a draft: eight shots, each with another transition and treatment, over two tracks."""
    treatments = [
        {"fit": "blur"},
        {"fit": "cover", "motion": "pan-left"},
        {"rotate": 90, "adjust": {"saturation": 40}},
        {"rotate": -12, "fit": "cover"},
        {"flip": "horizontal", "crop": {"x": 20, "y": 10, "width": 60, "height": 80}},
        {"reverse": True, "fit": "cover"},
        {"freeze": True, "in": 500, "motion": {"to": {"x": 40, "y": 40, "zoom": 2}}},
        {"speed": 2, "loop": True, "fade_out": 300},
    ]
    sources = ["cat.jpg", "coffee.png", "cat.jpg", "coffee.png", "cat.jpg", *["cat.mp4"] * 3]
    shots = [
        seg(source, d=800, **treatment)
        for source, treatment in zip(sources, treatments, strict=True)
    ]
    for shot, kind in zip(shots[1:], KINDS, strict=True):
        shot["m"]["transition"] = {"kind": kind, "ms": 400}
    inset = [seg("cat.mp4", d=3000, scale=0.3, position={"x": 80, "y": 25}, rotate=8, loop=True)]
    logo = [seg("logo.png", d=6400, scale=0.2, position={"x": 10, "y": 85}, opacity=0.7)]
    text = [mediakit.words(500, 2000, "ALL OF IT")]
    return {
        "m": {"width": SIZE[0], "height": SIZE[1], "fps": 25},
        "t": [
            *({"tt": 0, "sg": track} for track in (shots, inset, logo)),
            {"tt": 7, "sg": text},
        ],
    }


def test_the_film_shows_what_its_single_frames_show(tmp_path, assets):
    draft = film()
    out = tmp_path / "film.mp4"
    render_mp4(draft, assets, out)
    frames = mediakit.frames_of(out)
    assert len(frames) == 160
    # Every tenth frame, and with it a moment in each transition.
    for index in range(0, 160, 10):
        time, picture = frames[index]
        assert time == pytest.approx(index / 25, abs=0.001)
        alone = np.asarray(render_frame(draft, assets, index * 40))
        likeness = structural_similarity(picture, alone, channel_axis=2)
        assert likeness > 0.93, index
    # The last shot fades out: an eighth of it is left in the last frame.
    assert frames[-1][1].mean() < 0.25 * frames[-9][1].mean()


def test_frames_come_out_alike_in_any_order(assets):
    draft = film()
    forwards = [np.asarray(render_frame(draft, assets, at)) for at in (1560, 4200, 5400)]
    backwards = [np.asarray(render_frame(draft, assets, at)) for at in (5400, 4200, 1560)]
    for one, other in zip(forwards, reversed(backwards), strict=True):
        assert np.array_equal(one, other)
