"""A wish that leans on what was said right before it: "the music is too loud, turn it down"."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from nemo_nb.studio.agent.clauses import EMPTY, TEXT_NOUNS, TIMES, Clause
from nemo_nb.studio.agent.tokens import Token

_COMPLAINED_OF: Final = ("noun", "voice", "place", "ground", "overlay")
# How it is judged: "… is too loud", "… is too dark".
_JUDGED: Final = ("grow", "tone", "verb", "sign", "textsize", "adjust")


def mended(last: Clause, clause: Clause) -> Clause | None:
    """Return the one wish of a complaint and of what mends it, or None where they are no such."""
    if _mends(last, clause):
        told = [t for t in last.tokens if t.kind in ("pick", *_COMPLAINED_OF)]
        kept = [t for t in clause.tokens if (t.kind, t.value) != ("noun", "it")]
        return Clause((*told, *kept))
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
    if _fades_it(last, clause):
        heard = [t for t in last.tokens if (t.kind, t.value) == ("noun", "music")][:1]
        heard = heard or [Token("noun", "music", clause.span[0], clause.span[0])]
        clause = replace(clause, tokens=(*heard, *clause.tokens))
    return clause


def _behind_it(last: Clause, clause: Clause) -> bool:
    """Whether a colour is that of the background spoken of: "remove the bg and make it blue"."""
    kinds = {t.kind for t in clause.tokens}
    plain = kinds <= EMPTY | {"color", "verb", "noun", "preset"} and clause.nouns == {"it"}
    colored = clause.has("color") and set(clause.verbs) <= {"make", "change", "set"}
    return (
        (last.has("ground") or last.has("cutout"))
        and plain
        and colored
        and not last.nouns & TEXT_NOUNS
    )


def _fades_it(last: Clause, clause: Clause) -> bool:
    """Whether *clause* fades the music of *last*: "add jazz and fade it out", "… and fade in"."""
    music = last.nouns == {"music"} or last.has("genre") or last.has("mood")
    fades = clause.has("fade") or "fade" in clause.verbs
    meant = "it" in clause.nouns or (last.has("edge") and not last.quotes)
    return music and fades and meant and clause.nouns <= {"it"} and not clause.quotes


def _mends(last: Clause, clause: Clause) -> bool:
    """Whether *clause* mends what *last* complains of: "the music is too loud, turn it down"."""
    asked = [t for t in last.all("question") if t.end - t.start in (2, 3)]  # is, are
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
    told = {t.kind for t in last.tokens} <= EMPTY | TIMES | {"question", "word", "voicing", "noun"}
    asked = {str(t.value) for t in last.all("noun")} <= {"video", "it"}
    return bool(part) and told and asked and last.tokens[0].kind not in ("question", "word")
