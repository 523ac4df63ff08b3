from fractions import Fraction

import pytest

from nemo_nb.errors import NotReady, RenderFailed
from nemo_nb.models import Canvas, MediaInfo
from nemo_nb.studio.render.plan import make_plan, sources
from nemo_nb.studio.render.shots import Shot, shots_at
from nemo_nb.studio.render.transitions import Transition

MEDIA = {
    "clip.mp4": MediaInfo("clip.mp4", "video", "mp4", 10_000, 320, 180, 30.0, has_audio=True),
    "mute.mp4": MediaInfo("mute.mp4", "video", "mp4", 10_000, 320, 180, 30.0),
    "cat.jpg": MediaInfo("cat.jpg", "image", "jpg", 0, 320, 180),
    "song.mp3": MediaInfo("song.mp3", "audio", "mp3", 60_000, has_audio=True),
}


def draft(*segments, text=(), audio=(), fps=30, **canvas):
    tracks = [{"tt": 0, "sg": list(segments)}]
    tracks += [{"tt": 7, "sg": list(text)}] if text else []
    tracks += [{"tt": 1, "sg": list(audio)}] if audio else []
    return {"m": {"width": 320, "height": 180, "fps": fps, **canvas}, "t": tracks}


def seg(src, d=1000, s=None, **meta):
    return {"d": d, "m": {"src": src, **meta}} | ({} if s is None else {"s": s})


@pytest.mark.parametrize("empty", [{}, {"t": []}, {"t": [{"tt": 0, "sg": []}]}, None, draft()])
def test_nothing_to_render(empty):
    with pytest.raises(NotReady):
        make_plan(empty, MEDIA)


def test_segments_without_length_are_nothing_to_render():
    with pytest.raises(NotReady):
        make_plan(draft(seg("cat.jpg", d=0)), MEDIA)


def test_an_unknown_source_is_named():
    with pytest.raises(RenderFailed, match=r"gone\.jpg"):
        make_plan(draft(seg("gone.jpg")), MEDIA)


@pytest.mark.parametrize(
    ("fps", "rate", "frames"),
    [
        (30, Fraction(30), 30),
        (29.97, Fraction(30_000, 1001), 30),
        (23.976, Fraction(24_000, 1001), 24),
        (59.94, Fraction(60_000, 1001), 60),
        (25, Fraction(25), 25),
        (12.5, Fraction(25, 2), 12),
        (5000, Fraction(120), 120),
    ],
)
def test_rates_are_exact(fps, rate, frames):
    plan = make_plan(draft(seg("cat.jpg"), fps=fps), MEDIA)
    assert (plan.rate, plan.frames) == (rate, frames)


def test_the_last_end_of_any_known_track_is_the_length():
    plan = make_plan(draft(seg("cat.jpg"), audio=[seg("song.mp3", d=2500)]), MEDIA)
    assert plan.frames == 75
    other = {"t": [{"tt": 0, "sg": [seg("cat.jpg")]}, {"tt": 99, "sg": [{"d": 9000}]}]}
    assert make_plan(other, MEDIA).frames == 30


def test_absurd_lengths_and_sizes_are_refused_before_anything_is_made():
    with pytest.raises(RenderFailed, match="24"):
        make_plan(draft(seg("cat.jpg", d=10**12)), MEDIA)
    with pytest.raises(RenderFailed, match="pixels"):
        make_plan(draft(seg("cat.jpg"), width=100_000, height=100_000), MEDIA)


def test_the_canvas_can_be_given_and_is_made_even():
    plan = make_plan(draft(seg("cat.jpg")), MEDIA, Canvas(201, 101, 25.0))
    assert (plan.canvas.width, plan.canvas.height, plan.rate) == (202, 102, 25)


def test_segments_with_no_start_abut_and_cuts_fall_on_frames():
    plan = make_plan(draft(seg("cat.jpg", d=67), seg("clip.mp4", d=1000)), MEDIA)
    shown = [shots_at(plan.lanes[0], plan.time_ms(n))[0].name for n in range(4)]
    assert shown == ["cat.jpg", "cat.jpg", "clip.mp4", "clip.mp4"]


def test_in_point_speed_and_a_start_before_zero():
    (first,) = make_plan(draft(seg("clip.mp4", s=-500, **{"in": 200, "speed": 2})), MEDIA).lanes[0]
    assert (first.start_ms, first.end_ms, first.in_ms, first.speed) == (0, 500, 1200, 2.0)
    assert first.source_ms(250) == 1700
    (slow,) = make_plan(draft(seg("clip.mp4", speed=0.01)), MEDIA).lanes[0]
    assert slow.speed == 0.25


def dissolve(ms, first=1000, second=1000, **meta):
    tail = seg("clip.mp4", d=second, transition={"kind": "dissolve", "ms": ms}, **meta)
    return make_plan(draft(seg("cat.jpg", d=first), tail), MEDIA)


def test_a_dissolve_lies_about_the_cut_and_keeps_the_total():
    plan = dissolve(400)
    before, after = plan.lanes[0]
    assert plan.frames == 60
    assert (before.end_ms, before.tail_ms, after.start_ms, after.lead_ms) == (1000, 200, 1000, 200)
    assert shots_at(plan.lanes[0], 799) == (before,)
    assert shots_at(plan.lanes[0], 1000) == (before, after)
    assert after.arrival(1000) == pytest.approx(0.5, abs=0.01)
    assert shots_at(plan.lanes[0], 1200) == (after,)
    assert after.transition == Transition("dissolve", "", 400)


def test_a_dissolve_takes_at_most_half_of_either_shot():
    before, after = dissolve(5000, first=300).lanes[0]
    assert before.tail_ms == after.lead_ms == 150


@pytest.mark.parametrize(
    "transition", [None, "dissolve", {"kind": "cut", "ms": 500}, {"kind": "dissolve", "ms": "x"}]
)
def test_other_transitions_are_cuts(transition):
    plan = make_plan(draft(seg("cat.jpg"), seg("clip.mp4", transition=transition)), MEDIA)
    assert [shot.lead_ms for shot in plan.lanes[0]] == [0, 0]


def test_no_dissolve_over_a_gap_or_into_the_first_shot():
    jump = {"kind": "dissolve", "ms": 500}
    plan = make_plan(
        draft(seg("cat.jpg", transition=jump), seg("clip.mp4", s=2000, transition=jump)), MEDIA
    )
    assert [shot.lead_ms for shot in plan.lanes[0]] == [0, 0]
    assert shots_at(plan.lanes[0], 1500) == ()


def test_overlapping_segments_the_later_one_cuts_in():
    plan = make_plan(draft(seg("cat.jpg", d=1000), seg("clip.mp4", s=600)), MEDIA)
    assert [(shot.start_ms, shot.end_ms) for shot in plan.lanes[0]] == [(0, 600), (600, 1600)]


def test_a_clips_own_sound_belongs_to_it_and_crossfades_with_it():
    (sound,) = dissolve(400, **{"in": 100, "volume": 0.5}).sounds
    # 100 ms of handle lie before the in point: the sound begins there, a quarter up the ramp.
    assert (sound.start_ms, sound.in_ms, sound.volume) == (900, 0, 0.5)
    assert sound.start_ms + sound.duration_ms == 2000
    assert sound.ramp_in_ms == 300


def test_mute_clips_and_volume_nought_make_no_sound():
    plan = make_plan(draft(seg("mute.mp4"), seg("clip.mp4", volume=0), seg("cat.jpg")), MEDIA)
    assert plan.sounds == ()
    loud = make_plan(draft(seg("clip.mp4", volume=7)), MEDIA)
    assert loud.sounds[0].volume == 1.0


def test_words_fade_at_both_ends():
    text = {"d": 1000, "m": {"text": "Hi", "style": {"fade_ms": 200}}}
    plan = make_plan(draft(seg("cat.jpg"), text=[text, {"d": 500, "m": {"text": "  "}}]), MEDIA)
    (words,) = plan.words
    assert words.alpha(0) < 0.01
    assert words.alpha(100) == pytest.approx(0.5, abs=0.01)
    assert words.alpha(500) == 1.0
    assert words.alpha(900) == pytest.approx(0.5, abs=0.01)
    assert words.alpha(1000) == 0.0


def test_a_time_finds_its_frame():
    plan = make_plan(draft(seg("cat.jpg")), MEDIA)
    assert [plan.frame_at(at) for at in (-5, 0, 33, 34, 67, 999, 5000)] == [0, 0, 1, 1, 2, 29, 29]


def test_sources_are_named_once_in_order():
    given = draft(seg("cat.jpg"), seg("clip.mp4"), seg("cat.jpg"), audio=[seg("song.mp3")])
    assert sources(given) == ("cat.jpg", "clip.mp4", "song.mp3")


def test_progress_runs_over_all_that_is_seen():
    shot = Shot("a", "image", 1000, 2000, lead_ms=100, tail_ms=100)
    assert (shot.progress(900), shot.progress(1500), shot.progress(2100)) == (0, 0.5, 1)


def shot_of(src, d=1000, media=MEDIA, **meta):
    (shot,) = make_plan(draft(seg(src, d, **meta)), media).lanes[0]
    return shot


def sources_of(shot, step=100):
    return [shot.source_ms(at) for at in range(shot.start_ms, shot.end_ms, step)]


def test_reverse_begins_just_before_its_end_and_ends_at_its_in_point():
    shot = shot_of("clip.mp4", d=400, reverse=True, **{"in": 1000, "speed": 2})
    assert sources_of(shot) == [1798, 1598, 1398, 1198]


def test_reverse_of_a_clip_that_is_too_short_begins_at_its_last_frame():
    shot = shot_of("clip.mp4", d=400, reverse=True, **{"in": 9800})
    assert sources_of(shot) == [9998, 9898, 9800, 9800]


def test_a_loop_begins_again_at_its_in_point():
    shot = shot_of("clip.mp4", d=500, loop=True, **{"in": 9800})
    assert sources_of(shot) == [9800, 9900, 9800, 9900, 9800]
    back = shot_of("clip.mp4", d=500, loop=True, reverse=True, **{"in": 9800})
    assert sources_of(back) == [9998, 9898, 9998, 9898, 9998]


def test_without_a_loop_the_source_runs_out():
    assert sources_of(shot_of("clip.mp4", d=400, **{"in": 9800}))[-1] == 10_100


def test_a_frozen_frame_is_one_moment():
    assert sources_of(shot_of("clip.mp4", d=300, freeze=True, **{"in": 700})) == [700] * 3


def test_the_pictures_fades_and_opacity():
    shot = shot_of("clip.mp4", opacity=0.8, fade_in=200, fade_out=500)
    assert shot.opacity_at(0) < 0.01
    assert shot.opacity_at(100) == pytest.approx(0.4, abs=0.01)
    assert shot.opacity_at(300) == pytest.approx(0.8)
    assert shot.opacity_at(750) == pytest.approx(0.4, abs=0.01)


def test_fades_that_are_too_long_share_the_time():
    shot = shot_of("clip.mp4", fade_in=3000, fade_out=10**9)
    assert (shot.fade_in_ms, shot.fade_out_ms) == (500, 500)


def test_two_pictures_at_one_moment_the_later_one_wins_and_nothing_of_no_length_is_left():
    plan = make_plan(draft(seg("cat.jpg", s=0), seg("clip.mp4", s=0)), MEDIA)
    assert [shot.name for shot in plan.lanes[0]] == ["clip.mp4"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"kind": "crossfade", "ms": 400}, Transition("dissolve", "", 400)),
        ({"kind": "wipe", "ms": 400}, Transition("wipe", "left", 400)),
        ({"kind": "wipe", "ms": 400, "direction": "in"}, Transition("wipe", "left", 400)),
        ({"kind": "push", "ms": 400, "direction": "up"}, Transition("push", "up", 400)),
        ({"kind": "zoom", "ms": 400}, Transition("zoom", "in", 400)),
        ({"kind": "zoom", "ms": 400, "direction": "out"}, Transition("zoom", "out", 400)),
        ({"kind": "star", "ms": 400}, None),
        ({"kind": ["wipe"], "ms": 400}, None),
        ({"kind": "wipe", "ms": -400}, None),
    ],
)
def test_transitions_are_read(given, expected):
    plan = make_plan(draft(seg("cat.jpg"), seg("clip.mp4", transition=given)), MEDIA)
    assert plan.lanes[0][1].transition == expected
    assert plan.lanes[0][0].tail_ms == (200 if expected else 0)


def test_the_picture_behind_a_subject_is_a_source_too():
    behind = {"kind": "picture", "src": "cat.jpg"}
    given = draft(seg("clip.mp4", background=behind))
    assert sources(given) == ("clip.mp4", "cat.jpg")
    with pytest.raises(RenderFailed, match=r"cat\.jpg"):
        make_plan(given, {"clip.mp4": MEDIA["clip.mp4"]})


def test_plans_of_one_draft_are_equal_and_read_alike():
    given = draft(
        seg("cat.jpg", crop={"x": 10, "width": 50}, rotate=12, adjust={"blur": 20}),
        seg("clip.mp4", transition={"kind": "push", "ms": 300}, background={"kind": "blur"}),
        text=[{"d": 500, "m": {"text": "Hi"}}],
    )
    one, other = make_plan(given, MEDIA), make_plan(given, MEDIA)
    assert one == other
    assert repr(one) == repr(other)
    assert " at 0x" not in repr(one)
