# ruff: noqa: RUF001 - replies use typographic and Chinese punctuation
"""What the agent says, asks and refuses."""

from __future__ import annotations

import re

import pytest

from nemo_nb.skills import SKILLS
from nemo_nb.studio.vision import Description
from nemo_nb.timeline.draft import read_tracks
from nemo_nb.timeline.styles import load, presets


def texts(draft):
    return [s for t in read_tracks(draft) if t.kind == "text" for s in t.segments]


def test_says_what_was_done_in_specifics(ask):
    outcome = ask("add a title 'Urban Dreams' for 3 seconds")
    assert outcome.reply == "Added the title “Urban Dreams”, top, 0–3 s."
    assert 2 <= len(outcome.suggestions) <= 3
    (step,) = outcome.steps
    assert step.tool == "add_text"
    assert step.args["words"] == "add a title 'Urban Dreams' for 3 seconds"
    assert step.result == {"ok": True}


def test_says_it_in_chinese(ask):
    assert ask("加标题“城市之梦”3秒").reply == "已添加标题“城市之梦”，顶部，0–3 秒。"


def test_answers_in_the_language_of_the_message_not_of_the_quote(ask):
    assert ask("add a title “城市之梦”").reply.startswith("Added the title")
    assert ask("加标题“Urban Dreams”").reply.startswith("已添加标题")


def test_photo_is_described_and_the_record_kept(ask):
    outcome = ask("caption this photo", "photo")
    assert outcome.analyses == (
        {
            "filename": "cat.jpg",
            "caption": "A cat",
            "confidence": 0.91,
            "by": "EfficientNet-Lite0 (ImageNet)",
        },
    )
    assert "91 % sure" in outcome.reply
    assert texts(outcome.draft)[0].text == "A cat"


def test_describing_alone_edits_nothing(ask):
    outcome = ask("describe this photo", "photo")
    assert outcome.draft is None
    assert "a cat" in outcome.reply
    assert outcome.analyses


@pytest.mark.parametrize(
    "answer", ["Golden hour", '"Golden hour"', "“Golden hour”", "Golden hour.\n", "'Golden hour'"]
)
def test_without_confidence_it_asks_and_takes_the_answer(ask, answer):
    first = ask("caption this photo in bold yellow", "photo", describe=lambda _: None)
    assert first.draft is None
    assert "can't tell with confidence" in first.reply
    recent = ["caption this photo in bold yellow"]
    second = ask(answer, "photo", describe=lambda _: None, recent=recent)
    (caption,) = texts(second.draft)
    assert caption.text.rstrip(".") == "Golden hour"
    assert caption.style["preset"] == "bold-yellow"


def test_the_present_message_may_be_among_the_recent_ones(ask):
    recent = ["caption this photo", "Summer in the city"]
    outcome = ask("Summer in the city", "photo", describe=lambda _: None, recent=recent)
    assert texts(outcome.draft)[0].text == "Summer in the city"


def test_title_words_are_asked_for_and_taken(ask):
    assert "What should the title say?" in ask("add a title").reply
    outcome = ask("Urban Dreams", recent=["add a title"])
    (title,) = texts(outcome.draft)
    assert (title.text, title.role) == ("Urban Dreams", "title")


@pytest.mark.parametrize("other", ["mute it", "what's that?", "never mind", "undo", "hello"])
def test_an_answer_that_is_another_wish_is_not_taken_for_words(ask, other):
    outcome = ask(other, "photo", describe=lambda _: None, recent=["caption this photo"])
    assert outcome.draft is None or not texts(outcome.draft)


def test_words_without_a_question_are_not_guessed_at(ask):
    assert ask("Golden hour is here").draft is None
    outcome = ask('"Golden hour"', recent=["mute it"])
    assert outcome.draft is None
    assert outcome.reply == "Should “Golden hour” be a caption or a title?"


def test_a_described_photo_leaves_no_question_open(ask):
    first = ask("caption this photo", "photo")
    again = ask("banana split", "photo", recent=["caption this photo"], draft=first.draft)
    assert again.draft is None


def test_restyling_without_captions_asks_for_the_words_and_styles_them(ask):
    first = ask("bold yellow captions", "clip")
    assert first.draft is None
    assert "no captions" in first.reply
    second = ask('"Hello"', "clip", recent=["bold yellow captions"])
    assert texts(second.draft)[0].style["preset"] == "bold-yellow"


def test_out_of_range_is_refused_with_the_numbers(ask):
    outcome = ask("trim the first 40 s")
    assert outcome.draft is None
    assert "40 s" in outcome.reply
    assert "12 s" in outcome.reply
    assert "12" in ask("剪掉前40秒").reply
    assert "视频" in ask("剪掉前40秒").reply
    late = ask('add a title "X" from 10s to 20s')
    assert late.draft is None
    assert "10-20 s" in late.reply


def test_one_refused_part_does_not_hold_up_the_other(ask):
    outcome = ask('trim the first 40 s and add a title "X"')
    assert [s.text for s in texts(outcome.draft)] == ["X"]
    assert outcome.draft["d"] == 12_000
    assert "Not done" in outcome.reply


def test_partly_understood_says_which_part_was_not(ask):
    outcome = ask("mute it and then do a backflip")
    assert "Muted the sound." in outcome.reply
    assert "I did not understand “do a backflip”, so that part is not done." in outcome.reply


def test_a_strange_adjective_is_passed_over_and_told(ask):
    outcome = ask("trim the boring first 3 seconds")
    assert outcome.draft["d"] == 9000
    assert "I passed over “boring”." in outcome.reply


def test_not_understood_names_three_things(ask):
    outcome = ask("wobble the captions sideways twice around")
    assert outcome.draft is None
    assert "I did not understand" in outcome.reply
    assert len(outcome.suggestions) == 3
    assert all(hint in outcome.reply for hint in outcome.suggestions)
    assert any("caption" in hint for hint in outcome.suggestions)


@pytest.mark.parametrize("scene", ["clip", "photo", "photos", "texts"])
def test_every_ability_it_names_works_somewhere(ask, scene):
    outcome = ask("what can you do")
    abilities = [line[2:] for line in outcome.reply.splitlines() if line.startswith("- ")]
    assert len(abilities) >= 12
    for message in abilities:
        assert "did not understand" not in ask(message, scene).reply, message


def test_suggestions_are_understood(ask):
    for scene in ("clip", "photo", "photos", "texts", "empty"):
        for language in ("mute it", "静音"):
            for hint in ask(language, scene).suggestions:
                reply = ask(hint, scene).reply
                assert "did not understand" not in reply
                assert "没有听懂" not in reply


def test_what_is_so_already_is_not_suggested(ask):
    styled = ask("bold yellow captions", "texts")
    assert "bold yellow captions" not in styled.suggestions
    tall = ask("make it vertical", "photo")
    assert "make it vertical" not in tall.suggestions


@pytest.mark.parametrize(
    ("message", "span"),
    [
        ('caption the first photo "X"', (0, 3000)),
        ('caption the second photo "X" for 1 second', (3000, 4000)),
        ('caption the last photo "X" in blue', (6000, 9000)),
        ('add a title "X" on the second photo', (3000, 6000)),
        ("给第一张照片加字幕“X”", (0, 3000)),
        ("给第二张照片加字幕“X”，用黄色粗体", (3000, 6000)),
        ("给最后一张加字幕“X”", (6000, 9000)),
    ],
)
def test_one_of_several_photos_may_be_meant(ask, message, span):
    (text,) = texts(ask(message, "photos").draft)
    assert (text.start_ms, text.end_ms) == span


def test_the_photo_is_named_that_was_meant(ask):
    assert "photo2.jpg" in ask('caption the second photo "X"', "photos").reply


@pytest.mark.parametrize(
    "message",
    [
        'caption the fifth photo "X"',
        "mute the second clip",
        "make the first photo longer",
        "make the second caption blue",
        "把第二个字幕改成蓝色",
    ],
)
def test_what_is_asked_of_one_is_not_done_to_all(ask, message):
    assert ask(message, "photos").draft is None


@pytest.mark.parametrize("skill", SKILLS.values(), ids=lambda skill: skill.name)
def test_an_example_of_a_skill_is_done_or_asks_for_what_it_lacks(ask, skill):
    for message in (*skill.examples, *skill.examples_zh):
        outcome = ask(message, "photos")
        made = outcome.draft is not None or outcome.variants
        asks = re.search(r"[?？]", outcome.reply)
        assert made or asks, outcome.reply
        assert "not possible" not in outcome.reply
        assert "did not understand" not in outcome.reply


def test_two_styles_are_made_measured_and_compared_without_foretelling_an_audience(ask):
    message = "test two caption styles on my video and compare which performs better"
    outcome = ask(message, "texts")
    assert outcome.draft is None
    assert [name for name, _ in outcome.variants] == ["Bold yellow", "Clean white"]
    assert "characters a second" in outcome.reply
    assert "only a test with viewers tells" in outcome.reply


def test_words_of_a_comparison_are_never_invented(ask):
    outcome = ask("test two caption styles on my …", "clip")
    assert outcome.variants == ()
    assert outcome.reply.count("?") == 1
    assert ask("test two caption styles on my video", "clip").variants == ()


def test_longer_lines_are_told_to_read_less_easily(ask):
    message = 'compare "Hi" and "This line is much longer than anybody would like to read here"'
    outcome = ask(f"{message} as captions", "clip")
    assert "“Hi” reads" in outcome.reply


def test_image_editing_does_what_it_can_and_asks_for_the_rest(ask):
    outcome = ask("remove the background, adjust brightness, and add text overlay", "photo")
    (picture,) = [s for t in read_tracks(outcome.draft) for s in t.segments]
    assert picture.meta["background"] == {"kind": "transparent"}
    assert "Brighter or darker?" in outcome.reply
    assert "What should the caption say?" in outcome.reply


def test_slideshow_is_made_with_music_whose_beats_it_follows(ask, missing):
    message = "turn my photos into a slideshow video with transitions and music"
    outcome = ask(message, "photos")
    assert missing(outcome.draft, ["segments:3", "transition:dissolve", "music:*"]) == []
    assert outcome.draft["d"] != 9000
    assert "Made a slideshow of 3 photos" in outcome.reply


def test_a_title_card_is_a_picture_of_its_own(ask, missing):
    outcome = ask('make a slideshow with a title card "Trip"', "photos")
    assert missing(outcome.draft, ["segments:4", "titles:1"]) == [], outcome.reply


@pytest.mark.parametrize(
    ("tone", "words"),
    [
        ("", "A cat"),
        (" in a playful tone", "Well hello, cat!"),
        (" in a product tone", "Meet the cat"),
    ],
)
def test_a_tone_changes_the_wording_and_nothing_else(ask, tone, words):
    outcome = ask(f"caption this photo{tone}", "photo")
    assert [text.text for text in texts(outcome.draft)] == [words]
    assert outcome.analyses[0]["caption"] == "A cat"


@pytest.mark.parametrize(
    ("message", "direction"),
    [
        ("undo that", "undo"),
        ("撤销", "undo"),
        ("redo", "redo"),
        ("重做", "redo"),
        ("Undo!", "undo"),
    ],
)
def test_history_is_left_to_the_caller(ask, message, direction):
    outcome = ask(message, "texts")
    assert outcome.history == direction
    assert outcome.draft is None


def test_undo_with_more_says_that_the_rest_is_not_done(ask):
    outcome = ask("undo that and mute it")
    assert outcome.history == "undo"
    assert outcome.draft is None
    assert "“mute it” was not done" in outcome.reply


def test_it_means_the_text_just_made(ask):
    outcome = ask('add a title "X" and make it red', "clip")
    (title,) = texts(outcome.draft)
    assert title.style["color"] == "#ff3b30"


def test_ambiguous_range_is_asked_about(ask):
    assert ask("trim from 2s to 5s").reply == "Should that range go, or should only it stay?"
    assert ask("trim 3 seconds").reply == "From the start or from the end?"


def test_same_place_and_time_is_refused(ask):
    outcome = ask('add a title "Another"', "texts")
    assert outcome.draft is None
    assert "already stands there" in outcome.reply


def test_a_second_caption_on_a_photo_replaces_the_first(ask):
    first = ask('caption this photo "One"', "photo")
    second = ask('caption this photo "Two"', "photo", draft=first.draft)
    assert [s.text for s in texts(second.draft)] == ["Two"]
    assert "from “One” to “Two”" in second.reply


def test_each_photo_gets_its_own_caption(ask):
    outcome = ask("caption every photo", "photos")
    assert [(s.start_ms, s.end_ms) for s in texts(outcome.draft)] == [
        (0, 3000),
        (3000, 6000),
        (6000, 9000),
    ]


def test_a_clip_is_not_described(ask):
    outcome = ask("generate a caption for this photo", "clip")
    assert outcome.draft is None
    assert "no photo" in outcome.reply


def test_markdown_in_words_is_escaped_in_the_reply(ask):
    outcome = ask('add a title "**bold** <b>x</b>"')
    assert r"\*\*bold\*\* \<b\>x\</b\>" in outcome.reply
    assert texts(outcome.draft)[0].text == "**bold** <b>x</b>"


def test_doing_it_twice_is_not_a_change(ask):
    first = ask("make it vertical")
    again = ask("make it vertical", draft=first.draft)
    assert again.draft is None
    assert "already" in again.reply


def test_one_of_several_captions_may_be_meant(ask):
    outcome = ask("make the first caption red", "texts")
    found = {s.text: s.style.get("color") for s in texts(outcome.draft)}
    assert found == {"one": "#ff3b30", "two": None, "Old title": None}


def test_looks_of_a_text_that_is_there_are_not_added_twice(ask):
    outcome = ask('caption "one" in red', "texts")
    assert [s.text for s in texts(outcome.draft)] == ["one", "two", "Old title"]
    assert texts(outcome.draft)[0].style["color"] == "#ff3b30"


def test_the_next_clause_styles_only_the_new_text(ask):
    outcome = ask('add a caption "new" from 8s to 10s, put it in the middle', "texts")
    places = {s.text: s.style.get("position") for s in texts(outcome.draft)}
    assert places == {"one": None, "two": None, "new": "middle", "Old title": None}


@pytest.mark.parametrize("form", ["{}", "{} captions", "make the captions {}", "{} text please"])
@pytest.mark.parametrize(("preset", "title"), [(k, v.title) for k, v in presets().items()])
def test_every_named_style_is_understood(ask, form, preset, title):
    for words in (title, preset, title.lower()):
        outcome = ask(form.format(words), "texts")
        captions = [s for s in texts(outcome.draft) if s.role == "caption"]
        assert [caption.style["preset"] for caption in captions] == [preset, preset], words


@pytest.mark.parametrize(
    "prompt",
    [
        *("big captions", "huge yellow captions", "small captions at the top", "red", "bold"),
        *("thin captions", "captions with an outline", "no shadow", "captions in a red box"),
        *("top left", "centered captions", "cyan outlined captions", "#00ff88 captions"),
        *("大号白色字幕", "字幕放在左上角", "粗体", "红色描边字幕", "极简字幕", "高亮"),
    ],
)
def test_ab_prompts_restyle_every_caption(ask, prompt):
    outcome = ask(prompt, "texts")
    captions = [s for s in texts(outcome.draft) if s.role == "caption"]
    assert len(captions) == 2
    assert captions[0].style
    assert captions[0].style == captions[1].style


def test_photos_it_cannot_tell_are_asked_about_after_the_others_are_done(ask):
    def only_the_second(name):
        return Description("a cat", 0.9) if name == "photo2.jpg" else None

    first = ask("caption every photo", "photos", describe=only_the_second)
    assert [(s.text, s.start_ms) for s in texts(first.draft)] == [("A cat", 3000)]
    assert "what photo1.jpg shows" in first.reply
    recent = ["caption every photo"]
    second = ask(
        "The harbour", "photos", describe=only_the_second, recent=recent, draft=first.draft
    )
    found = [(s.text, s.start_ms) for s in texts(second.draft)]
    assert found == [("The harbour", 0), ("A cat", 3000)]


def test_a_wish_is_done_whole_or_not_at_all(ask):
    outcome = ask('change the title to "New" and show it from 20s to 30s', "texts")
    assert [s.text for s in texts(outcome.draft)][-1] == "New"
    refused = ask('set the title to "New" from 20s to 30s', "texts")
    assert refused.draft is None
    assert "Changed" not in refused.reply
    assert "20-30 s" in refused.reply


def test_a_photo_is_a_video_already(ask):
    outcome = ask("turn this photo into a short video", "photo")
    assert outcome.draft is None
    assert "export" in outcome.reply


def test_a_slideshow_with_music_in_chinese_too(ask, missing):
    outcome = ask("把这些照片做成幻灯片，加转场和音乐", "photos")
    assert missing(outcome.draft, ["music:*", "transition:dissolve"]) == []
    assert "没有听懂" not in outcome.reply


def test_styles_loaded_later_are_understood(ask, tmp_path, monkeypatch):
    monkeypatch.setenv("NEMO_STYLES", "")
    assert ask("brand shout captions", "texts").draft is None
    path = tmp_path / "mine.toml"
    path.write_text('[brand-shout]\npreset = "karaoke"\nsize = 8\n', "utf-8")
    load(path)
    outcome = ask("brand shout captions", "texts")
    assert {s.style["preset"] for s in texts(outcome.draft) if s.role == "caption"} == {
        "brand-shout"
    }
