"""Rules for clauses about what lies over the pictures: logos, watermarks, pictures in pictures."""

from __future__ import annotations

from typing import Any, Final

from nemo_nb.studio.agent.clauses import Clause
from nemo_nb.studio.agent.intents import Intent, Look
from nemo_nb.studio.agent.intents_picture import AddOverlay, RemoveOverlay
from nemo_nb.studio.agent.looks import look_of
from nemo_nb.studio.agent.reading import places_of, timing_of
from nemo_nb.studio.agent.rules_place import corner_of

_STILL: Final = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".heic")
_FILM: Final = (".mp4", ".mov", ".avi", ".webm", ".mkv")
_SIZES: Final = {"3.5": 0.1, "4.0": 0.15, "5.0": 0.25, "7.5": 0.4, "10.0": 0.5}
_LAYS: Final = {"add", "show", "make", "move"}
_CHANGES: Final = ("motion", "rotation", "flip", "adjust", "tone", "degree")


def overlay_intents(clause: Clause, skipped: str) -> list[Intent]:
    """Return what *clause* asks to lay over the pictures; empty where it is about other things."""
    over = [str(token.value) for token in clause.all("overlay")]
    verbs = set(clause.verbs)
    file = next((str(t.value) for t in clause.all("file")), None)
    films = file is not None and file.endswith(_FILM)
    span: dict[str, Any] = {"span": clause.span, "skipped": skipped}
    if over and "remove" in verbs:
        return [RemoveOverlay(**span, kind=over[0])]
    if not over:
        corner = corner_of(clause)
        cornered = corner is not None and "-" in corner
        small = clause.all("textsize") and clause.all("textsize")[0].value in ("3.5", "4.0")
        lays = verbs <= _LAYS and (cornered or small or clause.has("atop"))
        shrunk = small or "add" in verbs or clause.has("grow", "0.8", "0.625")
        second = bool(places_of(clause)) and cornered and shrunk
        pictured = file is not None and file.endswith(_STILL + _FILM)
        pictured = pictured and not clause.has("atop", "behind", "front")
        if not (lays and (pictured or second)) or clause.quotes or clause.has("ground"):
            return []
    elif (
        clause.all(*_CHANGES)
        or (clause.has("grow") and file is None)
        or (verbs <= {"set", "change"} and verbs and file is None)
    ):
        return []  # what is there is moved, sized or turned
    elif (
        verbs == {"make"}
        and file is None
        and not (places_of(clause) or clause.has("atop"))
        and len(set(over)) == 1
    ):
        return []  # what is there is made so; "use the logo as a watermark" lays it
    over = ["watermark"] if "watermark" in over else over
    kind = over[0] if over else ("pip" if films or places_of(clause) else "logo")
    percents = clause.all("percent")
    scale, opacity = _amounts(clause)
    sizes = clause.all("textsize")
    if sizes and scale is None:
        scale = _SIZES.get(str(sizes[0].value))
        scale = scale * 1.6 if scale and kind == "pip" else scale
    faint = kind == "watermark" and opacity is None and not sizes and "size" not in clause.nouns
    if faint and scale is not None:
        scale, opacity = None, scale  # "watermark bottom left 50%"
    veils = [float(token.value) for token in clause.all("transparent")]
    if veils and not percents and veils[0] > 0:
        opacity = veils[0]
    places = places_of(clause)
    return [
        AddOverlay(
            **span,
            kind=kind,
            file=file,
            place=places[0] if places else None,
            text="\n".join(clause.quotes) or None,
            corner=corner_of(clause),
            scale=scale,
            opacity=opacity,
            look=look_of(clause) if clause.quotes else Look(),
            timing=timing_of(clause),
        )
    ]


def _amounts(clause: Clause) -> tuple[float | None, float | None]:
    """Return the size and the opacity that percents of *clause* name: "20% wide, 50% opacity"."""
    scale = opacity = None
    tokens = [t for t in clause.tokens if t.kind not in ("filler", "polite", "prep")]
    for index, token in enumerate(tokens):
        if token.kind not in ("percent", "factor"):
            continue
        near = tokens[max(index - 1, 0) : index] + tokens[index + 1 : index + 2]
        share = float(token.value) / (100 if token.kind == "percent" else 1)
        if any(t.kind == "transparent" and t.value == "0" for t in near):
            opacity = 1 - share
        elif any(t.kind == "transparent" or t.value == "opacity" for t in near):
            opacity = share
        elif token.kind == "percent":
            scale = share
    return scale, opacity
