"""Rules for clauses about music, voices and loudness."""

from __future__ import annotations

from typing import Any, Final

from nemo_nb.studio.agent.clauses import Clause
from nemo_nb.studio.agent.intents import Ask, Intent, Timing, Unsupported, Which
from nemo_nb.studio.agent.intents_show import Loop
from nemo_nb.studio.agent.intents_sound import (
    AddMusic,
    AddSound,
    ChangeMusic,
    Duck,
    Loudness,
    MoveMusic,
    RemoveMusic,
    RemoveVoice,
    SoundFades,
    Volume,
)
from nemo_nb.studio.agent.reading import lengths, timing_of
from nemo_nb.studio.agent.reading_picture import part_of, which_of
from nemo_nb.studio.agent.rules_picture import FADE_MS, faded

_LOUDER, _QUIETER = 1.25, 0.75
_FASTER, _SLOWER = 1.2, 0.8
_SLOWEST, _FASTEST = 50.0, 200.0  # of music that the studio plays, beats a minute
_SOUND_VERBS: Final = {"mute", "unmute", "louder", "quieter"}
_AUDIO: Final = (".mp3", ".wav", ".m4a", ".aac")
_ADDS: Final = {"add", "generate"}


def sound_intents(clause: Clause, skipped: str) -> list[Intent]:
    """Return what *clause* asks of sound; empty where it is about other things."""
    if clause.quotes or clause.has("slideshow") or clause.nouns & {"caption", "title"}:
        return []
    for rule in (_loudness, _duck, _fades, _voice, _start, _music, _volume):
        found = rule(clause, skipped)
        if found:
            return found
    return []


def spec_of(clause: Clause) -> dict[str, Any]:
    """Return what *clause* says of the music: genre, mood, tempo."""
    spec: dict[str, Any] = {}
    for kind in ("genre", "mood", "bpm"):
        tokens = clause.all(kind)
        if tokens:  # "replace the lo-fi with acoustic": the new one stands last
            changes = bool(set(clause.verbs) & {"change", "swap"})
            spec[kind] = tokens[-1 if changes else 0].value
    numbers = [float(token.value) for token in clause.all("number")]
    paced = "genre" in spec and clause.has("prep", "at") and "sound" not in clause.nouns
    if paced and "bpm" not in spec and len(numbers) == 1 and _SLOWEST <= numbers[0] <= _FASTEST:
        spec["bpm"] = numbers[0]  # "techno at 128"
    tempo = "tempo" in clause.nouns or {"speed", "music"} <= clause.nouns
    if tempo and numbers and "bpm" not in spec:
        spec["bpm"] = numbers[-1]
    return spec


def _loudness(clause: Clause, skipped: str) -> list[Intent]:
    named = clause.all("loudness")
    if not named:
        return []
    if named[0].value == "as-is":
        return [Loudness(span=clause.span, skipped=skipped, target="as-is")]
    levels = clause.all("db", "number")
    target = -abs(float(levels[0].value)) if levels else None
    return [Loudness(span=clause.span, skipped=skipped, target=target)]


def _duck(clause: Clause, skipped: str) -> list[Intent]:
    verbs = set(clause.verbs)
    lowered = verbs & {"quieter", "mute"} or clause.has("grow") or clause.has("sign", "-")
    lowered = lowered or clause.has("position", "bottom")
    asked = clause.has("duck") or (clause.has("speech") and (lowered or "music" in clause.nouns))
    if not asked or (verbs & _ADDS and (spec_of(clause) or not clause.has("duck"))):
        return []
    if "remove" in verbs:
        return [Duck(span=clause.span, skipped=skipped, duck=False)]
    levels = clause.all("db")
    duck = abs(float(levels[0].value)) if levels else True
    return [Duck(span=clause.span, skipped=skipped, duck=duck)]


def _fades(clause: Clause, skipped: str) -> list[Intent]:
    if not clause.nouns & {"sound", "music"} and not clause.has("voice"):
        return []
    if set(clause.verbs) & _ADDS and "music" in clause.nouns and not _is_fade_itself(clause):
        return []
    into, out = faded(clause)
    if not (into or out):
        return []
    times = lengths(clause)
    none = "remove" in clause.verbs or clause.has("reset", "fade")
    length = 0 if none else times[0] if times else 2 * FADE_MS
    return [
        SoundFades(
            span=clause.span,
            skipped=skipped,
            fade_in_ms=length if into else None,
            fade_out_ms=length if out else None,
        )
    ]


def _is_fade_itself(clause: Clause) -> bool:
    """Whether "add" is said of the fade: "add a fade out to the music"."""
    told = [t for t in clause.tokens if t.kind in ("fade", "verb") or t.value == "music"]
    order = ["music" if t.value == "music" else t.kind for t in told]
    # "add a fade out to the music", 给音乐加淡出
    fade_first = [one for one in order if one != "verb"][:1] == ["fade"] or order[:1] == ["music"]
    return fade_first and "fade" in order and not spec_of(clause)


def _voice(clause: Clause, skipped: str) -> list[Intent]:
    if not clause.has("voice"):
        return []
    file = next((str(t.value) for t in clause.all("file")), None)
    verbs = set(clause.verbs)
    percents = clause.all("percent")
    common: dict[str, Any] = {"span": clause.span, "skipped": skipped}
    if "remove" in verbs:
        return [RemoveVoice(**common)]
    if verbs & {"generate"}:
        return [Unsupported(span=clause.span, topic="voice")]
    if not verbs & {"add", "make", "set"} or (file is None and percents and "add" not in verbs):
        which = Which(noun="voice")
        if percents:
            return [Volume(**common, level=float(percents[0].value) / 100, which=which)]
        if verbs & _SOUND_VERBS:
            return _by_verb(clause, common, music=False, which=which)
    volume = float(percents[0].value) / 100 if percents else 1.0
    return [AddSound(**common, file=file, volume=volume, timing=timing_of(clause))]


def _start(clause: Clause, skipped: str) -> list[Intent]:  # noqa: PLR0911 - one rule a line
    """Read "start the music at 3 seconds", "loop the music until the end"."""
    if "music" not in clause.nouns or spec_of(clause) or clause.all("percent"):
        return []
    common: dict[str, Any] = {"span": clause.span, "skipped": skipped}
    part = timing_of(clause)
    order = [token.kind for token in clause.tokens if token.kind in ("edge", "time")]
    times = lengths(clause)
    later = clause.has("edge", "first") and clause.has("prep", "after") and len(times) == 1
    if later and set(clause.verbs) <= {"make", "set", "show", "move"}:
        return [MoveMusic(**common, start_ms=times[0])]  # "start the music after 2 seconds"
    parted = clause.all("moment") or order == ["edge", "time"]
    if clause.has("begin") and clause.has("prep", "by") and len(times) == 1:
        return [SoundFades(**common, fade_in_ms=times[0])]  # "come in slowly over 2 seconds"
    shown = set(clause.verbs) <= {"keep", "show", "make", "set", "trim", "use"}
    told = not clause.all("fade", "factor", "number", "duck", "speech", "begin") and part
    told = told and not (clause.has("prep", "at") and part.edge == "first")  # "start … at 3 s"
    if parted and shown and told and "fade" not in clause.verbs and "trim" not in clause.verbs:
        return [MoveMusic(**common, start_ms=0, timing=part)]  # "music only for the first 5 s"
    to = clause.has("prep", "to") and clause.verbs in (["trim"], ["cut"], ["keep"], [])
    if to and len(lengths(clause)) == 1 and not clause.all("edge"):
        return [MoveMusic(**common, start_ms=0, end_ms=lengths(clause)[0])]
    if clause.has("piece", "loop"):
        return [Loop(**common, which=Which(noun="music"))]
    times = lengths(clause)
    begins = clause.has("edge", "first") or clause.has("begin") or "move" in clause.verbs
    ranges = clause.all("range")
    if ranges and not set(clause.verbs) & {"add", "generate", "mute", "remove", "cut"}:
        start, stop = ranges[0].value
        return [MoveMusic(**common, start_ms=start, end_ms=stop)]
    stands = begins or any(clause.has("prep", prep) for prep in ("from", "at", "after"))
    told = not clause.all("fade", "factor", "number", "duck", "speech", "crossing", "slideshow")
    if (
        stands
        and told
        and len(times) == 1
        and not clause.has("edge", "last")
        and set(clause.verbs) <= {"move", "make", "show", "set"}
    ):
        return [MoveMusic(**common, start_ms=times[0])]
    return []


def _music(  # noqa: C901, PLR0911, PLR0912 - one rule a return
    clause: Clause, skipped: str
) -> list[Intent]:
    verbs = set(clause.verbs)
    spec = spec_of(clause)
    file = next((str(t.value) for t in clause.all("file")), "")
    own = file.endswith(_AUDIO)
    common: dict[str, Any] = {"span": clause.span, "skipped": skipped}
    if clause.has("reset", "music"):
        times = lengths(clause)
        if clause.has("edge", "first") and len(times) == 1:
            return [MoveMusic(**common, start_ms=times[0])]  # "no music for the first 3 s"
        part = part_of(clause)
        if part:
            return [Volume(**common, level=0.0, music=True, which=Which(noun="music"), timing=part)]
        return [RemoveMusic(**common)]
    if "music" not in clause.nouns and not spec and not own and not clause.has("tune"):
        return []
    if own and verbs & _SOUND_VERBS and not verbs & _ADDS:
        return []  # "make song.mp3 quieter"
    if verbs & {"remove", "cut"} and not clause.all("time", "range", "percent"):
        return [RemoveMusic(**common)]
    if verbs & _SOUND_VERBS - {"louder", "quieter"} and not spec:
        return []
    percents, levels = clause.all("percent"), clause.all("level")
    volume = float(percents[0].value) / 100 if percents else None
    volume = float(levels[0].value) if levels and volume is None else volume
    numbers = clause.all("number")
    if volume is None and "sound" in clause.nouns and len(numbers) == 1:
        level = float(numbers[0].value)  # "volume 30"
        volume = level if level <= 1 else level / 100
    tempo = 1.0 if "bpm" in spec else _tempo(clause)
    adds = bool(verbs & _ADDS) or own or clause.has("prep", "by")
    if (not verbs or verbs <= {"show", "move"}) and spec and "tempo" not in clause.nouns:
        adds = True
    if not verbs and not spec and clause.has("polite", "want"):
        adds = True
    lone = {t.kind for t in clause.tokens} <= {"noun", "polite", "filler"}
    if not adds and not verbs and not spec and lone and clause.nouns == {"music"}:
        return [Ask(span=clause.span, question="which_music", choices=_kinds_of_music(common))]
    if adds and not (verbs & {"change", "swap"}) and not clause.has("another"):
        into, out = faded(clause)
        times = lengths(clause)
        fade = times[0] if times and (into or out) else 2 * FADE_MS
        timing = Timing() if times and (into or out) and len(times) == 1 else timing_of(clause)
        return [
            AddMusic(
                **common,
                spec=spec,
                file=file if own else None,
                volume=volume,
                duck=clause.has("duck") or clause.has("speech"),
                fade_in_ms=fade if into else None,
                fade_out_ms=fade if out else None,
                timing=timing,
            )
        ]
    if spec or tempo != 1.0 or clause.has("another") or (verbs & {"change", "swap"} and not volume):
        another = clause.has("another") or not (spec or tempo != 1.0)
        return [ChangeMusic(**common, spec=spec, tempo=tempo, another=another, volume=volume)]
    return []


def _kinds_of_music(common: dict[str, Any]) -> tuple[tuple[str, Intent], ...]:
    kinds = ("lo-fi", "upbeat", "cinematic", "piano", "acoustic", "jazz", "ambient")
    return tuple((kind, AddMusic(**common, spec={"genre": kind})) for kind in kinds)


def _tempo(clause: Clause) -> float:
    faster = clause.has("tune", "faster") or "faster" in clause.verbs
    slower = clause.has("tune", "slower") or "slower" in clause.verbs
    return _FASTER if faster else _SLOWER if slower else 1.0


def _volume(  # noqa: C901, PLR0911 - one rule a return
    clause: Clause, skipped: str
) -> list[Intent]:
    verbs = set(clause.verbs)
    own = any(str(t.value).endswith(_AUDIO) for t in clause.all("file"))
    music = ("music" in clause.nouns or own) and "ownsound" not in clause.nouns
    heard = bool(clause.nouns & {"sound", "music"})
    if not heard and not verbs & _SOUND_VERBS:
        return []
    if clause.all("adjust", "tone", "ground", "motion", "overlay"):
        return []
    which = Which(noun="music") if music and "ownsound" not in clause.nouns else which_of(clause)
    common: dict[str, Any] = {"span": clause.span, "skipped": skipped}
    more: dict[str, Any] = {"music": music, "which": which, "timing": part_of(clause)}
    percents, levels = clause.all("percent"), clause.all("level")
    louder, quieter = _loudly(clause)
    if percents and (heard or verbs & {"louder", "quieter"}):
        share = float(percents[0].value) / 100
        if clause.has("prep", "by") and (louder or quieter) and not clause.has("prep", "to"):
            return [Volume(**common, **more, level=None, factor=1 + (share if louder else -share))]
        return [Volume(**common, **more, level=share)]
    if levels:
        return [Volume(**common, **more, level=float(levels[0].value))]
    decibels = clause.all("db")
    if decibels:
        gain = float(decibels[0].value)
        gain = -abs(gain) if quieter else gain
        return [Volume(**common, **more, level=None, factor=10 ** (gain / 20))]
    silenced = "cut" in verbs and "sound" in clause.nouns
    silenced = silenced and (bool(more["timing"]) or "ownsound" in clause.nouns)
    if "mute" in verbs or (heard and "remove" in verbs) or silenced:
        return [Volume(**common, **more, level=0.0)]
    if "unmute" in verbs:
        return [Volume(**common, **more, level=1.0)]
    aimed = clause.has("prep", "to") or "sound" in clause.nouns
    if (
        heard
        and clause.all("number")
        and (verbs & {"set", "make", "change"} or (aimed and not clause.all("time", "range")))
    ):
        level = float(clause.all("number")[-1].value)
        return [Volume(**common, **more, level=level if level <= 1 else level / 100)]
    if heard and clause.has("factor"):
        factor = float(clause.all("factor")[0].value)
        return [Volume(**common, **more, level=None, factor=factor)]
    return _by_verb(clause, common, music=music, which=which)


def _loudly(clause: Clause) -> tuple[bool, bool]:
    """Return whether *clause* says louder, and whether it says quieter."""
    verbs = set(clause.verbs)
    up = (
        clause.has("grow", "1.25", "1.6")
        or clause.has("sign", "+")
        or clause.has("position", "top")
    )
    down = clause.has("grow", "0.8", "0.625") or clause.has("sign", "-")
    down = down or clause.has("position", "bottom")
    return "louder" in verbs or up, "quieter" in verbs or down


def _by_verb(clause: Clause, common: dict[str, Any], *, music: bool, which: Which) -> list[Intent]:
    verbs = set(clause.verbs)
    degrees = clause.all("degree")
    degree = float(degrees[0].value) if degrees else 1.0
    louder, quieter = _loudly(clause)
    more: dict[str, Any] = {"music": music, "which": which, "timing": part_of(clause)}
    if "mute" in verbs:
        return [Volume(**common, **more, level=0.0)]
    if louder or quieter:
        factor = (_LOUDER if louder else _QUIETER) ** degree
        return [Volume(**common, **more, level=None, factor=round(factor, 4))]
    return []
