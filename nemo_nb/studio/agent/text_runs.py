"""What is said of texts in ways of its own: "two seconds later", 多停留1秒, "scale it down"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from nemo_nb.studio.agent.clauses import EMPTY
from nemo_nb.studio.agent.tokens import Token

_TEXTS: Final = frozenset({"caption", "title", "text"})
_ENDS: Final = re.compile(
    r"\b(?:end|ends|disappear|disappears|go|goes|vanish|vanishes)\b|结束|消失"
)
_BEFORE: Final = (
    (1, "moved", re.compile(r"\b(?:delay|postpone|delayed|push back|pushed back)\b")),
    (1, "moved", re.compile(r"\bpush\b.* back\b")),
    (-1, "moved", re.compile(r"\bbring\b.* forward\b")),
    (1, "moved", re.compile(r"(?:晚|推迟|延后|推后|延迟|[往向]后[移挪推拖]?|后[移挪推]|错后)")),
    (-1, "moved", re.compile(r"(?:早|提前|提早|[往向]前[移挪推提]?|前移)")),
    (1, "longer", re.compile(r"(?:延长|多停留|多显示|多停|多留|加长|多持续)")),
    (
        1,
        "longer",
        re.compile(r"\b(?:extend|lengthen|prolong)\b.*\bby|\bfor another|\bfor an extra"),
    ),
    (-1, "longer", re.compile(r"\bshorten\b.*\bby")),
    (-1, "longer", re.compile(r"(?:缩短|少停留|少显示)")),
)
_AFTER: Final = (
    (1, "moved", re.compile(r"\s*later\b")),
    (-1, "moved", re.compile(r"\s*(?:earlier|sooner)\b")),
    (1, "longer", re.compile(r"\s*(?:longer|more)\b")),
    (-1, "longer", re.compile(r"\s*(?:shorter|less)\b")),
)
_MORE: Final = re.compile(r"\b(?:more|extra|additional|further)\b")  # "one more second"
_ARROW: Final = re.compile(r"\s*(?:->|=>|\u2192|\u21d2|(?:should|must|has to|needs to) be)\s*")
_OFF: Final = re.compile(r"\boff\b|关")
# What may stand between the word for it and the time.
_LINK: Final = re.compile(r"[\s了个动约大再]*(?:出现|开始|显示|播放)?[了]?|\s*(?:by\s*|about\s*)?")


def in_text_runs(tokens: list[Token], folded: str) -> list[Token]:
    """Return *tokens* with what is said of texts read: sizes, what goes, when they move.

    The times by which a text shall move, or stay longer, become ``shift`` tokens. Only where a
    text is named, or was before: a clip is moved by other rules.

    Args:
        tokens: With times joined and far particles gathered.
        folded: The message they came from, folded.
    """
    tokens = _inwards(_lasting(_arrows(tokens, folded), folded), folded)
    result: list[Token] = []
    spoken = False
    for run in _runs(tokens):
        named = any(_names_text(token) for token in run)
        nouns = {str(token.value) for token in run if token.kind == "noun"}
        spoken = named or (spoken and nouns <= {"it"})
        if named or (spoken and nouns):
            kept = _ended(_dropped_in(_hidden(_sized(run, folded), folded), folded), folded)
            result += _moved(_bared(kept, folded), folded)
        else:
            result += _moved_alone(run, folded) if nouns <= {"it"} else run
    return result


def _moved_alone(run: list[Token], folded: str) -> list[Token]:
    """Read "two seconds later please", said of a text that another message was about."""
    moved = _moved(run, folded)
    shift = next((token for token in moved if token.kind == "shift"), None)
    plain = {token.kind for token in moved} <= EMPTY | {"shift", "verb", "noun", "word"}
    verbs = {str(token.value) for token in moved if token.kind == "verb"}
    strange = any(t.kind == "word" for t in moved)
    meant = shift is not None and shift.value[0] == "moved" and plain and not strange
    return moved if meant and verbs <= {"move", "make", "show"} else run


def _inwards(tokens: list[Token], folded: str) -> list[Token]:
    """Read "three seconds in, put …" as a moment, and 'put "Hello" up' as no place."""
    if not any(_names_text(token) for token in tokens):
        return tokens
    result: list[Token] = []
    for index, token in enumerate(tokens):
        said, last = folded[token.start : token.end], result[-1] if result else None
        ends = [t.kind for t in tokens[index + 1 : index + 2]] in ([], ["stop"], ["sep"], ["quote"])
        if said == "in" and last is not None and last.kind == "time" and ends:
            at = Token("prep", "at", last.start, last.start)
            before = [t for t in result[:-1] if folded[t.start : t.end] != "starting"]
            result = [*before, at, last]
        elif said == "up" and last is not None and last.kind == "quote":
            continue
        else:
            result.append(token)
    return result


def _lasting(tokens: list[Token], folded: str) -> list[Token]:
    """Read "… at 2 seconds and last 4 seconds" as for how long."""
    result: list[Token] = []
    for index, token in enumerate(tokens):
        after = [following.kind for following in tokens[index + 1 : index + 2]]
        joined = bool(result) and result[-1].kind == "sep" and after == ["time"]
        last = folded[token.start : token.end] in ("last", "lasts")
        begun = any(t.kind == "time" for t in result) and any(t.kind == "quote" for t in result)
        if last and joined and begun:
            result[-1:] = [Token("prep", "for", token.start, token.end)]
        else:
            result.append(token)
    return result


def _arrows(tokens: list[Token], folded: str) -> list[Token]:
    """Read '"two" -> "deux"', '"two" should be "deux"' as other words for it."""
    result: list[Token] = []
    for token in tokens:
        oblige = bool(result) and (result[-1].kind, result[-1].value) == ("filler", "oblige")
        if oblige and token.kind == "quote" and [t.kind for t in result[-2:-1]] == ["quote"]:
            result.pop()
        last = result[-1] if result else None
        if last is not None and last.kind == token.kind == "quote":
            arrow = _ARROW.fullmatch(folded, last.end, token.start)
            if arrow is not None:
                change = Token("verb", "change", last.start, last.start)
                result[-1:] = [change, last, Token("prep", "to", last.end, token.start)]
        result.append(token)
    return result


def _hidden(run: list[Token], folded: str) -> list[Token]:
    """Read "turn off the captions", 关掉字幕 as "remove …"."""
    off = [t for t in run if (t.kind, t.value) == ("verb", "mute")]
    others = [t for t in run if t.kind not in ("filler", "polite", "noun", "scope", "pick")]
    if others != off or len(off) != 1 or not _OFF.search(folded[off[0].start : off[0].end]):
        return run
    gone = Token("verb", "remove", off[0].start, off[0].end)
    return [gone if t is off[0] else t for t in run]


def _dropped_in(run: list[Token], folded: str) -> list[Token]:
    """Read 'drop "Hello" in as a caption' as adding it."""
    for index, token in enumerate(run[:-2]):
        words, into = run[index + 1], run[index + 2]
        drops = folded[token.start : token.end] in ("drop", "stick", "throw", "pop")
        inwards = folded[into.start : into.end] in ("in", "on")
        if drops and inwards and words.kind == "quote":
            add = Token("verb", "add", token.start, token.end)
            return [*run[:index], add, words, *run[index + 3 :]]
    return run


def _ended(run: list[Token], folded: str) -> list[Token]:
    """Read "end the title at 5 seconds", 字幕到5秒结束 as until when it stands."""
    times = [n for n, token in enumerate(run) if token.kind == "time"]
    if len(times) != 1 or not times[0] or any(token.kind == "quote" for token in run[:1]):
        return run
    lead = run[times[0] - 1]
    following = run[times[0] + 1 :]
    goes = [folded[token.start : token.end] for token in following] in (["结束"], ["消失"])
    if goes and (lead.kind, lead.value) == ("prep", "to"):
        return run[:-1]
    told = [token for token in run if token.kind not in ("filler", "polite", "stop", "sep")]
    ends = told[0].kind == "edge" and folded[told[0].start : told[0].end] in ("end", "finish")
    if ends and lead.kind == "prep" and lead.value in ("at", "by", "after"):
        until = Token("prep", "to", lead.start, lead.end)
        return [t if t is not lead else until for t in run if t is not told[0]]
    return run


def _bared(run: list[Token], folded: str) -> list[Token]:
    """Read "remove the outline of the title", 字幕不要底框 as letters without it."""
    told = [t for t in run if t.kind not in ("filler", "polite", "noun", "prep", "out", "ground")]
    verb = next((t for t in told if t.kind in ("verb", "negation")), None)
    worn = [t for t in told if t.kind == "decoration"]
    if verb is None or len(worn) != 1 or len(told) != 2:  # noqa: PLR2004 - the verb and what goes
        return run
    away = verb.value in ("remove", "take") or folded[verb.start : verb.end] in ("不要", "no")
    away = away or (verb.value == "cut" and any(t.kind == "out" for t in run))
    if not away:
        return run
    bare = Token("bare", worn[0].value, worn[0].start, worn[0].end)
    return [bare if t is worn[0] else t for t in run if t is not verb and t.kind != "out"]


def _sized(run: list[Token], folded: str) -> list[Token]:
    """Read "scale the title down", "bump up the caption size" as how big letters are."""
    size = any((t.kind, t.value) == ("noun", "size") for t in run)
    scales = [t for t in run if t.kind == "shrunk" and folded[t.start : t.end] == "scale"]
    ways = [t for t in run if folded[t.start : t.end] in ("up", "down")]
    signs = [t for t in run if t.kind == "sign"]
    if len(ways) == 1 and (scales or (size and folded[ways[0].start - 1] == " ")):
        way, gone = folded[ways[0].start : ways[0].end], [*scales, ways[0]]
    elif len(signs) == 1 and size:
        way, gone = "up" if signs[0].value == "+" else "down", [signs[0]]
    else:
        return run
    grow = Token("grow", "1.25" if way == "up" else "0.8", gone[0].start, gone[0].end)
    return [grow if t is gone[0] else t for t in run if t is gone[0] or t not in gone]


def _names_text(token: Token) -> bool:
    named = token.kind == "noun" and token.value in _TEXTS
    return named or token.kind in ("quote", "pick")


def _runs(tokens: list[Token]) -> Iterator[list[Token]]:
    """Yield the tokens between marks and joining words, each of those with what follows it."""
    run: list[Token] = []
    for token in tokens:
        if token.kind in ("stop", "sep") and run:
            yield run
            run = []
        run.append(token)
    if run:
        yield run


def _moved(run: list[Token], folded: str) -> list[Token]:
    times = [token for token in run if token.kind == "time"]
    if len(times) != 1:
        return run
    time = times[0]
    start, end = run[0].start, time.end
    before = folded[start : time.start]
    adds = any((t.kind, t.value) == ("verb", "add") for t in run)
    if _MORE.search(folded, time.start, time.end) and not adds:
        run = [t for t in run if folded[t.start : t.end] not in ("needs", "for")]
        return _put(run, "longer", int(time.value), (time.start, end), folded)
    for sign, kind, form in _AFTER:
        if match := form.match(folded, time.end):
            end = match.end()
            return _put(run, kind, sign * int(time.value), (time.start, end), folded)
    for sign, kind, form in _BEFORE:
        match = form.search(before)
        if match and (_LINK.fullmatch(before, match.end()) or before[match.start()].isascii()):
            if " to " in before or "到" in before:
                return run
            cut = time.start if match[0].isascii() else start + match.start()
            return _put(run, kind, sign * int(time.value), (cut, end), folded)
    return run


def _put(run: list[Token], kind: str, ms: int, span: tuple[int, int], folded: str) -> list[Token]:
    """Put one token in the place of those within *span*."""
    start, end = span
    first = [token for token in run if token.end <= start and token.kind != "crossing"]
    first = [t for t in first if folded[t.start : t.end] not in ("back", "forward", "by")]
    rest = [token for token in run if token.start >= end]
    said = folded[run[0].start : run[-1].end]
    if kind == "moved" and _ENDS.search(said):
        kind = "longer"  # "the title should end a second later"
    return [*first, Token("shift", (kind, ms), start, end), *rest]
