"""The wider table: pictures, sounds, references, comparisons; scored as the held-out third is."""

from __future__ import annotations

import tomllib
from pathlib import Path

from studio.agent.facts import cases

TABLE = Path(__file__).with_name("corpus_wide.toml")
LEAST = 0.97


def test_messages_do_what_they_say(wrong):
    rows = cases(tomllib.loads(TABLE.read_text("utf-8")), "w")
    failing = [
        f"{row.id} {row.message!r} on {row.scene}: {bad}" for row in rows if (bad := wrong(row))
    ]
    score = 1 - len(failing) / len(rows)
    assert score >= LEAST, "\n".join([f"{score:.1%} of {len(rows)}", *failing])


def test_the_table_is_large_enough():
    assert len(cases(tomllib.loads(TABLE.read_text("utf-8")), "w")) >= 200
