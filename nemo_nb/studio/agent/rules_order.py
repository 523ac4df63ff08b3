"""Rules for clauses about the order of pictures."""

from __future__ import annotations

from typing import Any, Final

from nemo_nb.studio.agent.clauses import Clause
from nemo_nb.studio.agent.intents import Ask, Intent, Which
from nemo_nb.studio.agent.intents_show import MovePicture, Reorder, SwapPictures
from nemo_nb.studio.agent.reading import places_of
from nemo_nb.studio.agent.reading_picture import which_of

_DOINGS: Final = (
    *("color", "tone", "adjust", "motion", "rotation", "angle", "flip", "ground", "cutout"),
    *("crossing", "percent", "grow", "textsize", "position", "factor", "times", "piece"),
    *("overlay", "transparent", "fit", "ratio", "fade", "percent"),
)
_PAIR: Final = 2


def order(clause: Clause, skipped: str) -> list[Intent]:  # noqa: C901, PLR0911 - one rule a line
    """Read "move the last photo to the front", "swap photos 1 and 2", "sort them by date"."""
    common: dict[str, Any] = {"span": clause.span, "skipped": skipped}
    orders = [str(token.value) for token in clause.all("order")]
    if orders:
        return [Reorder(**common, order=orders[0])]
    places = places_of(clause)
    verbs = set(clause.verbs)
    if clause.has("sort") and _turned_round(clause) and not places:
        return [Reorder(**common, order="reverse")]
    if clause.has("sort") and _turned_round(clause) and len(places) == _PAIR:
        return [SwapPictures(**common, places=(places[0], places[1]))]
    if clause.has("begin") and clause.has("prep", "from") and len(places) == 1:
        return [MovePicture(**common, which=Which(places), to=0)]  # 从最后一张开始
    both = bool(clause.nouns) and clause.nouns <= {"photo", "photos", "video", "it"}
    if verbs == {"swap"} and not places and both and not clause.all(*_DOINGS):
        return [SwapPictures(**common, places=(0, 1), both=True)]
    if (
        verbs & {"swap", "change", "make"}
        and len(places) == 2  # noqa: PLR2004 - a pair
        and not clause.all(*_DOINGS)
        and not clause.all("color")
    ):
        return [SwapPictures(**common, places=(places[0], places[1]))]
    beside = _beside(clause, common, places)
    if beside is not None and verbs <= {"move", "add", "make", "set"}:
        return [beside]
    goals = [str(token.value) for token in clause.all("goal")]
    verbs -= {"keep", "show"}
    which = which_of(clause)
    pictured = bool(places or which.file or clause.nouns & {"photo", "video", "it"})
    if verbs <= {"move", "add", "make", "set"} and pictured:
        going = verbs == {"move"} or (not verbs and clause.has("prep", "to"))
        if not goals and going and len(places) == _PAIR and not clause.all(*_DOINGS):
            return [MovePicture(**common, which=Which(places[:1], noun=which.noun), to=places[1])]
        only = not clause.all("time", "range", "number", *_DOINGS)
        edges = [str(t.value) for t in clause.all("edge")] if only else []
        goals = goals or edges
        if goals and (places or which.file or which.it):
            to = 0 if goals[0] == "first" else -1
            return [
                MovePicture(
                    **common, which=Which(places[:1], which.file, which.noun, which.it), to=to
                )
            ]
    if clause.has("sort"):
        kinds = ("taken", "name", "reverse", "shuffle")
        choices = tuple((kind, Reorder(**common, order=kind)) for kind in kinds)
        return [Ask(span=clause.span, question="which_order", choices=choices)]
    return []


def _turned_round(clause: Clause) -> bool:
    """Whether an order is to be turned round: "reverse the photo order", 把顺序颠倒."""
    turned = clause.has("piece", "reverse") or "flip" in clause.verbs or "rotate" in clause.verbs
    return turned or clause.has("rotation", "half") or clause.has("flip")


def _beside(clause: Clause, common: dict[str, Any], places: tuple[int, ...]) -> Intent | None:
    """Read "put photo 1 after photo 2", "… before the second", "… between the first two"."""
    sides = [str(t.value) for t in clause.all("prep") if t.value in ("before", "after")]
    if clause.has("prep", "from") and len(places) == _PAIR + 1 and not sides:
        sides, places = ["after"], (places[0], min(places[1:]))  # "between" is a "from"
    if not sides and clause.tokens[-1].kind == "edge" and "move" in clause.verbs:
        sides = ["after" if clause.tokens[-1].value == "last" else "before"]  # …第二张后面
    if len(places) != _PAIR or not sides or clause.all(*_DOINGS, "time"):
        return None
    side = "after" if sides[0] == "after" else "before"
    return MovePicture(**common, which=Which(places[:1]), to=places[1], side=side)
