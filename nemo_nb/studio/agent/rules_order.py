"""Rules for clauses about the order of pictures."""

from __future__ import annotations

from typing import Any, Final

from nemo_nb.studio.agent.clauses import Clause
from nemo_nb.studio.agent.intents import Ask, Intent, Which
from nemo_nb.studio.agent.intents_show import Duplicate, MovePicture, Reorder, SwapPictures
from nemo_nb.studio.agent.reading import places_of
from nemo_nb.studio.agent.reading_picture import which_of
from nemo_nb.studio.agent.reading_sound import own_file

_DOINGS: Final = (
    *("color", "tone", "adjust", "motion", "rotation", "angle", "flip", "ground", "cutout"),
    *("crossing", "percent", "grow", "textsize", "position", "factor", "times", "piece"),
    *("overlay", "transparent", "fit", "ratio", "fade", "percent"),
)
_PAIR: Final = 2
_LAYING: Final = frozenset({"move", "add", "make", "set"})

Common = dict[str, Any]
Places = tuple[int, ...]


def order(clause: Clause, skipped: str) -> list[Intent]:
    """Read "move the last photo to the front", "swap photos 1 and 2", "sort them by date"."""
    common: dict[str, Any] = {"span": clause.span, "skipped": skipped}
    if own_file(clause) is not None or "music" in clause.nouns:
        return []  # a sound has no place among the pictures
    for rule in (_sorted, _swapped, _repeated, _made, _beside, _by_kind, _to_an_end, _unsaid):
        found = rule(clause, common, places_of(clause))
        if found is not None:
            return found
    return []


def _sorted(clause: Clause, common: Common, places: Places) -> list[Intent] | None:
    """Read "in reverse order", "by date", "in the order 3, 1, 2"."""
    orders = [str(token.value) for token in clause.all("order")]
    turned = clause.has("sort") and _turned_round(clause)
    if len(places) == _PAIR and (orders[:1] == ["reverse"] or (turned and not orders)):
        return [SwapPictures(**common, places=(places[0], places[1]))]
    if orders:
        return [] if places else [Reorder(**common, order=orders[0])]
    if clause.has("sort") and len(places) > _PAIR and not clause.all(*_DOINGS):
        return [Reorder(**common, order="given", places=places)]
    if clause.has("piece", "duplicate"):
        return []
    return [Reorder(**common, order="reverse")] if turned and not places else None


def _swapped(clause: Clause, common: Common, places: Places) -> list[Intent] | None:
    """Read "swap a.jpg and b.jpg", "swap the two clips"."""
    if set(clause.verbs) != {"swap"} or places or clause.all(*_DOINGS):
        return None
    files = tuple(str(token.value) for token in clause.all("file"))
    if len(files) == _PAIR:
        return [SwapPictures(**common, places=(0, 1), files=files)]
    both = bool(clause.nouns) and clause.nouns <= {"photo", "photos", "video", "it"}
    return [SwapPictures(**common, places=(0, 1), both=True)] if both else None


def _repeated(clause: Clause, common: Common, places: Places) -> list[Intent] | None:
    """Read "show photo 1 again at the end", "add photo 3 a second time"."""
    verbs = set(clause.verbs)
    again = clause.has("polite", "again") or clause.has("again", "more")
    again = again or (clause.has("polite", "too") and verbs == {"show"})
    again = again or (verbs == {"move"} and 1.0 in [t.value for t in clause.all("rounds")])
    which = Which(places, which_of(clause).file)
    if not again or clause.all(*_DOINGS):
        return None
    ends = clause.all("edge", "goal")
    if len(ends) == 1 and verbs <= {"show", "add", "move"}:
        to = 0 if ends[0].value == "first" else -1
        return [Duplicate(**common, which=which, to=to)] if which else []
    if which.file and len(places) == 1 and verbs == {"add"} and not ends:
        # "Add photo2.jpg again as the last one"
        return [Duplicate(**common, which=Which(file=which.file), to=places[0])]
    bare = not ends and verbs == {"add"} and which and not clause.all("time")
    return [Duplicate(**common, which=which)] if bare else None


def _made(clause: Clause, common: Common, places: Places) -> list[Intent] | None:
    """Read "make the last photo the first one", "switch photos 1 and 2", "start at the last"."""
    begun = clause.has("begin") and clause.has("prep", "from")
    if begun and len(places) > 1:
        whole = sorted(places) == list(range(len(places))) and len(places) > _PAIR
        return [Reorder(**common, order="given", places=places)] if whole else []
    if begun and len(places) == 1:
        return [MovePicture(**common, which=Which(places), to=0)]  # 从最后一张开始
    verbs = set(clause.verbs)
    if len(places) != _PAIR or clause.all(*_DOINGS):
        return None
    pair = [t.kind for t in clause.tokens if t.kind in ("place", "sep", "prep")]
    if verbs == {"make"} and pair == ["place", "place"]:
        return [MovePicture(**common, which=Which(places[:1]), to=places[1])]
    if verbs & {"swap", "change", "make"}:
        return [SwapPictures(**common, places=(places[0], places[1]))]
    return None


def _by_kind(clause: Clause, common: Common, places: Places) -> list[Intent] | None:
    """Read "the photo before the clip", "photo first", 先放照片再放视频."""
    told = clause.all("noun")
    kinds = [str(t.value) for t in told]
    named = kinds and set(kinds) <= {"photo", "video"} and not (places or clause.all("file"))
    if not named or set(clause.verbs) - _LAYING - {"show"} or clause.all(*_DOINGS, "time"):
        return None
    goals = clause.all("goal")
    last = next(t for t in reversed(clause.tokens) if t.kind not in ("filler", "polite"))
    sides = [str(t.value) for t in clause.all("prep") if t.value in ("before", "after")]
    both = sorted(kinds) == ["photo", "video"]
    twice = [t.value for t in clause.all("verb")] in (["move", "move"], ["show", "show"])
    to: int | None = None
    alone = both or len(kinds) == 1
    if alone and last.kind == "edge" and clause.verbs == ["move"]:
        to = 0 if last.value == "first" else -1  # 照片放在视频前面
    elif len(goals) == 1 and (goals[0].start > told[0].start or len(kinds) == _PAIR):
        to = 0 if goals[0].value == "first" else -1
    elif both and len(sides) == 1 and not clause.all("edge", "goal"):
        to = 0 if sides[0] == "before" else -1
    elif both and twice:
        to = 0
    return None if to is None else [MovePicture(**common, which=Which(noun=kinds[0]), to=to)]


def _to_an_end(clause: Clause, common: Common, places: Places) -> list[Intent] | None:
    """Read "put photo 2 first", "move the last one to the beginning"."""
    goals = [str(token.value) for token in clause.all("goal")]
    if clause.verbs == ["move"] and clause.has("scope", "rest") and not goals:
        goals = ["last"]  # "to the very end"
    verbs = set(clause.verbs) - {"keep", "show"}
    which = which_of(clause)
    pictured = bool(places or which.file or clause.nouns & {"photo", "video", "it"})
    if not verbs <= _LAYING or not pictured:
        return None
    going = verbs in ({"move"}, {"add"}) or (not verbs and clause.has("prep", "to"))
    if not goals and going and len(places) == _PAIR and not clause.all(*_DOINGS):
        return [MovePicture(**common, which=Which(places[:1], noun=which.noun), to=places[1])]
    only = not clause.all("time", "range", "number", *_DOINGS)
    edges = [str(t.value) for t in clause.all("edge")] if only else []
    goals = goals or edges
    if not goals or not (places or which.file or which.it):
        return None
    one = Which(places[:1], which.file, which.noun, which.it)
    return [MovePicture(**common, which=one, to=0 if goals[0] == "first" else -1)]


def _unsaid(clause: Clause, common: Common, places: Places) -> list[Intent] | None:  # noqa: ARG001 - one of several rules
    """Ask in which order, where none is said."""
    if not clause.has("sort"):
        return None
    kinds = ("taken", "name", "reverse", "shuffle")
    choices = tuple((kind, Reorder(**common, order=kind)) for kind in kinds)
    return [Ask(span=clause.span, question="which_order", choices=choices)]


def _turned_round(clause: Clause) -> bool:
    """Whether an order is to be turned round: "reverse the photo order", 把顺序颠倒."""
    turned = clause.has("piece", "reverse") or "flip" in clause.verbs or "rotate" in clause.verbs
    return turned or clause.has("rotation", "half") or clause.has("flip")


def _beside(clause: Clause, common: Common, places: Places) -> list[Intent] | None:
    """Read "put photo 1 after photo 2", "… before the second", "… between the first two"."""
    if set(clause.verbs) - _LAYING - {"show"}:
        return None
    sides = [str(t.value) for t in clause.all("prep") if t.value in ("before", "after")]
    if clause.has("prep", "from") and len(places) == _PAIR + 1 and not sides:
        sides, places = ["after"], (places[0], min(places[1:]))  # "between" is a "from"
    told = [t.kind for t in clause.tokens if t.kind in ("place", "verb", "goal", "edge")]
    if told == ["place", "verb", "place", "place"] and clause.verbs == ["move"]:
        sides, places = ["after"], (places[0], min(places[1:]))  # 放到第一张和第二张之间
    if not sides and clause.tokens[-1].kind == "edge" and "move" in clause.verbs:
        sides = ["after" if clause.tokens[-1].value == "last" else "before"]  # …第二张后面
    files = [str(t.value) for t in clause.all("file")]
    if len(files) == _PAIR and not places and len(sides) == 1 and not clause.all(*_DOINGS, "time"):
        side = "after" if sides[0] == "after" else "before"
        one, other = (Which(file=file) for file in files)
        return [MovePicture(**common, which=one, to=0, side=side, beside=other)]
    if len(places) != _PAIR or not sides or clause.all(*_DOINGS, "time"):
        return None
    side = "after" if sides[0] == "after" else "before"
    return [MovePicture(**common, which=Which(places[:1]), to=places[1], side=side)]
