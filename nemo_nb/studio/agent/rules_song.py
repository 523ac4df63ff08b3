"""Rules for clauses about when music plays: "start the music at 3 s", "loop it to the end"."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from nemo_nb.studio.agent.clauses import Clause
from nemo_nb.studio.agent.intents import Intent, Timing, Which
from nemo_nb.studio.agent.intents_show import Loop
from nemo_nb.studio.agent.intents_sound import MoveMusic, SoundFades
from nemo_nb.studio.agent.reading import lengths, timing_of
from nemo_nb.studio.agent.reading_sound import is_heard, own_file, spec_of
from nemo_nb.studio.agent.rules_volume import volume_intents

_LASTING: Final = frozenset({"keep", "show", "extend", "make", "set"})
_PLAYING: Final = frozenset({"show"})
_LOUDNESS: Final = ("percent", "level", "db")
_SAID: Final = ("noun", "file")
_AMOUNTS: Final = ("percent", "level", "db", "factor", "rounds")
_ELSEWHERE: Final = ("fade", "duck", "speech", "voice", "crossing", "slideshow", "reset")


def song_intents(  # noqa: PLR0911 - one rule a return
    clause: Clause, skipped: str
) -> list[Intent]:
    """Return what *clause* asks of when music plays; empty where it is about other things."""
    if not is_heard(clause) or spec_of(clause):
        return []
    rounds = clause.all("times", "rounds", "factor")
    again = clause.has("piece", "loop") or clause.has("playing") or clause.verbs == ["show"]
    if rounds and again and "sound" not in clause.nouns:
        count = round(float(rounds[0].value))  # "play the jingle twice"
        return [MoveMusic(span=clause.span, skipped=skipped, start_ms=None, times=max(count, 1))]
    amounts = clause.all(*_LOUDNESS)
    if amounts:  # "loop the jingle until the end at 30%"
        rest = replace(clause, tokens=tuple(t for t in clause.tokens if t not in amounts))
        found = song_intents(rest, skipped)
        told = [t for t in clause.tokens if t in amounts or t.kind in _SAID]
        loud = replace(clause, tokens=tuple(told), inherited=None)
        return [*found, *volume_intents(loud, "")] if found else []
    common: dict[str, Any] = {"span": clause.span, "skipped": skipped}
    if clause.has("piece", "loop") and not _parted(clause, timing_of(clause)):
        return [Loop(**common, which=Which(noun="music"))]
    if _lasts(clause):
        return [MoveMusic(**common, start_ms=0, lasting=True, adds=_adds(clause))]
    if "music" not in clause.nouns and own_file(clause) is None:
        return []
    return _moved(clause, common)


def _lasts(clause: Clause) -> bool:
    """Whether music shall go on to the end: "keep the music going until the end"."""
    told = timing_of(clause)
    ends = told.to_end or told.whole or clause.has("scope", "whole")
    begins = told.start_ms is not None or clause.all("time", "range", "moment")
    begins = begins or (clause.has("edge") and not told.to_end)
    plain = set(clause.verbs) <= _LASTING and not clause.all(*_AMOUNTS, *_ELSEWHERE, "ground")
    going = bool(clause.verbs) or clause.has("playing") or told.to_end
    return bool(ends and plain and going and not begins)


def _adds(clause: Clause) -> bool:
    """Whether music is asked for where none plays: "play music until the end"."""
    return set(clause.verbs) <= _PLAYING


def _parted(clause: Clause, part: Timing) -> bool:
    order = [token.kind for token in clause.tokens if token.kind in ("edge", "time")]
    return bool(clause.all("moment") or (order == ["edge", "time"] and part))


def _moved(  # noqa: PLR0911 - one rule a line
    clause: Clause, common: dict[str, Any]
) -> list[Intent]:
    part, times, verbs = timing_of(clause), lengths(clause), set(clause.verbs)
    later = clause.has("edge", "first") and clause.has("prep", "after") and len(times) == 1
    if later and verbs <= {"make", "set", "show", "move"}:
        return [MoveMusic(**common, start_ms=times[0])]  # "start the music after 2 seconds"
    if clause.has("begin") and clause.has("prep", "by") and len(times) == 1:
        return [SoundFades(**common, fade_in_ms=times[0])]  # "come in slowly over 2 seconds"
    common |= {"adds": _adds(clause)}
    if clause.has("goal", "first") and verbs <= {"show", "move", "make", "set"}:
        return [MoveMusic(**common, start_ms=0)]
    there = clause.has("prep", "at") or "move" in verbs
    ends = (clause.has("edge", "last") and there) or clause.has("goal", "last")
    placed = verbs <= {"show", "move", "add", "make", "set"} and not clause.all(*_ELSEWHERE)
    if ends and placed and not times and not clause.all("range", "moment", "factor"):
        return [MoveMusic(**common, start_ms=None, timing=Timing(edge="last"))]
    preps = {str(t.value) for t in clause.all("prep")}
    played = verbs == {"show"} or (not verbs and (clause.has("playing") or preps == {"for"}))
    alone = not clause.all("edge", "range", "moment", "begin", *_ELSEWHERE)
    if played and alone and len(times) == 1 and preps <= {"for"}:
        first = Timing(duration_ms=times[0], edge="first")
        return [MoveMusic(**common, start_ms=0, timing=first)]  # "play the music for 6 seconds"
    shown = verbs <= {"keep", "show", "make", "set", "trim", "use"}
    told = not clause.all("factor", "number", "begin", *_ELSEWHERE) and part
    told = told and not (clause.has("prep", "at") and part.edge == "first")  # "start … at 3 s"
    if _parted(clause, part) and shown and told and "trim" not in verbs:
        return [MoveMusic(**common, start_ms=0, timing=part)]  # "music only for the first 5 s"
    to = clause.has("prep", "to") and clause.verbs in (["trim"], ["cut"], ["keep"], ["show"], [])
    if to and len(times) == 1 and not clause.all("edge"):
        return [MoveMusic(**common, start_ms=None, end_ms=times[0])]
    ranges = clause.all("range")
    if ranges and not verbs & {"add", "generate", "mute", "remove", "cut"}:
        start, stop = ranges[0].value
        return [MoveMusic(**common, start_ms=start, end_ms=stop)]
    begins = clause.has("edge", "first") or clause.has("begin") or "move" in clause.verbs
    stands = begins or any(clause.has("prep", prep) for prep in ("from", "at", "after"))
    told = not clause.all("factor", "number", *_ELSEWHERE)
    if (
        stands
        and told
        and len(times) == 1
        and not clause.has("edge", "last")
        and verbs <= {"move", "make", "show", "set"}
    ):
        return [MoveMusic(**common, start_ms=times[0])]
    return []
