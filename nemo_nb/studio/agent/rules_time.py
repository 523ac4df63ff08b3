"""Rules for clauses about time, pictures, sound and the canvas."""

from __future__ import annotations

from typing import Final

from nemo_nb.studio.agent.clauses import Clause
from nemo_nb.studio.agent.intents import (
    Ask,
    CutRange,
    Fit,
    Intent,
    KeepEdge,
    KeepRange,
    PhotoLength,
    Ratio,
    RemovePicture,
    Speed,
    TotalLength,
    Transitions,
    Trim,
    Unsupported,
    Volume,
)
from nemo_nb.studio.agent.reading import edge_lengths, lengths, place_of

DISSOLVE_MS: Final = 600
_FASTER, _SLOWER = 1.5, 0.5
_LOUDER, _QUIETER = 1.25, 0.75
_SOUND_VERBS: Final = {"mute", "unmute", "louder", "quieter"}
_PART: Final = ("time", "range", "edge", "moment")


def time_intents(clause: Clause, skipped: str) -> list[Intent]:
    """Return what *clause* asks of pictures, sound and time; empty where nothing fits."""
    for rule in (_sound, _speed, _transitions, _photo_length, _cuts, _pictures, _canvas):
        found = rule(clause, skipped)
        if found:
            return found
    return []


def _sound(clause: Clause, skipped: str) -> list[Intent]:  # noqa: C901, PLR0911 - one rule a return
    verbs, music = set(clause.verbs), "music" in clause.nouns
    span = clause.span

    def volume(level: float | None, factor: float = 1.0) -> list[Intent]:
        return [Volume(span=span, skipped=skipped, level=level, factor=factor, music=music)]

    percents = clause.all("percent")
    if music and not percents and verbs and verbs <= {"add", "generate"}:
        return [Unsupported(span=span, topic="music")]
    heard = bool(clause.nouns & {"sound", "music"})
    if (heard or verbs & _SOUND_VERBS) and clause.all(*_PART):
        return [Unsupported(span=span, topic="part")]
    if percents and (heard or verbs & {"louder", "quieter"}):
        return volume(float(percents[0].value) / 100)
    if "mute" in verbs or (heard and "remove" in verbs):
        return volume(0.0)
    if "unmute" in verbs:
        return volume(1.0)
    if heard and clause.all("number") and verbs & {"set", "make", "change"}:
        level = float(clause.all("number")[-1].value)
        return volume(level if level <= 1 else level / 100)
    if heard and clause.has("factor"):
        return volume(None, float(clause.all("factor")[0].value))
    if "louder" in verbs or (heard and clause.has("grow", "1.25", "1.6")):
        return volume(None, _LOUDER)
    if "quieter" in verbs or (heard and clause.has("grow", "0.8", "0.625")):
        return volume(None, _QUIETER)
    return []


def _speed(clause: Clause, skipped: str) -> list[Intent]:
    verbs = set(clause.verbs)
    factors = clause.all("times", "factor")
    percents = clause.all("percent")
    faster, slower = "faster" in verbs, "slower" in verbs
    named = "speed" in clause.nouns and (factors or percents)
    plain = clause.has("times") and not verbs & {"trim", "cut", "keep", "remove", "add"}
    if not (faster or slower or named or plain):
        return []
    if clause.all(*_PART):
        return [Unsupported(span=clause.span, topic="part")]
    absolute = not (faster or slower)
    factor = float(factors[0].value) if factors else 0.0
    if percents:
        share = float(percents[0].value) / 100
        factor = share if absolute else 1 + share if faster else max(1 - share, 0.01)
    elif not factor:
        factor = _FASTER if faster else _SLOWER
    elif slower and factor > 1:
        factor = 1 / factor
    elif factor == 1 and (faster or slower):
        factor = 2.0 if faster else 0.5  # 快一倍: by once as much
    elif factor == 0:
        return []
    if factor <= 0:
        return []
    return [Speed(span=clause.span, skipped=skipped, factor=factor, absolute=absolute)]


def _transitions(clause: Clause, skipped: str) -> list[Intent]:
    slideshow = clause.has("slideshow")
    if not slideshow and "transition" not in clause.nouns:
        return []
    kind = "none" if "remove" in clause.verbs else "dissolve"
    times = lengths(clause)
    length = times[0] if times and not slideshow else DISSOLVE_MS
    found: list[Intent] = [
        Transitions(
            span=clause.span, skipped=skipped, kind=kind, length_ms=length, slideshow=slideshow
        )
    ]
    if slideshow and times:
        found.insert(0, PhotoLength(span=clause.span, skipped=skipped, length_ms=times[0]))
    if "music" in clause.nouns:
        found.append(Unsupported(span=clause.span, topic="music"))
    return found


def _photo_length(clause: Clause, skipped: str) -> list[Intent]:
    times = lengths(clause)
    if not times or clause.all("range"):
        return []
    verbs = set(clause.verbs)
    photos = "photo" in clause.nouns
    if not photos and not (clause.has("scope", "each") and verbs & {"show", "set", "make"}):
        return []
    if verbs & {"trim", "cut", "remove"} or (verbs & {"keep"} and not clause.has("scope")):
        return []
    return [PhotoLength(span=clause.span, skipped=skipped, length_ms=times[0])]


def _cuts(clause: Clause, skipped: str) -> list[Intent]:  # noqa: C901, PLR0911 - one rule a return
    verbs, span = set(clause.verbs), clause.span
    keeps = "keep" in verbs
    if clause.has("position") or ("photo" in clause.nouns and clause.all("edge")):
        return []
    if verbs & {"make", "set"} and clause.nouns & {"it", "video"} and not clause.all("edge"):
        return [
            TotalLength(span=span, skipped=skipped, length_ms=length)
            for length in lengths(clause)[:1]
        ]
    if not keeps and not verbs & {"trim", "cut", "remove"}:
        return []
    if clause.all("range"):
        start, end = clause.all("range")[0].value
        if keeps:
            return [KeepRange(span=span, skipped=skipped, start_ms=start, end_ms=end)]
        if verbs & {"cut", "remove"}:
            return [CutRange(span=span, skipped=skipped, start_ms=start, end_ms=end)]
        return [Ask(span=span, question="trim_range")]
    pairs = edge_lengths(clause)
    if pairs and keeps:
        edge, length = pairs[0]
        return [KeepEdge(span=span, skipped=skipped, edge=edge, length_ms=length)]
    if pairs:
        # The end first: its length is measured before the start moves, the result is the same.
        return [Trim(span=span, skipped=skipped, edge=edge, length_ms=ms) for edge, ms in pairs]
    times = lengths(clause)
    if not times:
        return []
    after, before = clause.has("prep", "after"), clause.has("prep", "before")
    if after or before:
        start = after if keeps else before
        kind = Trim if start else KeepEdge
        return [kind(span=span, skipped=skipped, edge="first", length_ms=times[0])]
    if keeps or clause.has("prep", "to"):
        return [KeepEdge(span=span, skipped=skipped, edge="first", length_ms=times[0])]
    return [Ask(span=span, question="which_end")]


def _pictures(clause: Clause, skipped: str) -> list[Intent]:
    if not set(clause.verbs) & {"remove", "cut"}:
        return []
    file = next((str(token.value) for token in clause.all("file")), None)
    index = place_of(clause)
    edges = [token.value for token in clause.all("edge")]
    if index is None and edges and clause.nouns & {"photo", "video"}:
        index = -1 if edges[0] == "last" else 0
    if file is None and index is None:
        return []
    return [RemovePicture(span=clause.span, skipped=skipped, index=index, file=file)]


def _canvas(clause: Clause, skipped: str) -> list[Intent]:
    found: list[Intent] = [
        Ratio(span=clause.span, skipped=skipped, ratio=str(token.value))
        for token in clause.all("ratio")[:1]
    ]
    fits = clause.all("fit")
    if fits:
        found.append(Fit(span=clause.span, skipped=skipped, fit=str(fits[0].value)))
    return found
