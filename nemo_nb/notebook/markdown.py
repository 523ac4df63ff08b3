"""A backend's Markdown, made fit for a cell.

What a cell has just printed is trusted: Jupyter runs the scripts in it and opens its links.
A reply quotes captions and file names of anybody, so what could run or load is taken out
before it becomes a cell's output. (The panel cleans its own: js/src/shared/markdown.ts.)
"""

from __future__ import annotations

import re
from typing import Final

_RULES: Final = (
    # Character references first: they could spell what the other rules look for.
    (re.compile(r"&(?=#?\w+;)"), "&amp;"),
    (re.compile(r"\\?<(?=[A-Za-z/!?])"), "&lt;"),
    # A picture from elsewhere would tell its server who reads this.
    (re.compile(r"!+(?=\[)"), ""),
    # Links to the web alone, and none by reference.
    (re.compile(r"\](?=:|\((?!https?://))"), r"]\\"),
    # No formula either: what would open one is cut in two.
    (re.compile(r"(\\begin|\\end|\\\\)(?=[{(\[])"), r"\1<span></span>"),
)
_DOLLAR: Final = "<span>&#36;</span>"
_ESCAPE: Final = re.compile(r"\\([!-/:-@\[-`{-~])")


def harmless(text: str) -> str:
    """Return Markdown that shows as *text* does, less what would run or load."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    # Between two of them Jupyter sets a formula, escaped or not; in an element of its own
    # each is a price.
    return text if text.count("$") < 2 else text.replace("$", _DOLLAR)  # noqa: PLR2004 - a pair


def plain(text: str) -> str:
    """Return Markdown as one reads it where nothing renders it: without its backslashes."""
    return _ESCAPE.sub(r"\1", text)
