# ruff: noqa: RUF001 - Chinese ideas have Chinese punctuation
import itertools
import json
import re

import pytest

from nemo_nb.studio.agent.prompting.book import book
from nemo_nb.studio.agent.prompting.compose import compose
from nemo_nb.studio.agent.prompting.idea import Idea
from nemo_nb.studio.agent.prompting.reading import read_idea
from nemo_nb.studio.agent.prompting.shots import lengths

IDEAS = [
    "a 30-second showcase of a steel wristwatch with cinematic lighting",
    "a red fox crossing a frozen lake at dawn",
    "a robot cooking ramen in a neon Tokyo alley in the rain",
    "a lonely lighthouse keeper who befriends a whale",
    "latte art in a small cafe",
    "a marathon runner in the last mile",
    "a dancer on a rooftop at golden hour",
    "an astronaut planting roses on Mars",
    "a vintage car on a coastal road at dusk",
    "how to fold a paper crane",
    "a jazz band in a smoky club",
    "a corgi discovering snow for the first time",
    "an old dragon asleep in a ruined castle",
    "a startup team solving one problem",
    "backpacking through the Alps",
    "jellyfish drifting in the deep sea",
    "a grandmother kneading bread in her kitchen",
    "ink dissolving in water, abstract",
    "a skateboarder in an empty pool at noon",
    "the northern lights over a quiet valley",
]
NIGHT = r"\b(night|moon\w*|starry|midnight)\b"
SUN = r"\b(sunny|sunlight|daylight|golden hour|noon sun|afternoon)\b"


def prompt_of(text, language="en", seed=None):
    return compose(read_idea(f"video prompt: {text}", language, seed))


def tokens(prompt):
    return set(re.findall(r"[a-z]{3,}", prompt["text"].lower()))


def test_the_same_idea_gives_the_same_prompt_and_a_seed_another():
    assert prompt_of(IDEAS[1]) == prompt_of(IDEAS[1])
    assert prompt_of(IDEAS[1].upper().lower()) == prompt_of(IDEAS[1])
    assert prompt_of(IDEAS[1], seed=7)["text"] != prompt_of(IDEAS[1])["text"]


def test_different_ideas_give_different_prompts():
    told = [tokens(prompt_of(idea)) for idea in IDEAS]
    frame = set.intersection(*told)  # labels, units: every prompt has them
    told = [words - frame for words in told]
    differ = [
        1 - len(one & other) / len(one | other) for one, other in itertools.combinations(told, 2)
    ]
    assert sum(differ) / len(differ) >= 0.7
    assert min(differ) >= 0.6


@pytest.mark.parametrize("idea", IDEAS)
def test_every_word_of_the_idea_is_in_the_prompt(idea):
    text = prompt_of(idea)["text"].lower()
    # The length is written as the prompt's own: "30 s".
    words = re.findall(r"[a-z']{2,}", idea.replace("30-second", "").lower())
    assert [word for word in words if word not in text] == []


@pytest.mark.parametrize("idea", IDEAS)
def test_it_has_every_part(idea):
    prompt = prompt_of(idea)
    assert len(prompt["palette"]["colors"]) == 5
    assert len(prompt["negative"]) >= 4
    assert [variant["name"] for variant in prompt["variants"]] == ["B", "C"]
    assert len({variant["text"] for variant in prompt["variants"]}) == 2
    for part in ("subject", "action", "setting", "style", "camera", "lighting", "mood"):
        assert prompt[part]
        assert prompt[part].lower() in prompt["text"].lower()
    assert prompt["composed_by"] == "rules"
    assert "{" not in prompt["text"]
    assert Idea.from_dict(json.loads(json.dumps(prompt["wish"]))) == read_idea(
        f"video prompt: {idea}", "en"
    )


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(
    ("idea", "never"),
    [
        ("a cat in a garden at night", SUN),
        ("a street market at golden hour", NIGHT),
        ("a lake at noon", NIGHT + "|dusk|neon"),
        ("a singer on stage", r"drone|horizon"),
        ("a whale underwater", r"drone|\bwind\b|footstep|moonlight|golden hour"),
        ("a forest, no people", r"\bhands?\b|\bfingers?\b|\bfaces?\b|\bperson\b"),
        ("a violinist, black and white", r"magenta|cyan|teal|amber|colour|\bred\b|green"),
        ("a surfer, time-lapse", r"slow motion"),
        ("a portrait of a painter, static", r"handheld|tracking shot|orbit|push in"),
        ("a dish of pasta, one take", r"\n2\. "),
    ],
)
def test_nothing_contradicts_what_was_said(idea, never, seed):
    prompt = prompt_of(idea, seed=seed)
    composed = prompt["text"].partition("Avoid:")[0].lower()
    composed = composed.replace("identical in every shot: same shape, colours and proportions", "")
    assert not re.search(never, composed), re.search(never, composed)


def test_what_the_idea_shows_is_not_avoided():
    avoided = " ".join(
        prompt_of("a city of robots with crowds of people and bending buildings")["negative"]
    )
    assert "people" not in avoided
    assert "buildings" not in avoided


def test_words_for_the_look_come_first_and_word_for_word():
    prompt = prompt_of(
        "a teapot, soft lavender lighting, pastel colors, dreamy mood, 85mm, no music"
    )
    assert prompt["lighting"] == "soft lavender lighting"
    assert prompt["palette"]["name"].startswith("pastel colors")
    assert prompt["mood"].startswith("dreamy")
    assert {shot["lens_mm"] for shot in prompt["shots"]} == {85}
    assert prompt["sound"]["music"] is None
    assert prompt["negative"][0] == "music"


def test_chinese_ideas_are_written_in_chinese():
    prompt = prompt_of("一只猫在雨夜的东京街头散步，15秒，竖屏，电影感布光", "zh")
    assert prompt["aspect"] == "9:16"
    assert "一只猫在雨夜的东京街头散步" in prompt["text"]
    assert prompt["lighting"].startswith("电影感布光")
    assert not re.search(r"[A-Za-z]{3,}", re.sub(r"#[0-9a-f]{6}", "", prompt["text"]))


@pytest.mark.parametrize(
    ("asked", "count"), [("in 7 shots", 7), ("one take", 1), ("in 24 shots", 24)]
)
def test_as_many_shots_as_were_asked_for(asked, count):
    prompt = prompt_of(f"a fox in the forest, 30 seconds, {asked}")
    assert len(prompt["shots"]) == count


def test_shots_fit_into_the_time_there_is():
    assert len(prompt_of("a fox, 2 seconds, in 20 shots")["shots"]) == 4


@pytest.mark.parametrize("total", [1000, 1001, 15_000, 29_970, 600_000])
@pytest.mark.parametrize("number", [1, 2, 7])
def test_lengths_add_up_exactly(total, number):
    roles = (["open", "build", "detail", "detail", "build", "peak", "end"])[:number]
    shared = lengths(total, roles)
    assert sum(shared) == total
    assert min(shared) > 0


def test_the_book_names_only_what_it_has():
    known = book()
    for genre in known.genres.values():
        assert set(genre.lights) <= set(known.lights)
        assert set(genre.palettes) <= set(known.palettes)
        assert set(genre.moods) <= set(known.moods)
        assert set(genre.styles) <= set(known.styles)
        assert {place for _, _, place in genre.places} <= set(known.places)
        assert {size for _, size, _, _ in genre.beats} <= set(known.sizes)
        assert {role for role, *_ in genre.beats} == {"open", "build", "detail", "peak", "end"}
    for size in known.sizes.values():
        assert set(size.moves) <= set(known.moves)
    for light in known.lights.values():
        assert set(light.palettes) <= set(known.palettes)
