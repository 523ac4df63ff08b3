"""Two captions on one cut, compared: `caption-ab`, from words to pixels."""

# ruff: noqa: RUF001 - Chinese messages use Chinese punctuation
from __future__ import annotations

import re

import numpy as np
import pytest

import mediakit
import nemo_nb as nemo
from nemo_nb.skills import SKILLS
from skills.seeing import box_of, ink

NAME = "caption-ab"
AUDIENCE = re.compile(
    r"will (perform|win|convert|go viral)|more (clicks|views)|转化率?更高", re.IGNORECASE
)


@pytest.fixture
def clip(tmp_path):
    """Two seconds of a picture that moves sideways, with a tone."""

    def draw(n):
        rows, columns = np.mgrid[0:180, 0:320]
        wave = 90 + 40 * np.sin((columns + 3 * n) / 40) + rows / 6
        return np.dstack([wave, wave * 0.8, wave * 0.7]).astype(np.uint8)

    return mediakit.clip(tmp_path / "cut.mp4", frames=60, draw=draw, hz=330)


@pytest.mark.parametrize(
    ("message", "answer", "words"),
    [
        (SKILLS[NAME].examples[1], '"But first, coffee"', "But first, coffee"),
        (SKILLS[NAME].examples_zh[1], "“先来杯咖啡”", "先来杯咖啡"),
    ],
)
def test_it_asks_for_words_then_makes_compares_and_explains(
    skill, film, clip, message, answer, words
):
    session = skill(NAME, clip)
    asked = session.chat(message)
    assert asked.text.rstrip().endswith(("?", "？"))
    assert session.variants == {}
    assert session.timeline().captions.empty

    told = session.chat(answer)
    variants = session.variants
    assert len(variants) == 2
    assert session.timeline().captions.empty, "the cut itself stays as it is"
    for timeline in variants.values():
        assert timeline.captions["text"].tolist() == [words]
    # Why one reads better, by what was measured, and no word about an audience.
    assert all(name in told.text for name in variants)
    assert re.search(r"\d\.\d:1", told.text)
    assert not AUDIENCE.search(told.text)
    assert "only a test with viewers" in told.text or "真实观众" in told.text

    # Each variant's own film, and both in one.
    bare = film(session)
    alone = [film(session, timeline) for timeline in variants.values()]
    comparison = nemo.compare(*variants.values(), names=list(variants))
    both = film(session, comparison.layout(labels=False), resolution="640x180")
    shown, plain = both.at(1000), bare.at(1000)
    assert shown.shape == (180, 640, 3)
    for half, own in zip((shown[:, :320], shown[:, 320:]), alone, strict=True):
        assert mediakit.psnr(half, own.at(1000)) > 30
        left, top, right, _ = box_of(ink(own.at(1000), plain))
        assert abs(left + right - 1) < 0.06
        assert top > 0.6
    assert ink(alone[0].at(1000), alone[1].at(1000)).any(), "the variants look different"
    assert np.abs(mediakit.sound_of(film.exports[3].path)).max() > 0.05

    table = comparison.metrics
    assert table["contrast_min"].notna().all()
    assert table["style"].nunique() == 2
    # The reason that was given is the one in the table.
    best = table["contrast_min"].idxmax()
    assert f"“{best}”" in told.text.split("\n\n")[-1]
    assert comparison.only_captions_differ()


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            'test "Coffee time" against "But first, coffee"',
            {"Coffee time": "Coffee time", "But first, coffee": "But first, coffee"},
        ),
        (
            'test captions at the top against captions at the bottom with "Hello"',
            {"at the top": "Hello", "at the bottom": "Hello"},
        ),
        (
            "测试“咖啡时间”和“先来杯咖啡”两种字幕",
            {"咖啡时间": "咖啡时间", "先来杯咖啡": "先来杯咖啡"},
        ),
    ],
)
def test_wordings_and_places_are_compared_too(skill, clip, message, expected):
    session = skill(NAME, clip)
    reply = session.chat(message)
    assert reply.status == "done"
    told = {name: one.captions["text"].iloc[0] for name, one in session.variants.items()}
    assert told == expected


def test_captions_that_are_there_are_what_is_tested(skill, film, clip):
    session = skill(NAME, clip)
    session.chat('add a caption "Three" from 0 to 1 s and a caption "Two" from 1 to 2 s')
    session.chat("test two caption positions and compare them")
    variants = session.variants
    assert len(variants) == 2
    tops = []
    for timeline in variants.values():
        assert timeline.captions["text"].tolist() == ["Three", "Two"]
        shown = film(session, timeline).at(500)
        bare = film(session, session.timeline().with_draft(_bare(timeline.draft))).at(500)
        tops.append(box_of(ink(shown, bare))[1])
    assert max(tops) - min(tops) > 0.4


def _bare(draft):
    return {**draft, "t": [track for track in draft["t"] if track["tt"] != 7]}


def test_three_styles_are_three_variants(skill, clip):
    session = skill(NAME, clip)
    session.chat('test three caption styles with the words "Hello there"')
    assert len(session.variants) == 3


@pytest.mark.parametrize(
    "message",
    [
        "which one will go viral?",
        "which caption gets more clicks?",
        "哪个字幕点击率更高？",
    ],
)
def test_it_never_claims_to_know_an_audience(skill, clip, message):
    session = skill(NAME, clip)
    session.chat('test two caption styles with the words "Hello there"')
    before = session.timeline().draft
    reply = session.chat(message)
    assert not AUDIENCE.search(reply.text.replace(message.rstrip("?？"), ""))
    assert session.timeline().draft == before


def test_the_notebook_s_own_ab_says_the_same_in_a_table(skill, clip, tmp_path):
    session = skill(NAME, clip)
    ab = session.ab(
        "bold yellow captions",
        "clean white captions",
        names=["yellow", "white"],
        captions=["But first", "coffee"],
    )
    assert list(ab.metrics.index) == ["yellow", "white"]
    assert ab.only_captions_differ()
    made = ab.export(tmp_path / "both.mp4", quality="low", resolution="640x180")
    assert (made.width, made.height) == (640, 180)
