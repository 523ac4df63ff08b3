from contextlib import closing
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

import mediakit
from mediakit import render_frame, timeline
from mediakit import segment as seg
from nemo_nb.errors import BrokenMedia, RenderFailed
from nemo_nb.studio.render import planes as px
from nemo_nb.studio.render.compose import Compositor, plan_of

RED, BLUE = (220, 30, 30), (30, 30, 220)


def look(draft, *paths, at=0, **options):
    assets = {path.name: path for path in paths}
    return np.asarray(render_frame(draft, assets, at, **options)).astype(int)


def numbers(draft, *paths):
    """Return which frame of a numbered clip each output frame shows."""
    assets = {path.name: path for path in paths}
    plan = plan_of(draft, assets)
    with closing(Compositor(plan, assets)) as compositor:
        lumas = [px.views(compositor.frame(n))[0].mean() for n in range(plan.frames)]
    return [round((luma - 16) / mediakit.LEVEL_STEP) for luma in lumas]


def close_to(pixel, color, within=6):
    return bool(np.all(np.abs(np.asarray(pixel) - color) <= within))


@pytest.fixture
def numbered(tmp_path):
    return mediakit.clip(tmp_path / "n.mp4", frames=36)


@pytest.fixture
def halves(tmp_path):
    return mediakit.halves(tmp_path / "h.png", RED, BLUE)


def test_a_clip_plays_every_frame_once(numbered):
    assert numbers(timeline(seg(numbered)), numbered) == list(range(30))


def test_an_in_point_shows_the_right_frame(numbered):
    assert numbers(timeline(seg(numbered, d=300, **{"in": 500})), numbered) == list(range(15, 24))


def test_a_far_in_point_is_sought(tmp_path):
    def draw(n):
        return np.full((36, 64, 3), n * 2, np.uint8)

    path = mediakit.clip(tmp_path / "l.mp4", frames=125, fps=25, size=(64, 36), draw=draw)
    picture = look(timeline(seg(path, **{"in": 4400})), path)
    assert close_to(picture[90, 160], 220, within=2)


def test_speed_skips_or_repeats_frames(numbered):
    fast = numbers(timeline(seg(numbered, d=500, speed=2)), numbered)
    assert fast == list(range(0, 30, 2))
    slow = numbers(timeline(seg(numbered, d=400, speed=0.5)), numbered)
    assert slow == [n // 2 for n in range(12)]


def test_beyond_its_end_a_clip_holds_its_last_frame(numbered):
    assert numbers(timeline(seg(numbered, d=400, **{"in": 1100})), numbered)[-8:] == [35] * 8


def test_variable_frame_rate_goes_by_the_frames_own_times(tmp_path):
    path = mediakit.clip(tmp_path / "v.mp4", times_ms=[0, 33, 67, 400, 433, 800])
    assert numbers(timeline(seg(path, d=900)), path) == ([0, 1, *[2] * 10, 3, *[4] * 11, *[5] * 3])


def test_a_clip_whose_clock_begins_late_plays_from_its_beginning(tmp_path):
    path = mediakit.clip(tmp_path / "late.mkv", frames=20, start=40)
    assert numbers(timeline(seg(path, d=500)), path) == list(range(15))


def test_sources_are_open_only_while_they_show(numbered):
    assets = {numbered.name: numbered}
    cut = [seg(numbered, d=100, **{"in": n * 100}) for n in range(8)]
    plan = plan_of(timeline(*cut), assets)
    with closing(Compositor(plan, assets)) as compositor:
        for n in range(plan.frames):
            compositor.frame(n)
            assert len(compositor._lent) == 1


def test_frames_may_be_asked_for_backwards(numbered):
    assets = {numbered.name: numbered}
    plan = plan_of(timeline(seg(numbered)), assets)
    with closing(Compositor(plan, assets)) as compositor:
        lumas = [px.views(compositor.frame(n))[0].mean() for n in (20, 5, 29, 0)]
    expected = [mediakit.numbered(n) for n in (20, 5, 29, 0)]
    assert np.allclose(lumas, expected, atol=1)


def corner_clip(path, **options):
    """A red clip whose upper left quarter is blue."""

    def draw(_):
        picture = np.full((90, 160, 3), RED, np.uint8)
        picture[:45, :80] = BLUE
        return picture

    return mediakit.clip(path, frames=3, size=(160, 90), draw=draw, **options)


@pytest.mark.parametrize(
    ("clockwise", "corner"), [(0, (0, 0)), (90, (0, 1)), (180, (1, 1)), (270, (1, 0))]
)
def test_rotation_is_applied(tmp_path, clockwise, corner):
    path = corner_clip(tmp_path / "r.mp4", rotation=clockwise)
    size = (160, 90) if clockwise in (0, 180) else (90, 160)
    picture = look(timeline(seg(path), size=size), path)
    height, width = picture.shape[:2]
    for row, column in ((0, 0), (0, 1), (1, 1), (1, 0)):
        pixel = picture[(row * 2 + 1) * height // 4, (column * 2 + 1) * width // 4]
        assert close_to(pixel, BLUE if (row, column) == corner else RED, within=10)


def test_a_still_comes_closer_softly_and_never_stands(tmp_path):
    # A white square on black: its left edge tells the zoom.
    image = Image.new("L", (640, 360))
    image.paste(255, (220, 80, 420, 280))
    path = tmp_path / "square.png"
    image.save(path)

    def edge(at, **meta):
        row = look(timeline(seg(path, **meta)), path, at=at)[90, :160, 0]
        return 160 - row.sum() / 255

    # Exactly about the middle: the mirror image of every moment is that moment.
    for at in (0, 500, 966):
        picture = look(timeline(seg(path)), path, at=at)
        assert np.abs(picture - picture[:, ::-1]).max() <= 3
    edges = [edge(at) for at in range(0, 1000, 100)]
    steps = -np.diff(edges)
    assert edges[0] == pytest.approx(110, abs=0.6)
    assert edge(966) == pytest.approx(160 - 50 * 1.12, abs=0.8)
    assert np.all(steps > 0.2)
    assert steps[4] > 1.3 * steps[0]
    assert edge(0, motion="zoom-out") == pytest.approx(160 - 50 * 1.12, abs=0.6)
    assert edge(966, motion="zoom-out") == pytest.approx(110, abs=0.8)
    assert edge(966, motion="none") == pytest.approx(110, abs=0.6)


def test_contain_leaves_black_cover_cuts_blur_fills(tmp_path):
    path = mediakit.halves(tmp_path / "tall.png", RED, BLUE, size=(90, 180))
    shots = {
        fit: look(timeline(seg(path, motion="none", fit=fit)), path)
        for fit in ("contain", "cover", "blur")
    }
    for picture in shots.values():
        assert close_to(picture[90, 150], RED)
        assert close_to(picture[90, 170], BLUE)
    assert close_to(shots["contain"][90, 20], (0, 0, 0))
    assert close_to(shots["cover"][90, 20], RED)
    blurred = shots["blur"][90, 20]
    assert blurred[0] > 90
    assert blurred[0] < RED[0] - 20


@pytest.mark.parametrize("fit", ["contain", "cover", "blur"])
def test_clips_meet_the_canvas_as_photos_do(tmp_path, fit):
    def draw(_):
        picture = np.full((180, 90, 3), RED, np.uint8)
        picture[:, 45:] = BLUE
        return picture

    path = mediakit.clip(tmp_path / "tall.mp4", frames=2, size=(90, 180), draw=draw)
    picture = look(timeline(seg(path, fit=fit)), path)
    assert close_to(picture[90, 145], RED, 10)
    assert close_to(picture[90, 175], BLUE, 10)
    side = picture[90, 20]
    assert {
        "contain": close_to(side, (0, 0, 0)),
        "cover": close_to(side, RED, 10),
        "blur": 60 < side[0] < RED[0] - 20,
    }[fit]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"matrix": 5},
        {"full_range": True},
        {"pix_fmt": "yuv420p10le"},
        {"pix_fmt": "yuv444p"},
        {"start": 20},
    ],
)
def test_colours_come_through_whatever_the_clip_is_coded_in(tmp_path, form):
    path = corner_clip(tmp_path / "c.mkv", **form)
    picture = look(timeline(seg(path), size=(160, 90)), path)
    assert close_to(picture[70, 120], RED, within=4)
    assert close_to(picture[20, 40], BLUE, within=4)


def test_pixels_that_are_not_square_are_stretched(tmp_path):
    path = corner_clip(tmp_path / "s.mp4", aspect=Fraction(1, 2))
    picture = look(timeline(seg(path), size=(160, 90)), path)
    assert close_to(picture[70, 20], (0, 0, 0))
    assert close_to(picture[20, 60], BLUE, within=10)
    assert close_to(picture[70, 100], RED, within=10)


def test_the_middle_of_a_dissolve_is_half_and_half(tmp_path):
    red = mediakit.photo(tmp_path / "r.png", (200, 0, 0))
    blue = mediakit.photo(tmp_path / "b.png", (0, 0, 200))
    draft = timeline(seg(red), seg(blue, transition={"kind": "dissolve", "ms": 400}))
    middle = look(draft, red, blue, at=1000)[90, 160]
    assert close_to(middle, (100, 0, 100), within=8)
    assert close_to(look(draft, red, blue, at=700)[90, 160], (200, 0, 0))
    assert close_to(look(draft, red, blue, at=1300)[90, 160], (0, 0, 200))


def test_a_dissolve_takes_the_handle_and_holds_the_edge(numbered, tmp_path):
    black = mediakit.photo(tmp_path / "k.png", (0, 0, 0))
    transition = {"kind": "dissolve", "ms": 400}
    draft = timeline(seg(black), seg(numbered, transition=transition, **{"in": 500}))
    # At 967 ms the clip shows what lies 33 ms before its in point: frame 14, laid on at 0.42.
    luma = look(draft, black, numbered, at=967)[90, 160, 0]
    weight = (967 - 800) / 400
    assert luma == pytest.approx((mediakit.numbered(14) - 16) * 255 / 219 * weight, abs=4)
    held = timeline(seg(black), seg(numbered, transition=transition))
    assert look(held, black, numbered, at=967)[90, 160, 0] <= 2


def test_gaps_are_black(halves):
    draft = timeline(seg(halves) | {"s": 0}, seg(halves) | {"s": 2000})
    assert look(draft, halves, at=1500).max() <= 1


def test_an_upper_track_hides_the_lower_where_it_has_a_picture(halves, tmp_path):
    green = mediakit.photo(tmp_path / "g.png", (0, 200, 0))
    tall = mediakit.photo(tmp_path / "t.png", (200, 200, 0), size=(90, 180))
    draft = timeline(
        seg(halves, d=3000, motion="none"), over=[seg(green), seg(tall, motion="none")]
    )
    assert close_to(look(draft, halves, green, tall, at=500)[90, 20], (0, 200, 0))
    beside = look(draft, halves, green, tall, at=1500)
    assert close_to(beside[90, 160], (200, 200, 0))
    assert close_to(beside[90, 20], RED)
    assert close_to(look(draft, halves, green, tall, at=2500)[90, 20], RED)


def test_an_animation_plays_by_its_delays_and_loops(tmp_path):
    frames = [Image.new("RGB", (64, 36), (60 * n, 0, 0)) for n in range(1, 5)]
    for name in ("a.gif", "a.webp"):
        path = tmp_path / name
        options = {"lossless": True} if name.endswith("webp") else {}
        frames[0].save(path, save_all=True, append_images=frames[1:], duration=100, **options)
        draft = timeline(seg(path, d=900))
        reds = [int(look(draft, path, at=at)[90, 160, 0]) for at in (50, 150, 250, 350, 450)]
        assert np.allclose(reds, [60, 120, 180, 240, 60], atol=8)


def test_reversed_every_frame_comes_once_backwards(numbered):
    assert numbers(timeline(seg(numbered, reverse=True)), numbered) == list(range(29, -1, -1))
    part = seg(numbered, d=300, reverse=True, **{"in": 500})
    assert numbers(timeline(part), numbered) == list(range(23, 14, -1))
    fast = seg(numbered, d=500, reverse=True, speed=2)
    assert numbers(timeline(fast), numbered) == list(range(29, 0, -2))
    slow = seg(numbered, d=400, reverse=True, speed=0.5)
    assert numbers(timeline(slow), numbered) == [5 - n // 2 for n in range(12)]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
@pytest.mark.parametrize("fps", [24, 29.97, 50])
def test_reversed_is_exact_at_any_rate(tmp_path, suffix, fps):
    path = mediakit.clip(tmp_path / f"n{suffix}", frames=30, fps=fps, size=(64, 36))
    length = round(30_000 / fps)
    draft = timeline(seg(path, d=length, reverse=True), size=(64, 36), fps=fps)
    assert numbers(draft, path) == list(range(29, -1, -1))


def test_reversed_variable_frame_rate_goes_by_the_frames_own_times(tmp_path):
    path = mediakit.clip(tmp_path / "v.mp4", times_ms=[0, 33, 67, 400, 433, 800])
    there = numbers(timeline(seg(path, d=800)), path)
    assert there == [0, 1, *[2] * 10, 3, *[4] * 11]
    assert numbers(timeline(seg(path, d=800, reverse=True)), path) == there[::-1]


def test_reversed_beyond_its_end_the_first_frame_is_held(numbered):
    shown = numbers(timeline(seg(numbered, d=400, reverse=True, **{"in": 1100})), numbered)
    assert shown == [35, 34, *[33] * 10]


def test_a_loop_begins_again_with_no_frame_lost_or_doubled(numbered):
    looped = seg(numbered, d=500, loop=True, **{"in": 1000})
    assert numbers(timeline(looped), numbered) == [
        30,
        31,
        32,
        33,
        34,
        35,
        *range(30, 36),
        30,
        31,
        32,
    ]
    back = seg(numbered, d=400, loop=True, reverse=True, **{"in": 1000})
    assert numbers(timeline(back), numbered) == [*range(35, 29, -1), *range(35, 29, -1)]


def test_a_frozen_frame_stands(numbered):
    frozen = seg(numbered, d=300, freeze=True, **{"in": 500})
    assert numbers(timeline(frozen), numbered) == [15] * 9


@pytest.mark.parametrize("fps", [24, 25, 29.97, 30, 50, 59.94, 60])
def test_cuts_have_no_black_and_no_doubled_frame(tmp_path, fps):
    path = mediakit.clip(tmp_path / "n.mp4", frames=36, fps=fps, size=(64, 36))
    # Cut after every five frames, at the whole ms that a draft writes.
    edges = [round(n * 1000 / fps) for n in range(0, 36, 5)]
    cut = [seg(path, d=end - start, **{"in": start}) for start, end in pairwise(edges)]
    draft = timeline(*cut, size=(64, 36), fps=fps)
    assert numbers(draft, path) == list(range(35))


def test_transitions_keep_time_and_have_no_black_frame(tmp_path):
    clips = [mediakit.clip(tmp_path / f"{n}.mp4", frames=36) for n in range(2)]
    white = {"kind": "dissolve", "ms": 200}
    first, second = clips
    draft = timeline(
        seg(first, d=500, **{"in": 200}), seg(second, d=500, transition=white, **{"in": 400})
    )
    shown = numbers(draft, *clips)
    # Both run on in their handles: one from frame 6 on, the other 9 frames behind it.
    assert shown[:12] == list(range(6, 18))
    assert shown[18:] == list(range(15, 27))
    shares = [(n + 6 - frame) / 9 for n, frame in enumerate(shown[12:18], 12)]
    assert np.allclose(shares, np.linspace(0, 5 / 6, 6), atol=0.1)


def regional(x, path, **meta):
    region = {"x": x, "y": 0, "width": 50, "height": 100}
    return {"tt": 0, "m": {"region": region}, "sg": [seg(path, **meta)]}


def test_a_region_is_laid_out_as_a_canvas_of_its_own(tmp_path, halves):
    clip = mediakit.clip(tmp_path / "n.mp4", frames=30)
    both = timeline(size=(320, 180)) | {
        "t": [regional(0, halves, rotate=20), regional(50, clip, fit="cover")]
    }
    picture = look(both, halves, clip, at=500)
    alone = timeline(seg(halves, rotate=20), size=(160, 180))
    other = timeline(seg(clip, fit="cover"), size=(160, 180))
    assert np.array_equal(picture[:, :160], look(alone, halves, at=500))
    assert np.array_equal(picture[:, 160:], look(other, clip, at=500))


def test_a_transition_stays_in_its_region(tmp_path, halves):
    green = mediakit.photo(tmp_path / "g.png", (0, 200, 0))
    track = regional(50, halves)
    track["sg"].append(seg(green, transition={"kind": "slide", "ms": 800}))
    ground = {"tt": 0, "sg": [seg(green, d=2000)]}
    picture = look(timeline() | {"t": [ground, track]}, halves, green, at=1000)
    assert np.abs(picture[:, :158] - (0, 200, 0)).max() <= 6


def test_texts_are_laid_out_in_their_region(halves):
    style = {"position": "middle", "shadow": "", "color": "#00ff00", "size": 14}
    text = {"tt": 7, "m": {"region": {"x": 50, "width": 50}}, "sg": [mediakit.words(0, 1000, "HI")]}
    text["sg"][0]["m"]["style"] = style
    draft = timeline(seg(halves, motion="none"))
    draft["t"].append(text)
    picture = look(draft, halves, at=500)
    columns = np.flatnonzero((picture[..., 1] > 180).any(axis=0))
    assert columns.min() > 160
    assert (columns.min() + columns.max()) / 2 == pytest.approx(240, abs=4)


@pytest.mark.parametrize(
    ("size", "fps"),
    [((64, 36), 24), ((36, 64), 60), ((48, 48), 30), ((48, 60), 50), ((3840, 2160), 30)],
)
def test_every_canvas(halves, size, fps):
    picture = look(timeline(seg(halves, motion="none", fit="cover"), size=size, fps=fps), halves)
    assert picture.shape == (size[1], size[0], 3)
    assert close_to(picture[size[1] // 2, size[0] // 4], RED)


def test_a_frame_can_be_scaled_and_the_end_is_its_last(halves):
    draft = timeline(seg(halves))
    assert look(draft, halves, width=160).shape == (90, 160, 3)
    assert np.array_equal(look(draft, halves, at=10**9), look(draft, halves, at=999))


def test_a_source_that_changed_is_looked_into_again(tmp_path):
    path = mediakit.photo(tmp_path / "p.png", RED, size=(320, 180))
    draft = timeline(seg(path, motion="none"))
    assert close_to(look(draft, path)[5, 5], RED)
    mediakit.photo(path, RED, size=(90, 180))
    assert close_to(look(draft, path)[5, 5], (0, 0, 0))


def test_what_cannot_be_read_is_named(tmp_path, halves):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(mediakit.clip(tmp_path / "w.mp4").read_bytes()[:900])
    with pytest.raises(BrokenMedia, match=r"broken\.mp4"):
        look(timeline(seg(broken)), broken)
    with pytest.raises(BrokenMedia, match=r"missing\.png is gone"):
        look(timeline(seg(tmp_path / "missing.png")), tmp_path / "missing.png")
    with pytest.raises(RenderFailed, match=r"h\.png"):
        look(timeline(seg(halves)))


def test_a_clip_with_a_damaged_middle_goes_on(tmp_path):
    path = mediakit.clip(tmp_path / "d.avi", frames=30, gop=6)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = bytes(400)
    path.write_bytes(data)
    shown = numbers(timeline(seg(path)), path)
    assert shown[0] == 0
    assert shown[-1] >= 28
