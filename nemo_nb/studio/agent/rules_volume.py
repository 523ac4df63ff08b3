"""Rules for clauses about loudness: louder, to a level, by an amount, silent, heard again."""

from __future__ import annotations

from typing import Any, Final

from nemo_nb.studio.agent.clauses import Clause
from nemo_nb.studio.agent.intents import Intent, Which
from nemo_nb.studio.agent.intents_sound import Volume
from nemo_nb.studio.agent.reading_picture import part_of, which_of
from nemo_nb.studio.agent.reading_sound import SOUND_VERBS, own_file

_TO_CHARS: Final = 6
_LOUDER, _QUIETER = 1.25, 0.75
_DECADE: Final = 20  # decibels between an amplitude and ten times as much
_LESSENING: Final = frozenset({"trim", "cut", "remove"})
_CHANGING: Final = frozenset({"set", "make", "change", "move", "show", "add"})


def volume_intents(  # noqa: PLR0911 - one rule a return
    clause: Clause, skipped: str
) -> list[Intent]:
    """Return what *clause* asks of loudness; empty where it is about other things."""
    verbs = set(clause.verbs)
    own = own_file(clause) is not None
    music = "music" in clause.nouns and not own and "ownsound" not in clause.nouns
    heard = bool(clause.nouns & {"sound", "music"}) or own
    if not heard and not verbs & SOUND_VERBS and not clause.has("db"):
        return []
    if clause.all("adjust", "tone", "ground", "motion", "overlay"):
        return []
    if (music or own) and clause.all("place", "rounds"):
        return []  # which of several, of what there is one: no amount either
    which = Which(noun="music") if music else which_of(clause)
    common: dict[str, Any] = {"span": clause.span, "skipped": skipped}
    common |= {"music": music, "which": which, "timing": part_of(clause)}
    silenced = "cut" in verbs and "sound" in clause.nouns
    silenced = silenced and (bool(common["timing"]) or "ownsound" in clause.nouns)
    silenced = silenced or "mute" in verbs or (heard and "remove" in verbs)
    amount = _amount(clause, common, heard=heard)
    if amount is not None:
        return amount
    if silenced:
        return [Volume(**common, level=0.0)]
    if "unmute" in verbs:
        return [Volume(**common, level=None, unmute=True)]
    return by_verb(clause, common)


def by_verb(clause: Clause, common: dict[str, Any]) -> list[Intent]:
    """Return one step louder or quieter, or silence, as the verb says."""
    verbs = set(clause.verbs)
    degrees = clause.all("degree")
    degree = float(degrees[0].value) if degrees else 1.0
    louder, quieter = _loudly(clause)
    if "mute" in verbs:
        return [Volume(**common, level=0.0)]
    if louder or quieter:
        factor = (_LOUDER if louder else _QUIETER) ** degree
        return [Volume(**common, level=None, factor=round(factor, 4))]
    return []


def _amount(  # noqa: C901, PLR0911 - one rule a return
    clause: Clause, common: dict[str, Any], *, heard: bool
) -> list[Intent] | None:
    """Return what a clause with an amount in it asks for; None where there is no amount."""
    verbs = set(clause.verbs)
    louder, quieter = _loudly(clause)
    to = clause.has("prep", "to")
    by = (louder or quieter or verbs & _LESSENING) and not to
    if clause.has("percent") and (heard or verbs & {"louder", "quieter"}):
        share = float(clause.all("percent")[0].value) / 100
        if share < 0:
            return [Volume(**common, level=None, factor=max(1 + share, 0.0))]  # "music -20%"
        if by and not clause.has("prep", "at"):  # 音量降低20%
            share = share if louder else -share
            return [Volume(**common, level=None, factor=max(1 + share, 0.0))]
        return [Volume(**common, level=share)]
    if clause.has("level"):
        return [Volume(**common, level=float(clause.all("level")[0].value))]
    if clause.has("db"):
        return _decibels(clause, common)
    if clause.has("times") and heard and "speed" not in clause.nouns:
        factor = float(clause.all("times")[0].value)  # "volume x0.5"
        return [Volume(**common, level=None, factor=factor)]
    if clause.has("factor") and (heard or verbs & {"louder", "quieter"}):
        factor = float(clause.all("factor")[0].value)
        if verbs & _LESSENING and not (quieter or "sound" in clause.nouns):
            return []  # "cut the song in half" may be said of its length
        if quieter and factor > 1:
            factor = 1 / factor  # "twice as quiet"
        elif factor < 1 and not to and (quieter or verbs & _LESSENING):
            factor = 1 - factor  # "a third quieter"
        elif factor < 1 and not to and louder:
            factor = 1 + factor
        return [Volume(**common, level=None, factor=factor)]
    numbers = clause.all("number")
    # "Stops at 5" is a time without its unit.
    ends = any(t.value == "to" and t.end - t.start > _TO_CHARS for t in clause.all("prep"))
    aimed = (to and not ends) or "sound" in clause.nouns
    set_so = verbs & _CHANGING or (aimed and not clause.all("time", "range"))
    if heard and numbers and set_so:
        level = float(numbers[-1].value)
        return [Volume(**common, level=level if level <= 1 else level / 100)]
    return None


def _decibels(clause: Clause, common: dict[str, Any]) -> list[Intent]:
    """Read "6 dB quieter", "+3 dB", and "to -12 dB", where 0 dB is as recorded."""
    gain = float(clause.all("db")[0].value)
    louder, quieter = _loudly(clause)
    absolute = clause.has("prep", "to") or clause.verbs == ["set"]
    if absolute or (clause.has("prep", "at") and not (louder or quieter)):
        level = 10 ** (gain / _DECADE)
        return [Volume(**common, level=level)] if gain <= 0 else []
    quieter = quieter or bool(set(clause.verbs) & _LESSENING)
    quieter = quieter or (clause.verbs == ["move"] and clause.has("prep", "by"))  # "take … off"
    gain = -abs(gain) if quieter else gain
    return [Volume(**common, level=None, factor=10 ** (gain / _DECADE))]


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
    if (up or down) and not clause.has("verb"):
        return up, down  # the verb before it is another wish's
    return "louder" in verbs or up, "quieter" in verbs or down
