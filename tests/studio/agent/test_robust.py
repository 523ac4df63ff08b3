"""No message breaks the agent, and it answers fast."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nemo_nb.studio.agent.lexer import tokenize
from nemo_nb.studio.agent.lexicon import lexicon
from nemo_nb.studio.agent.parser import parse

PIECES = [
    "add", "trim", "title", "caption", "the first", "last", "3 seconds", "0:05", "to", "and", ",",
    '"', "“", "”", "'", "「", "blue", "bold yellow", "at the top", "50%", "2x", "9:16", "photo",
    "剪掉", "前", "三", "秒", "字幕", "把", "到", "半", "百分之", "#fff", "x.jpg", "it", "don't",
    ":", "undo", "…", "10", ".", "twice", "点", "第", "mute", "saying", "size", "\n", "keep",
]  # fmt: skip

quick = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@quick
@given(message=st.text(max_size=120))
def test_any_text_is_answered(ask, message):
    ask(message, "texts")


@quick
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=14), joint=st.sampled_from([" ", ""]))
def test_any_mix_of_our_words_is_answered(ask, pieces, joint):
    outcome = ask(joint.join(pieces), "mixed")
    if outcome.draft is not None:
        assert outcome.steps


@quick
@given(message=st.text(max_size=80))
def test_spans_lie_in_order_inside_the_message(message):
    last = 0
    for token in tokenize(message):
        assert last <= token.start < token.end <= len(message)
        last = token.end
    for intent in parse(message):
        assert 0 <= intent.span[0] <= intent.span[1] <= len(message)


def test_a_very_long_message_is_no_wish(ask):
    outcome = ask("trim the first second and " * 1000)
    assert outcome.draft is None


def test_a_phrase_has_one_meaning():
    assert len(lexicon().latin) > 500
