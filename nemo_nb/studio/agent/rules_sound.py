"""Rules for clauses about music, voices and loudness."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any, Final

from nemo_nb.studio.agent.clauses import Clause
from nemo_nb.studio.agent.intents import Ask, Intent, Timing, Unsupported, Which
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
from nemo_nb.studio.agent.reading import lengths, ms_of, timing_of
from nemo_nb.studio.agent.reading_picture import part_of
from nemo_nb.studio.agent.reading_sound import SOUND_VERBS, own_file, spec_of
from nemo_nb.studio.agent.rules_picture import FADE_MS, faded
from nemo_nb.studio.agent.rules_song import song_intents
from nemo_nb.studio.agent.rules_volume import by_verb, volume_intents
from nemo_nb.studio.agent.tokens import Token

_FASTER, _SLOWER = 1.2, 0.8
_AT: Final = (("prep", "at"), ("prep", "from"), ("prep", "after"))
_ADDS: Final = {"add", "generate"}


def sound_intents(clause: Clause, skipped: str) -> list[Intent]:
    """Return what *clause* asks of sound; empty where it is about other things."""
    if clause.quotes or clause.has("slideshow") or clause.nouns & {"caption", "title"}:
        return []
    for rule in (_loudness, _duck, _fades, _voice, song_intents, _music, volume_intents):
        found = rule(clause, skipped)
        if found:
            return found
    return []


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
    told = [t.kind if t.kind != "noun" else str(t.value) for t in clause.tokens]
    order = [kind for kind in told if kind in ("verb", "music", "duck")]
    if verbs & _ADDS and order[:3] == ["verb", "music", "duck"]:
        return []  # "add music that ducks under the voice"
    if not asked or (verbs & _ADDS and (spec_of(clause) or not clause.has("duck"))):
        return []
    if "remove" in verbs:
        return [Duck(span=clause.span, skipped=skipped, duck=False)]
    levels = clause.all("db")
    duck = abs(float(levels[0].value)) if levels else True
    return [Duck(span=clause.span, skipped=skipped, duck=duck)]


def _fades(clause: Clause, skipped: str) -> list[Intent]:
    if not clause.nouns & {"sound", "music"} and not (clause.has("voice") or own_file(clause)):
        return []
    if set(clause.verbs) & _ADDS and "music" in clause.nouns and not _is_fade_itself(clause):
        return []
    into, out = faded(clause)
    if not (into or out) or (spec_of(clause) and not clause.verbs):
        return []  # "upbeat music with a fade out" is music to come
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
        if verbs & SOUND_VERBS:
            return by_verb(clause, {**common, "which": which, "timing": part_of(clause)})
    volume = float(percents[0].value) / 100 if percents else 1.0
    return [AddSound(**common, file=file, volume=volume, timing=timing_of(clause))]


def _music(  # noqa: C901, PLR0911, PLR0912 - one rule a return
    clause: Clause, skipped: str
) -> list[Intent]:
    verbs = set(clause.verbs)
    spec = spec_of(clause)
    own = own_file(clause)
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
    if own and verbs & SOUND_VERBS and not verbs & _ADDS:
        return []  # "make song.mp3 quieter"
    amounts = clause.all("percent", "db", "factor", "level")
    if clause.has("db") or (clause.has("factor") and not spec):
        return []  # "take 6 decibels off the music", "cut the music's volume in half"
    if own and amounts and not verbs & (_ADDS | {"change", "swap"}) and clause.nouns <= {"sound"}:
        return []  # "song.mp3 at 30%"
    if verbs & {"remove", "cut"} and not amounts and not clause.all("time", "range"):
        return [RemoveMusic(**common)]
    if verbs & SOUND_VERBS - {"louder", "quieter"} and not spec:
        return []
    percents, levels = clause.all("percent"), clause.all("level")
    volume = float(percents[0].value) / 100 if percents else None
    volume = float(levels[0].value) if levels and volume is None else volume
    factors = clause.all("factor")
    if spec and factors and volume is None and float(factors[0].value) <= 1:
        volume = float(factors[0].value)  # "piano at half volume"
    numbers = clause.all("number")
    if volume is None and "sound" in clause.nouns and len(numbers) == 1:
        level = float(numbers[0].value)  # "volume 30"
        volume = level if level <= 1 else level / 100
    tempo = 1.0 if "bpm" in spec else _tempo(clause)
    if own and {t.kind for t in clause.tokens} == {"file"}:
        return []  # a name alone asks for nothing
    adds = bool(verbs & _ADDS or own) or _led_by(clause)
    if (not verbs or verbs <= {"show", "move"}) and spec and "tempo" not in clause.nouns:
        adds = True
    timed = bool(clause.all("time", "range", "edge", "moment"))
    if spec and timed and verbs <= {"keep", "show", "make", "set"}:
        adds = True  # "only play upbeat music in the last 4 seconds"
    if not verbs and not spec and clause.has("polite", "want"):
        adds = True
    lone = {t.kind for t in clause.tokens} <= {"noun", "polite", "filler"}
    if not adds and not verbs and not spec and lone and clause.nouns == {"music"}:
        return [Ask(span=clause.span, question="which_music", choices=_kinds_of_music(common))]
    replaces = _replaces_sound(clause) and bool(spec or own or "music" in clause.nouns)
    changes = verbs & {"change", "swap"} and not replaces
    if (adds or replaces) and not changes and not clause.has("another"):
        into, out = faded(clause)
        times = [ms_of(t) for t in clause.all("time") if t not in _moments(clause)]
        fade = times[0] if times and (into or out) else 2 * FADE_MS
        timing = _when(_unfaded(clause)) if into or out else _when(clause)
        return [
            AddMusic(
                **common,
                spec=spec,
                file=own,
                volume=volume,
                duck=clause.has("duck") or clause.has("speech"),
                fade_in_ms=fade if into else None,
                fade_out_ms=fade if out else None,
                timing=timing,
                replaces=replaces,
            )
        ]
    if spec or tempo != 1.0 or clause.has("another") or (verbs & {"change", "swap"} and not volume):
        another = clause.has("another") or not (spec or tempo != 1.0)
        return [ChangeMusic(**common, spec=spec, tempo=tempo, another=another, volume=volume)]
    return []


def _moments(clause: Clause) -> list[Token]:
    """Return the times that say when and not how long: "at 2 s", "from 3 s"."""
    pairs = itertools.pairwise(clause.tokens)
    return [b for a, b in pairs if (a.kind, a.value) in _AT and b.kind == "time"]


def _unfaded(clause: Clause) -> Clause:
    """Return *clause* without how long a fade is and at which end."""
    moments = _moments(clause)
    told = [t for t in clause.tokens if t.kind not in ("fade", "edge", "time") or t in moments]
    return replace(clause, tokens=tuple(told))


def _when(clause: Clause) -> Timing:
    """Return when music shall play; "start … at 2 s" says where it begins."""
    times = lengths(clause)
    begins = clause.has("edge", "first") or clause.has("begin")
    later = clause.has("prep", "after") and not clause.has("edge", "last")
    if len(times) == 1 and not clause.all("range") and (later or (begins and _moments(clause))):
        return Timing(times[0], None)
    share = timing_of(clause)
    if share.share is not None and share.share[1] is None and share.edge == "last":
        return replace(
            share, share=(share.share[0], 1.0), edge=None
        )  # "from the middle to the end"
    return share


def _replaces_sound(clause: Clause) -> bool:
    """Whether other sound shall be heard in place of the clips' own."""
    if clause.has("instead", "sound"):
        return True  # "use jazz instead of the original sound"
    told = [t for t in clause.tokens if t.kind not in ("filler", "polite", "article")]
    changes = [t.kind == "verb" and t.value in ("change", "swap") for t in told]
    sounds = [t.kind == "noun" and t.value in ("sound", "ownsound") for t in told]
    pairs = zip(changes, sounds[1:], strict=False)
    changed = any(verb and sound for verb, sound in pairs) or (
        sounds[:1] == [True] and changes[1:2] == [True]  # 原声换成爵士
    )
    if "music" in clause.nouns:  # not "change the sound of the music"
        between = itertools.takewhile(lambda t: t.value != "music", clause.tokens)
        changed = changed and any(t.kind in ("prep", "genre", "verb") for t in list(between)[2:])
    return changed


def _led_by(clause: Clause) -> bool:
    """Whether music is what something is to be with: "with happy music", "with jazz"."""
    told = [t for t in clause.tokens if t.kind not in ("filler", "mood", "article", "bpm")]
    pairs = itertools.pairwise(told)
    return any(
        (a.kind, a.value) == ("prep", "by") and (b.kind == "genre" or b.value == "music")
        for a, b in pairs
    )


def _kinds_of_music(common: dict[str, Any]) -> tuple[tuple[str, Intent], ...]:
    kinds = ("lo-fi", "upbeat", "cinematic", "piano", "acoustic", "jazz", "ambient")
    return tuple((kind, AddMusic(**common, spec={"genre": kind})) for kind in kinds)


def _tempo(clause: Clause) -> float:
    faster = clause.has("tune", "faster") or "faster" in clause.verbs
    slower = clause.has("tune", "slower") or "slower" in clause.verbs
    return _FASTER if faster else _SLOWER if slower else 1.0
