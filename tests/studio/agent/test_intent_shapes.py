import dataclasses
import inspect
import json
import random

import pytest

from nemo_nb.studio.agent import (
    agent,
    intent_shapes,
    intents,
    intents_ab,
    intents_picture,
    intents_show,
    intents_sound,
    understanding,
)
from nemo_nb.studio.agent.deeds import EDITS
from nemo_nb.studio.agent.intents import Look, Timing, Which
from nemo_nb.studio.agent.intents_picture import Adjust, Background
from nemo_nb.studio.agent.intents_time import Trim
from nemo_nb.studio.agent.shapes import Given, Unfit
from nemo_nb.studio.agent.turn import Project
from studio.agent.conftest import SCENES, a_cat
from studio.agent.shapekit import fields

MESSAGE = 'please "Hello there" somehow, clip.mp4'
MODULES = (intents, intents_ab, intents_picture, intents_show, intents_sound)


def read(name, **values):
    draft, media = SCENES["clip"]
    masked = understanding.mask(MESSAGE, Project(draft, media))
    return intent_shapes.intents()[name][1].read(values, Given(masked.words, masked.file))


def test_every_intent_that_edits_can_be_answered_with():
    offered = {kind for kind, _ in intent_shapes.intents().values()}
    assert offered == {*EDITS, intents.History}
    known = {
        kind
        for module in MODULES
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, intents.Intent)
    }
    # What is left belongs to the grammar's own talk, not to edits.
    assert {kind.__name__ for kind in known - offered} == {
        *("Intent", "Pictured", "Words", "Social", "Unsupported", "Ask", "Again", "Unclear")
    }


def test_every_field_is_offered_or_filled_in():
    for name, (kind, record) in intent_shapes.intents().items():
        own = {field.name for field in dataclasses.fields(kind)} - {"span", "skipped"}
        assert set(record.fields) == own, name


def test_the_schema_is_json_of_plain_keywords_whose_references_hold():
    schema = intent_shapes.answer_schema()
    assert json.loads(json.dumps(schema)) == schema
    used, keywords = set(), set()

    def walk(node):
        if isinstance(node, dict):
            used.update({node["$ref"]} if "$ref" in node else ())
            keywords.update(node)
            # The names below these are those of fields.
            for key, value in node.items():
                for one in value.values() if key in ("properties", "$defs") else [value]:
                    walk(one)
        elif isinstance(node, list):
            for one in node:
                walk(one)

    walk(schema)
    assert used == {f"#/$defs/{name}" for name in schema["$defs"]}
    # What the grammars of llama.cpp and of what stands on it know.
    assert keywords <= {
        *("type", "properties", "required", "additionalProperties", "items", "anyOf", "enum"),
        *("$ref", "$defs", "minimum", "maximum", "minItems", "maxItems", "minLength"),
        "minProperties",
    }


def test_the_vocabulary_names_every_intent_and_every_record():
    told = intent_shapes.vocabulary()
    assert all(f"- {name}(" in told for name in intent_shapes.intents())
    assert all(f"\n{name}: {{" in told for name in intent_shapes.answer_schema()["$defs"])
    assert "8.64" not in told


def test_what_is_left_out_is_as_if_nothing_was_said():
    title = read("add_text", role="title", text="TEXT1")
    assert (title.text, title.look, title.timing) == ("Hello there", Look(), Timing())
    assert read("remove_picture") == intents.RemovePicture(span=(0, 0), which=Which())
    assert read("trim", edge="last", length_ms=1500) == Trim(
        span=(0, 0), edge="last", length_ms=1500
    )
    # Many models write null for what they leave out.
    assert read("adjust", which=None, changes={"blur": 10}) == Adjust(
        span=(0, 0), changes={"blur": 10.0}
    )
    assert read("background", background=None) == Background(span=(0, 0), background=None)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("trim", {"edge": "first"}),
        ("trim", {"edge": "middle", "length_ms": 1000}),
        ("trim", {"edge": "first", "length_ms": 0}),
        ("trim", {"edge": "first", "length_ms": 1.5}),
        ("trim", {"edge": "first", "length_ms": True}),
        ("trim", {"edge": "first", "length_ms": "3 s"}),
        ("trim", {"edge": "first", "length_ms": 10**40}),
        ("trim", {"edge": "first", "length_ms": float("nan")}),
        ("trim", {"edge": "first", "length_ms": 1000, "span": [0, 5]}),
        ("trim", {"edge": "first", "length_ms": 1000, "why": "because"}),
        ("background", {}),
        ("background", {"background": {"color": "#ffffff"}}),
        ("background", {"background": {"kind": "color", "color": "white"}}),
        ("background", {"background": {"kind": "picture", "src": "/etc/passwd"}}),
        ("adjust", {"changes": {}}),
        ("adjust", {"changes": {"brightness": 300}}),
        ("adjust", {"changes": {"sharpness": 10}}),
        ("ratio", {"ratio": "2:1"}),
        ("volume", {"level": 1.2}),
        ("add_text", {"role": "title", "text": "Words nobody wrote"}),
        ("add_text", {"role": "title", "text": ["TEXT1"]}),
        ("add_text", {"role": "title", "text": "TEXT2"}),
        ("add_music", {"file": "song.mp3"}),
        ("add_music", {"spec": {"genre": "polka"}}),
        ("add_text", {"role": "title", "look": {"changes": {"font_file": "x.ttf"}}}),
        ("swap_pictures", {"places": [0]}),
        ("remove_picture", {"which": [0]}),
        ("history", {"direction": "sideways"}),
    ],
)
def test_what_does_not_fit_is_not_taken(name, values):
    with pytest.raises(Unfit):
        read(name, **values)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_fits_is_carried_out_or_refused_in_words(seed):
    dice = random.Random(seed)  # noqa: S311 - no secret
    done = 0
    for _ in range(100):
        draft, media = SCENES[dice.choice(list(SCENES))]
        project = Project(draft, media, dice.choice(("en", "zh")))
        masked = understanding.mask(MESSAGE, project)
        _, record = intent_shapes.intents()[dice.choice(list(intent_shapes.intents()))]
        try:
            intent = record.read(fields(record, dice), Given(masked.words, masked.file))
        except Unfit:
            continue  # FILE1 where there is no file
        outcome, refused = agent.follow(MESSAGE, project, a_cat, [intent])
        done += bool(outcome.reply) and not refused
    assert done > 10
