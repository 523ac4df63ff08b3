# ruff: noqa: RUF001 - Chinese ideas have Chinese punctuation
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nemo_nb.studio.agent.prompting.compose import compose
from nemo_nb.studio.agent.prompting.reading import asks_for_prompt, read_idea


@pytest.mark.parametrize(
    ("message", "words", "duration_ms", "aspect", "shots"),
    [
        (
            (
                "generate a detailed video prompt for a 30-second product showcase"
                " with cinematic lighting"
            ),
            "a product showcase with cinematic lighting",
            30_000,
            None,
            None,
        ),
        ("video prompt: a fox in the snow, 9:16, 1 min", "a fox in the snow", 60_000, "9:16", None),
        (
            "A fox crossing a lake at dawn, 15 seconds, vertical. Write me a video prompt",
            "A fox crossing a lake at dawn",
            15_000,
            "9:16",
            None,
        ),
        ("a storyboard of a chess duel in 6 shots please", "a chess duel", None, None, 6),
        ("write a prompt for half a minute of rain, one take", "rain", 30_000, None, 1),
        ("write a video prompt", "", None, None, None),
    ],
)
def test_an_idea_is_told_from_the_words_that_ask_for_it(message, words, duration_ms, aspect, shots):
    assert asks_for_prompt(message)
    idea = read_idea(message, "en")
    assert (idea.words, idea.duration_ms, idea.aspect, idea.shots) == (
        words,
        duration_ms,
        aspect,
        shots,
    )


@pytest.mark.parametrize(
    ("scene", "subject", "action", "setting"),
    [
        ("a red fox crossing a frozen lake", "a red fox", "crossing a frozen lake", ""),
        ("a robot cooking ramen in a Tokyo alley", "a robot", "cooking ramen", "in a Tokyo alley"),
        ("a keeper who befriends a whale", "a keeper", "who befriends a whale", ""),
        ("wireless earbuds on a marble plinth", "wireless earbuds", "", "on a marble plinth"),
        ("a travel video of Kyoto in autumn", "Kyoto", "", "in autumn"),
        ("making sourdough bread at home", "sourdough bread", "making sourdough bread", "at home"),
        ("a cat walks through the old town", "a cat", "walks", "through the old town"),
        ("product showcase", "", "", ""),
    ],
)
def test_subject_action_and_setting_are_the_users_own_words(scene, subject, action, setting):
    idea = read_idea(f"video prompt: {scene}", "en")
    assert (idea.subject, idea.action, idea.setting) == (subject, action, setting)


def test_chinese_is_read_alike():
    idea = read_idea("写一个视频提示词：一只猫在雨夜的东京街头散步，十五秒，竖屏，五个镜头", "zh")
    assert idea.words == "一只猫在雨夜的东京街头散步"
    assert (idea.subject, idea.action, idea.setting) == ("一只猫", "散步", "雨夜的东京街头")
    assert (idea.duration_ms, idea.aspect, idea.shots) == (15_000, "9:16", 5)
    assert {(said.slot, said.id) for said in idea.said} >= {("time", "night"), ("weather", "rain")}


def test_words_about_the_look_are_known_and_kept():
    idea = read_idea(
        "video prompt: a tea house, soft lavender lighting, pastel colors, handheld,"
        " in the style of a woodcut, 85mm lens, with lo-fi music, no people",
        "en",
    )
    assert {(said.slot, said.text, said.id) for said in idea.said} == {
        ("light", "soft lavender lighting", ""),
        ("palette", "pastel colors", "pastel"),
        ("move", "handheld", "handheld"),
        ("style", "a woodcut", ""),
        ("lens", "85mm lens", ""),
        ("sound", "lo-fi music", ""),
        ("no", "people", ""),
    }
    assert idea.subject == "a tea house"


def test_a_paper_crane_is_no_camera_crane():
    assert read_idea("video prompt: how to fold a paper crane", "en").said == ()


WORDS = (
    """
a cat/the city/coffee/robot/dancing/walks/in the rain/at night/at noon/with neon lighting
golden hour/drone shots/no people/9:16/20 seconds/5 shots/black and white/macro/in anime style
{S}/```/|/underwater/sad/如何/一只猫/在海边/跑步/夜晚/电影感布光/竖屏/不要文字/，/with/of/\u202e/🙂
""".strip()
    .replace("\n", "/")
    .split("/")
)


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join), st.text(max_size=80)),
    st.sampled_from(["en", "zh"]),
)
def test_no_idea_breaks_it_and_lengths_always_add_up(text, language):
    prompt = compose(read_idea(f"video prompt: {text}", language))
    shots = prompt["shots"]
    assert sum(shot["duration_ms"] for shot in shots) == prompt["duration_ms"]
    assert all(shot["duration_ms"] > 0 for shot in shots)
    assert [shot["start_ms"] for shot in shots[1:]] == [shot["end_ms"] for shot in shots[:-1]]
    assert all(shot["description"].strip() for shot in shots)
