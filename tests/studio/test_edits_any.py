"""Any edits in any order: what comes out can be rendered, undone, and keeps what is foreign."""

from __future__ import annotations

import copy
import re
from contextlib import closing, suppress

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

import mediakit
from editkit import CAT, CLIP, DOG, LOGO, LOOP, POOL, SONG, STILLS, TALL, VOICE, check, laid
from nemo_nb.errors import EditRefused
from nemo_nb.models import Canvas
from nemo_nb.studio import (
    edits,
    edits_clips,
    edits_layout,
    edits_motion,
    edits_picture,
    edits_place,
    edits_slideshow,
    edits_sound,
    edits_text,
    edits_time,
)
from nemo_nb.studio.projects import Change, Projects
from nemo_nb.studio.render.compose import Compositor, plan_of
from nemo_nb.studio.store import Store
from nemo_nb.timeline.draft import TEXT, VIDEO
from nemo_nb.timeline.draft_shape import editable, pictures, segments


def mostly(usual, strange):
    """Draw what means something, and now and then what does not."""
    return st.integers(0, 11).flatmap(lambda dice: usual if dice else strange)


TIMES = mostly(st.integers(0, 30).map(lambda step: step * 370), st.integers(-500, 90_000))
SPANS = mostly(st.lists(TIMES, min_size=2, max_size=2).map(sorted), st.tuples(TIMES, TIMES))
LENGTHS = mostly(st.sampled_from([300, 600, 777, 1500, 3000, 7001]), st.integers(-100, 90_000))
PERCENT = mostly(st.floats(0, 100), st.floats(-20, 130))
FACTORS = mostly(st.sampled_from([0.3, 0.5, 0.77, 1.0, 2.0]), st.floats(-1, 7))
INFOS = st.sampled_from(POOL)
PICTURES = st.sampled_from([CLIP, TALL, CAT, DOG, LOGO, LOOP])
SPECS = st.fixed_dictionaries(
    {},
    optional={
        "genre": mostly(st.sampled_from(["lo-fi", "jazz", "爵士"]), st.just("noise")),
        "mood": st.sampled_from(["happy", "calm"]),
        "bpm": mostly(st.integers(50, 200), st.integers(0, 300)),
        "seed": st.integers(0, 9),
    },
)
KINDS = mostly(st.sampled_from([*edits_time.TRANSITIONS, "none"]), st.just("spin"))


def maybe(strategy):
    return st.one_of(st.none(), strategy)


HALF = mostly(st.floats(0, 50), PERCENT)
ADJUSTMENTS = mostly(st.sampled_from(sorted(edits_picture.ADJUSTMENTS)), st.just("glow"))


@st.composite
def picks(draw, draft, *, kinds=(VIDEO,)):
    """Draw ids of *draft*: all (None), some, or one that is not there."""
    known = [segment["id"] for _, segment in segments(draft, *kinds)]
    if draw(st.integers(0, 2)) == 0 or not known:
        return draw(mostly(st.none(), st.just({"nobody"})))
    return set(draw(st.lists(st.sampled_from(known), min_size=1, max_size=3)))


def _pictures(draw, draft):
    ids = draw(picks(draft))
    cases = {
        "rotate": lambda: edits_picture.rotate(
            draft, draw(st.sampled_from([90, -90, 180, 7.5])), ids=ids, absolute=draw(st.booleans())
        ),
        "flip": lambda: edits_picture.flip(
            draft, draw(mostly(st.sampled_from(edits_picture.FLIPS), st.just("sideways"))), ids=ids
        ),
        "opacity": lambda: edits_picture.set_opacity(draft, draw(FACTORS), ids=ids),
        "adjust": lambda: edits_picture.adjust(
            draft,
            {draw(ADJUSTMENTS): draw(mostly(st.integers(0, 100), st.floats(-150, 150)))},
            ids=ids,
            absolute=draw(st.booleans()),
        ),
        "background": lambda: edits_picture.set_background(
            draft,
            draw(
                maybe(
                    st.fixed_dictionaries(
                        {"kind": st.sampled_from([*edits_picture.BACKGROUNDS, "blur", "lava"])},
                        optional={
                            "color": st.sampled_from(["#fff", "#123456", "red"]),
                            "src": st.sampled_from(["cat.jpg", "clip.mp4", "song.mp3"]),
                        },
                    )
                )
            ),
            media=POOL,
            ids=ids,
        ),
        "fades": lambda: edits_picture.set_fades(
            draft, fade_in_ms=draw(maybe(LENGTHS)), fade_out_ms=draw(maybe(LENGTHS)), ids=ids
        ),
        "copy": lambda: edits_picture.copy_look(
            draft, draw(st.sampled_from([s["id"] for s in _all(draft)] or ["nobody"])), ids=ids
        ),
        "reset": lambda: edits_picture.reset_look(draft, ids=ids),
        "crop": lambda: edits_place.crop(
            draft,
            draw(maybe(st.fixed_dictionaries(dict.fromkeys(["x", "y", "width", "height"], HALF)))),
            ids=ids,
        ),
        "edges": lambda: edits_place.crop_edges(
            draft,
            left=draw(mostly(st.floats(0, 40), st.just(-1))),
            bottom=draw(st.floats(0, 60)),
            ids=ids,
        ),
        "ratio": lambda: edits_place.crop_to_ratio(
            draft,
            draw(
                mostly(st.sampled_from(["1:1", "4:5", "16:9"]), st.sampled_from(["0:0", "square"]))
            ),
            media=POOL,
            ids=ids,
            focus=draw(maybe(st.tuples(PERCENT, PERCENT))),
        ),
        "place": lambda: edits_place.place(
            draft,
            media=POOL,
            ids=ids,
            x=draw(maybe(PERCENT)),
            scale=draw(maybe(FACTORS)),
            grow=draw(st.sampled_from([1.0, 1.3, 0.5])),
            corner=draw(maybe(mostly(st.sampled_from(edits_place.CORNERS), st.just("attic")))),
        ),
        "motion": lambda: edits_motion.set_motion(
            draft,
            draw(mostly(st.sampled_from(edits_motion.MOTIONS), st.just("spin"))),
            stills=STILLS,
            ids=ids,
            zoom=draw(maybe(mostly(st.floats(1.1, 2), FACTORS))),
            focus=draw(maybe(st.tuples(PERCENT, PERCENT))),
        ),
        "alternate": lambda: edits_motion.alternate_motion(draft, stills=STILLS, ids=ids),
    }
    return _one(draw, cases)


def _one(draw, cases):
    name = draw(st.sampled_from(sorted(cases)))
    result = cases[name]()
    event(name)
    return result


def _all(draft):
    return pictures(editable(draft))


def _time(draw, draft):
    ids = draw(picks(draft))
    some = ids or {"nobody"}
    cases = {
        "cut": lambda: edits_time.cut(draft, *draw(SPANS), stills=STILLS),
        "keep": lambda: edits_time.keep(draft, *draw(SPANS), stills=STILLS),
        "speed": lambda: edits_time.set_speed(draft, draw(FACTORS), stills=STILLS, ids=ids),
        "photos": lambda: edits_time.set_photo_length(draft, draw(LENGTHS), stills=STILLS, ids=ids),
        "remove": lambda: edits_time.remove_pictures(draft, some),
        "transitions": lambda: edits_time.set_transitions(
            draft,
            draw(st.one_of(KINDS, st.lists(KINDS, max_size=3))),
            draw(LENGTHS),
            direction=draw(mostly(st.none(), st.sampled_from(["left", "up", "in", "away"]))),
            ids=ids,
        ),
        "reverse": lambda: edits_clips.reverse(draft, stills=STILLS, ids=ids),
        "freeze": lambda: edits_clips.freeze(draft, draw(TIMES), draw(LENGTHS), stills=STILLS),
        "loop": lambda: edits_clips.loop(draft, draw(LENGTHS), media=POOL, ids=ids),
        "split": lambda: edits_clips.split(draft, draw(TIMES), stills=STILLS),
        "duplicate": lambda: edits_clips.duplicate(
            draft, some, times=draw(mostly(st.integers(1, 2), st.just(0)))
        ),
        "move": lambda: edits_clips.move(draft, next(iter(some)), draw(st.integers(-2, 2))),
        "swap": lambda: edits_clips.swap(
            draft, next(iter(some)), draw(st.sampled_from(sorted(some)))
        ),
        "reorder": lambda: edits_clips.reorder(
            draft, draw(st.permutations([s["id"] for s in _all(draft)]))
        ),
        "slideshow": lambda: edits_slideshow.slideshow(
            draft, draw(st.lists(mostly(PICTURES, INFOS), min_size=1, max_size=5)), draw(SHOWS)
        ),
    }
    return _one(draw, cases)


SHOWS = st.builds(
    edits_slideshow.SlideshowOptions,
    photo_ms=mostly(st.sampled_from([3000, 500]), st.just(100)),
    transition=st.sampled_from(["dissolve", "none", ("wipe", "zoom")]),
    motion=st.booleans(),
    music=maybe(SPECS),
    title=maybe(st.just("Summer")),
    ratio=maybe(st.sampled_from(["1:1", "9:16"])),
    length_ms=maybe(st.integers(1000, 20_000)),
)


def _sound(draw, draft):
    ids = draw(picks(draft, kinds=(1,)))
    cases = {
        "add": lambda: edits_sound.add_music(
            draft,
            draw(SPECS),
            draw(FACTORS),
            start_ms=draw(st.sampled_from([0, 0, 1000])),
            end_ms=draw(maybe(TIMES)),
            duck=draw(mostly(st.sampled_from([True, False, 9]), st.just(99))),
        ),
        "replace": lambda: edits_sound.replace_music(
            draft, draw(st.one_of(SPECS, st.just(SONG), INFOS))
        ),
        "remove": lambda: edits_sound.remove_music(draft),
        "sound": lambda: edits_sound.add_sound(
            draft,
            draw(mostly(st.sampled_from([SONG, VOICE]), st.just(CAT))),
            start_ms=draw(TIMES),
            end_ms=draw(maybe(TIMES)),
            role=draw(st.sampled_from(["voice", "music", "effect"])),
        ),
        "off": lambda: edits_sound.remove_sounds(draft, ids or {"nobody"}),
        "mute": lambda: edits_sound.set_mute(draft, ids=ids, on=draw(st.booleans()), stills=STILLS),
        "fades": lambda: edits_sound.set_sound_fades(draft, fade_out_ms=draw(LENGTHS), ids=ids),
        "duck": lambda: edits_sound.set_duck(draft, draw(st.sampled_from([True, False, 6, 0]))),
        "loudness": lambda: edits_sound.set_loudness(
            draft, draw(st.sampled_from([None, "as-is", -20, 3]))
        ),
        "volume": lambda: edits.set_volume(draft, draw(FACTORS), stills=STILLS, ids=ids),
    }
    return _one(draw, cases)


def _rest(draw, draft):
    texts = {segment["id"] for _, segment in segments(editable(draft), TEXT)}
    cases = {
        "media": lambda: edits.add_media(draft, draw(INFOS)),
        "ratio": lambda: edits.set_ratio(draft, draw(st.sampled_from(sorted(edits.RATIOS)))),
        "text": lambda: edits_text.add_text(
            draft,
            "Words",
            role="title",
            **dict(zip(("start_ms", "end_ms"), draw(SPANS), strict=True)),
        ),
        "subtitles": lambda: edits.add_subtitles(draft, [edits.Cue(*draw(SPANS), "Cue", {})]),
        "wipe": lambda: edits_text.remove_texts(draft, texts),
        "overlay": lambda: edits_layout.add_overlay(
            draft,
            draw(mostly(PICTURES, INFOS)),
            corner=draw(mostly(st.sampled_from(["top-left", "bottom"]), st.just("attic"))),
            scale=draw(mostly(st.sampled_from([0.15, 0.3]), st.just(0))),
            start_ms=draw(st.sampled_from([0, 500, 3000])),
            end_ms=draw(maybe(TIMES)),
            loop=draw(st.booleans()),
        ),
        "bare": lambda: edits_layout.remove_overlays(draft),
        "compare": lambda: edits_layout.side_by_side(
            draw(st.lists(mostly(PICTURES, INFOS), max_size=3))
        ),
    }
    return _one(draw, cases)


@st.composite
def sequences(draw, most=12):
    """Draw drafts, each an edit away from the one before; what is refused changes nothing."""
    draft = laid(
        *draw(st.lists(st.sampled_from([CLIP, TALL, CAT, DOG, LOOP, SONG]), min_size=1, max_size=4))
    )
    drafts = [draft]
    for _ in range(draw(st.integers(1, most))):
        group = draw(st.sampled_from([_pictures, _time, _time, _sound, _rest]))
        before = copy.deepcopy(draft)
        try:
            result = group(draw, draft)
        except EditRefused:
            event("refused")
            result = before
        assert draft == before
        draft = result
        drafts.append(draft)
    return drafts


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sequences())
def test_any_edits_leave_a_draft_that_can_be_rendered(drafts):
    for draft in drafts:
        check(draft)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(drafts=sequences())
def test_as_many_undos_give_the_first_draft_again_and_redos_the_last(tmp_path_factory, drafts):
    store = Store(tmp_path_factory.mktemp("undo") / "studio.sqlite3")
    with closing(store):
        projects = Projects(store)
        session = projects.create("someone", "cut", "en")
        session = projects.commit(session, Change(draft=drafts[0]))
        steps = [drafts[0]]
        for draft in drafts[1:]:
            session = projects.commit(session, Change(draft=draft))
            steps += [draft] if draft != steps[-1] else []
        for expected in reversed(steps[:-1]):
            session = projects.commit(session, Change(history="undo"))
            assert session.draft == expected
        for expected in steps[1:]:
            session = projects.commit(session, Change(history="redo"))
            assert session.draft == expected
        assert projects.get("someone", session.id).draft == steps[-1]


FOREIGN = {"vendor": {"nested": [1, {"a": None}]}}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_what_is_foreign_stays_as_it_is(data):
    draft = laid(CLIP, CAT, DOG, SONG)
    for item in (draft, *draft["t"], *(s for _, s in segments(draft))):
        item["x-vendor"] = copy.deepcopy(FOREIGN)
        item["m"]["x-vendor"] = copy.deepcopy(FOREIGN)
    draft["t"].append({"tt": 42, "id": "odd", "sg": [{"id": "odder", "s": 5, "d": 70, "m": {}}]})
    for _ in range(6):
        group = data.draw(st.sampled_from([_pictures, _time, _sound, _rest]))
        try:
            result = group(data.draw, draft)
        except EditRefused:
            continue
        # A comparison of clips is a new draft.
        if not any("region" in track.get("m", {}) for track in result["t"]):
            _check_foreign(draft, result)
            draft = result


def _check_foreign(draft, result):
    assert result["x-vendor"] == result["m"]["x-vendor"] == FOREIGN
    before = {item["id"]: item for pair in segments(draft) for item in pair}
    after = {item["id"]: item for pair in segments(result) for item in pair}
    for identity in before.keys() & after.keys():
        old, new = before[identity], after[identity]
        assert new.get("x-vendor") == old.get("x-vendor")
        assert new.get("m", {}).get("x-vendor") == old.get("m", {}).get("x-vendor")


def _drawn(size):
    return lambda n: np.full((size[1], size[0], 3), 5 * n, np.uint8)


@pytest.fixture(scope="module")
def assets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("media")
    for name, seconds, size in (("clip.mp4", 12, (64, 36)), ("tall.mp4", 5, (36, 64))):
        mediakit.clip(folder / name, frames=seconds * 4, fps=4, size=size, draw=_drawn(size))
    mediakit.halves(folder / "cat.jpg", size=(60, 40))
    mediakit.halves(folder / "dog.jpg", size=(40, 60))
    mediakit.photo(folder / "logo.png", size=(30, 30))
    mediakit.halves(folder / "loop.gif", size=(30, 30))
    mediakit.tone(folder / "song.mp3", ms=1000)
    mediakit.tone(folder / "voice.wav", ms=1000)
    return {path.name: path for path in folder.iterdir()}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(drafts=sequences(6), share=st.floats(0, 1))
def test_the_renderer_draws_what_comes_out(assets, drafts, share):
    draft = copy.deepcopy(drafts[-1])
    if not draft["t"]:
        return
    for _, segment in segments(draft, VIDEO):
        # Subjects are cut out by a network of seconds a picture, tested on its own.
        segment["m"].pop("background", None)
    plan = plan_of(draft, assets, Canvas(160, 90, 10.0))
    with closing(Compositor(plan, assets)) as compositor:
        for at in {0, int(share * (plan.frames - 1)), plan.frames - 1}:
            assert compositor.frame(at) is not None


NONSENSE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False),
    st.text(max_size=3),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.sampled_from(["x", "s", "kind", "text"]), st.integers(), max_size=2),
)
KEYS = re.findall(
    r"\w+",
    "in speed volume reverse freeze loop length rotate flip crop position scale opacity adjust "
    "background transition fade_in fade_out mute duck music fill card motion fit words style role "
    "text title src",
)


@st.composite
def strange_segments(draw):
    meta = {key: draw(NONSENSE) for key in draw(st.sets(st.sampled_from(KEYS), max_size=5))}
    known = {"src": draw(st.sampled_from([info.name for info in POOL]))}
    usual = {"s": draw(st.integers(0, 9000)), "d": draw(st.integers(1, 5000)), "m": known | meta}
    return usual | (
        {draw(st.sampled_from(["s", "d", "m", "id"])): draw(NONSENSE)} if draw(ODD) else {}
    )


ODD = st.integers(0, 9).map(lambda dice: dice == 0)
STRANGE = st.fixed_dictionaries(
    {
        "t": st.lists(
            st.fixed_dictionaries(
                {
                    "tt": st.sampled_from([0, 0, 1, 7, 42, None]),
                    "sg": st.lists(strange_segments(), max_size=3),
                },
                optional={"m": st.one_of(NONSENSE, st.fixed_dictionaries({"region": NONSENSE}))},
            ),
            max_size=3,
        )
    },
    optional={"m": NONSENSE, "d": NONSENSE},
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STRANGE, st.data())
def test_a_draft_from_anyone_is_edited_or_refused_in_words(draft, data):
    for _ in range(3):
        group = data.draw(st.sampled_from([_pictures, _time, _sound, _rest]))
        with suppress(EditRefused):
            draft = group(data.draw, editable(draft))
