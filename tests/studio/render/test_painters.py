"""One shot on the canvas: where every point of its picture comes to lie, and what shows through.

Markers are small squares of one colour on a dark ground; where their middle is found tells the
geometry to a fraction of a pixel.
"""

import math
from contextlib import closing

import numpy as np
import pytest
from PIL import Image, ImageDraw
from skimage.metrics import structural_similarity

import mediakit
from mediakit import render_frame, timeline
from mediakit import segment as seg
from nemo_nb.studio.render import planes as px
from nemo_nb.studio.render.compose import Compositor, plan_of

GROUND = (30, 30, 30)
WHITE = (235, 235, 235)
SOURCE = (400, 240)
# Red, green and blue squares of 24 pixels about these points of the source.
MARKS = {0: (100, 60), 1: (300, 60), 2: (100, 180)}


def look(draft, *paths, at=0):
    assets = {path.name: path for path in paths}
    return np.asarray(render_frame(draft, assets, at)).astype(int)


def marked(size=SOURCE, marks=MARKS, half=12, ground=GROUND):
    image = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(image)
    for channel, (x, y) in marks.items():
        color = tuple(220 if n == channel else 30 for n in range(3))
        draw.rectangle((x - half, y - half, x + half - 1, y + half - 1), fill=color)
    return image


def found(picture, channel):
    """Return the middle of the marker of that colour, in pixels with corners at 0."""
    others = [n for n in range(3) if n != channel]
    weight = np.clip(picture[..., channel] - picture[..., others].max(axis=-1), 0, None)
    weight = np.where(weight > 60, weight, 0).astype(float)
    assert weight.sum() > 0, "the marker is gone"
    rows, columns = np.indices(weight.shape) + 0.5
    return (columns * weight).sum() / weight.sum(), (rows * weight).sum() / weight.sum()


@pytest.fixture(params=["photo", "clip"])
def source(request, tmp_path):
    if request.param == "photo":
        path = tmp_path / "marks.png"
        marked().save(path)
        return path
    pixels = np.asarray(marked())
    return mediakit.clip(tmp_path / "marks.mp4", frames=2, size=SOURCE, draw=lambda _: pixels)


def seen(source, channel=None, **meta):
    picture = look(timeline(seg(source, **{"motion": "none"} | meta)), source)
    return picture if channel is None else found(picture, channel)


def expected(
    mark, *, rotate=0.0, flip=(1, 1), crop=(0, 0, 1, 1), fit=None, at=(160, 90), scale=1.0
):
    """Where a point of the source lies on the 320 x 180 canvas, by the book."""
    left, top, across, down = (
        value * side for value, side in zip(crop, (*SOURCE, *SOURCE), strict=True)
    )
    x, y = mark[0] - left - across / 2, mark[1] - top - down / 2
    angle = math.radians(rotate)
    cos, sin = math.cos(angle), math.sin(angle)
    x, y = (x * cos - y * sin) * flip[0], (x * sin + y * cos) * flip[1]
    if fit == "cover":
        wide = 320 * abs(cos) + 180 * abs(sin), 320 * abs(sin) + 180 * abs(cos)
        factor = max(wide[0] / across, wide[1] / down)
    else:
        wide = across * abs(cos) + down * abs(sin), across * abs(sin) + down * abs(cos)
        factor = min(320 / wide[0], 180 / wide[1])
    return at[0] + x * factor * scale, at[1] + y * factor * scale


@pytest.mark.parametrize("rotate", [0, 90, 180, 270, 30, -20, 45, 200, 725])
def test_any_angle(source, rotate):
    for channel, mark in MARKS.items():
        assert seen(source, channel, rotate=rotate) == pytest.approx(
            expected(mark, rotate=rotate), abs=0.8
        )


@pytest.mark.parametrize("rotate", [0, 90, 20])
@pytest.mark.parametrize(
    ("flip", "signs"), [("horizontal", (-1, 1)), ("vertical", (1, -1)), ("both", (-1, -1))]
)
def test_flips_mirror_what_is_seen(source, flip, signs, rotate):
    for channel, mark in MARKS.items():
        assert seen(source, channel, flip=flip, rotate=rotate) == pytest.approx(
            expected(mark, rotate=rotate, flip=signs), abs=0.8
        )


@pytest.mark.parametrize("rotate", [0, 270, -15])
@pytest.mark.parametrize("fit", ["contain", "cover"])
def test_a_crop_is_of_the_upright_source_and_comes_before_the_fit(source, fit, rotate):
    crop = {"x": 10, "y": 5, "width": 60, "height": 50}
    by_the_book = expected(MARKS[0], crop=(0.1, 0.05, 0.6, 0.5), fit=fit, rotate=rotate)
    if 20 < by_the_book[0] < 300 and 20 < by_the_book[1] < 160:
        place = seen(source, 0, crop=crop, fit=fit, rotate=rotate)
        assert place == pytest.approx(by_the_book, abs=1.6)
    # The green marker lies beyond the crop.
    with pytest.raises(AssertionError, match="gone"):
        seen(source, 1, crop=crop, fit=fit, rotate=rotate)


def test_a_tiny_crop_fills_the_canvas_and_stays_small_in_memory(source):
    mark = {"x": 24.5, "y": 24.5, "width": 1, "height": 1}
    picture = seen(source, crop=mark, fit="cover")
    assert np.abs(picture - (220, 30, 30)).max() <= 12


@pytest.mark.parametrize(("x", "y", "scale"), [(50, 50, 0.5), (25, 70, 0.4), (80, 20, 0.3)])
@pytest.mark.parametrize("rotate", [0, 33])
def test_position_and_scale(source, x, y, scale, rotate):
    for channel, mark in MARKS.items():
        place = seen(source, channel, position={"x": x, "y": y}, scale=scale, rotate=rotate)
        at = 3.2 * x, 1.8 * y
        assert place == pytest.approx(expected(mark, rotate=rotate, at=at, scale=scale), abs=1.5)


def test_a_clip_that_its_file_turns_is_turned_before_anything_else(tmp_path):
    pixels = np.asarray(marked().rotate(90, expand=True))
    path = mediakit.clip(
        tmp_path / "phone.mp4", frames=2, size=(240, 400), draw=lambda _: pixels, rotation=90
    )
    crop = {"x": 0, "y": 0, "width": 60, "height": 100}
    for rotate in (0, 90, 10):
        place = seen(path, 2, crop=crop, rotate=rotate, flip="horizontal")
        by_the_book = expected(MARKS[2], crop=(0, 0, 0.6, 1), rotate=rotate, flip=(-1, 1))
        assert place == pytest.approx(by_the_book, abs=1.6)


def test_cover_leaves_nothing_free_at_any_angle(source):
    for rotate in (5, 45, 100):
        assert seen(source, fit="cover", rotate=rotate).max(axis=2).min() >= 20


def test_blur_lies_under_a_tilted_picture_too(source):
    picture = seen(source, fit="blur", rotate=20)
    x, y = (round(value) for value in expected(MARKS[0], rotate=20))
    assert np.abs(picture[y - 2 : y + 3, x - 2 : x + 3] - (220, 30, 30)).max() <= 8
    assert 8 <= picture[2, 2].max() <= 60
    assert np.abs(picture[90, 160] - 30).max() <= 4


def test_an_inset_lies_over_the_track_below(tmp_path):
    below = mediakit.halves(tmp_path / "below.png", (200, 60, 60), (60, 60, 200))
    inset = mediakit.photo(tmp_path / "inset.png", (60, 200, 60), size=(160, 90))
    draft = timeline(
        seg(below, motion="none"), over=[seg(inset, scale=0.25, position={"x": 75, "y": 25})]
    )
    picture = look(draft, below, inset)
    assert np.abs(picture[24:66, 202:278] - (60, 200, 60)).max() <= 6
    assert np.abs(picture[:20, 170:] - (60, 60, 200)).max() <= 6
    assert np.abs(picture[70:, 170:] - (60, 60, 200)).max() <= 6
    assert np.abs(picture[:, :150] - (200, 60, 60)).max() <= 6


@pytest.mark.parametrize("fit", ["contain", "blur"])
def test_opacity_lets_what_lies_below_through(tmp_path, fit):
    below = mediakit.photo(tmp_path / "below.png", (200, 40, 40))
    over = mediakit.photo(tmp_path / "over.png", (40, 40, 200))
    draft = timeline(
        seg(below, motion="none"), over=[seg(over, motion="none", opacity=0.25, fit=fit)]
    )
    assert np.abs(look(draft, below, over) - (160, 40, 80)).max() <= 4
    alone = timeline(seg(over, motion="none", opacity=0.5))
    assert np.abs(look(alone, over) - (20, 20, 100)).max() <= 6
    assert look(timeline(seg(over, opacity=0)), over).max() <= 1


def test_pictures_fade_from_and_to_what_lies_below(source, tmp_path):
    below = mediakit.photo(tmp_path / "below.png", (0, 0, 200))
    over = mediakit.photo(tmp_path / "over.png", (200, 0, 0))
    draft = timeline(
        seg(below, motion="none"), over=[seg(over, motion="none", fade_in=400, fade_out=400)]
    )
    reds = [look(draft, below, over, at=at)[90, 160, 0] for at in (0, 200, 500, 800, 967)]
    assert np.allclose(reds, [0, 100, 200, 100, 17], atol=8)
    black = timeline(seg(source, motion="none", fade_in=400))
    assert look(black, source).max() <= 2


def test_during_a_transition_opacity_and_fades_hold(tmp_path):
    one = mediakit.photo(tmp_path / "one.png", (200, 0, 0))
    two = mediakit.photo(tmp_path / "two.png", (200, 0, 0))
    cross = {"kind": "dissolve", "ms": 400}
    draft = timeline(
        seg(one, motion="none", opacity=0.5), seg(two, motion="none", opacity=0.5, transition=cross)
    )
    reds = [look(draft, one, two, at=at)[90, 160, 0] for at in (700, 900, 1000, 1100, 1300)]
    assert np.allclose(reds, 100, atol=5)


def disc(size=(200, 200), color=(235, 235, 235)):
    """A disc with soft edges; where nothing shows its colour is a loud green."""
    rows, columns = np.indices((size[1], size[0])) + 0.5
    away = np.hypot(columns - size[0] / 2, rows - size[1] / 2)
    alpha = np.clip((size[0] * 0.4 - away) / 4, 0, 1)
    rgba = np.zeros((size[1], size[0], 4), np.uint8)
    rgba[..., :3] = np.where((alpha > 0)[..., None], color, (0, 255, 0))
    rgba[..., 3] = np.rint(alpha * 255)
    return Image.fromarray(rgba)


@pytest.mark.parametrize("meta", [{}, {"motion": "zoom-in"}, {"rotate": 30}, {"rotate": 90}])
@pytest.mark.parametrize("name", ["disc.png", "disc.webp"])
def test_alpha_lets_through_and_has_no_fringe(tmp_path, name, meta):
    path = tmp_path / name
    disc().save(path, **({"lossless": True} if name.endswith("webp") else {}))
    # White over white: any fringe, dark or green, would be seen.
    white = mediakit.photo(tmp_path / "white.png", WHITE)
    draft = timeline(seg(white), over=[seg(path, **({"motion": "none"} | meta))])
    assert np.abs(look(draft, white, path) - WHITE).max() <= 4
    # Over blue it looks as a picture in which the two were laid over each other before.
    blue = mediakit.photo(tmp_path / "blue.png", (40, 40, 200))
    joined = Image.new("RGBA", (200, 200), (40, 40, 200, 255))
    joined.alpha_composite(disc())
    joined.convert("RGB").save(tmp_path / "joined.png")
    over, flat = (
        look(timeline(seg(blue), over=[seg(one, **({"motion": "none"} | meta))]), blue, one)
        for one in (path, tmp_path / "joined.png")
    )
    assert np.abs(over[90, 160] - WHITE).max() <= 4
    assert np.abs(over[4, 74] - (40, 40, 200)).max() <= 4
    assert np.abs(over - flat).max() <= 16
    assert np.abs(over - flat).mean() < 0.5


def test_a_half_transparent_picture_is_half_there_and_opacity_comes_on_top(tmp_path):
    path = tmp_path / "half.png"
    Image.new("RGBA", (320, 180), (200, 0, 0, 128)).save(path)
    below = mediakit.photo(tmp_path / "below.png", (0, 0, 200))
    for opacity, share in ((1, 0.5), (0.5, 0.25)):
        over = [seg(path, motion="none", opacity=opacity)]
        picture = look(timeline(seg(below), over=over), below, path)
        assert np.abs(picture - (200 * share, 0, 200 * (1 - share))).max() <= 5


@pytest.mark.parametrize("name", ["a.gif", "a.webp"])
def test_an_animations_holes_show_the_track_below(tmp_path, name):
    frames = []
    for left in (10, 40):
        frame = Image.new("RGBA", (64, 36), (0, 0, 0, 0))
        ImageDraw.Draw(frame).ellipse((left, 8, left + 14, 28), fill=(220, 30, 30, 255))
        frames.append(frame)
    path = tmp_path / name
    options = {"lossless": True} if name.endswith("webp") else {"disposal": 2}
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100, loop=0, **options)
    below = mediakit.photo(tmp_path / "below.png", (30, 30, 200))
    draft = timeline(seg(below, motion="none"), over=[seg(path)])
    for at, left in ((50, 10), (150, 40), (250, 10)):
        picture = look(draft, below, path, at=at)
        assert np.abs(picture[90, (left + 7) * 5] - (220, 30, 30)).max() <= 12
        assert np.abs(picture[90, (57 - left) * 5] - (30, 30, 200)).max() <= 6
        assert np.abs(picture[5, 5] - (30, 30, 200)).max() <= 6


def test_a_clip_with_alpha_shows_what_lies_below(tmp_path):
    pixels = np.zeros((36, 64, 4), np.uint8)
    pixels[:, :32] = (220, 30, 30, 255)
    pixels[:, 32:] = (0, 255, 0, 0)
    below = mediakit.photo(tmp_path / "below.png", (30, 30, 200))
    for codec, form in (("qtrle", "argb"), ("prores_ks", "yuva444p10le")):
        path = mediakit.alpha_clip(tmp_path / f"{codec}.mov", pixels, codec, form)
        picture = look(timeline(seg(below), over=[seg(path)]), below, path)
        assert np.abs(picture[90, 60] - (220, 30, 30)).max() <= 10, codec
        assert np.abs(picture[90, 260] - (30, 30, 200)).max() <= 6, codec


def glow(size=SOURCE, at=(100, 60), radius=10.0):
    """A soft white spot on black: its middle can be told to a hundredth of a pixel."""
    rows, columns = np.indices((size[1], size[0])) + 0.5
    away = np.hypot(columns - at[0], rows - at[1]) / radius
    level = np.rint(230 * np.exp(-away * away)).astype(np.uint8)
    return np.repeat(level[..., None], 3, axis=2)


def middle_of(picture):
    light = np.clip(picture.mean(axis=2) - 8, 0, None)
    rows, columns = np.indices(light.shape) + 0.5
    return (columns * light).sum() / light.sum(), (rows * light).sum() / light.sum()


@pytest.mark.parametrize(
    "motion",
    [
        {"from": {"zoom": 1.0}, "to": {"zoom": 1.12}},
        {"from": {"x": 52, "y": 48, "zoom": 1.5}, "to": {"x": 36, "y": 42, "zoom": 1.5}},
        {"from": {"x": 36, "y": 38, "zoom": 1.5}, "to": {"x": 42, "y": 41, "zoom": 1.9}},
    ],
)
@pytest.mark.parametrize("kind", ["photo", "clip"])
def test_ken_burns_moves_by_fractions_of_a_pixel(tmp_path, kind, motion):
    path = tmp_path / ("spot.png" if kind == "photo" else "spot.mp4")
    if kind == "photo":
        Image.fromarray(glow()).save(path)
    else:
        mediakit.clip(path, frames=2, size=SOURCE, draw=lambda _: glow())
    draft = timeline(seg(path, d=2000, motion=motion), size=(400, 240))
    assets = {path.name: path}
    plan = plan_of(draft, assets)
    with closing(Compositor(plan, assets)) as compositor:
        pictures = (px.to_image(compositor.frame(n)) for n in range(plan.frames))
        places = np.array([middle_of(np.asarray(picture, float)) for picture in pictures])
    expected_places = []
    for n in range(plan.frames):
        view = plan.lanes[0][0].motion.at(n / plan.frames)
        where = (100 / 400 - view.x, 60 / 240 - view.y)
        expected_places.append((200 + where[0] * 400 * view.zoom, 120 + where[1] * 240 * view.zoom))
    off = places - np.array(expected_places)
    # In place to a third of a pixel, and from frame to frame without any jitter to speak of.
    assert np.abs(off).max() < 0.35
    assert np.abs(np.diff(off, axis=0)).max() < 0.06


def test_far_out_a_fine_pattern_does_not_flicker(tmp_path):
    stripes = np.zeros((1440, 2560), np.uint8)
    stripes[:, ::2] = 255
    path = tmp_path / "fine.png"
    Image.fromarray(stripes).convert("RGB").save(path)
    motion = {"from": {"zoom": 1}, "to": {"zoom": 8}}
    for at in (0, 300, 600):
        picture = look(timeline(seg(path, d=2000, motion=motion)), path, at=at)
        assert picture[..., 1].std() < 12


def test_a_still_that_stands_is_as_sharp_as_a_good_scaler_makes_it(tmp_path):
    rng = np.random.default_rng(3)
    small = rng.integers(0, 255, (45, 80), np.uint8)
    image = Image.fromarray(small).resize((640, 360), Image.Resampling.BICUBIC).convert("RGB")
    path = tmp_path / "soft.png"
    image.save(path)
    picture = look(timeline(seg(path, motion="none")), path)[..., 1].astype(float)
    wanted = np.asarray(image.resize((320, 180), Image.Resampling.BICUBIC).convert("L"), float)
    assert structural_similarity(picture, wanted, data_range=255) > 0.99


def test_colours_are_adjusted_and_what_shines_through_stays(tmp_path):
    path = tmp_path / "half.png"
    image = Image.new("RGBA", (320, 180), (200, 40, 40, 255))
    image.paste((0, 0, 0, 0), (160, 0, 320, 180))
    image.save(path)
    below = mediakit.photo(tmp_path / "below.png", (30, 30, 200))
    over = [seg(path, motion="none", adjust={"grayscale": 100})]
    picture = look(timeline(seg(below), over=over), below, path)
    assert np.ptp(picture[90, 60]) <= 3
    assert picture[90, 60, 0] > 40
    assert np.abs(picture[90, 260] - (30, 30, 200)).max() <= 4


@pytest.mark.parametrize(
    ("background", "side"),
    [
        ({"kind": "transparent"}, (30, 30, 200)),
        ({"kind": "color", "color": "#ffd60a"}, (255, 214, 10)),
        ({"kind": "picture", "src": "behind.png"}, (20, 160, 20)),
    ],
)
def test_a_picture_with_alpha_needs_no_cutting_out_to_get_a_background(tmp_path, background, side):
    path = tmp_path / "disc.png"
    disc((320, 180), (200, 40, 40)).save(path)
    below = mediakit.photo(tmp_path / "below.png", (30, 30, 200))
    behind = mediakit.photo(tmp_path / "behind.png", (20, 160, 20), size=(90, 90))
    over = [seg(path, motion="none", background=background)]
    picture = look(timeline(seg(below), over=over), below, path, behind)
    assert np.abs(picture[90, 160] - (200, 40, 40)).max() <= 5
    assert np.abs(picture[90, 6] - side).max() <= 6


def test_a_clip_lies_behind_with_its_first_frame(tmp_path):
    path = tmp_path / "disc.png"
    disc((320, 180), (200, 40, 40)).save(path)
    behind = mediakit.clip(tmp_path / "behind.mp4", frames=4)
    background = {"kind": "picture", "src": "behind.mp4"}
    picture = look(timeline(seg(path, motion="none", background=background)), path, behind)
    assert picture[90, 6].max() <= 4
    assert np.abs(picture[90, 160] - (200, 40, 40)).max() <= 5


@pytest.mark.parametrize("kind", ["photo", "clip"])
def test_a_subject_is_cut_out(tmp_path, kind):
    pixels = np.full((192, 320, 3), (40, 90, 150), np.uint8)
    image = Image.fromarray(pixels)
    draw = ImageDraw.Draw(image)
    draw.ellipse((110, 40, 210, 186), fill=(220, 170, 60))
    draw.ellipse((135, 20, 185, 70), fill=(230, 190, 150))
    path = tmp_path / ("figure.png" if kind == "photo" else "figure.mp4")
    if kind == "photo":
        image.save(path)
    else:
        drawn = np.asarray(image)
        mediakit.clip(path, frames=3, size=(320, 192), draw=lambda _: drawn)
    background = {"kind": "color", "color": "#ffffff"}
    draft = timeline(seg(path, motion="none", background=background), size=(320, 192))
    picture = look(draft, path)
    assert picture[10, 10].min() > 240
    assert np.abs(picture[120, 160] - (220, 170, 60)).max() <= 14
