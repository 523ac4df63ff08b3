"""Scenes to edit on, and facts to check about what came of it."""

from __future__ import annotations

import copy

import pytest

from nemo_nb.models import MediaInfo
from nemo_nb.studio import edits, edits_text
from nemo_nb.studio.agent.agent import Outcome, Project, respond
from nemo_nb.studio.vision import Description
from nemo_nb.timeline.draft import read_tracks
from nemo_nb.timeline.styles import resolve

CLIP = MediaInfo("clip.mp4", "video", "mp4", 12_000, 1920, 1080, 30.0, has_audio=True)
TALL = MediaInfo("tall.jpg", "image", "jpg", 0, 600, 900)
CAT = MediaInfo("cat.jpg", "image", "jpg", 0, 900, 600)
PHOTOS = tuple(MediaInfo(f"photo{n}.jpg", "image", "jpg", 0, 900, 600) for n in (1, 2, 3))


def laid(*media):
    draft = edits.new_draft()
    for info in media:
        draft = edits.add_media(draft, info)
    return draft


def with_texts():
    draft = laid(CLIP)
    cues = [edits.Cue(0, 2000, "one"), edits.Cue(4000, 6000, "two")]
    draft = edits.add_subtitles(draft, cues)
    return edits_text.add_text(draft, "Old title", role="title", start_ms=0, end_ms=3000)


SCENES = {
    "clip": (laid(CLIP), (CLIP,)),
    "photo": (laid(CAT), (CAT,)),
    "portrait": (laid(TALL), (TALL,)),
    "photos": (laid(*PHOTOS), PHOTOS),
    "mixed": (laid(CLIP, CAT), (CLIP, CAT)),
    "texts": (with_texts(), (CLIP,)),
    "empty": (edits.new_draft(), ()),
}


def a_cat(_name):
    return Description("a cat", 0.91, noun_zh="一只猫")


@pytest.fixture
def ask():
    """Send a message to the agent on a scene; the scene's draft must not be changed by it."""

    def send(message, scene="clip", *, describe=a_cat, recent=(), draft=None) -> Outcome:
        start, media = SCENES[scene]
        start = copy.deepcopy(start if draft is None else draft)
        before = copy.deepcopy(start)
        outcome = respond(message, Project(start, media, "en", tuple(recent)), describe)
        assert start == before
        assert outcome.reply.strip()
        return outcome

    return send


@pytest.fixture
def missing():
    """Return the facts of a corpus case that do not hold for a draft."""

    def check(draft, facts):
        return [fact for fact in facts if not _holds(draft, fact)]

    return check


def _holds(draft, fact):
    key, _, rest = fact.partition(":")
    tracks = read_tracks(draft)
    pictures = [s for t in tracks if t.kind == "video" for s in t.segments]
    texts = [s for t in tracks if t.kind == "text" for s in t.segments]
    if key in ("caption", "title"):
        words, _, span = rest.rpartition(":")
        start, end = (int(part) for part in span.split("-"))
        return any(
            (s.role, s.text, s.start_ms, s.end_ms) == (key, words, start, end) for s in texts
        )
    if key == "style":
        role, field, value = rest.split(":", 2)
        meant = [s for s in texts if s.role == role]
        return bool(meant) and all(
            str(getattr(resolve(s.style, s.role), field)) == value for s in meant
        )
    if key == "look":
        words, field, value = rest.split(":", 2)
        meant = [s for s in texts if s.text == words]
        return bool(meant) and all(
            str(getattr(resolve(s.style, s.role), field)) == value for s in meant
        )
    if key == "in":
        name, _, ms = rest.partition(":")
        return any(s.source == name and s.source_in_ms == int(ms) for s in pictures)
    if key == "transition":
        return all(s.meta["transition"]["kind"] == rest for s in pictures[1:])
    found = {
        "d": draft["d"],
        "canvas": f"{draft['m'].get('width')}x{draft['m'].get('height')}",
        "segments": len(pictures),
        "captions": sum(s.role == "caption" for s in texts),
        "no-title": "" if not any(s.role == "title" for s in texts) else "there is one",
        "volume": pictures[0].volume,
        "speed": pictures[0].speed,
    }[key]
    return str(found) == rest or (isinstance(found, float) and found == float(rest))
