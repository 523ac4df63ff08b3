"""The facts themselves: what a right edit meets, and what a wrong one trips over."""

from __future__ import annotations

import copy
import itertools
import tomllib
from pathlib import Path

import pytest

from nemo_nb.models import MediaInfo
from nemo_nb.studio import edits, edits_text
from nemo_nb.studio.agent.agent import Outcome
from studio.agent.changes import changes
from studio.agent.facts import cases, check, missing

CLIP = MediaInfo("clip.mp4", "video", "mp4", 12_000, 1920, 1080, 30.0, has_audio=True)
SECOND = MediaInfo("second.mp4", "video", "mp4", 8000, 1920, 1080, 30.0, has_audio=True)


def laid(*media):
    draft = edits.new_draft()
    for info in media:
        draft = edits.add_media(draft, info)
    return draft


def pieces(*parts):
    """A clip in pieces: (ms on the timeline, ms where it begins in the source, further keys)."""
    starts = itertools.accumulate((length for length, _, _ in parts), initial=0)
    segments = [
        {"id": f"s{n}", "s": start, "d": length, "m": {"src": "clip.mp4", "in": begin} | more}
        for n, (start, (length, begin, more)) in enumerate(zip(starts, parts, strict=False), 1)
    ]
    total = sum(length for length, _, _ in parts)
    canvas = laid(CLIP)["m"]
    return {"d": total, "m": canvas, "t": [{"tt": 0, "id": "v1", "m": {}, "sg": segments}]}


def edited(draft, **keys):
    """Give the first picture other keys."""
    result = copy.deepcopy(draft)
    result["t"][0]["sg"][0]["m"] |= keys
    return result


def with_track(draft, kind, *segments, **meta):
    result = copy.deepcopy(draft)
    track = {"tt": kind, "id": "z1", "m": meta, "sg": [*segments]}
    return result | {"t": [*result["t"], track]}


def wrong(before, after, *facts):
    return missing(before, Outcome(reply="Done.", draft=after), facts)


def test_a_frozen_moment_is_three_pieces():
    whole = pieces((12_000, 0, {}))
    frozen = pieces((5000, 0, {}), (2000, 5000, {"freeze": True}), (7000, 5000, {}))
    facts = ("segments:3", "p2.freeze:true", "p2.in:4900..5000", "p1.freeze:false", "d:14000")
    assert wrong(whole, frozen, *facts, "only:time,+picture,picture.freeze") == []
    assert wrong(whole, frozen, "only:time,+picture") == ["only:time,+picture"]


def test_a_new_piece_is_held_against_the_picture_it_was_cut_from():
    whole = pieces((12_000, 0, {}))
    split = pieces((6000, 0, {}), (6000, 6000, {"adjust": {"contrast": 20}}))
    assert changes(whole, split) == {"+picture", "picture.time", "picture.adjust"}


def test_a_default_that_is_written_out_is_no_change():
    plain = pieces((12_000, 0, {}))
    spelt = edited(
        plain, rotate=360, scale=1.0, adjust={"blur": 0}, volume=1.0, transition={"kind": "cut"}
    )
    assert changes(plain, spelt) == set()


def test_a_logo_lies_on_top():
    before = laid(CLIP, MediaInfo("logo.png", "image", "png", 0, 256, 256))
    place = {"src": "logo.png", "position": {"x": 90, "y": 10}, "scale": 0.12, "fit": "contain"}
    after = laid(CLIP)
    after = with_track(after, 0, {"id": "s3", "s": 0, "d": 12_000, "m": place})
    facts = ("segments:1", "over1.src:logo.png", "over1.position.x:75..100", "overs:1")
    assert wrong(before, after, *facts, "only:time,picture.*,track") == []
    assert wrong(before, after, "over2.src:logo.png", "p1.src:logo.png") != []


def test_clips_side_by_side_stand_in_regions():
    before, after = laid(CLIP, SECOND), laid(CLIP)
    after["t"][0]["m"]["region"] = {"x": 0, "y": 0, "width": 50, "height": 100}
    right = {"x": 50, "y": 0, "width": 50, "height": 100}
    second = {"id": "s3", "s": 0, "d": 8000, "m": {"src": "second.mp4"}}
    after = with_track(after, 0, second, region=right)
    assert wrong(before, after, "regions:2", "overlap", "overs:0", "d:12000") == []
    assert wrong(before, after, "only:time") == ["only:time"]
    assert wrong(before, before, "regions:2", "overlap") == ["regions:2", "overlap"]


def test_music_is_known_by_any_of_its_names():
    before = laid(CLIP)
    music = {"music": {"genre": "lofi", "bpm": 80}, "volume": 0.3, "duck": True}
    after = with_track(before, 1, {"id": "s2", "s": 0, "d": 12_000, "m": music})
    facts = ("music:lo-fi", "a1.music.bpm:80", "a1.volume:0.3", "a1.duck:*", "only:+sound")
    assert wrong(before, after, *facts) == []
    assert wrong(before, after, "music:jazz", "a1.duck:15") == ["music:jazz", "a1.duck:15"]
    muted = with_track(before, 1, {"id": "s2", "s": 0, "d": 12_000, "m": {**music, "mute": True}})
    assert wrong(after, muted, "a1.volume:0", "only:sound.volume") == []


def test_a_text_differs_in_words_looks_and_times():
    before = edits_text.add_text(laid(CLIP), "one", role="title", start_ms=0, end_ms=2000)
    (text,) = before["t"][1]["sg"]
    blue = edits_text.restyle(before, {text["id"]}, {"color": "#2f7bff"})
    assert changes(before, blue) == {"text.look"}
    later = edits_text.set_text_times(before, text["id"], start_ms=1000, end_ms=2000)
    assert changes(before, later) == {"text.time"}
    assert wrong(before, later, "title:one:1000-2000", "text:one:*", "only:time") == []
    assert wrong(before, later, "caption:one:*") == ["caption:one:*"]
    assert changes(before, edits_text.remove_texts(before, {text["id"]})) == {"-text"}


def test_variants_are_looked_at_one_by_one():
    before = edits_text.add_text(laid(CLIP), "one", role="caption", start_ms=0, end_ms=2000)
    (text,) = before["t"][1]["sg"]
    drafts = [edits_text.restyle(before, {text["id"]}, {"preset": p}) for p in ("neon", "boxed")]
    outcome = Outcome(reply="Two.", variants=tuple(zip("AB", drafts, strict=True)))
    facts = ["variants:2", "v1/style:caption:preset:neon", "v2/only:text.look", "differ"]
    assert missing(before, outcome, facts) == []
    assert missing(before, outcome, ["v2/style:caption:preset:neon", "v3/d:12000"]) == [
        "v2/style:caption:preset:neon",
        "v3/d:12000",
        "no variants",
    ]


@pytest.mark.parametrize(
    ("reply", "fact", "holds"),
    [
        ("From the start or from the end?", "asks", True),
        ("Which one? There are “Really?” and “two”.", "asks", True),
        ("Which? And how much?", "asks", False),
        ("Nothing was changed.", "asks", False),
        ("I did not understand “what?”.", "asks", False),
        ("The video lasts 12 s.", "refused", True),
        ("我没有听懂“啊”。", "refused", False),
        ("我没有听懂“啊”。", "unchanged", True),
    ],
)
def test_a_reply_that_changes_nothing(reply, fact, holds):
    assert check(laid(CLIP), Outcome(reply=reply), fact) == holds


@pytest.mark.parametrize("fact", ["asks", "refused", "unchanged"])
def test_an_edit_or_a_step_in_history_is_a_change(fact):
    before = laid(CLIP)
    done = Outcome(reply="Done?", draft=edited(before, rotate=90))
    assert not check(before, done, fact)
    assert not check(before, Outcome(reply="Undone?", history="undo"), fact)


def test_ranges_alternatives_and_directions():
    before = edited(laid(CLIP), adjust={"brightness": 20})
    after = edited(laid(CLIP), adjust={"brightness": 30})
    good = (
        "p1.adjust.brightness:30",
        "p-1.adjust.brightness:15..40",
        "p*.adjust.brightness:10|30",
        "up:p1.adjust.brightness",
        "p1.adjust.contrast:0",
        "p1.gray:false",
        "p1.flip:",
        "p1.flip:both or p1.speed:1",
    )
    assert wrong(before, after, *good) == []
    bad = ("p1.adjust.brightness:5..20", "down:p1.adjust.brightness", "p2.rotate:0", "p1.rotate:*")
    assert wrong(before, after, *bad) == list(bad)


@pytest.mark.parametrize("fact", ["p1.rotation:90", "q1.rotate:90", "colour:red", "p1.volume:loud"])
def test_a_slip_in_a_table_is_found(fact):
    with pytest.raises(ValueError, match=r"no such|could not convert"):
        check(laid(CLIP), Outcome(reply="Done."), fact)


@pytest.mark.parametrize("name", ["corpus_wide", "held_out"])
def test_no_case_holds_where_nothing_is_done(scene_draft, name):
    table = tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))
    silent = Outcome(reply="我没有听懂。")
    idle = [
        row.id for row in cases(table, "") if not missing(scene_draft(row.scene), silent, row.then)
    ]
    assert idle == []
