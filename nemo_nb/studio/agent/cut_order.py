"""Several cuts of one sentence: all their times are those of the video as it was before it."""

from __future__ import annotations

import re
from typing import Final

from nemo_nb.studio.agent.intents import ALL, Intent
from nemo_nb.studio.agent.intents_time import CutRange, KeepEdge, Trim

_CUTS: Final = (Trim, CutRange, KeepEdge)
_STEPS: Final = re.compile(r"\bthen\b|\bafter that\b|\bafterwards\b|然后|接着|之后再|再")
_LATER: Final = re.compile(r"\b(?:after|past|beyond|from)\b|以后|之后|后")
_FIRST, _LAST = -1, 1 << 40


def from_the_end(intents: list[Intent], message: str) -> list[Intent]:
    """Put cuts that stand side by side in such an order that none moves what another names.

    "Then" between them says that the second one counts anew; those stay as they are.
    """
    result: list[Intent] = []
    group: list[Intent] = []
    for intent in intents:
        follows = not group or not _STEPS.search(message[group[-1].span[1] : intent.span[0]])
        if not (_is_cut(intent, message) and follows):
            result += _sorted(group)
            group = []
        if _is_cut(intent, message):
            group.append(intent)
        else:
            result.append(intent)
    return result + _sorted(group)


def _is_cut(intent: Intent, message: str) -> bool:
    """Whether it takes a part of the whole away, at times of the whole."""
    if not isinstance(intent, _CUTS) or intent.which != ALL:
        return False
    said = message[slice(*intent.span)].lower()
    # "Keep 8 seconds" says how long the result is, "cut all after 8 seconds" where.
    return not isinstance(intent, KeepEdge) or bool(_LATER.search(said))


def _sorted(group: list[Intent]) -> list[Intent]:
    return sorted(group, key=_start, reverse=True)


def _start(intent: Intent) -> int:
    if isinstance(intent, CutRange):
        return intent.start_ms
    if isinstance(intent, KeepEdge):
        return intent.length_ms
    return _FIRST if isinstance(intent, Trim) and intent.edge == "first" else _LAST
