"""Questions that the agent puts itself, and the short answers to them."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("before", "answer", "scene", "facts"),
    [
        ("the title is too big", "yes please", "texts", ["look:Old title:size:6.8"]),
        ("cut it in half", "the first half", "clip", ["d:6000", "p1.in:0"]),
        ("cut it in half", "the second half", "clip", ["d:6000", "p1.in:6000"]),
        ("make it longer", "20 seconds", "photos", ["d:20001"]),
        ("put my name on it", "Maria", "photo", ["caption:Maria:0-3000"]),
    ],
)
def test_is_carried_out(ask, missing, before, answer, scene, facts):
    assert ask(before, scene).draft is None
    outcome = ask(answer, scene, recent=[before])
    assert outcome.draft is not None, outcome.reply
    assert missing(outcome.draft, facts) == [], outcome.reply


@pytest.mark.parametrize("message", ["undo everything", "undo the last two changes", "撤销全部"])
def test_one_step_back_is_told_as_one(ask, message):
    outcome = ask(message, "texts")
    assert outcome.history == "undo"
    assert "one change at a time" in outcome.reply or "一次只能" in outcome.reply


@pytest.mark.parametrize("message", ["delete everything", "start over", "全部删掉"])
def test_all_of_it_is_asked_about(ask, message):
    outcome = ask(message, "texts")
    assert outcome.draft is None
    assert outcome.history is None
    assert outcome.reply.count("?") + outcome.reply.count("？") == 1  # noqa: RUF001 - Chinese
