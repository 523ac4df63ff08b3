"""Facts about what came of a message: the language of the tables beside this file.

A case says ``on`` which scene, ``after`` which messages, what people ``say``, and ``then``:
the facts that must hold. All of them, and what they leave unsaid is held too: no variants
and no step in history where no fact speaks of them.

One thing, ``<which>.<field>:<value>``. Which: ``p1`` ``p2`` ``p-1`` ``p*`` pictures of the
first video track in order (the last, every one), ``over1`` pictures that lie on top of them,
``a1`` sounds. Fields are the keys of docs/draft.md, ``.`` going down: ``p1.adjust.contrast``,
``p2.transition.direction``, ``a1.music.genre``; what the draft leaves out counts as its
default. Further fields: ``src``, ``in``, ``s``, ``d``, ``span`` (``0-3000``), ``volume`` (0
where it is muted), ``gray`` (neither grayscale nor saturation leaves a colour) and ``motion``
(``custom`` for own moves).

Values: a number or word; ``5..20`` a range with its ends; ``a|b`` either; ``true``,
``false``; nothing: the default (0, off, none); ``*`` anything but that.

``up:p1.scale`` ``down:…``     a number is larger or smaller than before the message
``caption:WORDS:0-3000``       a caption stands there, to the ms; ``*`` for any time
``title:…`` ``text:…``         the same for a title, or for either
``style:caption:FIELD:VALUE``  how all captions (titles) look, presets resolved
``look:WORDS:FIELD:VALUE``     how all texts with these words look
``music:jazz``                 sound that the studio makes, of that genre; ``*`` any
``transition:wipe``            kind of every transition; ``a|b``
``in:clip.mp4:3000``           a picture of that file begins there in its source
``d`` ``canvas`` ``segments`` (of the first video track) ``overs`` ``sounds`` ``captions``
``titles`` ``texts`` ``regions``, each with a value; ``no-title:``; ``volume`` and ``speed``
of the first picture
``overlap``                    the pictures of all regions begin at 0
``only:time,picture.adjust``   nothing else has changed: see :func:`changes.changes`
``variants:2`` ``differ``      that many variants; no two alike
``no-variants``                those that were there are gone
``v1/…``                       the fact about the first variant
``history:undo``               the turn is undo, or redo
``refused``                    nothing changed, and the message was understood
``asks``                       nothing changed, and the reply puts exactly one question
``unchanged``                  nothing changed
``FACT or FACT``               one of the two

:func:`check` raises ValueError for what is no fact, so that a slip in a table is found.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nemo_nb.studio.agent.agent import Outcome
from nemo_nb.timeline.draft import Segment, Track
from nemo_nb.timeline.styles import resolve
from studio.agent.changes import Scene, Values, changes, picture, sound

_MISUNDERSTOOD = ("did not understand", "没有听懂")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|「[^」]*」")
_NOTHING = Segment(index=0, id="", start_ms=0, duration_ms=0, meta={}, raw={})


@dataclass(frozen=True)
class Case:
    """One row of a table: a message and what must come of it."""

    id: str
    message: str
    scene: str
    after: tuple[str, ...]
    then: tuple[str, ...]


def cases(table: Mapping[str, Any], prefix: str) -> list[Case]:
    """Return the rows of a parsed table, numbered in order."""
    rows = [(case, message) for case in table["case"] for message in case["say"]]
    return [
        Case(
            id=f"{prefix}{number:03d}",
            message=message,
            scene=case["on"],
            after=tuple(case.get("after", ())),
            then=tuple(case["then"]),
        )
        for number, (case, message) in enumerate(rows, 1)
    ]


def play(ask: Callable[..., Outcome], start: Values, case: Case) -> list[str]:
    """Send the messages of *case* in turn; return the facts about the last that do not hold.

    Args:
        ask: The fixture: a message, a scene, the messages before it and the draft.
        start: The scene's draft.
        case: The row.
    """
    before, recent, variants = start, list[str](), ()
    for message in case.after:
        outcome = ask(message, case.scene, recent=tuple(recent), draft=before, variants=variants)
        before = outcome.draft or before
        variants = () if outcome.no_variants else outcome.variants or variants
        recent.append(message)
    outcome = ask(case.message, case.scene, recent=tuple(recent), draft=before, variants=variants)
    return missing(before, outcome, case.then)


def missing(before: Values, outcome: Outcome, facts: Sequence[str]) -> list[str]:
    """Return the facts that do not hold for a turn that began with the draft *before*."""
    wrong = [fact for fact in facts if not check(before, outcome, fact)]
    named = " ".join(facts)
    if outcome.variants and "variants" not in named:
        wrong.append("no variants")
    if outcome.history and "history" not in named:
        wrong.append("no step in history")
    return wrong


def check(before: Values, outcome: Outcome, fact: str) -> bool:
    """Whether *fact* holds for a turn."""
    if " or " in fact:
        # All are looked at, so that a slip in the second is found where the first holds.
        return True in {check(before, outcome, part) for part in fact.split(" or ")}
    key, _, rest = fact.partition(":")
    if which := re.fullmatch(r"v(\d+)/.*", fact, re.DOTALL):
        place = int(which[1]) - 1
        drafts = [draft for _, draft in outcome.variants]
        changed = drafts[place] if place < len(drafts) else None
        return holds(before, changed or before, fact.partition("/")[2]) and changed is not None
    still = outcome.draft is None and outcome.history is None and not outcome.variants
    still = still and not outcome.no_variants
    understood = not any(words in outcome.reply for words in _MISUNDERSTOOD)
    questions = len(re.findall(r"[?？]", _QUOTED.sub("", outcome.reply)))  # noqa: RUF001 - Chinese
    drafts = [draft for _, draft in outcome.variants]
    turns: dict[str, Callable[[], bool]] = {
        "history": lambda: outcome.history == rest,
        "variants": lambda: len(drafts) == int(rest),
        "no-variants": lambda: outcome.no_variants,
        "differ": lambda: all(changes(a, b) for a, b in itertools.combinations(drafts, 2)),
        "unchanged": lambda: still,
        "refused": lambda: still and understood,
        "asks": lambda: still and understood and questions == 1,
    }
    if key in turns:
        return turns[key]()
    return holds(before, outcome.draft or before, fact)


def holds(before: Values, draft: Values, fact: str) -> bool:
    """Whether *fact* holds for *draft*, which was *before*."""
    key, _, rest = fact.partition(":")
    scene = Scene(draft)
    about: dict[str, Callable[[], bool]] = {
        "only": lambda: all(_allowed(one, rest.split(",")) for one in changes(before, draft)),
        "up": lambda: _moved(_values(Scene(before), rest), _values(scene, rest), 1),
        "down": lambda: _moved(_values(Scene(before), rest), _values(scene, rest), -1),
        "caption": lambda: _has_text(scene, "caption", rest),
        "title": lambda: _has_text(scene, "title", rest),
        "text": lambda: _has_text(scene, "text", rest),
        "style": lambda: _has_look(scene, "role", rest),
        "look": lambda: _has_look(scene, "text", rest),
        "music": lambda: _every([s["music.genre"] for s in scene.sounds if s["music.genre"]], rest),
        "transition": lambda: _every([p["transition.kind"] for p in scene.pictures[1:]], rest),
        "in": lambda: rest in {f"{p['src']}:{p['in']}" for p in scene.pictures},
        "overlap": lambda: _beside(scene.regions),
    }
    if key in about:
        return about[key]()
    if "." in key:
        return _every(_values(scene, key), rest)
    return matches(_counted(scene, key), rest)


def matches(value: Any, wanted: str) -> bool:
    """Whether *value* is what the value part of a fact says."""
    if "|" in wanted:
        return any(matches(value, part) for part in wanted.split("|"))
    if wanted in ("", "*"):
        return bool(value) == (wanted == "*")
    if wanted in ("true", "false") and isinstance(value, bool):
        return value == (wanted == "true")
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if number and ".." in wanted:
        low, high = (float(part) for part in wanted.split(".."))
        return low <= value <= high
    if number:
        return abs(value - float(wanted)) < 1e-3
    return str(value) == wanted


def _every(values: Sequence[Any], wanted: str) -> bool:
    return bool(values) and all(matches(value, wanted) for value in values)


def _moved(then: Sequence[float], now: Sequence[float], way: int) -> bool:
    return bool(now) and all((b - a) * way > 0 for a, b in zip(then, now, strict=False))


def _beside(regions: Sequence[Track]) -> bool:
    return len(regions) > 1 and all(track.segments[0].start_ms == 0 for track in regions)


def _allowed(change: str, allowed: Sequence[str]) -> bool:
    if change.endswith(".time") or change == "-text":
        return "time" in allowed or change in allowed
    return change in allowed or f"{change.partition('.')[0]}.*" in allowed


def _values(scene: Scene, path: str) -> list[Any]:
    """Return the values that ``p1.adjust.contrast`` names: none where there is no such part."""
    which, _, field = path.partition(".")
    name = re.fullmatch(r"(p|over|a)(-?\d+|\*)", which)
    if name is None:
        msg = f"no such part: {path}"
        raise ValueError(msg)
    parts = {"p": scene.pictures, "over": scene.overs, "a": scene.sounds}[name[1]]
    known = sound(_NOTHING) if name[1] == "a" else picture(_NOTHING)
    if field not in known:
        msg = f"no such field: {path}"
        raise ValueError(msg)
    if name[2] != "*":
        place = int(name[2])
        place = place - 1 if place > 0 else place
        parts = parts[place:][:1] if -len(parts) <= place < len(parts) else []
    return [part[field] for part in parts]


def _counted(scene: Scene, key: str) -> Any:
    canvas = scene.draft["m"]
    counts: dict[str, Callable[[], Any]] = {
        "d": lambda: scene.draft["d"],
        "canvas": lambda: f"{canvas.get('width')}x{canvas.get('height')}",
        "segments": lambda: len(scene.pictures),
        "overs": lambda: len(scene.overs),
        "sounds": lambda: len(scene.sounds),
        "captions": lambda: sum(s.role == "caption" for s in scene.texts),
        "titles": lambda: sum(s.role == "title" for s in scene.texts),
        "no-title": lambda: any(s.role == "title" for s in scene.texts),
        "texts": lambda: len(scene.texts),
        "regions": lambda: len({str(t.meta["region"]) for t in scene.regions}),
        "volume": lambda: scene.pictures[0]["volume"],
        "speed": lambda: scene.pictures[0]["speed"],
    }
    if key not in counts:
        msg = f"no such fact: {key}"
        raise ValueError(msg)
    return counts[key]()


def _has_look(scene: Scene, by: str, rest: str) -> bool:
    name, field, value = rest.split(":", 2)
    meant = [text for text in scene.texts if getattr(text, by) == name]
    return _every([getattr(resolve(text.style, text.role), field) for text in meant], value)


def _has_text(scene: Scene, role: str, rest: str) -> bool:
    words, _, span = rest.rpartition(":")
    return any(
        s.text == words and role in ("text", s.role) and span in ("*", f"{s.start_ms}-{s.end_ms}")
        for s in scene.texts
    )
