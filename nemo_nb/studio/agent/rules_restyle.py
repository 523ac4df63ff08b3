"""Rules for clauses about texts that bring no words: looks, times, and what to ask for."""

from __future__ import annotations

from dataclasses import replace

from nemo_nb.studio.agent.clauses import EMPTY, Clause
from nemo_nb.studio.agent.intents import (
    AddText,
    Again,
    Ask,
    Intent,
    Look,
    ReplaceText,
    Restyle,
    Role,
    Timing,
    Unsupported,
)
from nemo_nb.studio.agent.reading import lengths, picked, standing_at

ADDS = {"add", "generate"}
CHANGES = {"change", "make", "set", "swap"}
_SHIFTED = EMPTY | frozenset(
    {"shift", "noun", "verb", "pick", "quote", "edge", "article", "scope", "way", "longer"}
)
_OF_PICTURES = {"color", "position", "size", "weight", "box", "stroke", "shadow"}


def shift_intents(clause: Clause, skipped: str) -> list[Intent]:
    """Read by how much a text comes later, or stays longer: "the title two seconds later"."""
    kinds = {token.kind for token in clause.tokens}
    role = clause.own_role or ("caption" if "text" in clause.nouns else None)
    quotes = clause.quotes
    fine = kinds <= _SHIFTED and clause.nouns <= {"title", "caption", "text", "it"}
    role = role or clause.inherited_role
    if not fine or len(quotes) > 1 or set(clause.verbs) & ADDS:
        return []
    how, ms = clause.all("shift")[-1].value
    timing = Timing(moved_ms=ms) if how == "moved" else Timing(longer_ms=ms)
    if not (role or quotes):
        return [Again(span=clause.span, kind="timing", timing=timing)]
    edges = [token.value for token in clause.all("edge")]
    if edges == ["last"] and how == "moved":
        timing = Timing(longer_ms=ms)  # "end the title a second later"
    return [
        Restyle(
            span=clause.span,
            skipped=skipped,
            role=clause.own_role if quotes else role,
            text=next(iter(quotes), None),
            look=Look(),
            timing=timing,
            pick=picked(clause),
        )
    ]


def named_text(clause: Clause) -> bool:
    """Whether it names a text, or one that was spoken of."""
    return clause.own_role is not None or "text" in clause.nouns or "it" in clause.nouns


def wordless(  # noqa: C901, PLR0911, PLR0912 - one rule a line, in order of precedence
    clause: Clause, skipped: str, role: Role | None, look: Look, timing: Timing
) -> Intent | None:
    """Rules for clauses without words to show."""
    verbs, span = set(clause.verbs), clause.span
    it = "it" in clause.nouns or clause.follows_text or clause.has("again", "one")
    meant = role or (clause.inherited_role if it else None)
    bare = {token.kind for token in clause.tokens} <= {"noun", "polite"} and clause.has("polite")
    asks = clause.has("polite", "want") or bare  # "i want a title", "caption please"
    wanted = clause.own_role and not verbs and asks and not look
    asked = verbs & ADDS or wanted
    if role is not None and asked and not clause.has("noun", "color") and not clause.has("ownfont"):
        return AddText(span=span, skipped=skipped, role=role, text=None, look=look, timing=timing)
    if clause.has("noun", "font") and not look:
        role = clause.own_role
    looks_named = clause.nouns & {"color", "size", "position", "font", "fontname"}
    if role is not None and verbs & {"change"} and not (look or timing or looks_named):
        return ReplaceText(
            span=span,
            skipped=skipped,
            role=role,
            old=None,
            text=None,
            look=look,
            timing=timing,
            pick=picked(clause),
        )
    changes = verbs & CHANGES or clause.has("another")
    recolor = "color" in clause.nouns and changes and "color" not in look.changes
    if named_text(clause) and recolor:
        wish = Restyle(
            span=span,
            skipped=skipped,
            role=role,
            text=None,
            look=look,
            timing=timing,
            it=it,
            pick=picked(clause),
        )
        return Ask(span=span, question="which_color", wish=wish)
    framed = role is None and clause.has("decoration", "stroke") and not clause.all("preset")
    framed = framed and not it and set(look.changes) <= {"stroke", "color"} and verbs & ADDS
    if framed or (
        role is None and clause.nouns == {"photo"} and clause.has("decoration", "stroke")
    ):
        return Unsupported(span=span, topic="border")
    restyled = look and not clause.nouns & {"photo", "sound", "music"}
    if "video" in clause.nouns and role is None and not it and "color" in look.changes:
        restyled = False  # "make the video red" is not about letters
    if not (role or it) and (skipped or (clause.nouns & {"video"} and clause.all("number"))):
        restyled = False  # 红灯停, "top 10 movies"
    nameless = not (role or clause.own_role or "text" in clause.nouns)
    if nameless and not (it or verbs) and _says_little(clause, look):
        restyled = False
    # Only looks alone ("bold yellow") are said of all texts; else it is what was named before.
    others = set(look.changes) <= _OF_PICTURES  # looks that a picture may have as well
    led = clause.has("prep") or clause.has("filler", "led", "oblige")  # "out of the blue"
    it = it or (nameless and others and bool(verbs or led))
    if verbs == {"move"} and "position" not in look.changes:
        restyled = False  # "bold move"
    if "remove" in verbs and any(look.changes.values()):
        restyled = False  # "remove the red caption" asks for no red one
    if clause.verbs == ["make"] and not (clause.nouns or it) and set(look.changes) <= {"position"}:
        restyled = restyled and look.grow != 1.0  # "turn left" is about something else
    named = role is not None or (it and clause.inherited_role is not None) or clause.follows_text
    fonts = {str(token.value) for token in clause.all("noun")} & {"font", "fontname"}
    if fonts and changes and not look and not skipped:
        wish = Restyle(
            span=span,
            skipped=skipped,
            role=clause.own_role,
            text=None,
            look=look,
            timing=timing,
            it=it,
            pick=picked(clause),
        )
        return Ask(span=span, question="which_font", wish=wish)
    longer = "extend" in verbs and timing.duration_ms is not None
    if (longer or (clause.has("prep", "by") and clause.all("time"))) and not look:
        return None  # "half a second later": by how much, not until when
    if clause.has("total") and role is None:
        return None  # "reduce the length to 4 seconds"
    if restyled or (named and (timing or lengths(clause))):
        pick = picked(clause)
        at = standing_at(clause) if restyled else None
        if at is not None and clause.own_role is not None:
            pick = replace(pick, at=at)
        return Restyle(
            span=span,
            skipped=skipped,
            role=(clause.own_role if restyled and role else role) or (None if role else meant),
            text=None,
            look=look,
            timing=timing,
            it=it,
            pick=pick,
        )
    return None


def _says_little(clause: Clause, look: Look) -> bool:
    """Whether words for looks, said of nothing, may as well be about other things."""
    plain = set(look.changes) <= {"size", "position", "weight"} and look.grow == 1.0
    sides = [str(t.value) for t in clause.all("position")]
    rows = [side for side in sides if side in ("top", "bottom", "middle")]
    columns = [side for side in sides if side in ("left", "right")]
    weights = {str(token.value) for token in clause.all("weight")}
    # "left, right and centre", "thick and thin"
    torn = max(len(set(rows)), len(set(columns)), len(weights)) > 1
    said = clause.has("prep", "by") or clause.has("polite") or clause.has("scope")  # "right now"
    # "the big short", "little by little"
    return torn or (plain and (set(look.changes) == {"size"} or said))
