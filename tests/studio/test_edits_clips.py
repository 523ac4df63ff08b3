"""Backwards, frozen, looped, split, copied, in another order; and what goes along."""

from __future__ import annotations

import pytest

from editkit import (
    CAT,
    CLIP,
    DOG,
    LOGO,
    LOOP,
    POOL,
    SONG,
    STILLS,
    TALL,
    captioned,
    check,
    ids,
    laid,
    metas,
    of_kind,
    spans,
)
from nemo_nb.errors import EditRefused
from nemo_nb.studio import edits_clips, edits_layout, edits_motion, edits_time
from nemo_nb.studio.render.transitions import DIRECTIONS, KINDS
from nemo_nb.timeline.draft import read_tracks


def sources(draft):
    return [(s.source_in_ms, s.source_out_ms) for s in of_kind(draft, "video")]


def test_reverse_turns_clips_and_turns_them_back():
    draft = edits_clips.reverse(laid(CAT, CLIP), stills=STILLS)
    assert metas(draft, "reverse") == [None, True]
    assert metas(edits_clips.reverse(draft, stills=STILLS), "reverse") == [None, None]
    with pytest.raises(EditRefused, match="Only clips"):
        edits_clips.reverse(draft, stills=STILLS, ids={ids(draft)[0]})


def test_a_cut_of_a_reversed_clip_takes_the_other_end_of_its_source():
    backwards = edits_clips.reverse(laid(CLIP), stills=STILLS)
    assert sources(edits_time.cut(backwards, 0, 3000)) == [(0, 9000)]
    assert sources(edits_time.cut(backwards, 9000, 12_000)) == [(3000, 12_000)]
    assert sources(edits_time.cut(backwards, 4000, 5000)) == [(8000, 12_000), (0, 7000)]


def test_a_freeze_stands_between_two_halves_and_moves_what_comes_later():
    draft = captioned(
        laid(CLIP, SONG), (1000, 2000, "early"), (3000, 8000, "over"), (9000, 10_000, "late")
    )
    result = edits_clips.freeze(draft, 5000, 2000, stills=STILLS)
    assert spans(result) == [
        ("clip.mp4", 0, 5000),
        ("clip.mp4", 5000, 7000),
        ("clip.mp4", 7000, 14_000),
    ]
    assert metas(result, "freeze") == [None, True, None]
    assert [s.source_in_ms for s in of_kind(result, "video")] == [0, 5000, 5000]
    assert spans(result, "text") == [
        ("early", 1000, 2000),
        ("over", 3000, 10_000),
        ("late", 11_000, 12_000),
    ]
    assert of_kind(result, "audio")[0].start_ms == 0
    check(result)


def test_a_freeze_of_a_fast_reversed_clip_shows_the_frame_of_that_moment():
    draft = edits_time.set_speed(edits_clips.reverse(laid(CLIP), stills=STILLS), 2)
    frozen = of_kind(edits_clips.freeze(draft, 2000, 1000, stills=STILLS), "video")[1]
    assert frozen.source_in_ms == 12_000 - 4000 - 1
    assert "speed" not in frozen.meta
    assert "reverse" not in frozen.meta


def test_the_last_frame_and_the_first_can_be_frozen():
    last = edits_clips.freeze(laid(CLIP), 12_000, 1000, stills=STILLS)
    assert spans(last) == [("clip.mp4", 0, 12_000), ("clip.mp4", 12_000, 13_000)]
    assert of_kind(last, "video")[1].source_in_ms == 11_999
    first = edits_clips.freeze(laid(CLIP), 0, 1000, stills=STILLS)
    assert metas(first, "freeze") == [True, None]
    for at, length, words in ((-1, 500, "outside the pictures"), (50, 10, r"0\.1-60 s")):
        with pytest.raises(EditRefused, match=words):
            edits_clips.freeze(laid(CLIP), at, length, stills=STILLS)
    with pytest.raises(EditRefused, match="Only clips"):
        edits_clips.freeze(laid(CAT), 1000, 500, stills=STILLS)


def test_a_whole_clip_loops_and_its_caption_stays_where_it_was():
    draft = captioned(laid(TALL, CAT), (1000, 2000, "hi"), (5000, 8000, "cat"))
    result = edits_clips.loop(draft, 12_000, media=POOL, ids={ids(draft)[0]})
    assert spans(result) == [("tall.mp4", 0, 12_000), ("cat.jpg", 12_000, 15_000)]
    assert metas(result, "loop") == [True, None]
    assert spans(result, "text") == [("hi", 1000, 2000), ("cat", 12_000, 15_000)]
    with pytest.raises(EditRefused, match=r"tall\.mp4 already lasts 12 s"):
        edits_clips.loop(result, 6000, media=POOL, ids={ids(draft)[0]})


def test_a_trimmed_clip_repeats_only_what_is_left_of_it():
    draft = edits_time.keep(laid(CLIP), 2000, 4000)
    result = edits_clips.loop(draft, 5000, media=POOL)
    assert sources(result) == [(2000, 4000), (2000, 4000), (2000, 3000)]
    assert result["d"] == 5000
    check(result)


def test_an_animation_loops_by_itself():
    result = edits_clips.loop(laid(LOOP), 5000, media=POOL)
    assert spans(result) == [("loop.gif", 0, 5000)]
    assert metas(result, "loop") == [None]


def test_a_cut_into_a_loop_keeps_its_rounds():
    looped = edits_clips.loop(laid(TALL), 14_000, media=POOL)
    result = edits_time.cut(looped, 0, 7000)
    # Two seconds into the second round: its rest, then rounds from the beginning.
    assert spans(result) == [("tall.mp4", 0, 3000), ("tall.mp4", 3000, 7000)]
    assert sources(result)[0] == (2000, 5000)
    assert [s.source_in_ms for s in of_kind(result, "video")] == [2000, 0]
    check(result)


def test_a_split_changes_nothing_that_is_seen():
    draft = captioned(laid(CLIP), (1000, 9000, "over"))
    result = edits_clips.split(draft, 4000, stills=STILLS)
    assert sources(result) == [(0, 4000), (4000, 12_000)]
    assert spans(result, "text") == [("over", 1000, 9000)]
    with pytest.raises(EditRefused, match="ends and the next begins"):
        edits_clips.split(result, 4000, stills=STILLS)


def test_the_second_half_of_a_photo_moves_on_from_where_the_first_has_come():
    draft = edits_motion.set_motion(laid(CAT), "zoom-in", stills=STILLS)
    head, tail = metas(edits_clips.split(draft, 1500, stills=STILLS), "motion")
    assert head["to"] == tail["from"]
    assert 1 < head["to"]["zoom"] < 1.12
    assert tail["to"]["zoom"] == 1.12


def test_copies_stand_right_behind_and_the_rest_moves_on():
    draft = captioned(laid(CAT, DOG), (0, 3000, "cat"), (3000, 6000, "dog"), (0, 6000, "all"))
    result = edits_clips.duplicate(draft, {ids(draft)[0]}, times=2)
    assert spans(result) == [
        ("cat.jpg", 0, 3000),
        ("cat.jpg", 3000, 6000),
        ("cat.jpg", 6000, 9000),
        ("dog.jpg", 9000, 12_000),
    ]
    assert set(spans(result, "text")) == {
        ("cat", 0, 3000),
        ("dog", 9000, 12_000),
        ("all", 0, 12_000),
    }
    with pytest.raises(EditRefused, match="0 copies"):
        edits_clips.duplicate(draft, {ids(draft)[0]}, times=0)


def test_a_moved_picture_takes_its_caption_along_and_leaves_the_transitions():
    draft = captioned(
        laid(CAT, DOG, CLIP), (0, 3000, "cat"), (3000, 6000, "dog"), (0, 10_000, "all")
    )
    draft = edits_time.set_transitions(draft, "wipe", 400, direction="up")
    result = edits_clips.move(draft, ids(draft)[0], -1)
    assert spans(result) == [
        ("dog.jpg", 0, 3000),
        ("clip.mp4", 3000, 15_000),
        ("cat.jpg", 15_000, 18_000),
    ]
    assert set(spans(result, "text")) == {
        ("dog", 0, 3000),
        ("cat", 15_000, 18_000),
        ("all", 0, 10_000),
    }
    wipe = {"kind": "wipe", "ms": 400, "direction": "up"}
    assert metas(result, "transition") == [None, wipe, wipe]
    assert ids(edits_clips.move(result, ids(draft)[0], 0)) == ids(draft)
    with pytest.raises(EditRefused, match="no place 4 among 3"):
        edits_clips.move(draft, ids(draft)[0], 3)


def test_swapping_and_reordering():
    draft = laid(CAT, DOG, CLIP)
    one, two, three = ids(draft)
    assert ids(edits_clips.swap(draft, one, three)) == [three, two, one]
    assert ids(edits_clips.reorder(draft, [two, three, one])) == [two, three, one]
    for wrong in ([one, two], [one, two, two], [one, two, "nobody"]):
        with pytest.raises(EditRefused, match="each of the 3 pictures once"):
            edits_clips.reorder(draft, wrong)


def test_an_overlay_goes_with_its_picture_and_a_logo_stays_to_the_end():
    draft = edits_layout.add_overlay(laid(CAT, DOG), LOGO)
    draft = edits_layout.add_overlay(draft, CAT, start_ms=3500, end_ms=5000)
    moved = edits_clips.swap(draft, *ids(laid(CAT, DOG)))
    assert spans(moved)[2:] == [("logo.png", 0, 6000), ("cat.jpg", 500, 2000)]
    shorter = edits_time.cut(draft, 0, 3000, stills=STILLS)
    assert spans(shorter)[1:] == [("logo.png", 0, 3000), ("cat.jpg", 500, 2000)]


def test_spoken_words_are_cut_with_their_caption():
    draft = captioned(laid(CLIP), (2000, 6000, "one two three"))
    (caption,) = next(t for t in draft["t"] if t["tt"] == 7)["sg"]
    caption["m"]["words"] = [
        {"text": "one", "s": 0, "d": 500},
        {"text": "two", "s": 1500, "d": 500},
        {"text": "three", "s": 3000, "d": 500},
    ]
    cut = edits_time.cut(draft, 3000, 4000)
    words = [(w["text"], w["s"]) for w in metas(cut, "words", "text")[0]]
    assert words == [("one", 0), ("three", 2000)]
    fast = edits_time.set_speed(draft, 2)
    assert [w["s"] for w in metas(fast, "words", "text")[0]] == [0, 750, 1500]


def test_transitions_of_one_cut_in_turn_and_the_other_way():
    draft = laid(CAT, DOG, CAT, DOG)
    one = edits_time.set_transitions(draft, "push", 300, ids={ids(draft)[2]})
    assert metas(one, "transition") == [None, None, {"kind": "push", "ms": 300}, None]
    turn = edits_time.set_transitions(draft, ["wipe", "zoom"], 300, direction="out")
    assert [t and t["kind"] for t in metas(turn, "transition")] == [None, "wipe", "zoom", "wipe"]
    assert [t.get("direction") for t in metas(turn, "transition")[1:]] == [None, "out", None]
    bare = edits_time.set_transitions(turn, "none", 0, ids={ids(draft)[1]})
    assert metas(bare, "transition")[1] is None
    assert metas(bare, "transition")[2] is not None
    cases = {"spin": "no transition", "dissolve": "cannot go left"}
    for kind, words in cases.items():
        with pytest.raises(EditRefused, match=words):
            edits_time.set_transitions(draft, kind, 300, direction="left")
    with pytest.raises(EditRefused, match="a picture before it"):
        edits_time.set_transitions(draft, "wipe", 300, ids={ids(draft)[0]})
    with pytest.raises(EditRefused, match="no length"):
        edits_time.set_transitions(draft, "wipe", 0)


def test_only_named_clips_and_photos_change():
    draft = laid(CLIP, TALL, CAT, DOG)
    clip, tall, cat, _ = ids(draft)
    fast = edits_time.set_speed(draft, 2, stills=STILLS, ids={tall})
    assert [end - start for _, start, end in spans(fast)] == [12_000, 2500, 3000, 3000]
    slow = edits_time.set_photo_length(draft, 5000, stills=STILLS, ids={cat})
    assert [end - start for _, start, end in spans(slow)] == [12_000, 5000, 5000, 3000]
    with pytest.raises(EditRefused, match="not on the timeline"):
        edits_time.set_speed(draft, 2, stills=STILLS, ids={clip, "nobody"})
    assert len(read_tracks(draft)) == 1


def test_the_transitions_are_those_of_the_renderer():
    assert set(edits_time.TRANSITIONS) == set(KINDS)
    assert {k: d for k, d in edits_time.TRANSITIONS.items() if d} == dict(DIRECTIONS)
