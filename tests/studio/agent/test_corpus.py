"""Words to edits, by the table: every message leads to exactly the facts it asks for."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CASES = [
    (message, case["on"], tuple(case["then"]))
    for case in tomllib.loads((HERE / "corpus.toml").read_text("utf-8"))["case"]
    for message in case["say"]
]
OFF_TOPIC = tomllib.loads((HERE / "off_topic.toml").read_text("utf-8"))["say"]


@pytest.mark.parametrize(("message", "scene", "facts"), CASES, ids=[c[0] for c in CASES])
def test_message_does_what_it_says(ask, missing, message, scene, facts):
    outcome = ask(message, scene)
    assert outcome.draft is not None, outcome.reply
    assert missing(outcome.draft, facts) == [], outcome.reply


@pytest.mark.parametrize("message", OFF_TOPIC)
@pytest.mark.parametrize("scene", ["clip", "photos", "texts", "empty"])
def test_off_topic_changes_nothing(ask, message, scene):
    outcome = ask(message, scene)
    assert outcome.draft is None, outcome.reply
    assert outcome.history is None
    assert outcome.variants == ()


def test_the_table_is_large_enough():
    assert len(CASES) >= 120
    assert len(OFF_TOPIC) >= 180
