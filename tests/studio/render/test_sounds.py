import math

import pytest

from nemo_nb.models import MediaInfo
from nemo_nb.studio.music import MusicSpec
from nemo_nb.studio.render.plan import make_plan
from nemo_nb.studio.render.sounds import loudness_target

MEDIA = {
    "clip.mp4": MediaInfo("clip.mp4", "video", "mp4", 10_000, 320, 180, 30.0, has_audio=True),
    "song.mp3": MediaInfo("song.mp3", "audio", "mp3", 4000, has_audio=True),
    "cat.jpg": MediaInfo("cat.jpg", "image", "jpg", 0, 320, 180),
}


def sounds(*segments, audio=(), **meta):
    draft = {"m": meta, "t": [{"tt": 0, "sg": list(segments)}, {"tt": 1, "sg": list(audio)}]}
    return make_plan(draft, MEDIA).sounds


def seg(src="clip.mp4", d=1000, s=None, **meta):
    given = {"src": src, **meta} if src else meta
    return {"d": d, "m": given} | ({} if s is None else {"s": s})


def test_reverse_begins_at_what_would_have_been_the_end():
    (sound,) = sounds(seg(**{"in": 2000, "speed": 2.0, "reverse": True}))
    assert (sound.in_ms, sound.reverse, sound.duration_ms) == (4000, True, 1000)
    # The source ends before the segment does: its end is heard first, silence comes last.
    (short,) = sounds(seg(d=5000, **{"in": 8000, "reverse": True}))
    assert short.in_ms == 10_000


def test_a_frozen_picture_and_a_muted_clip_are_silent():
    assert sounds(seg(freeze=True), seg(mute=True), seg(volume=0)) == ()
    assert len(sounds(seg(mute="yes"), seg(freeze=1))) == 2


def test_a_clip_loops_with_its_picture_and_music_when_it_ends():
    (clip,) = sounds(seg(d=30_000, loop=True, **{"in": 4000}))
    assert clip.loop == (4000, 10_000)
    (song,) = sounds(audio=[seg("song.mp3", d=30_000, loop=True)])
    assert song.loop == (0, math.inf)
    (whole,) = sounds(audio=[seg("song.mp3", d=3000, loop=True)])
    assert whole.loop is None


@pytest.mark.parametrize(
    ("meta", "fades"),
    [
        ({}, (0, 0)),
        ({"fade_in": 300, "fade_out": "200"}, (300, 200)),
        ({"fade_in": 1500, "fade_out": 500}, (750, 250)),
        ({"fade_in": -5, "fade_out": True}, (0, 0)),
    ],
)
def test_fades_share_the_length(meta, fades):
    (sound,) = sounds(seg(**meta))
    assert (sound.fade_in_ms, sound.fade_out_ms) == fades


@pytest.mark.parametrize(
    ("duck", "depth"), [(True, 12), (8, 8), (-8, 8), ("6", 6), (None, 0), (False, 0), (900, 60)]
)
def test_duck_is_true_or_decibels(duck, depth):
    (sound,) = sounds(audio=[seg("song.mp3", duck=duck)])
    assert sound.duck_db == depth


def test_what_is_cut_out_of_a_file_begins_and_ends_without_a_click():
    (middle,) = sounds(seg(**{"in": 500}))
    assert (middle.ramp_in_ms, middle.ramp_out_ms) == (2, 2)
    (whole,) = sounds(seg(d=10_000))
    assert (whole.ramp_in_ms, whole.ramp_out_ms) == (0, 0)


def test_a_split_is_not_to_be_heard():
    first, second = sounds(seg(), seg(**{"in": 1000}))
    assert (first.ramp_in_ms, first.ramp_out_ms) == (0, 0)
    assert (second.ramp_in_ms, second.ramp_out_ms) == (0, 2)
    jump, after = sounds(seg(), seg(**{"in": 1500}))
    assert (jump.ramp_out_ms, after.ramp_in_ms) == (2, 2)


def test_a_transition_crossfades_backwards_too():
    jump = {"kind": "dissolve", "ms": 400}
    _, second = sounds(seg(), seg(**{"in": 3000, "reverse": True, "transition": jump}))
    # 200 ms before the cut it is 200 ms further on in the source.
    assert (second.start_ms, second.in_ms, second.ramp_in_ms) == (800, 4200, 400)


def test_music_needs_no_file():
    wish = {"genre": "lo-fi", "bpm": 80, "seed": 7}
    (sound,) = sounds(seg("cat.jpg"), audio=[seg("", s=500, d=9000, music=wish, volume=0.4)])
    assert sound.music == MusicSpec("lo-fi", 80, "calm", 7)
    assert (sound.start_ms, sound.duration_ms, sound.volume) == (500, 9000, 0.4)


@pytest.mark.parametrize(
    ("asked", "target"),
    [(None, -14), ("as-is", None), (-23, -23), ("-16", -16), (0, -6), (-99, -40), ("x", -14)],
)
def test_the_loudness_that_is_asked_for(asked, target):
    assert loudness_target({"m": {"loudness": asked}}) == target


@pytest.mark.parametrize("draft", [None, [], {}, {"m": 3}])
def test_a_draft_that_says_nothing_of_loudness(draft):
    assert loudness_target(draft) == -14
