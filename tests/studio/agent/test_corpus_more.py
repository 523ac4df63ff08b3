"""More words for the same wishes, and more words that are none: scored as the wider table is."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from studio.agent.facts import Case, cases

HERE = Path(__file__).parent
TABLE = HERE / "corpus_more.toml"
OFF_TOPIC = tomllib.loads((HERE / "off_topic_more.toml").read_text("utf-8"))["say"]
LEAST = 0.99


def test_messages_do_what_they_say(wrong):
    rows = cases(tomllib.loads(TABLE.read_text("utf-8")), "m")
    failing = [
        f"{row.id} {row.message!r} on {row.scene}: {bad}" for row in rows if (bad := wrong(row))
    ]
    score = 1 - len(failing) / len(rows)
    assert score >= LEAST, "\n".join([f"{score:.1%} of {len(rows)}", *failing])


@pytest.mark.parametrize("scene", ["clip", "photos", "texts", "cut", "pip"])
def test_what_is_no_wish_changes_nothing(wrong, scene):
    rows = [Case("", words, scene, (), ("unchanged",)) for words in OFF_TOPIC]
    assert [row.message for row in rows if wrong(row)] == []


def test_the_tables_are_large_enough():
    assert len(cases(tomllib.loads(TABLE.read_text("utf-8")), "m")) >= 1000
    assert len(OFF_TOPIC) >= 400
