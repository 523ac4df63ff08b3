"""Two captions on one cut, compared: `caption-ab`, from words to pixels."""

# ruff: noqa: RUF001 - Chinese messages use Chinese punctuation
from __future__ import annotations

import re

import numpy as np
import pytest

import mediakit
import nemo_nb as nemo
from nemo_nb.skills import SKILLS
from skills.seeing import Film, box_of, ink

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


@pytest.mark.parametrize(
    ("make", "look", "choose", "chosen", "both", "each", "one"),
    [
        (
            'test two caption styles: bold yellow and clean white, with the words "Hi there"',
            "show them side by side",
            "use the second one",
            "clean white",
            "export both side by side in 640x180",
            "export each variant in 320x180",
            "export the yellow one in 320x180",
        ),
        (
            "测试两种字幕样式：粗体黄色和干净白色，文字“你好”",
            "并排看看",
            "就用白色那个",
            "干净白色",
            "并排导出 640x180",
            "分别导出 320x180",
            "导出黄色那个 320x180",
        ),
    ],
)
def test_made_looked_at_chosen_and_exported_by_chat_alone(
    skill, clip, tmp_path, make, look, choose, chosen, both, each, one
):
    session = skill(NAME, clip)
    session.chat(make)
    names = list(session.variants)
    bare = session.timeline().draft

    plain = session.chat("export 320x180")
    assert len(plain.notes) == 1
    assert all(name in plain.notes[0] for name in names)
    without = Film(plain.export.path).at(1000)

    looked = session.chat(look)
    assert all(f"**{name}**" in looked.text for name in names)
    assert session.timeline().draft == bare

    side = session.chat(both)
    assert side.action == "export"
    halves = Film(side.export.path).at(1000)
    assert halves.shape == (180, 640, 3)

    own = session.chat(each)
    assert [export.path.parent for export in own.exports] == [tmp_path] * 2
    assert all(name in ex.path.name for name, ex in zip(names, own.exports, strict=True))
    alone = [Film(export.path).at(1000) for export in own.exports]
    for half, frame in zip((halves[:, :320], halves[:, 320:]), alone, strict=True):
        assert ink(frame, without).any()
        left, top, right, _ = box_of(ink(frame, without))
        assert abs(left + right - 1) < 0.06
        assert top > 0.6
        # Below the label that the film of both writes over each.
        assert mediakit.psnr(half[90:], frame[90:]) > 25
    assert ink(*alone).any(), "the variants look different"

    single = Film(session.chat(one).export.path).at(1000)
    assert mediakit.psnr(single, alone[0]) > 40

    told = session.chat(choose)
    assert f"“{chosen}”" in told.text
    assert list(session.variants) == names
    assert session.timeline().captions["text"].tolist() == (
        session.variants[chosen].captions["text"].tolist()
    )
    final = session.chat("export 320x180")
    assert final.notes == ()
    assert mediakit.psnr(Film(final.export.path).at(1000), alone[names.index(chosen)]) > 40
    assert session.undo().draft == bare, "one undoable edit"


def test_one_more_comes_and_one_goes(skill, clip):
    session = skill(NAME, clip)
    session.chat('test two caption styles with the words "Hello there"')
    session.chat("make a third one in red")
    assert len(session.variants) == 3
    session.chat("drop the second variant")
    assert len(session.variants) == 2
    assert any("red" in name for name in session.variants)
    session.chat("drop all variants")
    assert session.variants == {}
    assert "no variants" in session.chat("use the second variant").text


def test_the_one_that_reads_better_is_taken_where_that_is_measured(skill, clip):
    session = skill(NAME, clip)
    session.chat('test red against boxed white captions with "Hello there"')
    told = session.chat("apply the winner")
    (best,) = [
        name
        for name, one in session.variants.items()
        if one.captions["style"].tolist() == session.timeline().captions["style"].tolist()
    ]
    assert f"“{best}” reads better" in told.text
    assert "only a test with viewers" in told.text
    assert not AUDIENCE.search(told.text)


def test_a_reopened_session_knows_its_variants(workspace, clip, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kept = {"skill": NAME, "workspace": workspace, "poll_s": 0.02, "name": "kept-variants"}
    with nemo.connect("local", **kept) as session:
        session.upload(clip)
        session.chat('test two caption styles: bold yellow and clean white with "Hi"')
    with nemo.connect("local", **kept) as again:
        export = again.chat("export the yellow one in 320x180").export
    assert "bold yellow" in export.path.name


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


def test_words_about_exporting_export_nothing_by_themselves(skill, clip):
    session = skill(NAME, clip, auto_export=True)
    session.chat('test two caption styles with the words "Hello there"')
    for message in ("show them side by side", "并排看看"):
        reply = session.chat(message)
        assert reply.export is None
        assert "side by side”" in reply.text or "“并排导出”" in reply.text
