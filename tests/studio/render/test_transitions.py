import numpy as np
import pytest

import mediakit
from mediakit import render_frame, timeline
from mediakit import segment as seg
from nemo_nb.studio.render.layer import Layer, lay, with_alpha
from nemo_nb.studio.render.motion import smooth
from nemo_nb.studio.render.transitions import DIRECTIONS, KINDS, Transition, between

WIDTH, HEIGHT = 160, 96
EVERY = [(kind, way) for kind in KINDS for way in DIRECTIONS.get(kind, ("",))]
OLD, NEW = 60, 200


def flat(level, u=128, v=128):
    luma = np.full((HEIGHT, WIDTH), level, np.uint8)
    chroma = [np.full((HEIGHT // 2, WIDTH // 2), value, np.uint8) for value in (u, v)]
    return luma, *chroma


def ramp(start):
    """A picture whose luma tells the place: columns by one, rows by a third."""
    across = np.arange(WIDTH)[None, :] * 0.5
    down = np.arange(HEIGHT)[:, None] * 0.3
    luma = np.rint(start + across + down).astype(np.uint8)
    return Layer((luma, *flat(0)[1:]))


def moment(kind, way, done, before=None, after=None):
    before = Layer(flat(OLD, 100, 150)) if before is None else before
    after = Layer(flat(NEW, 140, 90)) if after is None else after
    return between(before, after, done, Transition(kind, way, 500))


def luma(layer):
    return layer.planes[0].astype(int)


def inset(level):
    """A small picture that lets everything around it through."""
    alpha = np.zeros((HEIGHT, WIDTH), np.uint8)
    alpha[24:72, 40:120] = 255
    return with_alpha(flat(level), alpha)


@pytest.mark.parametrize(("kind", "way"), EVERY)
def test_it_begins_with_the_one_and_ends_with_the_other(kind, way):
    before, after = ramp(20), ramp(90)
    assert moment(kind, way, 0, before, after) is before
    assert moment(kind, way, 1, before, after) is after
    # Nothing jumps on the way in or out either.
    assert np.abs(luma(moment(kind, way, 0.004, before, after)) - luma(before)).mean() < 1.5
    assert np.abs(luma(moment(kind, way, 0.996, before, after)) - luma(after)).mean() < 1.5


@pytest.mark.parametrize("done", [0.25, 0.5, 0.75])
@pytest.mark.parametrize(("kind", "way"), EVERY)
def test_two_opaque_pictures_leave_no_hole(kind, way, done):
    between_them = moment(kind, way, done)
    assert between_them.alphas is None
    assert between_them.size == (WIDTH, HEIGHT)
    low, high = (16, 235) if kind.startswith("fade") else (OLD - 1, NEW + 1)
    assert luma(between_them).min() >= low
    assert luma(between_them).max() <= high


@pytest.mark.parametrize("done", [0.25, 0.5, 0.75])
def test_a_dissolve_mixes_all_planes_evenly(done):
    layer = moment("dissolve", "", done)
    for plane, old, new in zip(layer.planes, (OLD, 100, 150), (NEW, 140, 90), strict=True):
        assert np.allclose(plane, old + (new - old) * done, atol=1)


@pytest.mark.parametrize(("kind", "level"), [("fade-black", 16), ("fade-white", 235)])
def test_a_fade_passes_through_its_colour(kind, level):
    assert np.allclose(luma(moment(kind, "", 0.25)), (OLD + level) / 2, atol=1)
    middle = moment(kind, "", 0.5)
    assert np.allclose(luma(middle), level, atol=1)
    assert np.allclose(middle.planes[1], 128, atol=1)
    assert np.allclose(luma(moment(kind, "", 0.75)), (NEW + level) / 2, atol=1)


def share_of_new(layer, way):
    """Return how much of the picture is new, and whether it lies on the expected side."""
    new = luma(layer) > (OLD + NEW) / 2
    side = {
        "left": new[:, -8:],
        "right": new[:, :8],
        "up": new[-8:],
        "down": new[:8],
    }[way]
    return new.mean(), bool(side.all())


@pytest.mark.parametrize("done", [0.25, 0.5, 0.75])
@pytest.mark.parametrize(
    ("kind", "way"), [(k, w) for k, w in EVERY if k in ("wipe", "slide", "push")]
)
def test_the_new_picture_comes_from_the_side_opposite_to_where_it_goes(kind, way, done):
    share, side = share_of_new(moment(kind, way, done), way)
    assert side
    assert share == pytest.approx(smooth(done), abs=0.03)


STEP = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


@pytest.mark.parametrize("done", [0.25, 0.5, 0.75])
@pytest.mark.parametrize("way", STEP)
def test_what_moves_in_a_wipe_a_slide_and_a_push(way, done):
    before, after = ramp(20), ramp(120)
    across, down = STEP[way]

    def offset(layer, source, part):
        """How much brighter or darker than *source* it is there: the ramp tells how far it went."""
        return np.median((luma(layer) - luma(source))[part])

    way_gone = smooth(done)
    # Two pixels at the side where the new one is, and at the side it has not reached.
    new_side = {
        "left": np.s_[:, -4:-1],
        "right": np.s_[:, 1:4],
        "up": np.s_[-4:-1, :],
        "down": np.s_[1:4, :],
    }[way]
    old_side = {
        "left": np.s_[:, 1:4],
        "right": np.s_[:, -4:-1],
        "up": np.s_[1:4, :],
        "down": np.s_[-4:-1, :],
    }[way]
    # A picture that has moved by d shows at x what was at x - d.
    slope = across * WIDTH * 0.5 + down * HEIGHT * 0.3
    coming, leaving = -slope * (way_gone - 1), -slope * way_gone
    for kind, new_shift, old_shift in (
        ("wipe", 0, 0),
        ("slide", coming, 0),
        ("push", coming, leaving),
    ):
        layer = moment(kind, way, done, before, after)
        assert offset(layer, after, new_side) == pytest.approx(new_shift, abs=1.5), kind
        assert offset(layer, before, old_side) == pytest.approx(old_shift, abs=1.5), kind


def test_a_zoom_brings_both_closer_and_out_is_in_backwards():
    before, after = ramp(20), ramp(120)
    early = luma(moment("zoom", "in", 0.3, before, after))
    way = smooth(0.3)

    def value(start, factor, x, y):
        """What a ramp enlarged by *factor* about the middle shows, mirrored at its edges."""
        across = abs((x + 0.5 - WIDTH / 2) / factor + WIDTH / 2) - 0.5
        down = abs((y + 0.5 - HEIGHT / 2) / factor + HEIGHT / 2) - 0.5
        return start + 0.5 * across + 0.3 * down

    for x, y in ((2, 2), (40, 30), (80, 48), (100, 60)):
        mixture = value(20, 1.5**way, x, y) * (1 - way) + value(120, 1.5 ** (way - 1), x, y) * way
        assert early[y, x] == pytest.approx(mixture, abs=2)
    out = moment("zoom", "out", 0.7, after, before)
    assert np.abs(luma(out) - early).max() <= 1


def test_sliding_is_smooth_to_a_fraction_of_a_pixel():
    picture = np.full((HEIGHT, WIDTH), 40, np.uint8)
    picture[:, 60:64] = 220
    after = Layer((picture, *flat(0)[1:]))
    before = Layer(flat(40))
    places = []
    for done in np.linspace(0.9, 0.99, 19):
        bright = luma(moment("slide", "left", done, before, after))[48] - 40
        places.append((bright * np.arange(WIDTH)).sum() / bright.sum())
    expected = 61.5 + np.array([(1 - smooth(d)) * WIDTH for d in np.linspace(0.9, 0.99, 19)])
    assert np.abs(np.array(places) - expected).max() < 0.1


@pytest.mark.parametrize("done", [0.004, 0.25, 0.5, 0.75, 0.996])
@pytest.mark.parametrize(("kind", "way"), EVERY)
def test_insets_leave_what_lies_below_alone_and_never_pop(kind, way, done):
    under = flat(100, 90, 170)
    lay(under, moment(kind, way, done, inset(OLD), inset(NEW)))
    # Only along the ways they move is anything but the ground seen.
    assert under[0][:4, :4].max() == under[0][:4, :4].min() == 100
    assert np.all(under[1][:2, :2] == 90)
    if done in (0.004, 0.996):
        expected = flat(100, 90, 170)
        lay(expected, inset(OLD if done < 0.5 else NEW))
        assert np.abs(under[0].astype(int) - expected[0]).mean() < 1.5


@pytest.mark.parametrize(("kind", "way"), EVERY)
def test_each_is_drawn_from_a_draft(tmp_path, kind, way):
    dark = mediakit.photo(tmp_path / "dark.png", (40, 40, 40), size=(64, 36))
    light = mediakit.photo(tmp_path / "light.png", (220, 220, 220), size=(64, 36))
    transition = {"kind": kind, "ms": 400, "direction": way}
    draft = timeline(
        seg(dark, motion="none"),
        seg(light, motion="none", transition=transition),
        size=(64, 36),
    )
    assets = {"dark.png": dark, "light.png": light}
    shown = [np.asarray(render_frame(draft, assets, at)).mean() for at in (700, 1000, 1300)]
    assert shown[0] == pytest.approx(40, abs=3)
    assert shown[2] == pytest.approx(220, abs=3)
    middle = {"fade-black": 0, "fade-white": 255}.get(kind, 130)
    assert shown[1] == pytest.approx(middle, abs=14)
