"""An idea becomes a prompt and an animatic: `video-prompt-generation`, from words to pixels."""

# ruff: noqa: RUF001 - Chinese messages use Chinese punctuation
from __future__ import annotations

from difflib import SequenceMatcher
from itertools import pairwise

import numpy as np
import pytest

from audiokit import ebur128
from mediakit import sound_of
from nemo_nb.skills import SKILLS

NAME = "video-prompt-generation"
PARTS = {
    *("title", "text", "subject", "action", "setting", "style", "lighting", "palette", "mood"),
    *("sound", "negative", "aspect", "variants", "shots", "duration_ms"),
}
IDEAS = (
    "a fox crossing a frozen lake at dawn",
    "a barista pouring latte art, close and warm",
    "a mars rover waking up in a dust storm",
)


def test_the_usual_wish_gives_a_prompt_of_thirty_seconds(skill):
    session = skill(NAME)
    reply = session.chat(SKILLS[NAME].examples[0])
    timeline = session.timeline()
    prompt = timeline.prompt
    assert prompt.keys() >= PARTS
    assert prompt["text"] in reply.text
    shots = timeline.shots
    assert shots["duration_ms"].sum() == prompt["duration_ms"] == timeline.duration_ms == 30_000
    assert [row["description"] for row in prompt["shots"]] == shots["description"].tolist()
    for before, after in pairwise(shots.itertuples()):
        assert before.end_ms == after.start_ms
    assert shots["lens_mm"].between(8, 400).all()
    # What is copied into a model says it all: each shot, what to avoid, and the aspect.
    assert all(words in prompt["text"] for words in shots["description"])
    assert len(prompt["variants"]) >= 2
    assert (timeline.canvas.width, timeline.canvas.height) == (1920, 1080)


@pytest.mark.parametrize(
    "message",
    [
        "write a video prompt for a fox in the snow, 6 seconds, 3 shots",
        "写一段6秒的视频提示词：雪地里的狐狸，3个镜头",
    ],
)
def test_the_animatic_shows_each_shot_at_its_time(skill, film, message):
    session = skill(NAME)
    session.chat(message)
    timeline = session.timeline()
    shots = timeline.shots
    assert shots["duration_ms"].sum() == 6000
    shown = film(session)
    assert film.exports[0].duration_ms == pytest.approx(6000, abs=60)
    middles = [shown.at((row.start_ms + row.end_ms) / 2) for row in shots.itertuples()]
    for before, after in pairwise(middles):
        assert np.abs(before - after).mean() > 8
    # At a cut the picture jumps; within a shot it moves little from frame to frame.
    within = np.abs(
        shown.at(shots["end_ms"].iloc[0] / 2) - shown.at(shots["end_ms"].iloc[0] / 2 + 42)
    )
    assert within.mean() < 6
    loudness, peak = ebur128(sound_of(film.exports[0].path))
    assert -30 < loudness < -12
    assert peak <= -1


def test_different_ideas_give_different_prompts_and_the_same_idea_the_same(skill):
    texts = []
    for idea in (*IDEAS, IDEAS[0]):
        session = skill(NAME)
        session.chat(f"video prompt: {idea}, 4 seconds")
        texts.append(session.timeline().prompt["text"])
    *different, again = texts
    assert again == different[0]
    for at, one in enumerate(different):
        for other in different[at + 1 :]:
            assert SequenceMatcher(None, one, other).ratio() < 0.6
    for idea, text in zip(IDEAS, different, strict=True):
        thing = idea.split()[1]
        assert thing in text


def test_a_prompt_is_changed_by_further_messages_and_still_adds_up(skill, film):
    session = skill(NAME)
    session.chat("write a video prompt for a lighthouse in a storm, 8 seconds")
    before = session.timeline().prompt
    for message in ("make it 5 seconds", "make it vertical"):
        session.chat(message)
    timeline = session.timeline()
    assert timeline.prompt["text"] != before["text"]
    assert timeline.prompt["aspect"] == "9:16"
    assert timeline.shots["duration_ms"].sum() == timeline.duration_ms == 5000
    assert (timeline.canvas.width, timeline.canvas.height) == (1080, 1920)
    film(session, resolution="180x320")
    assert film.exports[0].duration_ms == pytest.approx(5000, abs=60)
    assert session.undo().prompt != timeline.prompt


def test_it_says_that_rules_wrote_it_and_asks_where_there_is_no_idea(skill):
    session = skill(NAME)
    reply = session.chat("write me a video prompt")
    assert reply.text.rstrip().endswith("?") or "?" in reply.text
    assert session.timeline().prompt == {}
    told = session.chat("a paper boat in the rain, 5 seconds")
    assert "rules" in told.text
    assert "boat" in session.timeline().prompt["text"]
