"""Rules for clauses about pictures: colours, backgrounds, turns, crops, places, moves."""

from __future__ import annotations

from typing import Final

from nemo_nb.studio.agent.clauses import EMPTY, Clause
from nemo_nb.studio.agent.intents import Again, Ask, Intent, Unsupported
from nemo_nb.studio.agent.intents_picture import (
    Adjust,
    Background,
    BalanceBrightness,
    CopyLook,
    Flip,
    Motion,
    PictureFades,
    Place,
    ResetLook,
    Rotate,
)
from nemo_nb.studio.agent.reading import lengths, ms_of
from nemo_nb.studio.agent.reading_picture import adjustments, which_of
from nemo_nb.studio.agent.rules_background import background
from nemo_nb.studio.agent.rules_place import ELSEWHERE, common_of, crop, opacity, place

FADE_MS: Final = 1000
_TEXTUAL: Final = frozenset({"caption", "title", "text"})
_QUARTER, _HALF_TURN = 90.0, 180.0
_TURNS: Final = frozenset({90.0, 180.0, 270.0})
_WHOLE: Final = 100.0
_SIDES: Final = ("left", "right", "top", "bottom")
_PICTURED: Final = frozenset({"photo", "video", "it", "canvas"})
_AMOUNTS: Final = ("percent", "number", "factor")
_PIECES: Final = ("time", "range", "edge", "moment")


def picture_intents(clause: Clause, skipped: str) -> list[Intent]:
    """Return what *clause* asks of pictures; empty where it is about other things."""
    if clause.nouns & _TEXTUAL or clause.quotes or clause.follows_text:
        return []
    if skipped and not (clause.nouns & _PICTURED or clause.all("overlay", "ground")):
        return []  # "sharpen your skills": the strange word is what it is about
    both = _adjusted_and_turned(clause, skipped)
    if both:
        return both
    for rule in (
        _faces,
        _same_for_all,
        _reset,
        background,
        _adjust,
        _turn,
        _flip,
        crop,
        _motion,
        _fades,
        opacity,
        place,
    ):
        found = rule(clause, skipped)
        if found:
            return found
    return []


def _adjusted_and_turned(clause: Clause, skipped: str) -> list[Intent]:
    """Read 顺时针转90度再变黑白: what nothing but its words parts."""
    turns = clause.has("rotation") or clause.has("flip") or bool(clause.all("angle"))
    if not turns or not clause.has("tone") or clause.all("ground", "cutout", "reset", "bars"):
        return []
    if clause.all("number", "percent"):
        return []
    turned = _turn(clause, skipped) or _flip(clause, skipped)
    adjusted = _adjust(clause, skipped)
    return [*turned, *adjusted] if turned and adjusted else []


def _faces(clause: Clause, skipped: str) -> list[Intent]:
    """Refuse what would need a face to be found: "blur the face", "crop to the face"."""
    del skipped
    if not clause.has("subject", "subject") or clause.has("ground"):
        return []
    aimed = bool(clause.all("tone", "adjust"))
    cropped = clause.verbs == ["crop"] and not clause.has("out") and not clause.all("percent")
    ahead = clause.tokens[-1].kind == "subject" or clause.has("prep", "to")
    if not aimed and not (cropped and ahead):
        return []
    return [Unsupported(span=clause.span, topic="faces")]


def _same_for_all(clause: Clause, skipped: str) -> list[Intent]:
    if not clause.has("again", "same") or not which_of(clause).every:
        return []
    return [CopyLook(span=clause.span, skipped=skipped)]


def _reset(  # noqa: PLR0911 - one rule a return
    clause: Clause, skipped: str
) -> list[Intent]:
    resets = [str(token.value) for token in clause.all("reset")]
    common = common_of(clause, skipped)
    restores = "reset" in clause.verbs
    other = clause.all("tone", "color")  # "blur the original background"
    if ("background" in resets and not other) or (restores and clause.has("ground")):
        return [Background(**common, background=None)]
    named = tuple(str(t.value).rstrip("+-") for t in clause.all("adjust", "tone"))
    undone = set(clause.verbs) == {"remove", "change"} or "adjust" in resets or _taken_out(clause)
    if (restores or undone or clause.has("degree", "normal")) and named:
        changes = dict.fromkeys(named, 0.0)
        return [Adjust(**common, changes=changes, absolute=True)]
    if "colored" in resets:
        return [Adjust(**common, changes={"grayscale": 0.0}, absolute=True)]
    keys = tuple(key for key in resets if key in ("adjust", "crop"))
    if restores and "color" in clause.nouns:
        keys = ("adjust",)
    if keys:
        return [ResetLook(**common, keys=keys)]
    if lengths(clause) and {"still", "motion"} & set(resets):
        return []  # 画面静止2秒
    if "animation" in resets and clause.nouns & {"photo"}:
        return [Motion(**common, kind="none")]
    still = "still" in resets and bool(clause.nouns & _PICTURED)
    return [Motion(**common, kind="none")] if "motion" in resets or still else []


def _taken_out(clause: Clause) -> bool:
    """Whether it takes an adjustment back: "remove the blur", not "remove the blurry photo"."""
    tones = clause.all("adjust", "tone")
    if clause.verbs != ["remove"] or not tones or clause.all("sign", *_PIECES, *_AMOUNTS):
        return False
    fields = {str(t.value) for t in tones if t.kind == "tone"}
    told = [t for t in clause.tokens if t.kind != "filler" or t.value == "led"]
    after = [t.kind for t in told if t.start >= tones[-1].end][:1]
    names = after in ([], ["prep"], ["filler"], ["polite"])
    plain = not clause.all("ground", "bars", "subject", "overlay", "cutout")
    return names and plain and fields <= {"blur+", "grayscale+", "sepia+", "sharpen+"}


def _adjust(clause: Clause, skipped: str) -> list[Intent]:
    if not clause.all("adjust", "tone") or clause.nouns & ELSEWHERE or clause.has("bars"):
        return []
    if clause.all("ratio") and clause.has("ground"):
        return []
    if clause.verbs == ["remove"] and not clause.all("sign", *_AMOUNTS):
        taken = clause.has("tone", "grayscale+") or not clause.nouns & {"photo", "video"}
        if not taken:
            return []  # "remove the dark photo"
    changes, absolute, open_ended = adjustments(clause)
    common = common_of(clause, skipped)
    found: list[Intent] = []
    if changes:
        found.append(Adjust(**common, changes=changes, absolute=absolute))
    for field in open_ended:
        if field == "brightness":
            found.append(BalanceBrightness(**common))
        else:
            ways = (("more", 20.0), ("less", -20.0))
            choices = tuple((key, Adjust(**common, changes={field: way})) for key, way in ways)
            found.append(Ask(span=clause.span, question="more_or_less", choices=choices))
    return found


def _turn(  # noqa: C901, PLR0911 - one rule a return
    clause: Clause, skipped: str
) -> list[Intent]:
    verbs = set(clause.verbs)
    rotations = [str(token.value) for token in clause.all("rotation")]
    angles = [token for token in clause.all("angle") if token.value != "degrees"]
    sided = verbs & {"make", "move"} and clause.has("position", "left", "right")
    if sided and not angles:  # "turn it left 90"
        angles = [t for t in clause.all("number") if float(t.value) in _TURNS]
    told = {t.kind for t in clause.tokens} - EMPTY
    plain = {"number", "position"} <= told <= {"number", "position", "place", "noun"}  # "90 left"
    plain = plain and clause.nouns <= {"photo", "it"}
    if plain and clause.has("position", "left", "right"):
        angles = [t for t in clause.all("number") if float(t.value) in _TURNS]
    bare = bool(angles) and abs(float(angles[0].value)) in _TURNS
    kinds = {t.kind for t in clause.tokens} - EMPTY
    counted = clause.has("place") or clause.has("scope", "each")
    counted = counted and kinds <= {"angle", "place", "noun", "position", "scope"}
    sideways = kinds <= {"angle", "position"} and clause.has("position", "left", "right")
    sideways = sideways or (counted and clause.nouns <= {"photo", "photos", "it"})
    bare = bare and (plain or sideways or len(clause.tokens) == 1)
    if (
        "rotate" not in verbs
        and not rotations
        and not bare
        and not (angles and verbs & {"make", "move", "flip"})
    ):
        return []
    if ("flip" in verbs or "remove" in verbs) and not angles:
        return []  # "remove the sideways photo"
    numbers = angles or clause.all("number")
    degrees = float(numbers[0].value) if numbers else None
    leftward = "ccw" in rotations or clause.has("position", "left")
    if clause.nouns & ELSEWHERE or (clause.has("overlay") and not numbers and not rotations):
        return []
    common = common_of(clause, skipped)
    if rotations in (["left?"], ["right?"]):  # "turn left" is said of cars, too
        side = rotations[0].rstrip("?")
        wish = Rotate(**common, degrees=-_QUARTER if side == "left" else _QUARTER)
        return [Ask(span=clause.span, question=f"should_turn_{side}", choices=(("yes", wish),))]
    if degrees is None and "half" in rotations:
        degrees = _HALF_TURN
    elif degrees is None and (rotations or clause.has("position", "left", "right")):
        degrees = _QUARTER
    if degrees is None and clause.has("polite", "again") and clause.nouns <= {"it"}:
        return [Again(span=clause.span, kind="more")]
    if degrees is not None:
        return [Rotate(**common, degrees=-degrees if leftward else degrees)]
    ways = (("clockwise", _QUARTER), ("counterclockwise", -_QUARTER), ("upside_down", _HALF_TURN))
    choices = tuple((key, Rotate(**common, degrees=way)) for key, way in ways)
    return [Ask(span=clause.span, question="which_turn", choices=choices)]


def _flip(clause: Clause, skipped: str) -> list[Intent]:
    mirrored = clause.has("mirror") and set(clause.verbs) <= {"make", "add", "generate"}
    sideways = clause.has("axis", "horizontal", "vertical")
    turned = sideways and clause.verbs == ["make"] and clause.nouns & _PICTURED
    if "flip" not in clause.verbs and not clause.has("flip") and not (mirrored or turned):
        return []
    common = common_of(clause, skipped)
    rotated = clause.has("rotation", "cw") or clause.has("rotation", "ccw")
    if clause.all("angle") or rotated:
        return []
    axes = [str(token.value) for token in clause.all("flip", "axis")]
    across = {str(token.value) for token in clause.all("position")}
    axes += ["horizontal"] if across == {"left", "right"} else []
    axes += ["vertical"] if across == {"top", "bottom"} else []
    ratios = [str(token.value) for token in clause.all("ratio")]
    upright = "9:16" in ratios and not clause.all("axis")  # "mirror it vertically"
    if {"vertical", "up"} & set(axes[-1:]) or upright or clause.has("rotation", "half"):
        return [Flip(**common, axis="vertical")]
    alone = len(clause.tokens) == 1 and clause.has("flip", "mirror")  # which way?
    sideways = clause.has("rotation", "quarter")
    if (axes and not alone) or "16:9" in ratios or clause.has("mirror") or sideways:
        return [Flip(**common, axis="horizontal")]
    choices = (
        ("horizontal", Flip(**common, axis="horizontal")),
        ("vertical", Flip(**common, axis="vertical")),
    )
    return [Ask(span=clause.span, question="which_axis", choices=choices)]


def _motion(clause: Clause, skipped: str) -> list[Intent]:
    moves = [str(token.value) for token in clause.all("motion")]
    verbs = set(clause.verbs)
    whole = not clause.all("position", "edge", "goal", "time", "range", "place", "rotation", "prep")
    moved = clause.has("verb", "move")
    if not moves and moved and "keep" not in verbs and whole and clause.nouns & {"photo"}:
        moves = ["alternate"]
    if not moves or clause.all("slideshow", "fit") or "transition" in clause.nouns:
        return []
    common = common_of(clause, skipped)
    toward = clause.has("subject", "subject")
    if verbs & {"remove", "mute"}:
        return [Motion(**common, kind="none")]
    kind = moves[0]
    if kind in ("zoom-in", "pan-right") and clause.all("position"):
        way = {"left": "left", "right": "right", "top": "up", "bottom": "down"}
        side = way.get(str(clause.all("position")[0].value))
        kind = f"pan-{side}" if kind == "pan-right" and side else kind
    if kind == "zoom-in" and clause.has("out"):
        kind = "zoom-out"
    if kind == "zoom-in" and clause.all("percent", "times"):
        token = clause.all("percent", "times")[0]
        scale = float(token.value) / (_WHOLE if token.kind == "percent" else 1)
        return [Place(**common, scale=scale)]
    return [Motion(**common, kind=kind, toward=toward)]


def _fades(clause: Clause, skipped: str) -> list[Intent]:
    if clause.nouns & {"sound", "music", "transition"} or clause.has("voice"):
        return []
    ends = clause.has("crossing", "to-black") and not clause.has("place")
    off = clause.has("reset", "fade")
    if not (clause.all("fade") or "fade" in clause.verbs or ends or off):
        return []
    times = lengths(clause)
    numbers = clause.all("number")
    if not times and len(numbers) == 1 and clause.has("prep", "by"):
        times = [ms_of(numbers[0])]  # "… and fade out over two"
    length = times[0] if times else FADE_MS
    if "remove" in clause.verbs or off:
        length = 0
    into, out = faded(clause)
    out = out or ends
    if not into and not out:
        return []
    common = common_of(clause, skipped)
    common["timing"] = type(common["timing"])()
    into_ms, out_ms = (length if said else None for said in (into, out))
    return [PictureFades(**common, fade_in_ms=into_ms, fade_out_ms=out_ms)]


def faded(clause: Clause) -> tuple[bool, bool]:
    """Return whether *clause* speaks of a fade in, and of a fade out."""
    kinds = {str(token.value) for token in clause.all("fade")}
    verb = "fade" in clause.verbs
    into = bool(kinds & {"in", "both"}) or (verb and _from_black(clause))
    out = bool(kinds & {"out", "both"}) or (verb and clause.has("out"))
    black = clause.has("prep", "to") and clause.has("color", "#000000")
    out = out or (into and black and clause.has("edge", "last"))  # "… and to black at the end"
    if verb and clause.has("edge") and clause.has("scope", "each"):
        return True, True  # "fade at both ends"
    if verb and not into and not out:
        edges = {str(token.value) for token in clause.all("edge")}
        into, out = "first" in edges, "last" in edges
    taken = clause.has("reset", "fade") or (verb and "remove" in clause.verbs)
    if taken and not into and not out:
        return True, True  # "remove the fade"
    return into, out


def _from_black(clause: Clause) -> bool:
    return clause.has("prep", "from") and clause.has("color", "#000000")
