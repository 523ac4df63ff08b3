"""Words about sound that mean something only together: silence and what follows it."""

from __future__ import annotations

from typing import Final

from nemo_nb.studio.agent.loud_phrases import loud
from nemo_nb.studio.agent.song_phrases import timed
from nemo_nb.studio.agent.sound_runs import (
    HEARD,
    IDLE,
    MARKS,
    MOST,
    Run,
    end_of,
    is_music,
    runs_of,
    text_of,
    told_of,
)
from nemo_nb.studio.agent.tokens import Token

_TURNING: Final = ("turn", "switch", "put", "bring")
_HEARING: Final = frozenset({"hear", "hearing", "听", "听到", "听见"})
_ONLY: Final = ("only", "just", "只", "仅")


def sound_phrased(tokens: list[Token], folded: str) -> list[Token]:
    """Return *tokens* with such words read as what they mean.

    Args:
        tokens: With times and ranges joined.
        folded: The message they came from, folded.
    """
    result: list[Token] = []
    runs = runs_of(tokens)
    for run in runs:
        for read in (_own_silence, loud, _back_on, _off, _unducked, _restored, timed):
            run = read(run, folded)  # noqa: PLW2901 - each reads what the one before made of it
        result += _only_music(run, folded) if len(runs) == 1 else run
    return result


def _own_silence(run: Run, folded: str) -> Run:
    """Read "no original sound" as silence of the clips, not of the music."""
    result: Run = []
    for token in run:
        if (token.kind, token.value) == ("verb", "mute") and "original" in text_of(token, folded):
            middle = token.start + text_of(token, folded).index("original")
            result.append(Token("verb", "mute", token.start, middle - 1))
            token = Token("noun", "ownsound", middle, token.end)  # noqa: PLW2901 - what is left of it
        result.append(token)
    return result


def _back_on(run: Run, folded: str) -> Run:
    """Read "turn the music back on", "sound back on" as letting it be heard again."""
    told = told_of(run)
    heard = [t for t in told if t.kind == "noun" and t.value in HEARD]
    words = " ".join(text_of(t, folded) for t in told)
    led = text_of(told[0], folded).split(" ")[0] in _TURNING if told else False
    again = words.endswith((" back on", " on again")) or (led and words.endswith(" on"))
    if len(heard) != 1 or not again or not (led or told[0] is heard[0]) or len(told) > MOST + 1:
        return run
    verb = Token("verb", "unmute", told[0].start, told[0].start)
    return [verb, heard[0], *end_of(run)]


def _off(run: Run, folded: str) -> Run:
    """Read "shut the sound off" as silence."""
    told = told_of(run)
    texts = [text_of(t, folded) for t in told]
    led = bool(texts) and texts[0] in (*_TURNING, "shut", "cut", "kill")
    if len(told) != MOST or not led or texts[-1] != "off" or told[1].kind != "noun":
        return run
    if told[1].value not in ("sound", "ownsound"):
        return run
    return [Token("verb", "mute", told[0].start, told[0].end), told[1], *end_of(run)]


def _unducked(run: Run, folded: str) -> Run:
    """Read "don't duck the music", "no ducking" as what shall not be any more."""
    told = [t for t in run if t.kind not in IDLE]
    kinds = [t.kind for t in told_of(run)]
    none = kinds == ["negation", "noun"] and text_of(told[0], folded) == "no"
    none = none and is_music(told[1])  # "no jingle please"
    if [t.kind for t in told[:2]] != ["negation", "duck"] and not none:
        return run
    verb = Token("verb", "remove", told[0].start, told[0].end)
    return [verb if t is told[0] else t for t in run]


def _restored(run: Run, folded: str) -> Run:
    """Read 恢复原声, "restore the sound" as letting it be heard again."""
    told = told_of(run)
    if [t.kind for t in told[1:]] != ["noun"] or told[1].value not in HEARD:
        return run
    text = text_of(told[0], folded)
    if told[0].kind != "history" and (told[0].kind, told[0].value) != ("verb", "reset"):
        return run
    if text not in ("恢复", "还原", "restore", "reset"):
        return run
    return [Token("verb", "unmute", told[0].start, told[0].end), told[1], *end_of(run)]


def _only_music(run: Run, folded: str) -> Run:
    """Read "I only want to hear the music" as silence of all else."""
    told = [t for t in run if t.kind not in (*IDLE, *MARKS, "prep")]
    music = [t for t in told if (t.kind, t.value) == ("noun", "music")]
    others = [t for t in told if t not in music]
    if len(music) != 1 or any(t.kind == "article" and text_of(t, folded) == "a" for t in run):
        return run
    heard = [t for t in others if t.kind == "word" and text_of(t, folded) in _HEARING]
    keeps = [t for t in others if (t.kind, t.value) == ("verb", "keep")]
    only = any(text_of(t, folded).startswith(_ONLY) or " only" in text_of(t, folded) for t in run)
    if not only or not (heard or keeps) or len(heard) + len(keeps) != len(others):
        return run
    verb = Token("verb", "mute", run[0].start, run[0].end)
    return [verb, Token("noun", "ownsound", music[0].start, music[0].end), *end_of(run)]
