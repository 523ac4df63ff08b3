# ruff: noqa: RUF001 - Chinese punctuation is what this module reads
"""The backend's talk of buttons and panels → this package's own words. Pure.

The backend thinks that the user sits in front of its web app. What it says about buttons,
panels, dragging and accounts is turned into what works here; what it says about the content
stays: quoted text, code and links are never touched, nor is "click here to subscribe".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from nemo_nb.gui_phrases import PHRASES
from nemo_nb.gui_talk import CLOSE, OPEN, Ask, AskKind, Say
from nemo_nb.wire.progress import progress_line

__all__ = ["Ask", "AskKind", "Rephrased", "progress_line", "read", "rephrase"]


@dataclass(frozen=True, slots=True)
class Rephrased:
    """The text in our words, and what it asked for, each ask once, in order."""

    text: str
    asks: tuple[Ask, ...] = ()


def rephrase(text: str, language: str = "en") -> str:
    """Return *text* without talk of buttons and panels; see :func:`read`.

    Fit for a text that grows: no phrase spans lines, so only the last line is read anew.
    """
    if "```" in text:
        return read(text, language).text
    return "\n".join(_line(line, language) for line in text.split("\n"))


@lru_cache(maxsize=512)
def _line(line: str, language: str) -> str:
    return read(line, language).text


def read(text: str, language: str = "en") -> Rephrased:
    """Return *text* in our words and what it asked for.

    Args:
        text: What the backend said, as Markdown.
        language: The session's language, ``en`` or ``zh``; its phrases are looked for first.
    """
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"{OPEN}{len(kept) - 1}{CLOSE}"

    def restore(masked: str) -> str:
        return _MASK.sub(lambda match: kept[int(match[1])], masked)

    asks: list[Ask] = []
    words = _CONTENT.sub(keep, text.replace(OPEN, "").replace(CLOSE, ""))
    for name in sorted(PHRASES, key=lambda name: name != language):
        for pattern, say in PHRASES[name]:

            def put(match: re.Match[str], say: Say = say) -> str:
                said = say({key: restore(value or "") for key, value in match.groupdict().items()})
                if said is None:
                    return match[0]
                ours, ask = said
                if ask and ask not in asks:
                    asks.append(ask)
                return ours[0].upper() + ours[1:] if match[0][0].isupper() else ours

            words = pattern.sub(put, words)
    return Rephrased(_LOOSE.sub("", restore(words)), tuple(asks))


_MASK: Final = re.compile(rf"{OPEN}(\d+){CLOSE}")
# What is content and stays as it is: code, links, addresses, and text in quotes.
_CONTENT: Final = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`|\[[^\]\n]*\]\([^)\n]*\)|https?://[^\s)>\]，。]+"
    r"|\"[^\"\n]*\"|“[^”\n]*”|‘[^’\n]*’(?!\w)|「[^」\n]*」|『[^』\n]*』|《[^》\n]*》"
    r"|(?<!\w)'[^'\n]*'(?!\w)",
    re.DOTALL,
)
# Our calls stand apart from Chinese words, but not from its marks.
_LOOSE: Final = re.compile(r"(?<=\)`) (?=[，。！？；：、]|$)|(?<=\)`) (?= )")
