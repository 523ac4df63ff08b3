"""Rules for clauses about captions and titles."""

from __future__ import annotations

from nemo_nb.studio.agent.clauses import Clause
from nemo_nb.studio.agent.intents import (
    AddText,
    CaptionPhoto,
    DescribePhoto,
    Edge,
    Intent,
    Look,
    RemoveText,
    ReplaceText,
    Restyle,
    Role,
    Timing,
)
from nemo_nb.studio.agent.reading import lengths, look_of, picked, place_of, timing_of

_ADDS = {"add", "generate"}
_CHANGES = {"change", "make", "set"}
_TIME_VERBS = {"trim", "cut", "keep", "mute", "unmute", "faster", "slower", "louder", "quieter"}
_OTHER_NOUNS = {"sound", "music", "speed", "canvas", "transition"}


def text_intents(clause: Clause, skipped: str) -> list[Intent]:
    """Return what *clause* asks of captions and titles; empty where it is about other things."""
    found = _text_intent(clause, skipped)
    return [] if found is None else [found]


def _text_intent(clause: Clause, skipped: str) -> Intent | None:  # noqa: PLR0911 - one rule a line, in order of precedence
    verbs, quotes = set(clause.verbs), clause.quotes
    look, timing = look_of(clause), timing_of(clause)
    role = clause.own_role or ("caption" if "text" in clause.nouns else None)
    about_text = role is not None or bool(quotes)
    span = clause.span
    if verbs & _TIME_VERBS or (clause.nouns & _OTHER_NOUNS and not about_text):
        return None
    if not quotes and (clause.has("ratio") or clause.has("fit")):
        return None
    if "describe" in verbs and role is None and not quotes:
        return DescribePhoto(span=span, skipped=skipped) if "photo" in clause.nouns else None
    if about_text and "remove" in verbs and not look:
        return _removal(clause, skipped, role)
    if _is_photo_caption(clause, verbs):
        text = quotes[0] if quotes else None
        file = next((str(t.value) for t in clause.all("file")), None)
        every = clause.has("scope", "each") or "photos" in clause.nouns
        return CaptionPhoto(
            span=span,
            skipped=skipped,
            text=text,
            look=look,
            timing=timing,
            every=every,
            file=file,
            place=place_of(clause),
        )
    if quotes and verbs & (_CHANGES | {"move", "show"}) and not verbs & _ADDS:
        old, new = (quotes[0], quotes[1]) if len(quotes) > 1 else (None, quotes[0])
        if verbs & {"move", "show"} and role is None:
            old = new
        return ReplaceText(
            span=span, skipped=skipped, role=role, old=old, text=new, look=look, timing=timing
        )
    if quotes and (verbs & _ADDS or role is not None):
        return AddText(
            span=span,
            skipped=skipped,
            role=role or "caption",
            text="\n".join(quotes),
            look=look,
            timing=timing,
        )
    if quotes:
        return None
    return _wordless(clause, skipped, role, look, timing)


def _wordless(
    clause: Clause, skipped: str, role: Role | None, look: Look, timing: Timing
) -> Intent | None:
    """Rules for clauses without words to show."""
    verbs, span = set(clause.verbs), clause.span
    it = "it" in clause.nouns or clause.follows_text
    meant = role or (clause.inherited_role if it else None)
    if role is not None and verbs & _ADDS:
        return AddText(span=span, skipped=skipped, role=role, text=None, look=look, timing=timing)
    if role is not None and verbs & {"change"} and not look and not timing:
        return ReplaceText(
            span=span, skipped=skipped, role=role, old=None, text=None, look=look, timing=timing
        )
    restyled = look and not clause.nouns & {"photo", "sound", "music"}
    if clause.verbs == ["make"] and not (clause.nouns or it) and set(look.changes) <= {"position"}:
        restyled = restyled and look.grow != 1.0  # "turn left" is about something else
    named = role is not None or (it and clause.inherited_role is not None)
    if restyled or (named and (timing or lengths(clause))):
        return Restyle(
            span=span,
            skipped=skipped,
            role=(_named_only(clause, role) if restyled else role) or meant,
            text=None,
            look=look,
            timing=timing,
            it=it,
            pick=picked(clause),
        )
    return None


def _named_only(clause: Clause, role: Role | None) -> Role | None:
    """The role that is named; "text" alone means captions and titles alike."""
    return role if clause.nouns & {"caption", "title"} else None


def _is_photo_caption(clause: Clause, verbs: set[str]) -> bool:
    """Whether it asks for the caption of a photo: "caption this photo", 给照片加字幕."""
    if clause.own_role != "caption" or not (clause.nouns & {"photo"} or clause.all("file")):
        return bool(
            clause.own_role == "caption"
            and not clause.quotes
            and (verbs & {"generate", "describe"} or _is_bare_caption_it(clause, verbs))
        )
    if verbs and not verbs & (_ADDS | {"describe"}):
        return False
    if verbs or clause.quotes:
        return True
    order = [t.value for t in clause.all("noun") if t.value in ("caption", "photo", "photos")]
    return order[:1] == ["caption"] or clause.all("file") != []


def _is_bare_caption_it(clause: Clause, verbs: set[str]) -> bool:
    """Whether it is just "caption it" or "caption this"."""
    nouns = [token.value for token in clause.all("noun")]
    return not verbs and nouns == ["caption", "it"] and not look_of(clause)


def _removal(clause: Clause, skipped: str, role: Role | None) -> Intent:
    quotes = clause.quotes
    edges = clause.all("edge")
    edge: Edge | None = None
    if edges:
        edge = "last" if edges[0].value == "last" else "first"
    named = role if clause.own_role else None
    text = quotes[0] if quotes else None
    return RemoveText(span=clause.span, skipped=skipped, role=named, text=text, edge=edge)
