"""Words that belong together though others stand between: fade … in and out, stop it … at 10 s."""

from __future__ import annotations

import itertools
from typing import Final

from nemo_nb.studio.agent.bounded import bounded
from nemo_nb.studio.agent.lasting import in_photo_run
from nemo_nb.studio.agent.tokens import Token, runs
from nemo_nb.studio.agent.trimming import trimmed

Run = list[Token]

_IDLE: Final = frozenset({"filler", "polite", "stop", "playing", "article"})
_ENDS: Final = frozenset({"stop", "end", "finish"})
_STARTS: Final = frozenset({"start", "begin"})
_LATER: Final = frozenset({"later", "earlier", "sooner"})
_SLIDES: Final = frozenset({"slide", "slides", "sliding", "fly", "flies"})
_FROM: Final = {"left": "right", "right": "left", "top": "down", "bottom": "up"}
_ITSELF: Final = frozenset({"it", "video"})
_NAMED: Final = frozenset({"it", "video", "title", "caption", "text", "photo", "photos"})
_CUTTING: Final = frozenset({"trim", "cut", "remove", "keep", "mute"})
_RESTORED: Final = frozenset({"color", "speed", "size", "photo", "video", "canvas"})
# What goes up or down: a text, a picture, an amount.
_GOING: Final = frozenset(
    {"noun", "adjust", "tone", "crossing", "motion", "overlay", "quote", "place", "pick", "file"}
    | {"db", "genre", "speech", "shrunk", "entrance", "percent", "degree", "position"}
)
_MOVED: Final = (("verb", "louder"), ("verb", "quieter"), ("verb", "faster"), ("verb", "slower"))
_LONGER: Final = frozenset({"longer", "shorter", "长", "短"})
_TIMED: Final = frozenset({"it", "video", "photo", "photos", "transition"})
_LENGTHENED: Final = frozenset(
    {"noun", "verb", "filler", "polite", "article", "stop", "degree", "scope", "slideshow"}
    | {"crossing"}
)
_PART: Final = frozenset({"time", "range", "moment"})
_PARTED: Final = _PART | {"edge", "prep", "noun", "unit"}
_OBLIGED: Final = frozenset({"should", "only", "must", "to", "will", "can", "just"})
_POLITE: Final = ("article", "filler", "polite")


def gathered(tokens: list[Token], folded: str) -> list[Token]:
    """Return *tokens* with verbs and their far particles read as what they mean together.

    Args:
        tokens: With times and ranges joined.
        folded: The message they came from, folded.
    """
    result: list[Token] = []
    for number, run in enumerate(runs(bounded(tokens, folded))):
        gathered_run = run
        for read in (
            _headed,
            trimmed,
            in_photo_run,
            _restored,
            _faded,
            _slid,
            _finished,
            _later,
            _lasting,
            _taken_off,
            _longer,
            _became,
        ):
            gathered_run = read(gathered_run, folded)
        result += _only(gathered_run, folded) if number == 0 else gathered_run
    # Outside of these phrases an end is the end of something else.
    return [
        Token("word", folded[t.start : t.end], t.start, t.end) if t.kind == "finish" else t
        for t in _ways(result, folded)
    ]


def _ways(tokens: list[Token], folded: str) -> list[Token]:
    """Read "up" and "down" as places where something is named that goes there.

    "Turn up" alone is no wish about sound either.
    """
    result: list[Token] = []
    crossing = any(token.kind == "crossing" for token in tokens)  # "transition: push, up"
    for run in runs(tokens):
        named = crossing or any(t.kind in _GOING or (t.kind, t.value) in _MOVED for t in run)
        kind = "position" if named else "word"
        told = any(t.kind in _GOING for t in run)
        for token in run:
            turns = _text(token, folded) in ("turn up", "turn down") and not told
            way = token.kind == "way" or turns
            new = "word" if turns else kind
            result.append(Token(new, token.value, token.start, token.end) if way else token)
    return result


def _text(token: Token, folded: str) -> str:
    return folded[token.start : token.end]


def _told(run: Run) -> Run:
    return [token for token in run if token.kind not in _IDLE]


def _headed(run: Run, folded: str) -> Run:
    """Read 去头两秒 as "cut" and "the start", 掐尾 as "cut" and "the end"."""
    result: Run = []
    for token in run:
        if _text(token, folded) in ("去头", "掐头", "去尾", "掐尾"):
            edge = "first" if folded[token.end - 1] == "头" else "last"
            result.append(Token("verb", "cut", token.start, token.end - 1))
            result.append(Token("edge", edge, token.end - 1, token.end))
        else:
            result.append(token)
    return result


def _restored(run: Run, folded: str) -> Run:
    """Read 恢复亮度 as "reset the brightness", not as "redo"."""
    for index, (token, following) in enumerate(itertools.pairwise(run)):
        said = [t for t in run[: index + 1] if t.kind not in _IDLE]
        if _text(following, folded) == "恢复" and said and said[-1].kind == "adjust":
            verb = Token("verb", "reset", following.start, following.end)  # 对比度恢复
            return [*run[: index + 1], verb, *run[index + 2 :]]
        named = following.kind in ("adjust", "tone", "ground") or following.value in _RESTORED
        undone = (token.kind, token.value) == ("history", "undo")
        rest = [t for t in run[index + 1 :] if t.kind not in _IDLE]
        if undone and rest and rest[0].kind == "adjust":
            verb = Token("verb", "reset", token.start, token.end)  # "undo just the brightness"
            return [*run[:index], verb, *run[index + 1 :]]
        if token.kind == "history" and named and _text(token, folded) in ("恢复", "还原"):
            verb = Token("verb", "reset", token.start, token.end)
            return [*run[:index], verb, *run[index + 1 :]]
    return run


def _faded(run: Run, folded: str) -> Run:
    """Read "fade the music in and out" as both fades."""
    for index, token in enumerate(run):
        following = [t.kind for t in run[index : index + 3]]
        fades = any((t.kind, t.value) == ("verb", "fade") for t in run[:index])
        if not fades or token.kind != "prep" or _text(token, folded) != "in":
            continue
        if following == ["prep", "sep", "out"]:
            both = Token("fade", "both", token.start, run[index + 2].end)
            return [*run[:index], both, *run[index + 3 :]]
        if following[1:2] in ([], ["prep"], ["time"], ["stop"], ["sep"], ["degree"]):
            into = Token("fade", "in", token.start, token.end)
            return [*run[:index], into, *run[index + 1 :]]
    return run


def _slid(run: Run, folded: str) -> Run:
    """Read "slide the title in from the left"; "slide … between the photos" is a transition."""
    told = _told(run)
    if not told or _text(told[0], folded) not in _SLIDES:
        return run
    first, nouns = told[0], {str(t.value) for t in told[1:] if t.kind == "noun"}
    if nouns & {"photo", "photos", "transition"}:
        slide = Token("crossing", "slide", first.start, first.end)
        return [slide if token is first else token for token in run]
    if not nouns & {"title", "caption", "text", "it"}:
        return run
    into = next((n for n, t in enumerate(run) if _text(t, folded) == "in"), None)
    if into is None:
        return run
    sides = [str(t.value) for t in run[into:] if t.kind == "position" and t.value in _FROM]
    way = f"slide-{_FROM[sides[0]] if sides else 'right'}"
    kept = [t for t in run[:into] if t is not first]
    left = [t for t in run[into + 1 :] if t.kind not in ("prep", "position", "filler", "article")]
    return [Token("entrance", way, first.start, first.end), *kept, *left]


def _finished(run: Run, folded: str) -> Run:
    """Read "stop it at 10 s", "end it halfway", 到一半就停 as a cut of all that follows."""
    told = _told(run)
    if told and (told[-1].kind == "finish" or _text(told[-1], folded) == "停"):
        run = [_as_moment(token) for token in run]  # 到一半就停
        told = _told(run)
    parts = [t for t in told if t.kind in _PART]
    if len(parts) != 1 or parts[0].kind == "range":
        return run
    if told[-1].kind == "finish" or _text(told[-1], folded) == "停":
        head = told[-1]
        before = [t for t in told[:-1] if _text(t, folded) not in ("播", "播放")]
        plain = all(t.kind in ("prep", *_PART) or _is_itself(t) for t in before)
        return _ended(run, head, parts[0], folded) if plain and before else run
    at = next((n for n, t in enumerate(told) if _is_end(t, folded)), None)
    if at is None or not all(_is_itself(t) for t in told[:at]):
        return run
    after = told[at + 1 :]
    sooner = bool(after) and _text(after[-1], folded) in ("earlier", "sooner")
    plain = all(t.kind in ("prep", *_PART) or _is_itself(t) for t in after[: len(after) - sooner])
    joined = any(t.kind == "prep" for t in (told[at], *after)) or parts[0].kind == "moment"
    if not plain or not (joined or sooner):
        return run
    if sooner:
        return _trimmed(run, told[at], "last", after[-1])
    return _ended(run, told[at], parts[0], folded)


def _as_moment(token: Token) -> Token:
    half = (token.kind, str(token.value)) == ("factor", "0.5")
    return Token("moment", "0.5", token.start, token.end) if half else token


def _is_itself(token: Token) -> bool:
    return token.kind == "noun" and token.value in _ITSELF


def _is_end(token: Token, folded: str) -> bool:
    return _text(token, folded).split(" ")[0] in _ENDS and token.kind != "word"


def _ended(run: Run, head: Token, part: Token, folded: str) -> Run:
    """Return *run* as "keep so much", or as "cut from that moment on"."""
    del folded
    verb = Token("verb", "cut" if part.kind == "moment" else "keep", head.start, head.end)
    return [
        verb if token is head else token
        for token in run
        if token.kind != "prep" or token is head or part.kind == "moment"
    ]


def _later(run: Run, folded: str) -> Run:
    """Read "start the video two seconds later"."""
    told = _told(run)
    while told and (_is_itself(told[0]) or told[0].kind == "prep"):
        told = told[1:]
    texts = [_text(token, folded) for token in told]
    if len(told) < 3 or texts[0] not in _STARTS or texts[-1] not in _LATER:  # noqa: PLR2004 - start, time, later
        return run
    if [t.kind for t in told[1:-1] if not _is_itself(t)] != ["time"]:
        return run
    return _trimmed(run, told[0], "first", told[-1]) if texts[-1] == "later" else run


def _trimmed(run: Run, head: Token, edge: str, last: Token) -> Run:
    result: Run = []
    for token in run:
        if token is head:
            middle = (token.start + token.end) // 2
            result.append(Token("verb", "trim", token.start, middle))
            result.append(Token("edge", edge, middle, token.end))
        elif token is not last and not _is_itself(token):
            result.append(token)
    return result


def _lasting(run: Run, folded: str) -> Run:
    """Read "make it last 5 seconds" as how long it shows, not as its end."""
    if any(t.kind == "verb" and t.value in _CUTTING for t in run):
        return run
    result = list(run)
    for index, token in enumerate(run[1:-1], 1):
        before, after = run[index - 1], run[index + 1]
        named = before.kind == "noun" and before.value in _NAMED
        obliged = _text(before, folded) in _OBLIGED  # "the video should only last 8 seconds"
        named = named or (obliged and any(t.kind in ("noun", "place") for t in run[:index]))
        if named and after.kind == "time" and _text(token, folded) == "last":
            result[index] = Token("verb", "show", token.start, token.end)
    return result


def _taken_off(run: Run, folded: str) -> Run:
    """Read "take the captions off": off at the end is away."""
    told = [t for t in run if t.kind not in ("polite", "stop", "filler", "article")]
    if len(told) > 1 and told[-1].kind == "out" and _text(told[0], folded) == "leave":
        verb = Token("verb", "remove", told[0].start, told[0].end)
        return [verb if t is told[0] else t for t in run]  # "leave the second half out"
    if len(told) > 1 and told[-1].kind == "prep" and _text(told[-1], folded) == "off":
        last = told[-1]
        return [Token("out", "out", t.start, t.end) if t is last else t for t in run]
    return run


def _became(run: Run, folded: str) -> Run:
    """Read 亮了, 黑了 as what has become of something, which is no wish."""
    told = [t for t in run if t.kind != "stop"]
    tones = [n for n, t in enumerate(told) if t.kind in ("tone", "color")]
    done = [n for n in tones if n + 1 < len(told) and _text(told[n + 1], folded) == "了"]
    said = all(
        t.kind in ("tone", "color", "noun", "subject", "word") or _text(t, folded) == "了"
        for t in told
    )
    if not done or done != tones or not said:
        return run
    became = [
        Token("word", folded[t.start : t.end], t.start, t.end) if n in tones else t
        for n, t in enumerate(told)
    ]
    return became + [t for t in run if t.kind == "stop"]


def _longer(run: Run, folded: str) -> Run:
    """Read "make it longer", 视频短一点 as a length that is not said yet."""
    named = any((t.kind == "noun" and t.value in _TIMED) or t.kind == "crossing" for t in run)
    plain = all(t.kind in _LENGTHENED or _text(t, folded) in _LONGER for t in run)
    if not named or not plain:
        return run
    return [
        Token("longer", "longer", t.start, t.end) if _text(t, folded) in _LONGER else t for t in run
    ]


def _only(run: Run, folded: str) -> Run:
    """Read "only the first 4 seconds", "just the second half" as what shall stay."""
    for index, token in enumerate(run):
        if _text(token, folded) in ("only", "just") and token.kind in _POLITE:
            rest = _told([t for t in run if t is not token])
            if rest and (rest[0].kind, rest[0].value) == ("prep", "for"):
                return run  # it says how long what was made last stands
            kinds = {t.kind for t in rest}
            plain = all(t.kind != "noun" or t.value in _ITSELF for t in rest)
            timed = kinds & {"moment", "range"} or {"edge", "time"} <= kinds
            timed = timed or {"edge", "unit"} <= kinds  # "just the last minute"
            shows = [t for t in rest if (t.kind, t.value) == ("verb", "show")]
            shows += [t for t in rest if t.kind == "verb" and _text(t, folded) == "want"]
            kinds = {t.kind for t in rest if t not in shows}
            if timed and plain and kinds <= _PARTED:
                keep = Token("verb", "keep", token.start, token.end)
                kept = [*run[:index], keep, *run[index + 1 :]]
                return [t for t in kept if t not in shows]
            return run
    return run
