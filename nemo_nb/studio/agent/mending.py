"""A wish that leans on what was said right before it: "the music is too loud, turn it down"."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from nemo_nb.studio.agent.clauses import EMPTY, TEXT_NOUNS, TIMES, Clause
from nemo_nb.studio.agent.mending_sound import heard_on, longer_music
from nemo_nb.studio.agent.tokens import Token

_COMPLAINED_OF: Final = ("noun", "voice", "place", "ground", "overlay", "adjust")
_DISLIKED: Final = frozenset({"noun", "crossing", "overlay", "pick", "place", "file"})
_LIKING: Final = frozenset({"negation", "word"})
_GOING: Final = frozenset({"music", "transition", "title", "caption"})
_JUDGING: Final = (2, 3, 5)  # letters of is, are, looks
# How it is judged: "… is too loud", "… is too dark".
_JUDGED: Final = ("grow", "tone", "verb", "sign", "textsize", "adjust", "rotation", "degree")


def mended(last: Clause, clause: Clause) -> Clause | None:
    """Return the one wish of a complaint and of what mends it, or None where they are no such."""
    if _mends(last, clause):
        told = [t for t in last.tokens if t.kind in ("pick", *_COMPLAINED_OF)]
        kept = [t for t in clause.tokens if (t.kind, t.value) != ("noun", "it")]
        return Clause((*told, *kept))
    if _takes_along(last, clause):
        named = [t for t in last.tokens if t.kind in ("place", "file")]
        kept = [t for t in clause.tokens if (t.kind, t.value) != ("noun", "it")]
        return Clause((*named, *kept))
    if _takes_it(last, clause):
        told = [t for t in last.tokens if t.kind in _DISLIKED]
        verb = [t for t in clause.tokens if (t.kind, t.value) != ("noun", "it")]
        return Clause((*told, *verb))
    longer = longer_music(last, clause)
    if longer is not None:
        return longer
    if _cuts_them(last, clause):
        told = [t for t in last.tokens if t.kind in (*TIMES, "place", "prep")]
        verb = [t for t in clause.tokens if t.kind in ("verb", "out")]
        return Clause((*told, *verb))
    return None


def going_on(last: Clause, clause: Clause) -> Clause:
    """Return *clause* with the music or the background of *last* named, where it means that."""
    if _behind_it(last, clause):
        ground = next(t for t in last.tokens if t.kind in ("ground", "cutout"))
        behind = Token("ground", "ground", ground.start, ground.end)
        clause = replace(clause, tokens=(*clause.tokens, behind))
    clause = heard_on(last, clause)
    first, kinds = clause.tokens[0], {t.kind for t in clause.tokens}
    if last.has("fade", "in") and first.kind == "out" and kinds <= EMPTY | {"time", "edge"}:
        out = Token("fade", "out", first.start, first.end)
        heard = [t for t in last.tokens if (t.kind, t.value) == ("noun", "music")]
        clause = replace(clause, tokens=(*heard, out, *clause.tokens[1:]))  # "… and out over 2 s"
    if _fades_it(last, clause):
        heard = [t for t in last.tokens if (t.kind, t.value) == ("noun", "music")][:1]
        heard = heard or [Token("noun", "music", clause.span[0], clause.span[0])]
        clause = replace(clause, tokens=(*heard, *clause.tokens))
    return clause


def _takes_along(last: Clause, clause: Clause) -> bool:
    """Whether a picture is taken for what follows: "take the last photo and put it first"."""
    takes = [t.value for t in last.all("verb")] == ["take"] and last.all("place", "file")
    plain = {t.kind for t in last.tokens} <= EMPTY | {"verb", "place", "file", "noun"}
    return bool(takes) and plain and clause.nouns == {"it"} and bool(clause.verbs)


def _takes_it(last: Clause, clause: Clause) -> bool:
    """Whether what is not liked shall go: "I don't like the dissolves, take them off"."""
    kinds = {t.kind for t in last.tokens}
    liked = last.has("negation") and not last.verbs and kinds <= EMPTY | _DISLIKED | _LIKING
    named = last.all("crossing", "overlay", "pick", "place", "file") or last.nouns & _GOING
    plain = {t.kind for t in clause.tokens} <= EMPTY | {"verb", "noun", "out"}
    gone = set(clause.verbs) == {"remove"} and plain and clause.nouns == {"it"}
    return bool(liked and named and gone)


def _behind_it(last: Clause, clause: Clause) -> bool:
    """Whether a colour is that of the background spoken of: "remove the bg and make it blue"."""
    kinds = {t.kind for t in clause.tokens}
    plain = kinds <= EMPTY | {"color", "verb", "noun", "preset"} and clause.nouns == {"it"}
    laid = clause.has("prep", "at") and set(clause.verbs) <= {"add", "move"}  # "put it on white"
    colored = clause.has("color") and (laid or set(clause.verbs) <= {"make", "change", "set"})
    return (
        (last.has("ground") or last.has("cutout"))
        and plain
        and colored
        and not last.nouns & TEXT_NOUNS
    )


def _fades_it(last: Clause, clause: Clause) -> bool:
    """Whether *clause* fades the music of *last*: "add jazz and fade it out", "… and fade in"."""
    music = last.nouns == {"music"} or last.has("genre") or last.has("mood") or last.has("duck")
    fades = clause.has("fade") or "fade" in clause.verbs
    meant = "it" in clause.nouns or (last.has("edge") and not last.quotes)
    return music and fades and meant and clause.nouns <= {"it"} and not clause.quotes


def _mends(last: Clause, clause: Clause) -> bool:
    """Whether *clause* mends what *last* complains of: "the music is too loud, turn it down"."""
    asked = [t for t in last.all("question") if t.end - t.start in _JUDGING]
    plainly = not asked and not last.verbs and last.has("word")  # 背景太乱了
    if not (len(asked) == 1 or plainly) or last.quotes or not last.all(*_COMPLAINED_OF):
        return False
    told = {t.kind for t in last.tokens} - EMPTY
    judged = told <= {"question", "pick", "word", *_COMPLAINED_OF, *_JUDGED}
    named = last.tokens[0].kind not in ("question", "word") and clause.nouns <= {"it"}
    own = clause.all("quote", "time", "range", "file", "place", "pick", "question", "negation")
    return judged and named and not own and bool(clause.verbs or clause.all(*_JUDGED))


def _cuts_them(last: Clause, clause: Clause) -> bool:
    """Whether *last* only complains of a part and *clause* cuts it: "… are boring, cut them"."""
    cuts = set(clause.verbs) <= {"cut", "remove", "trim"} and clause.verbs
    plain = {t.kind for t in clause.tokens} <= EMPTY | {"verb", "noun", "out"}
    if not cuts or not plain or not clause.nouns <= {"it"} or last.verbs or last.quotes:
        return False
    part = (last.has("edge") and last.all("time")) or last.all("range", "moment")
    told = {t.kind for t in last.tokens} <= EMPTY | TIMES | {
        "question",
        "word",
        "voicing",
        "noun",
        "social",
    }
    asked = {str(t.value) for t in last.all("noun")} <= {"video", "it"}
    return bool(part) and told and asked and last.tokens[0].kind not in ("question", "word")
