"""Rules for clauses about where pictures lie, how large they are and what is cut off them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from nemo_nb.studio.agent.clauses import Clause
from nemo_nb.studio.agent.intents import Ask, Intent, Timing
from nemo_nb.studio.agent.intents_picture import Crop, Opacity, Place
from nemo_nb.studio.agent.reading_picture import part_of, which_of

_WHOLE: Final = 100.0
_SIDES: Final = ("left", "right", "top", "bottom")
_OPPOSITE: Final = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}
ELSEWHERE: Final = frozenset({"sound", "music", "speed", "transition"})
_PIECES: Final = ("time", "range", "edge", "moment")


def common_of(clause: Clause, skipped: str) -> dict[str, Any]:
    """Return what all wishes about pictures have in common."""
    return {
        "span": clause.span,
        "skipped": skipped,
        "which": which_of(clause),
        "timing": part_of(clause),
    }


def crop(clause: Clause, skipped: str) -> list[Intent]:  # noqa: C901, PLR0911 - one rule a return
    """Read "crop 10% off the left"."""
    verbs = set(clause.verbs)
    sides = [str(t.value) for t in clause.all("position") if t.value in _SIDES]
    percents = clause.all("percent")
    around = clause.has("side", "all")
    cuts = verbs & {"cut", "trim", "remove"} or clause.has("piece", "split")
    middle = clause.has("position", "middle") and clause.nouns & {"photo", "canvas"}
    halved = clause.has("factor", "0.5") and sides and clause.nouns & {"photo", "canvas"}
    # "Keep just the central 50% of the photo", "keep the left half of the picture".
    held = "keep" in verbs and ((percents and middle) or halved)
    cropped = "crop" in verbs or held or (percents and (sides or around) and cuts)
    if not cropped or clause.all("fit") or clause.all("time", "range"):
        return []
    common = common_of(clause, skipped)
    which = common["which"]
    ratios = clause.all("ratio")
    if ratios:
        aimed = which.noun == "photo" or which.places or which.file
        return [Crop(**common, ratio=str(ratios[0].value))] if aimed else []
    every = clause.has("side", "all") or (clause.has("scope", "each") and not sides)
    kept = clause.has("prep", "to") or clause.has("factor", "0.5")
    if clause.has("factor", "0.5") and sides:
        goes = clause.has("out") or not verbs & {"crop", "keep"}
        side = _OPPOSITE[sides[0]] if goes else sides[0]
        return [Crop(**common, box=_kept(side, _WHOLE / 2))]
    if not percents and sides:
        percents = clause.all("number")  # "crop left 10"
    if not percents:
        question = "how_much_crop" if sides or not kept else "crop_where"
        return [Ask(span=clause.span, question=question)]
    share = float(percents[0].value)
    if clause.has("position", "middle") or clause.has("moment", "0.5"):
        common["timing"] = Timing()  # "the middle" of the picture
        rest = (_WHOLE - share) / 2
        return [Crop(**common, box={"x": rest, "y": rest, "width": share, "height": share})]
    if every:
        left = _WHOLE - 2 * share
        return [Crop(**common, box={"x": share, "y": share, "width": left, "height": left})]
    if sides and kept and "crop" in verbs and not clause.has("prep", "by"):
        return [Crop(**common, box=_kept(sides[0], share))]
    if sides:
        box = {"x": 0.0, "y": 0.0, "width": _WHOLE, "height": _WHOLE}
        for side in sides:
            box = _without(box, side, share)
        return [Crop(**common, box=box)]
    return [Ask(span=clause.span, question="crop_where")]


def _kept(side: str, share: float) -> dict[str, float]:
    """Return the part of a picture at *side* that is *share* percent of it."""
    box = {"x": 0.0, "y": 0.0, "width": _WHOLE, "height": _WHOLE}
    return _without(box, _OPPOSITE[side], _WHOLE - share)


def _without(box: dict[str, float], side: str, share: float) -> dict[str, float]:
    across = side in ("left", "right")
    length = box["width" if across else "height"] - share
    start = share if side in ("left", "top") else 0.0
    changed = (
        {"x": box["x"] + start, "width": length}
        if across
        else {"y": box["y"] + start, "height": length}
    )
    return {**box, **changed}


def opacity(clause: Clause, skipped: str) -> list[Intent]:
    """Read "50% transparent", "opacity 70%"."""
    veils, named = clause.all("transparent"), "opacity" in clause.nouns
    if not veils and not named:
        return []
    common = common_of(clause, skipped)
    percents = clause.all("percent") or (clause.all("number") if named else [])
    if percents:
        value = float(percents[0].value)
        share = value if percents[0].kind == "number" and value <= 1 else value / _WHOLE
        veiled = bool(veils and veils[0].value != "1")  # "75% see-through"
        return [Opacity(**common, opacity=1 - share if veiled else share)]
    if named and clause.all("factor") and not veils:
        return [Opacity(**common, opacity=float(clause.all("factor")[0].value))]
    if veils and veils[0].value != "0":
        return [Opacity(**common, opacity=float(veils[0].value))]
    if veils and which_of(clause).noun in ("logo", "watermark", "pip"):
        return [Opacity(**common, opacity=0.5)]
    return [Ask(span=clause.span, question="how_transparent")]


def place(clause: Clause, skipped: str) -> list[Intent]:  # noqa: C901, PLR0911 - one rule a return
    """Read "move the logo to the top left", "scale it to 50%"."""
    which = which_of(clause)
    verbs = set(clause.verbs)
    over = which.noun in ("logo", "watermark", "pip")
    named = which.places or which.file or over or which.noun in ("photo", "video")
    sized = clause.has("grow") or "size" in clause.nouns or clause.has("shrunk")
    sized = sized or bool(clause.all("textsize") and clause.all("factor", "times"))
    named = named or clause.has("shrunk") or "canvas" in clause.nouns
    amount = clause.all("percent", "factor", "times")
    itself = bool(sized and amount and clause.nouns <= {"it", "size"})
    if not (named or itself) or not (verbs or sized or over):
        return []
    if not verbs <= {"move", "make", "set", "change", "add", "show"}:
        return []
    order = [t.kind for t in clause.tokens if t.kind in ("noun", "grow")]
    told = clause.all("percent", "factor", "times", "rounds")
    if not verbs and not over and order[:1] == ["grow"] and not told:
        return []  # "the bigger picture"
    if clause.all(*_PIECES, "color", "preset", "ratio", "decoration", "weight", "fit"):
        return []
    if clause.nouns & ELSEWHERE:
        return []
    common = common_of(clause, skipped)
    if itself and not named:
        common["which"] = replace(which, it=True)
    grow, scale = size_of(clause)
    ways = {str(token.value) for token in clause.all("position")}
    if (
        clause.has("shrunk")
        and scale is None
        and grow == 1.0
        and ways <= {"top", "bottom"}
        and ways
    ):
        return [Place(**common, grow=1.25 if "top" in ways else 0.8)]  # "scale it up"
    # "Scale it down to 50%": down is no place beside a size.
    corner = None if scale is not None and clause.has("shrunk") else corner_of(clause)
    if corner is None and grow == 1.0 and scale is None:
        return []
    if which.noun == "video" and corner is None and not sized and not clause.all("percent"):
        return []
    if verbs == {"add"} and which.noun not in ("logo", "watermark", "pip"):
        return []
    return [Place(**common, corner=corner, scale=scale, grow=grow)]


def corner_of(clause: Clause) -> str | None:
    """Return the place of nine that *clause* names: "top" and "left" make one."""
    values = [str(token.value) for token in clause.all("position")]
    values = [v for v in values if v != "middle"] or values  # "centred at the top"
    rows = [v for v in values if v in ("top", "bottom")]
    columns = [v for v in values if v in ("left", "right")]
    if rows and columns:
        return f"{rows[0]}-{columns[0]}"
    return values[0] if values else None


def size_of(  # noqa: C901, PLR0911, PLR0912 - one rule a return
    clause: Clause,
) -> tuple[float, float | None]:
    """Return the factor on now, and the size to be, that *clause* names."""
    grows, percents = clause.all("grow"), clause.all("percent")
    factors = clause.all("factor", "times", "rounds")
    share = float(percents[0].value) / _WHOLE if percents else None
    if "size" in clause.nouns and factors and not grows:
        return 1.0, float(factors[0].value)
    if "size" in clause.nouns and share is not None and not grows:
        return 1.0, share
    if clause.has("shrunk") and not grows and (share is not None or factors):
        return 1.0, share if share is not None else float(factors[0].value)
    halved = grows and factors and clause.has("prep", "to") and share is None
    if halved:
        return 1.0, float(factors[0].value)
    if grows and clause.has("prep", "to") and (share is not None or "size" in clause.nouns):
        return 1.0, share if share is not None else float(factors[0].value) if factors else None
    if grows:
        grow = float(grows[0].value)
        if share is not None:
            grow = 1 + share if grow > 1 else max(1 - share, 0.05)
        elif factors:
            factor = float(factors[0].value) or 1.0
            factor = 2.0 if factor == 1 else factor  # 放大一倍: by once as much
            part = factor < 1 and clause.has("prep", "by")  # "shrink it by a quarter"
            if part:
                grow = 1 + factor if grow > 1 else 1 - factor
            else:
                grow = factor if grow > 1 or factor < 1 else 1 / factor
        elif clause.all("degree"):
            grow **= float(clause.all("degree")[0].value)
        return grow, None
    if share is not None and not clause.all("transparent") and "opacity" not in clause.nouns:
        return 1.0, share
    sizes = clause.all("textsize")
    if sizes:
        if factors and "make" in clause.verbs and float(factors[0].value) > 0:
            return float(factors[0].value), None  # "half as big"
        if clause.has("sign", "-"):
            return (0.8, None) if float(sizes[0].value) > 5.0 else (1.25, None)  # noqa: PLR2004 - "less big"
        return (0.6, None) if float(sizes[0].value) < 5.0 else (1.6, None)  # noqa: PLR2004 - small, big
    return 1.0, None
