"""Every understood wish can be shown: its words as they stand in the message, as JSON."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MESSAGES = [
    (case["on"], message)
    for table in ("corpus.toml", "corpus_wide.toml")
    for case in tomllib.loads((HERE / table).read_text("utf-8"))["case"]
    if not case.get("after")
    for message in ([case["say"]] if isinstance(case["say"], str) else case["say"])
]


@pytest.mark.parametrize("scene", sorted({scene for scene, _ in MESSAGES}))
def test_each_step_names_its_words_and_can_be_sent(ask, scene):
    steps = 0
    for on, message in MESSAGES:
        if on != scene:
            continue
        for step in ask(message, on).steps:
            steps += 1
            sent = json.loads(json.dumps([step.args, step.result]))
            assert sent[0].get("words", message).strip() in message
    assert steps
