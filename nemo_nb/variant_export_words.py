# ruff: noqa: RUF001 - Chinese punctuation is what this module reads
"""A request to export variants → its arguments: "export both side by side", "export B". Pure.

As with all routing, every word must be known: an export word, what says which variants, and
what `nemo_nb.export_words` knows of formats and sizes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from nemo_nb.export_words import export_args
from nemo_nb.timeline.variant_names import meant, telling

SIDE_BY_SIDE: Final = "side-by-side"
STACKED: Final = "stacked"
EACH: Final = "each"

_ASKS: Final = re.compile(
    r"(?:export|download|render|send me|(?:give|get) me)(?![^\s:(（])|导出|導出|下载|下載|匯出|渲染"
)
_PIECE: Final = re.compile(r"[a-z0-9#.:'\-]+|[^\s,，]")
# A wish for all of them; the first that is found says how they are wanted.
_HOW: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    (
        STACKED,
        re.compile(
            r"stacked|on top of (?:each other|one another)|one above the other|上下(?:对比|排列)?"
        ),
    ),
    (
        SIDE_BY_SIDE,
        re.compile(
            r"side[ -]by[ -]side|next to (?:each other|one another)|beside each other"
            r"|comparison|together|in one(?: (?:video|film|file|mp4))?"
            r"|并排(?:对比)?|並排|对比(?:视频|版)?|放在一起|合在一起"
        ),
    ),
    (
        EACH,
        re.compile(
            r"\b(?:each|every|both|separately|individually)\b|\ball (?:(?:the|my|of the) )?"
            r"(?:variants|versions)\b|\ball of them\b"
            r"|(?:one|a) (?:video|film|file|mp4) (?:each|per variant)|分别|分開|分开|各自|每个|每個"
            r"|所有|全部|两个都|两个"
        ),
    ),
    (SIDE_BY_SIDE, re.compile(r"\bvariants\b|这些方案|方案们|方案")),
)
_OTHERS: Final = re.compile(
    r"\b(?:video|clip|movie|film|file|timeline|project|cut|slideshow|result|link|an?|it|all"
    r"|everything|versions?)\b|版|视频|影片|文件|檔案|成片|成品|作品|项目|结果|片子|这段"
)
_TEXTS: Final = re.compile(r"\b(?:subtitles?|captions?)\b|字幕")
_BESIDES: Final = re.compile(
    r"(?:\b(?:the|my|our|these|those|them|both|all|of|two|three|four|a|as|in|it|its|own|one|each"
    r"|every|variants?|versions?|video|film|file|files|videos|films|mp4|with|labels|for|me|per"
    r"|into|an?|and|separate)\b|方案|版本|变体|把|将|它们|两个|几个|三个|所有|全部|这|都|的|成|为|个"
    r"|视频|成片|文件|给我|地|[\s\-,，])+"
)


def may_export(message: str) -> bool:
    """Whether *message* holds a word that asks for an export."""
    return _ASKS.search(message.casefold()) is not None


def variant_export_args(core: str, paths: list[str], names: Sequence[str]) -> dict[str, Any] | None:
    """Return the arguments if *core* asks for variants to be exported, else None.

    ``variants`` is ``side-by-side`` or ``stacked`` (all in one film), or ``each`` (a film of
    each); ``variant`` the name of one; beside them what an export takes.

    Args:
        core: The message in lower case, without courtesy, paths as one sign.
        paths: Those.
        names: The variants there are.
    """
    ask = _ASKS.search(core)
    if ask is None or not names or (ask.start() and ask[0].isascii()):
        return None
    rest = f"{core[: ask.start()]} {core[ask.end() :]}"
    pieces = [match.span() for match in _PIECE.finditer(rest)]
    # The longest run of words that says which; around it an export's own words.
    for length in range(len(pieces), 0, -1):
        for first in range(len(pieces) - length + 1):
            begin, end = pieces[first][0], pieces[first + length - 1][1]
            around = f"{rest[:begin]} {rest[end:]}".strip()
            wish = export_args(" ".join(f"export {around}".split()), paths)
            said = None if wish is None else _said(core, rest[begin:end], around, paths, names)
            if wish is not None and said is not None:
                return wish | said
    return None


def _said(
    core: str, target: str, around: str, paths: list[str], names: Sequence[str]
) -> dict[str, Any] | None:
    """Return which variants *target* names, and how they are wanted."""
    # "export clip 2" speaks of clips, "the yellow subtitles" of a file of those.
    strange = _OTHERS.search(around) or _TEXTS.search(target)
    found = None if strange else meant(target, names)
    exact = any(target.strip() == name.casefold() for name in names)
    # "export the final version", "export small" ask for the cut, whatever a variant is called.
    plain = not exact and telling(target) != ["a"] and export_args(core, paths) is not None
    if found is not None and len(found) == 1 and not plain:
        return {"variant": names[found[0]]}
    if len(names) > 1:
        for how, pattern in _HOW:
            match = pattern.search(target)
            if match is not None:
                left = pattern.sub(" ", target)
                if not _BESIDES.sub("", left).strip():
                    return {"variants": how}
    return None
