"""Files that people bring: fonts, subtitles, recordings, logos; said by chat what they are for."""

from __future__ import annotations

import pytest

from nemo_nb.models import MediaInfo
from nemo_nb.studio import edits
from nemo_nb.studio.agent.agent import Project, respond
from nemo_nb.studio.edits_sound import voices

CLIP = MediaInfo("clip.mp4", "video", "mp4", 12_000, 1920, 1080, 30.0, has_audio=True)
FONT = MediaInfo("Mine.ttf", "font", "ttf", 0)
WORDS = MediaInfo("clip.srt", "subtitle", "srt", 6000)
VOICE = MediaInfo("voice.mp3", "audio", "mp3", 8000, has_audio=True)
LOGO = MediaInfo("brand.png", "image", "png", 0, 256, 256)


def send(message, *media, cues=()):
    draft = edits.new_draft()
    for info in media:
        if info.kind in ("video", "audio", "image"):
            draft = edits.add_media(draft, info)
    if cues:
        draft = edits.add_subtitles(draft, [edits.Cue(*cue) for cue in cues])
    return respond(message, Project(draft, media, "en"), lambda _: None)


def segments(draft, kind):
    return [one for track in draft["t"] if track["tt"] == kind for one in track["sg"]]


@pytest.mark.parametrize("message", ["use my font", "用我上传的字体", "captions in my own font"])
def test_an_own_font_is_the_one_that_was_uploaded(message):
    outcome = send(message, CLIP, FONT, cues=[(0, 2000, "one"), (4000, 6000, "two")])
    assert outcome.draft is not None, outcome.reply
    fonts = {text["m"]["style"].get("font_file") for text in segments(outcome.draft, 7)}
    assert fonts == {"Mine.ttf"}


def test_without_a_font_it_says_what_to_upload():
    outcome = send("use my font", CLIP, cues=[(0, 2000, "one")])
    assert outcome.draft is None
    assert ".ttf" in outcome.reply


@pytest.mark.parametrize("message", ["use these subtitles", "use clip.srt", "add clip.srt"])
def test_subtitles_came_with_their_file(message):
    outcome = send(message, CLIP, WORDS, cues=[(0, 2000, "one")])
    assert outcome.draft is None
    assert "already: 1 captions" in outcome.reply
    assert "any more" in send(message, CLIP, WORDS).reply


def test_a_subtitle_file_that_is_not_there_is_asked_for():
    assert "no file other.srt" in send("use other.srt", CLIP, WORDS).reply
    assert "upload" in send("use these subtitles", CLIP).reply


@pytest.mark.parametrize(
    "message",
    ["use voice.mp3 as voice-over", "voice.mp3 is the voice-over", "把voice.mp3作为配音"],
)
def test_a_recording_becomes_the_voice(message):
    outcome = send(message, CLIP, VOICE)
    assert outcome.draft is not None, outcome.reply
    (voice,) = voices(outcome.draft)
    assert (voice["m"]["src"], voice["s"]) == ("voice.mp3", 0)


@pytest.mark.parametrize(
    "message", ["put my logo top right", "use brand.png as the logo, top right"]
)
def test_an_uploaded_png_is_the_logo(message):
    outcome = send(message, CLIP, LOGO)
    assert outcome.draft is not None, outcome.reply
    clip, logo = segments(outcome.draft, 0)
    assert (clip["m"]["src"], logo["m"]["src"]) == ("clip.mp4", "brand.png")
    assert logo["m"]["position"]["x"] > 75
