"""Scenes to edit on, and facts to check about what came of it."""

from __future__ import annotations

import copy

import pytest

from nemo_nb.models import MediaInfo
from nemo_nb.studio import edits, edits_text
from nemo_nb.studio.agent.agent import Outcome, Project, respond
from nemo_nb.studio.vision import Description
from studio.agent.facts import holds, play

CLIP = MediaInfo("clip.mp4", "video", "mp4", 12_000, 1920, 1080, 30.0, has_audio=True)
TALL = MediaInfo("tall.jpg", "image", "jpg", 0, 600, 900)
CAT = MediaInfo("cat.jpg", "image", "jpg", 0, 900, 600)
SECOND = MediaInfo("second.mp4", "video", "mp4", 8000, 1920, 1080, 30.0, has_audio=True)
LONG = MediaInfo("long.mp4", "video", "mp4", 300_000, 1920, 1080, 30.0, has_audio=True)
BEACH = MediaInfo("beach.jpg", "image", "jpg", 0, 1600, 900)
LOGO = MediaInfo("logo.png", "image", "png", 0, 256, 256)
SONG = MediaInfo("song.mp3", "audio", "mp3", 30_000, has_audio=True)
JINGLE = MediaInfo("jingle.mp3", "audio", "mp3", 5000, has_audio=True)
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


def with_music():
    draft = laid(CLIP)
    meta = {"title": "Lo-fi", "volume": 0.5, "music": {"genre": "lo-fi"}}
    music = {"id": "s9", "s": 0, "d": 12_000, "m": meta}
    draft["t"].append({"tt": 1, "id": "a9", "m": {"title": "Music"}, "sg": [music]})
    return draft


def each(draft, **keys):
    """Give every picture these keys, transitions from the second on."""
    pictures = [s for track in draft["t"] for s in track["sg"]]
    for number, picture in enumerate(pictures):
        picture["m"] |= {k: v for k, v in keys.items() if number or k != "transition"}
    return draft


def with_overlay():
    draft = laid(CLIP)
    place = {"position": {"x": 82, "y": 82}, "scale": 0.3}
    meta = {"src": "second.mp4", "title": "second.mp4", "in": 0, "volume": 0.0, "speed": 1.0}
    overlay = {"id": "s9", "s": 0, "d": 8000, "m": meta | place}
    draft["t"].append({"tt": 0, "id": "v9", "m": {"title": "Overlay"}, "sg": [overlay]})
    return draft


SCENES = {
    "clip": (laid(CLIP), (CLIP,)),
    "photo": (laid(CAT), (CAT,)),
    "portrait": (laid(TALL), (TALL,)),
    "photos": (laid(*PHOTOS), PHOTOS),
    "mixed": (laid(CLIP, CAT), (CLIP, CAT)),
    "texts": (with_texts(), (CLIP,)),
    "empty": (edits.new_draft(), ()),
    "long": (laid(LONG), (LONG,)),
    "two_clips": (laid(CLIP, SECOND), (CLIP, SECOND)),
    "cut": (with_music(), (CLIP,)),
    "song": (laid(CLIP, SONG), (CLIP, SONG)),
    "jingle": (laid(CLIP, JINGLE), (CLIP, JINGLE)),
    "logo": (laid(CLIP, LOGO), (CLIP, LOGO)),
    "pip": (with_overlay(), (CLIP, SECOND)),
    "beach": (laid(CAT), (CAT, BEACH)),
    "still": (each(laid(*PHOTOS), motion="none"), PHOTOS),
    "dissolved": (each(laid(*PHOTOS), transition={"kind": "dissolve", "ms": 500}), PHOTOS),
    "adjusted": (each(laid(CAT), adjust={"brightness": 20, "contrast": 15}), (CAT,)),
}


def a_cat(_name):
    return Description("a cat", 0.91, noun_zh="一只猫")


@pytest.fixture
def ask():
    """Send a message to the agent on a scene; the scene's draft must not be changed by it."""

    def send(
        message, scene="clip", *, describe=a_cat, recent=(), draft=None, variants=()
    ) -> Outcome:
        start, media = SCENES[scene]
        start = copy.deepcopy(start if draft is None else draft)
        before = copy.deepcopy(start)
        outcome = respond(
            message, Project(start, media, "en", tuple(recent), variants=variants), describe
        )
        assert start == before
        assert outcome.reply.strip()
        return outcome

    return send


@pytest.fixture
def missing():
    """Return the facts of a corpus case that do not hold for a draft."""

    def check(draft, facts):
        return [fact for fact in facts if not holds(draft, draft, fact)]

    return check


@pytest.fixture
def wrong(ask, scene_draft):
    """Play a case of a table; return what does not hold, nothing where all is well."""
    return lambda case: play(ask, scene_draft(case.scene), case)


@pytest.fixture
def scene_draft():
    """Return a copy of a scene's draft."""
    return lambda name: copy.deepcopy(SCENES[name][0])
