"""Drafts come from anyone: whatever stands in one, there is a frame or a sentence."""

from contextlib import closing

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from PIL import Image

import mediakit
from nemo_nb.errors import NemoError
from nemo_nb.models import Canvas
from nemo_nb.studio.render import planes as px
from nemo_nb.studio.render.compose import Compositor, plan_of
from nemo_nb.studio.render.transitions import KINDS

nonsense = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=4),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
percent = st.one_of(st.floats(-50, 150), nonsense)
small = st.one_of(st.integers(0, 900), st.floats(-10, 10), nonsense)


def spot(*names):
    return st.one_of(nonsense, st.fixed_dictionaries({}, optional=dict.fromkeys(names, percent)))


view = spot("x", "y", "zoom")
PICTURES = {
    "fit": st.one_of(st.sampled_from(["contain", "cover", "blur"]), nonsense),
    "motion": st.one_of(
        st.sampled_from(["zoom-in", "zoom-out", "pan-left", "pan-up", "none"]),
        st.fixed_dictionaries({}, optional={"from": view, "to": view}),
        nonsense,
    ),
    "in": small,
    "speed": small,
    "reverse": st.one_of(st.booleans(), nonsense),
    "freeze": st.one_of(st.booleans(), nonsense),
    "loop": st.one_of(st.booleans(), nonsense),
    "rotate": st.one_of(st.sampled_from([90, 180, 270]), st.floats(-720, 720), nonsense),
    "flip": st.one_of(st.sampled_from(["horizontal", "vertical", "both"]), nonsense),
    "crop": spot("x", "y", "width", "height"),
    "position": spot("x", "y"),
    "scale": st.one_of(st.floats(0, 5), nonsense),
    "opacity": st.one_of(st.floats(0, 1), nonsense),
    "adjust": st.one_of(
        st.fixed_dictionaries(
            {}, optional=dict.fromkeys(["brightness", "contrast", "sepia", "blur"], percent)
        ),
        nonsense,
    ),
    "fade_in": small,
    "fade_out": small,
    "transition": st.one_of(
        st.fixed_dictionaries(
            {"kind": st.sampled_from(sorted(KINDS)), "ms": small},
            optional={"direction": st.sampled_from(["left", "right", "up", "down", "in", "out"])},
        ),
        nonsense,
    ),
}
# Only pictures with alpha, which need no network to be cut out.
BACKGROUND = st.one_of(
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["transparent", "color", "blur", "picture"])},
        optional={
            "src": st.sampled_from(["clip.mp4", "photo.jpg", "gone.jpg"]),
            "color": st.one_of(st.just("#12f"), nonsense),
        },
    ),
    nonsense,
)


@st.composite
def segments(draw):
    name = draw(st.sampled_from(["clip.mp4", "photo.jpg", "hole.png", "hole.gif", "thin.png"]))
    optional = PICTURES | ({"background": BACKGROUND} if name.startswith("hole") else {})
    chosen = draw(st.sets(st.sampled_from(sorted(optional)), max_size=6))
    meta = {key: draw(optional[key]) for key in sorted(chosen)}
    # Mostly a length that can be rendered: else all there is to see are refusals.
    length = draw(st.integers(1, 900) if draw(st.integers(0, 9)) else nonsense)
    return {"d": length, "m": meta | {"src": name}}


tracks = st.fixed_dictionaries(
    {"tt": st.just(0), "sg": st.lists(segments(), min_size=1, max_size=3)},
    optional={
        "m": st.fixed_dictionaries({}, optional={"region": spot("x", "y", "width", "height")})
    },
)
canvases = st.builds(
    Canvas, st.integers(16, 130), st.integers(16, 130), st.sampled_from([24.0, 29.97, 60.0])
)


def _drawn(n):
    return np.full((35, 67, 3), 20 * n, np.uint8)


@pytest.fixture(scope="module")
def assets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("any")
    hole = Image.new("RGBA", (50, 40), (200, 30, 30, 255))
    hole.paste((0, 0, 0, 0), (10, 10, 30, 30))
    hole.save(folder / "hole.png")
    hole.save(folder / "hole.gif", save_all=True, append_images=[hole.rotate(90)], duration=60)
    Image.new("RGB", (600, 3), (9, 200, 9)).save(folder / "thin.png")
    mediakit.photo(folder / "photo.jpg", size=(121, 77))
    mediakit.clip(
        folder / "clip.mp4", frames=12, size=(67, 35), rotation=90, pix_fmt="yuv444p", draw=_drawn
    )
    return {path.name: path for path in folder.iterdir()}


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(tracks, min_size=1, max_size=3), canvases, st.floats(0, 1))
def test_there_is_a_frame_or_a_sentence(assets, given_tracks, canvas, share):
    try:
        plan = plan_of({"t": given_tracks}, assets, canvas)
        with closing(Compositor(plan, assets)) as compositor:
            at = int(share * (plan.frames - 1))
            frames = [compositor.frame(n) for n in {0, at, plan.frames - 1}]
    except NemoError as error:
        event(type(error).__name__)
        return
    for frame in frames:
        luma = px.views(frame)[0]
        assert luma.shape == (plan.canvas.height, plan.canvas.width)
        assert np.isfinite(luma.mean())
