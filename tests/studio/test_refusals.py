"""Every refusal has its words, in both languages, and they name only what they are given."""

import ast
import string
from pathlib import Path

import pytest

from nemo_nb.studio import refusals
from nemo_nb.studio.refusal_words import WORDS

FOLDER = Path(refusals.__file__).parent


def calls():
    for path in sorted(FOLDER.rglob("*.py")):
        text = path.read_text("utf-8")
        if "studio.refusals import" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "refuse":
                given = {word.arg.removesuffix("_ms") for word in node.keywords}
                for key in _keys(node.args[0]):
                    yield pytest.param(key, given, id=f"{path.stem}-{key}-{node.lineno}")


def _keys(node):
    """Yield what a key can be: one in quotes, or either of two."""
    if isinstance(node, ast.IfExp):
        yield from (*_keys(node.body), *_keys(node.orelse))
    elif isinstance(node, ast.Constant):
        yield node.value


@pytest.mark.parametrize(("key", "given"), list(calls()))
def test_a_refusal_names_what_it_is_given(key, given):
    for sentence in WORDS[key]:
        named = {field for _, field, _, _ in string.Formatter().parse(sentence) if field}
        assert named <= given


@pytest.mark.parametrize("key", WORDS)
def test_the_words_are_there_in_both_languages(key):
    what, fix, zh = WORDS[key]
    assert what.endswith((".", "%."))
    assert fix
    assert any("\u4e00" <= letter <= "\u9fff" for letter in zh)
