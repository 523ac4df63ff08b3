"""Words about when music plays: "stop the music at 8 s", "don't start it until 4 s"."""

from __future__ import annotations

import itertools
from typing import Final

from nemo_nb.studio.agent.sound_runs import (
    IDLE,
    MOST,
    Run,
    end_of,
    is_music,
    text_of,
    told_of,
)
from nemo_nb.studio.agent.tokens import Token

_GOING: Final = ("piece", "scope", "playing", "edge", "range", "moment", "percent", "db")
_ENDING: Final = frozenset({"stop", "stops", "end", "ends", "finish", "finishes"})
_ENDING_ZH: Final = frozenset({"停", "停止", "结束", "截止", "终止", "为止"})
_ENDED: Final = IDLE | frozenset(
    ("noun", "file", "prep", "time", "edge", "finish", "negation", "word", "there")
)
_LED: Final = ("at", "to", "after")
_BEGUN: Final = IDLE | {"noun", "file", "prep", "time", "edge", "begin", "playing", "negation"}
_BEGINNING: Final = frozenset({"start", "starts", "begin", "begins", "开始", "开始播放"})


def timed(run: Run, folded: str) -> Run:
    """Return *run* with words about when music plays read as what they mean together."""
    for read in (_kept, _dropped, _taken_off, _begun, _not_until, _stopped):
        run = read(run, folded)
    return run


def _kept(run: Run, folded: str) -> Run:
    """Read "keep the music going until the end" as how long it plays, not as what stays."""
    for index, token in enumerate(run):
        named = token.kind == "asis" and text_of(token, folded).split(" ")[0] in ("keep", "leave")
        after = [t for t in run[index + 1 :] if t.kind not in IDLE and t.kind != "prep"]
        if named and after and after[0].kind in _GOING:
            middle = token.start + 4
            keep = Token("verb", "keep", token.start, middle)
            music = Token("noun", "music", middle + 1, token.end)
            return [*run[:index], keep, music, *run[index + 1 :]]
    return run


def _begun(run: Run, folded: str) -> Run:
    """Read "start song.mp3 at 2 s", 歌从3秒开始 as where it begins, not as a cut of the video."""
    told = told_of(run)
    texts = [text_of(t, folded) for t in told]
    music = [t for t in told if is_music(t)]
    times = [t for t in told if t.kind == "time"]
    begins = [t for t in told if t.kind in ("begin", "edge") and text_of(t, folded) in _BEGINNING]
    waits = texts[:1] == ["wait"] and "before" in texts
    preps = {text_of(t, folded) for t in told if t.kind == "prep"}
    plain = all(
        t.kind in ("begin", "edge", "prep", "time", "unit") or t in music for t in told[waits:]
    )
    led = waits or preps & {"at", "after", "from", "in", "从", "在", "第"} or texts[-1:] == ["in"]
    if len(music) != 1 or len(times) != 1 or not begins or not plain or not led or "for" in preps:
        return run
    start = Token("prep", "from", times[0].start, times[0].start)
    return sorted([music[0], start, times[0]], key=lambda t: t.start) + end_of(run)


def _not_until(run: Run, folded: str) -> Run:
    """Read "don't start the music until 4 s", "no music before 4 s" as when it begins."""
    told = told_of(run)
    times = [t for t in told if t.kind == "time"]
    until = [t for t in told if t.kind == "prep" and t.value in ("to", "before")]
    silent = [t for t in told if (t.kind, t.value) == ("reset", "music")]
    silent = [t for t in silent if not text_of(t, folded).startswith("stop")]
    begins = [t for t in told if t.kind == "negation"]
    begins = begins if any(is_music(t) for t in told) else []
    if len(times) != 1 or len(until) != 1 or not (silent or begins):
        return run
    if any(t.kind not in _BEGUN and t not in silent for t in told):
        return run
    named = next((t for t in told if is_music(t)), None)
    named = named or Token("noun", "music", silent[0].start, silent[0].end)
    start = Token("prep", "from", times[0].start, times[0].start)
    return [named, start, times[0], *end_of(run)]


def _stopped(run: Run, folded: str) -> Run:
    """Read "stop the music at 8 s", "cut the music off at 8 s", 音乐到8秒停 as its end."""
    told = told_of(run)
    times = [t for t in told if t.kind == "time"]
    resets = [t for t in told if (t.kind, t.value) == ("reset", "music")]
    named = next((t for t in told if is_music(t)), None)
    if len(times) != 1 or not (named or resets):
        return run
    texts = [text_of(t, folded) for t in told]
    stops = [t for t, text in zip(told, texts, strict=True) if _is_ending(text)]
    stops += [t for t in resets if "off" in text_of(t, folded) or "stop" in text_of(t, folded)]
    stops += [t for t in resets if "关" in text_of(t, folded)]
    off = {"cut", "off"} <= set(texts)
    preps = {str(t.value) for t in told if t.kind == "prep" and text_of(t, folded) != "off"}
    led = preps and preps <= set(_LED)
    verbs = [t for t in told if t.kind == "verb" and t not in stops]
    cuts = [t for t in verbs if text_of(t, folded) == "cut"]
    plain = all(t.kind in _ENDED or t in stops or t in cuts or t in resets for t in told)
    edges = [t for t in told if t.kind == "edge" and t not in stops]
    if not ((stops or off) and led and plain) or edges or verbs != cuts:
        return run
    named = named or Token("noun", "music", resets[0].end - 1, resets[0].end)
    to = Token("prep", "to", times[0].start, times[0].start)
    return sorted([named, to, times[0]], key=lambda t: t.start) + end_of(run)


def _is_ending(text: str) -> bool:
    return text.split(" ", maxsplit=1)[0] in _ENDING or text in _ENDING_ZH


def _taken_off(run: Run, folded: str) -> Run:
    """Read "take song.mp3 off the timeline" as its removal."""
    told = told_of(run)
    kinds = [(t.kind, text_of(t, folded)) for t in told]
    if len(told) != MOST + 1 or kinds[0] != ("verb", "take") or kinds[2] != ("prep", "off"):
        return run
    if not is_music(told[1]) or (told[3].kind, told[3].value) != ("noun", "video"):
        return run
    return [Token("verb", "remove", told[0].start, told[0].end), told[1], *end_of(run)]


def _dropped(run: Run, folded: str) -> Run:
    """Read "drop a lo-fi beat in" as music that comes, 音乐放6秒 as how long it plays."""
    result = list(run)
    music = any(is_music(t) or t.kind == "genre" for t in run)
    for index, (token, following) in enumerate(itertools.pairwise(run)):
        text, after = text_of(token, folded), text_of(following, folded)
        drops = (token.kind, token.value, text) == ("verb", "remove", "drop")
        if drops and music and after in ("a", "an", "some", "in"):
            result[index] = Token("verb", "add", token.start, token.end)
        if music and text == "放" and following.kind == "time":
            result[index] = Token("verb", "show", token.start, token.end)
        sized = any((t.kind, t.value) == ("noun", "sound") or is_music(t) for t in run)
        if sized and text in ("大", "小") and following.kind in ("percent", "db"):
            result[index] = Token("sign", "+" if text == "大" else "-", token.start, token.end)
    return result
