"""Where a cut begins and ends, said without a verb for it: "start 2 seconds in", 头尾各两秒."""

from __future__ import annotations

import re
from typing import Final

from nemo_nb.studio.agent.tokens import Token

Run = list[Token]

_IDLE: Final = frozenset({"filler", "polite", "stop", "playing", "article", "out", "sep"})
_ITSELF: Final = frozenset({"it", "video"})
_STARTS: Final = frozenset({"start", "starts", "begin", "begins", "starting", "beginning", "开始"})
_STARTING: Final = frozenset({"start at", "starting at", "beginning at", "starting from", "开始于"})
_FINISHES: Final = frozenset(
    {"end", "ends", "stop", "stops", "finish", "finishes", "结束", "停", "结尾"}
)
_KEEPING: Final = frozenset({"keep", "faster", "slower"})
_THEN: Final = re.compile(r"then|after|然后|接着|之后|最后再")
_ONWARDS: Final = frozenset({"on", "onwards", "onward", "and on", "forward", "开始到结束", "往后"})
_EVERYTHING: Final = frozenset({"everything", "all", "anything", "all the", "the part", "stuff"})
_EARLIER: Final = frozenset({"earlier", "sooner", "提前", "早", "提早"})
_LATER: Final = frozenset({"later", "晚", "推迟", "延后", "迟"})
_PLAYED: Final = frozenset({"播", "播放", "放"})
_SLICED: Final = frozenset({"slice", "clip", "split"})
_ENDS: Final = frozenset({"end", "ends", "side", "sides", "头", "端", "边"})
_TWO_ENDS: Final = ("两头", "两端", "首尾", "头尾", "前后", "首尾两端", "头尾两端")
_SHARED: Final = frozenset({"each", "whole"})
_EVENLY: Final = frozenset({"equal", "even", "equally", "same", "equally long", "个", "等"})
_PARTS: Final = frozenset(
    {"parts", "pieces", "segments", "sections", "clips", "chunks", "bits", "thirds", "quarters"}
    | {"段", "份", "部分", "等份", "片段", "块"}
)
_CUT_UP: Final = frozenset({"cut", "chop", "break", "cut up", "chop up", "切", "剪", "裁", "剪成"})
_NAMES: Final = frozenset({"place", "file"})
_CUTTING: Final = frozenset({"trim", "cut", "remove", "take", "crop"})


def trimmed(run: Run, folded: str) -> Run:
    """Return the tokens up to a mark with such words read as a verb that cuts, and an end.

    Args:
        run: With times joined, nothing counted yet.
        folded: The message they came from, folded.
    """
    pieces = _pieces(run, folded, steps=True)
    if len(pieces) > 1:
        return [token for piece in pieces for token in trimmed(piece, folded)]
    result = _trimmed(run, folded)
    pieces = _pieces(run, folded, steps=False) if result == run else []
    if len(pieces) > 1:
        return [token for piece in pieces for token in _trimmed(piece, folded)]
    return result


def _pieces(run: Run, folded: str, *, steps: bool) -> list[Run]:
    """Part *run* at "then", or at whatever else joins wishes."""
    pieces: list[Run] = [[]]
    for token in run:
        said = _text(token, folded)
        later = said == "之后" and pieces[-1] and pieces[-1][-1].kind == "time"
        if token.kind == "sep" and not later and (not steps or _THEN.search(said)):
            pieces.append([token])
        else:
            pieces[-1].append(token)
    return [piece for piece in pieces if piece]


def _trimmed(run: Run, folded: str) -> Run:
    for read in (
        _late,
        _down_to,
        _to_the_end,
        _sliced,
        _both_ends,
        _taken_off,
        _sooner,
        _begun,
        _parted,
    ):
        run = read(run, folded)
    return run


def _text(token: Token, folded: str) -> str:
    return folded[token.start : token.end]


def _told(run: Run) -> Run:
    return [token for token in run if token.kind not in _IDLE]


def _is_itself(token: Token) -> bool:
    return token.kind == "noun" and token.value in _ITSELF


def _late(run: Run, folded: str) -> Run:
    """Read 5秒之后慢放 as "after 5 s"; 剪掉前3秒之后 is a wish and what follows it."""
    result: Run = []
    for token in run:
        told = [t for t in result if t.kind not in _IDLE]
        alone = told[-1:] and told[-1].kind == "time" and all(t.kind != "verb" for t in told)
        later = alone and _text(token, folded) in ("之后", "过后")
        result.append(Token("prep", "after", token.start, token.end) if later else token)
    after = [n for n, t in enumerate(result) if (t.kind, t.value) == ("prep", "after")]
    if after and after[0] and result[after[0] - 1].kind == "time" and after[0] + 1 < len(result):
        at = after[0]
        time, prep = result[at - 1], result[at]
        middle = (time.start + prep.end) // 2
        moved = [
            Token("prep", "after", time.start, middle),
            Token("time", time.value, middle, prep.end),
        ]
        if prep.end - prep.start > 1 and not folded[prep.start].isascii():
            return [*result[: at - 1], *moved, *result[at + 1 :]]
    return result


def _down_to(run: Run, folded: str) -> Run:
    """Read "cut the clip down to 8 seconds" as "cut the clip to 8 seconds"."""
    cuts = any(t.kind == "verb" and t.value in _CUTTING for t in run)
    pairs = zip(run, [*run[1:], None], strict=True)
    return [
        token
        for token, following in pairs
        if not (
            cuts
            and _text(token, folded) == "down"
            and following is not None
            and (following.kind, following.value) == ("prep", "to")
        )
    ]


def _to_the_end(run: Run, folded: str) -> Run:
    """Read "9 s to the end", "from 9 s on" as "after 9 s", "all up to 3 s" as "before 3 s"."""
    if not any(t.kind == "verb" and t.value in _CUTTING | _KEEPING for t in run):
        return run
    result: Run = []
    index = 0
    while index < len(run):
        token = run[index]
        prior = [_text(t, folded) for t in result]
        rest = run[index + 1 :]
        until = (token.kind, token.value) == ("prep", "to")
        if until and _EVERYTHING & set(prior) and rest and rest[0].kind == "time":
            result.append(Token("prep", "before", token.start, token.end))
            index += 1
            continue
        gone = _ended_by(rest, folded) if token.kind == "time" else 0
        if not gone:
            result.append(token)
            index += 1
            continue
        last = rest[gone - 1]
        if result and result[-1].kind == "prep" and result[-1].value in ("from", "at", "after"):
            before = result.pop()
            result.append(Token("prep", "after", before.start, before.end))
            result.append(Token("time", token.value, token.start, last.end))
        else:
            middle = (token.start + last.end) // 2
            result.append(Token("prep", "after", token.start, middle))
            result.append(Token("time", token.value, middle, last.end))
        index += 1 + gone
    return result


def _ended_by(rest: Run, folded: str) -> int:
    """Return how many tokens after a time say "to the end", 0 where they do not."""
    if not rest:
        return 0
    if (rest[0].kind, rest[0].value) == ("scope", "rest") or _text(rest[0], folded) in _ONWARDS:
        return 1
    told = [n for n, t in enumerate(rest) if t.kind != "filler"][:2]
    if len(told) < 2 or (rest[told[0]].kind, rest[told[0]].value) != ("prep", "to"):  # noqa: PLR2004 - to, end
        return 0
    end = rest[told[1]]
    return told[1] + 1 if (end.kind, end.value) == ("edge", "last") else 0


def _sliced(run: Run, folded: str) -> Run:
    """Read "slice 2 seconds off the front", "clip the last second" as "trim"."""
    told = _told(run)
    if not told or _text(told[0], folded) not in _SLICED or told[0].kind == "verb":
        return run
    head, rest = told[0], told[1:]
    kinds = [token.kind for token in rest]
    off = any(t.kind == "prep" and _text(t, folded) in ("off", "off of") for t in rest)
    timed = "time" in kinds or ("edge" in kinds and "unit" in kinds)
    begins = kinds[:1] == ["time"] or kinds[:2] in (["edge", "time"], ["edge", "unit"])
    if head.kind == "noun" and not begins:
        return run  # "clip 2": a clip, not a verb
    if not timed or not (off or head.kind == "noun") or {"verb", "range"} & set(kinds):
        return run
    verb = Token("verb", "trim", head.start, head.end)
    return [verb if token is head else token for token in run]


def _both_ends(run: Run, folded: str) -> Run:
    """Read "from both ends", "off each end", 头尾各 as the start and the end."""
    if not any(token.kind in ("time", "unit") for token in run):
        return run
    result: Run = []
    index = 0
    while index < len(run):
        token, following = run[index], run[index + 1] if index + 1 < len(run) else None
        words = folded[token.start : following.end] if following else _text(token, folded)
        shared = token.kind == "scope" and token.value in _SHARED
        either = shared or _text(token, folded) in ("either", "both")
        last = token
        joint = (either and _text(following, folded) in _ENDS) if following else False
        if following is not None and (joint or words in _TWO_ENDS):
            last = following
        elif _text(token, folded) not in _TWO_ENDS:
            result.append(token)
            index += 1
            continue
        middle = (token.start + last.end) // 2
        result.append(Token("edge", "first", token.start, middle))
        result.append(Token("edge", "last", middle, last.end))
        index += 2 if last is following else 1
        while index < len(run) and (run[index].kind, run[index].value) == ("scope", "each"):
            index += 1  # 头尾各
    return result


def _taken_off(run: Run, folded: str) -> Run:
    """Read "2 seconds off the start" as a trim though nothing says so."""
    told = _told(run)
    kinds = [token.kind for token in told]
    if kinds[:2] != ["time", "prep"] or _text(told[1], folded) not in ("off", "off of"):
        return run
    rest = told[2:]
    tops = [t for t in rest if (t.kind, t.value) == ("position", "top")]  # "off the top"
    edges = [token for token in rest if token.kind == "edge" or token in tops]
    plain = all(t in edges or t.kind in ("prep", *_NAMES) or _is_itself(t) for t in rest)
    if not edges or not plain:
        return run
    off = told[1]
    run = [Token("edge", "first", t.start, t.end) if t in tops else t for t in run]
    return [Token("verb", "trim", t.start, t.end) if t is off else t for t in run]


def _begun(run: Run, folded: str) -> Run:
    """Read "start the video at 0:02", "the second clip should start 3 seconds in" as a trim."""
    told = [t for t in _told(run) if _text(t, folded) not in _PLAYED]
    heads = [
        t
        for t in told
        if t.kind in ("edge", "begin", "prep", "verb") and _text(t, folded) in (_STARTS | _STARTING)
    ]
    times = [t for t in told if t.kind == "time"]
    if len(heads) != 1 or len(times) != 1:
        return run
    head, time = heads[0], times[0]
    rest = [t for t in told if t is not head and t is not time]
    preps = [t for t in rest if t.kind == "prep"]
    # "the beginning, 2 seconds" says nothing; "start at" and "2 seconds in" do.
    joined = bool(preps) or head.kind == "prep"
    known = {"prep", "place", "file", "scope"}
    plain = all(t.kind in known or _is_itself(t) or _ordinal(t) for t in rest)
    ways = {_text(t, folded) for t in preps}
    if not joined or not plain or not ways <= {"at", "from", "in", "on", "第", "从", "with"}:
        return run
    if any(_text(t, folded) == "in" and t.start < time.start for t in preps):
        told_of = Token("word", _text(head, folded), head.start, head.end)
        return [told_of if t is head else t for t in run]  # "it starts in 5 seconds"
    if told[0] is time and head.kind == "prep":
        return run  # "3 seconds starting at 4": a part
    counted = any(t.kind in _NAMES or t.kind == "scope" or _ordinal(t) for t in rest)
    named = counted or any(token.value == "video" for token in rest)
    result: Run = []
    for token in run:
        if token is head:
            result += _both(head, "first")
            if head.kind == "prep" and not named:  # "start at" in one
                last = result.pop()
                result.append(Token("begin", "begin", last.start, last.start + 1))
                result.append(Token("edge", "first", last.start + 1, last.end))
        elif preps and token is preps[0] and not named:
            # "Start at 2 seconds" may be said of a text that was spoken of.
            result.append(Token("begin", "begin", token.start, token.end))
        elif token not in preps and _text(token, folded) not in _PLAYED:
            result += [token] if counted or not _is_itself(token) else []
    return result


def _both(head: Token, edge: str) -> Run:
    """Return the verb and the end that one word says: "start", "end"."""
    middle = (head.start + head.end) // 2
    return [Token("verb", "trim", head.start, middle), Token("edge", edge, middle, head.end)]


def _sooner(run: Run, folded: str) -> Run:
    """Read "end the second clip 3 seconds earlier", 提前三秒结束 as a trim."""
    told = _told(run)
    times = [t for t in told if t.kind == "time"]
    texts = {_text(t, folded): t for t in told}
    for edge, heads, ways in (("last", _FINISHES, _EARLIER), ("first", _STARTS, _LATER)):
        head = next((texts[text] for text in texts if text in heads), None)
        way = next((texts[text] for text in texts if text in ways), None)
        if len(times) != 1 or head is None or way is None:
            continue
        rest = [t for t in told if t not in (head, way, times[0])]
        if not all(t.kind in ("prep", *_NAMES) or _is_itself(t) or _ordinal(t) for t in rest):
            continue
        counted = any(t.kind in _NAMES or _ordinal(t) for t in rest)
        idle = [t for t in run if t is way or t.kind == "prep" or (_is_itself(t) and not counted)]
        kept = [[t] if t is not head else _both(head, edge) for t in run if t not in idle]
        return [token for some in kept for token in some]
    return run


def _parted(run: Run, folded: str) -> Run:
    """Read "into three equal pieces", 分成三段 as so many parts."""
    splits = [t for t in run if (t.kind, t.value) == ("piece", "split")]
    cuts = [t for t in run if t.kind == "verb" and _text(t, folded) in _CUT_UP][:1]
    into = any(_text(t, folded) == "into" for t in run)
    parted = cuts and (into or not folded[cuts[0].start].isascii())
    result: Run = []
    for index, token in enumerate(run):
        after = [t for t in run[index + 1 :] if _text(t, folded) not in _EVENLY][:1]
        whole = token.kind == "number" and float(token.value).is_integer()
        counted = whole and after and _text(after[0], folded) in _PARTS
        into_so_many = bool(result) and _text(result[-1], folded) == "into"  # "split it into four"
        counted = counted or (whole and splits and into_so_many and not after)
        if counted and parted and not splits:
            head = cuts[0]
            split = Token("piece", "split", head.start, head.end)
            result = [split if t is head else t for t in result]
        if counted and (splits or parted):
            result.append(Token("parts", round(float(token.value)), token.start, token.end))
        else:
            result.append(token)
    return result


def _ordinal(token: Token) -> bool:
    """Whether it may count a picture: "the second clip", "the last one"."""
    return (token.kind, str(token.value)) in (("unit", "1000"), ("edge", "first"), ("edge", "last"))
