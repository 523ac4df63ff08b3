"""The forms of ``variant_words.toml`` in a message: which deed it begins with, what is left."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

from nemo_nb.studio.agent.spelling import words_of
from nemo_nb.timeline.variant_names import NOUNS

ENDS: Final = " \t\n.,!?;:~…。，！？；：、"  # noqa: RUF001 - Chinese punctuation too
"""What may stand around a form."""
QUOTES: Final = '"“”„「」『』'
"""What may stand around a name."""


QUOTED: Final = re.compile(rf"[{QUOTES}][^{QUOTES}]*[{QUOTES}]")
"""Words in quotes."""


@cache
def forms() -> Mapping[str, Mapping[str, Any]]:
    """Return the lists of forms, those of a list the longest first."""
    text = files("nemo_nb.studio.agent").joinpath("variant_words.toml").read_text("utf-8")
    return {
        section: {name: sorted(listed, key=_length, reverse=True) for name, listed in lists.items()}
        for section, lists in tomllib.loads(text).items()
    }


@cache
def variant_words() -> frozenset[str]:
    """Return the Latin words of the forms, and the noun itself."""
    text = files("nemo_nb.studio.agent").joinpath("variant_words.toml").read_text("utf-8")
    return words_of(text) | {noun for noun in NOUNS if noun.isascii()}


def _length(form: str | Sequence[str]) -> int:
    return len("".join(form))


def begins(text: str, form: str) -> str | None:
    """Return what follows *form* at the beginning of *text*, or None."""
    if not text.startswith(form):
        return None
    rest = text[len(form) :]
    if form[-1:].isascii() and rest[:1].isascii() and rest[:1].isalnum():
        return None
    return rest.strip(ENDS)


def begins_one(text: str, listed: Sequence[str]) -> str | None:
    """Return what follows the longest form of *listed* that *text* begins with, or None."""
    found = (begins(text, form) for form in listed)
    return next((rest for rest in found if rest is not None), None)


def after(text: str, deed: str) -> str | None:
    """Return what stands where a variant is named, or None where *text* is no such deed."""
    lists = forms()[deed]
    for before, behind in lists.get("around", ()):
        head = begins(text, before) if before else text
        if head is not None and head.endswith(behind) and head != behind:
            return head.removesuffix(behind).strip(ENDS)
    return begins_one(text, lists["before"]) or None


def without_courtesy(text: str) -> str:
    """Return folded *text* without what surrounds a wish and does not change it."""
    lists = forms()["courtesy"]
    text = " ".join(text.split()).strip(ENDS)
    while True:
        shorter = begins_one(text, lists["before"]) or text
        for form in lists["after"]:
            bare = shorter.removesuffix(form)
            apart = not form.isascii() or bare.endswith((" ", ","))
            if bare != shorter and bare and apart:
                shorter = bare.strip(ENDS)
        if shorter == text:
            return text
        text = shorter


def covered(text: str, section: str, telling: Sequence[str]) -> set[str]:
    """Return of which *telling* lists *text* holds a form; empty where it holds another word."""
    known = [(form, name) for name, listed in forms()[section].items() for form in listed]
    known.sort(key=lambda pair: -len(pair[0]))
    hits: set[str] = set()
    rest = text
    while rest:
        for form, name in known:
            left = begins(rest, form)
            if left is not None:
                hits.add(name)
                rest = left
                break
        else:
            return set()
    return hits & set(telling)
