"""Rules for clauses about what lies behind a subject: nothing, a colour, a blur, a picture."""

from __future__ import annotations

from typing import Any, Final

from nemo_nb.studio.agent.clauses import Clause
from nemo_nb.studio.agent.intents import Ask, Intent, Timing, Unsupported, Which
from nemo_nb.studio.agent.intents_picture import Background
from nemo_nb.studio.agent.rules_place import ELSEWHERE, common_of

_TEXTS: Final = frozenset({"caption", "title", "text"})
_PIECES: Final = ("time", "range", "edge", "moment")
_STILLS: Final = (".png", ".jpg", ".jpeg", ".webp", ".heic")
_DEPTHS: Final = ("behind", "front")
_TWO: Final = 2
_CHANGING: Final = frozenset({"make", "change", "set", "add", "swap", "move"})
_NOTHING: Final = {"kind": "transparent"}
_BLUR: Final = {"kind": "blur"}


def background(  # noqa: PLR0911 - one rule a return
    clause: Clause, skipped: str
) -> list[Intent]:
    """Read "remove the background", "white behind it", "put the cat in front of beach.jpg"."""
    common = common_of(clause, skipped)
    if clause.all("ratio") and clause.has("tone", "blur+"):
        return []  # "vertical with a blurred background": what fills the canvas
    if not clause.all("time", "range", "moment"):
        common["timing"] = Timing()  # 把后面换成白底: what is behind it, not what comes last
    papers = clause.all("backcolor")
    if papers:
        return _painted(common, str(papers[0].value))
    if clause.nouns & ELSEWHERE:
        return []
    colors = _colors(clause)
    if clause.has("cutout"):
        on = colors and clause.has("prep", "at")  # "cut out on white"
        return _painted(common, colors[0]) if on else [Background(**common, background=_NOTHING)]
    laid = _laid_behind(clause)
    if laid is not None:
        subject, file = laid
        common["which"] = Which(common["which"].places, subject)
        return [Background(**common, background={"kind": "picture", "src": file})]
    if colors and (clause.has("atop", "behind") or clause.has("subject", "surround")):
        return _painted(common, colors[0])
    return _of_subject(clause, common) or _changed(clause, common)


def _colors(clause: Clause) -> list[str]:
    found = [str(token.value) for token in clause.all("color")]
    return found + (["#ffffff"] if clause.has("preset", "clean-white") else [])


def _painted(common: dict[str, Any], color: str) -> list[Intent]:
    return [Background(**common, background={"kind": "color", "color": color})]


def _of_subject(clause: Clause, common: dict[str, Any]) -> list[Intent]:
    """Read "blur everything behind me", "cut out the person", "only keep the subject"."""
    verbs = set(clause.verbs)
    if clause.has("subject", "surround"):
        if clause.has("tone", "blur+"):
            return [Background(**common, background=_BLUR)]
        return [Background(**common, background=_NOTHING)] if verbs & {"remove", "cut"} else []
    away = "cut" in verbs or clause.verbs == ["keep"] or ("crop" in verbs and clause.has("out"))
    if clause.has("subject") and away and not clause.all(*_PIECES, "percent"):
        return [Background(**common, background=_NOTHING)]
    return []


def _changed(  # noqa: PLR0911 - one rule a return
    clause: Clause, common: dict[str, Any]
) -> list[Intent]:
    """Read what is done to the background where it is named."""
    if not (clause.has("ground") or clause.has("reset", "background")):
        return []
    verbs, colors = set(clause.verbs), _colors(clause)
    ends = [t for t in clause.tokens if t.kind in ("verb", "color")][-2:]
    instead = [t.kind for t in ends] == ["verb", "color"] and ends[0].value in ("change", "make")
    if colors and (instead or not verbs & {"remove", "cut"}):
        return _painted(common, colors[0])
    if clause.has("tone", "blur+"):
        if "remove" in verbs:
            return [_which_background(clause, common)]  # which of them goes?
        return [Background(**common, background=_BLUR)]
    files = [str(token.value) for token in clause.all("file")]
    if files and set(clause.verbs[-1:]) <= _CHANGING:
        # "Use beach.jpg as the background of cat.jpg"
        common["which"] = Which(common["which"].places, files[1] if len(files) == _TWO else None)
        return [Background(**common, background={"kind": "picture", "src": files[0]})]
    if clause.has("out") or verbs & {"remove", "cut", "crop"} or clause.has("transparent"):
        return [Background(**common, background=_NOTHING)]
    if clause.all("tone", "adjust"):
        return [Unsupported(span=clause.span, topic="background_tone")]
    return [_which_background(clause, common)] if verbs & _CHANGING - {"move"} else []


def _which_background(clause: Clause, common: dict[str, Any]) -> Ask:
    kinds = (
        ("transparent", _NOTHING),
        ("blur", _BLUR),
        ("white", {"kind": "color", "color": "#ffffff"}),
        ("black", {"kind": "color", "color": "#000000"}),
    )
    choices = tuple((key, Background(**common, background=value)) for key, value in kinds)
    return Ask(span=clause.span, question="which_background", choices=choices)


def _laid_behind(clause: Clause) -> tuple[str | None, str] | None:
    """Return the picture that stays in front, if named, and the one that shall lie behind it.

    "Put the cat in front of beach.jpg", "beach.jpg behind the cat", "put the cat on beach.jpg":
    there the cat is called by its name, for "put logo.png on cat.jpg" lays it over.
    """
    files = [t for t in clause.tokens if t.kind == "file" and str(t.value).endswith(_STILLS)]
    if not files or clause.nouns & _TEXTS:
        return None
    mark = next((t for t in clause.tokens if t.kind == "atop" and t.value in _DEPTHS), None)
    if mark is None:
        named = files[0].end - files[0].start != len(str(files[0].value))
        between = [t for t in clause.tokens if files[0].end <= t.start < files[-1].start]
        on = [t.value for t in between if t.kind == "prep"] in (["at"], ["by"])
        lays = clause.verbs in (["add"], ["move"], ["set"])
        if len(files) != _TWO or not (named and on and lays):
            return None
        return str(files[0].value), str(files[1].value)
    before = [str(t.value) for t in files if t.start < mark.start]
    after = [str(t.value) for t in files if t.start > mark.start]
    if mark.value == "front":
        return (before[0] if before else None, after[0]) if after else None
    if len(before) == _TWO:
        before, after = before[:1], before[1:]  # 把beach.jpg放到cat.jpg背后
    return (after[0] if after else None, before[0]) if before else None
