"""Messages that were written before they were tried, by what they are about; all must hold."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path

import pytest

from studio.agent.facts import Case, cases

HERE = Path(__file__).parent
TABLES = {
    path.stem.removeprefix("corpus_fresh_"): path for path in HERE.glob("corpus_fresh_*.toml")
}
OFF_TOPIC = tomllib.loads((HERE / "off_topic_fresh.toml").read_text("utf-8"))["say"]


@pytest.mark.parametrize("about", sorted(TABLES))
def test_messages_do_what_they_say(wrong, about):
    rows = cases(tomllib.loads(TABLES[about].read_text("utf-8")), about)
    failing = [
        f"{row.id} {row.message!r} on {row.scene}: {bad}" for row in rows if (bad := wrong(row))
    ]
    assert not failing, "\n".join(failing)


def test_what_is_no_wish_changes_nothing(wrong):
    scenes = itertools.cycle(
        [("texts", "clip"), ("cut", "photo"), ("texts", "photos"), ("cut", "pip")]
    )
    rows = [
        Case(scene, words, scene, (), ("unchanged",))
        for words, two in zip(OFF_TOPIC, scenes, strict=False)
        for scene in two
    ]
    assert [(row.scene, row.message) for row in rows if wrong(row)] == []


def test_every_field_has_its_table():
    assert set(TABLES) == {"picture", "show", "sound", "texts", "time"}
    assert len(OFF_TOPIC) >= 150
