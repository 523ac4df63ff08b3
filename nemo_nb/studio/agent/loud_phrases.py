"""Words about how loud something is: "turn … down", "half as loud", "the music is too loud"."""

from __future__ import annotations

import itertools
from typing import Final

from nemo_nb.studio.agent.sound_runs import (
    MOST,
    Run,
    end_of,
    is_heard,
    text_of,
    told_of,
)
from nemo_nb.studio.agent.tokens import Token

_DIALS: Final = ("turn", "dial", "crank", "knock")
_OTHERS: Final = frozenset({"adjust", "tone", "overlay", "crossing", "motion", "ground", "quote"})
_NAMED: Final = frozenset({"caption", "title", "text", "font", "speed", "tempo", "opacity", "size"})
_AMOUNTS: Final = ("percent", "db", "level", "factor", "number")
_CLIPS: Final = {
    "first": "first",
    "second": "second",
    "last": "last",
    "第一段": "first",
    "第一个": "first",
    "最后一段": "last",
    "最后一个": "last",
}
_TO_THE_END: Final = ("放到最后", "放到结束", "放到结尾")
_UNHEARD: Final = frozenset(
    {"can'thear", "canthear", "cannothear", "hardlyhear", "barelyhear", "couldn'thear"}
    | {"听不清", "听不见", "听不到", "hardtohear", "ishardtohear", "isbarelyaudible"}
)


def loud(run: Run, folded: str) -> Run:
    """Return *run* with words about loudness read as what they mean together."""
    for read in (_unheard, _it, _of_the_first, _as_loud, _judged, _shares, _turned):
        run = read(run, folded)
    return run


def _shares(run: Run, folded: str) -> Run:
    """Read "a third of the volume", 四分之一 of a sound as a part of what it has."""
    if not any(is_heard(token) for token in run):
        return run
    halves = [t for t in run if t.kind == "number" and text_of(t, folded) == "a half"]
    run = [Token("factor", "0.5", t.start, t.end) if t in halves else t for t in run]
    for index, (token, other) in enumerate(itertools.pairwise(run)):
        halved = folded[token.end : other.start].strip() == "/"
        if token.kind == other.kind == "number" and halved and 0 < token.value < other.value:
            part = Token("factor", token.value / other.value, token.start, other.end)  # "1/2"
            return [*run[:index], part, *run[index + 2 :]]
    return [
        Token("factor", float(t.value) / 100, t.start, t.end)
        if t.kind == "percent" and _is_share(text_of(t, folded))
        else t
        for t in run
    ]


def _is_share(text: str) -> bool:
    return (
        "分之" in text and "百" not in text
        if not text.isascii()
        else text.endswith((" of", " off"))
    )


def _as_loud(run: Run, folded: str) -> Run:
    """Read "half as loud" as an amount of sound, 音乐大一倍 as twice as loud."""
    result = list(run)
    for index in range(1, len(run)):
        before, token = run[index - 1], run[index]
        pair = (text_of(before, folded), text_of(token, folded))
        if before.kind == "factor" and pair[0].endswith(" as") and pair[1] in ("loud", "quiet"):
            result[index] = Token("noun", "sound", token.start, token.end)
        if pair == ("大", "一倍") and any(is_heard(t) for t in run):
            result[index - 1] = Token("filler", "", before.start, before.end)
            result[index] = Token("factor", "2", token.start, token.end)
    return result


def _turned(run: Run, folded: str) -> Run:
    """Read "turn the second clip down to 30%" as quieter."""
    told = told_of(run)
    ways = [t for t in told if t.kind == "way"]
    turns = [t for t in told if t.kind in ("verb", "word", "sign") and text_of(t, folded) in _DIALS]
    if len(ways) != 1 or len(turns) != 1 or turns[0].start > ways[0].start:
        return run
    other = any(t.kind in _OTHERS or (t.kind == "noun" and t.value in _NAMED) for t in told)
    heard = any(is_heard(t) for t in told) or any(t.kind in _AMOUNTS for t in told)
    if other or not heard:
        return run
    louder = "louder" if ways[0].value == "top" else "quieter"
    verb = Token("verb", louder, ways[0].start, ways[0].end)
    return [verb if t is ways[0] else t for t in run if t is not turns[0]]


def _it(run: Run, folded: str) -> Run:
    """Read "turn it down" as what it says of something that was named."""
    result: Run = []
    for token in run:
        loud = (token.kind, token.value) in (("verb", "louder"), ("verb", "quieter"))
        if loud and " it " in text_of(token, folded):
            at = token.start + text_of(token, folded).index(" it ") + 1
            result.append(Token("verb", token.value, token.start, at - 1))
            token = Token("noun", "it", at, token.end)  # noqa: PLW2901 - what is left of it
        result.append(token)
    return result


def _judged(run: Run, folded: str) -> Run:
    """Read "the second clip is too loud" as a wish for less of it."""
    told = told_of(run)
    texts = [text_of(t, folded) for t in told]
    loud = bool(told) and told[-1].kind == "verb" and told[-1].value in ("louder", "quieter")
    complains = bool(texts) and ("too " in texts[-1] or "drown" in texts[-1])
    if not loud or not complains or len(told) > MOST + 1:
        return run
    asked = [t for t in told if t.kind == "question"]
    led = [t for t in told[:-1] if t.kind != "question"]
    named = led and all(t.kind in ("noun", "file", "place", "voice") for t in led)
    if len(asked) != 1 or not named or told[-2] is not asked[0]:
        return run
    return [t for t in run if t is not asked[0]]


def _of_the_first(run: Run, folded: str) -> Run:
    """Read "the volume of the first", 最后一段音量减半, "second 80%" as that clip's."""
    told = [t for t in told_of(run) if (t.kind, text_of(t, folded)) != ("prep", "of")]
    kinds = [t.kind for t in told]
    if "time" in kinds or "range" in kinds or not told:
        return run
    heard = any(is_heard(t) or t.kind in ("percent", "db") or t.value == "mute" for t in told)
    ends = (told[-1], told[0]) if heard else ()
    for token in ends:
        place = _CLIPS.get(text_of(token, folded))
        if place is not None and token.kind in ("edge", "unit") and kinds.count(token.kind) == 1:
            new = Token("place", place, token.start, token.end)
            return [new if t is token else t for t in run]
    return run


def _unheard(run: Run, folded: str) -> Run:
    """Read "I can't hear the music", 音乐听不清 as too quiet, 音乐放到最后 as how long it plays."""
    told = told_of(run)
    music = [t for t in told if (t.kind, t.value) == ("noun", "music")]
    texts = [text_of(t, folded) for t in told]
    if len(music) != 1:
        return run
    rest = "".join(text for t, text in zip(told, texts, strict=True) if t is not music[0])
    if rest in _UNHEARD:
        at = music[0].start if music[0] is told[-1] else music[0].end
        louder = Token("verb", "louder", at, at)
        return [*sorted([louder, music[0]], key=lambda t: (t.start, t.end)), *end_of(run)]
    if rest.removeprefix("一直") in _TO_THE_END:
        goal = told[-1]
        show = Token("verb", "show", goal.start, goal.start + 1)
        return [music[0], show, Token("scope", "rest", goal.start + 1, goal.end), *end_of(run)]
    return run
