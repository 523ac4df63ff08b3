"""Rules for clauses about captions and titles."""

from __future__ import annotations

import re
from dataclasses import replace

from nemo_nb.studio.agent.clauses import EMPTY, Clause
from nemo_nb.studio.agent.intents import (
    AddText,
    Ask,
    CaptionPhoto,
    DescribePhoto,
    Intent,
    Look,
    Pick,
    RemoveText,
    ReplaceText,
    Restyle,
    Revoice,
    Role,
    Timing,
    UseSubtitles,
)
from nemo_nb.studio.agent.intents_show import TitleCard
from nemo_nb.studio.agent.looks import look_of
from nemo_nb.studio.agent.reading import (
    lengths,
    picked,
    place_of,
    standing_at,
    timing_of,
)
from nemo_nb.studio.agent.rules_restyle import ADDS, CHANGES, wordless

_PAIR = 2
_LAST = Pick((-1,))
_LIST = re.compile(r"\s*(?:[,，、;；/]|\band\b|和)\s*")  # noqa: RUF001 - Chinese punctuation too
_SUBTITLES = (".srt", ".vtt", ".ass")
_TIME_VERBS = {"trim", "cut", "keep", "mute", "unmute", "faster", "slower", "louder", "quieter"}
_OTHER_NOUNS = {"sound", "music", "speed", "canvas", "transition"}


def text_intents(  # noqa: PLR0911 - one kind of wish a return
    clause: Clause, skipped: str
) -> list[Intent]:
    """Return what *clause* asks of captions and titles; empty where it is about other things."""
    files = [str(t.value) for t in clause.all("file") if str(t.value).endswith(_SUBTITLES)]
    shows = set(clause.verbs) <= {"add", "make", "show"} and not clause.quotes
    uses = shows and not look_of(clause)
    these = clause.own_role == "caption" and "it" in clause.nouns and clause.verbs == ["make"]
    told = {token.kind for token in clause.tokens}
    if uses and (files or (these and told <= {"verb", "noun", "filler", "polite", "prep"})):
        file = files[0] if files else None
        return [UseSubtitles(span=clause.span, skipped=skipped, file=file)]
    if clause.has("ownname") and not clause.quotes and clause.verbs and shows:
        words = AddText(
            span=clause.span,
            skipped=skipped,
            role=clause.own_role or "caption",
            text=None,
            look=look_of(clause),
            timing=timing_of(clause),
        )
        return [Ask(span=clause.span, question="which_name", wish=words)]
    if _is_voice(clause, told):
        voicing = str(clause.all("voicing")[0].value)
        return [Revoice(span=clause.span, skipped=skipped, voicing=voicing)]
    found = _text_intent(clause, skipped)
    quotes = clause.quotes
    if isinstance(found, CaptionPhoto) and found.every and len(quotes) == 1:
        listed = [part.strip() for part in _LIST.split(quotes[0])]
        counted = {float(token.value) for token in clause.all("number")}
        quotes = listed if float(len(listed)) in counted else quotes  # "the two photos: A, B"
    if isinstance(found, CaptionPhoto) and len(quotes) > 1:
        if not found.every:
            return [replace(found, text="\n".join(quotes))]
        return [
            replace(found, text=text, every=False, place=place) for place, text in enumerate(quotes)
        ]
    if isinstance(found, AddText) and clause.has("inturn") and len(quotes) > 1:
        return [replace(found, text=text) for text in quotes]  # 依次显示“A”“B”
    return [] if found is None else [found]


def _text_intent(clause: Clause, skipped: str) -> Intent | None:  # noqa: C901, PLR0911, PLR0912 - one rule a line, in order of precedence
    verbs, quotes = set(clause.verbs), clause.quotes
    look, timing = look_of(clause), timing_of(clause)
    role = clause.own_role or ("caption" if "text" in clause.nouns else None)
    if role is None and quotes:
        role = clause.inherited_role
    about_text = role is not None or bool(quotes)
    span = clause.span
    if verbs & _TIME_VERBS:
        named = clause.own_role or (quotes and verbs == {"keep"})
        return _shortened(clause, skipped, role) if named else None
    if clause.nouns & _OTHER_NOUNS and not about_text:
        return None
    if not quotes and (clause.has("ratio") or clause.has("fit")):
        return None
    if "describe" in verbs and role is None and not quotes:
        shown = clause.nouns & {"photo", "it"} or clause.lone
        return DescribePhoto(span=span, skipped=skipped) if shown else None
    if about_text and "remove" in verbs and not look:
        return _removal(clause, skipped, role)
    if quotes and not verbs and clause.own_role is None and "color" in clause.nouns and look:
        return ReplaceText(
            span=span,
            skipped=skipped,
            role=None,
            old=quotes[0],
            text=quotes[0],
            look=look,
            timing=timing,
        )  # 'colour "two" green'
    alone = len(quotes) == 1 and not (verbs or timing or clause.nouns or clause.has("marker"))
    if alone and look and clause.all("color", "preset", "weight", "grow") and role is None:
        return ReplaceText(
            span=span,
            skipped=skipped,
            role=None,
            old=quotes[0],
            text=quotes[0],
            look=look,
            timing=timing,
            or_add=clause.tokens[-1].kind == "quote" and clause.has("preset"),
        )  # '"two" in green', 'lower third "Anna"'
    on_it = "video" in clause.nouns and clause.has("prep", "at")
    if quotes and not verbs and clause.has("marker") and ("photo" in clause.nouns or on_it):
        verbs = {"add"}
    each = clause.has("scope", "each") and clause.nouns <= {"photo", "photos"}
    if quotes and role is None and verbs & ADDS and each and clause.nouns and not timing:
        return CaptionPhoto(
            span=span, skipped=skipped, text=quotes[0], look=look, timing=timing, every=True
        )  # 'put "Summer" on each photo'
    on_photo = quotes and role is None and not verbs and clause.has("place")
    if on_photo or _is_photo_caption(clause, verbs):
        text = quotes[0] if quotes else None
        file = next((str(t.value) for t in clause.all("file")), None)
        every = clause.has("scope", "each") or "photos" in clause.nouns or clause.has("inturn")
        return CaptionPhoto(
            span=span,
            skipped=skipped,
            text=text,
            look=look,
            timing=timing,
            every=every,
            file=file,
            place=place_of(clause),
            voicing=next((str(t.value) for t in clause.all("voicing")), "plain"),
        )
    if clause.has("instead") and len(quotes) == _PAIR:
        return ReplaceText(
            span=span,
            skipped=skipped,
            role=clause.own_role,
            old=quotes[1],
            text=quotes[0],
            look=look,
            timing=timing,
        )  # '"New" instead of "Old"'
    stands = (bool(timing) or "position" in look.changes) and not clause.has("marker", "says")
    if len(quotes) == 1 and role is None and stands and not (verbs or clause.nouns & _OTHER_NOUNS):
        return _same_words(span, skipped, quotes[0], look, timing)  # '"Hello" at the bottom'
    meant = role is not None or "it" in clause.nouns
    owed = clause.has("marker", "should") or (clause.has("filler", "oblige") and role is None)
    if quotes and meant and owed and not verbs & ADDS:
        return ReplaceText(
            span=span,
            skipped=skipped,
            role=role,
            old=None,
            text="\n".join(quotes),
            look=look,
            timing=timing,
            pick=picked(clause),
        )
    if verbs == {"show"} and len(quotes) > 1:
        verbs = {"add"}  # 'show "A", "B" and "C"'
    if quotes and verbs & (CHANGES | {"move", "show"}) and not verbs & ADDS:
        old, new = (quotes[0], quotes[1]) if len(quotes) > 1 else (None, quotes[0])
        if verbs & {"move", "show"} and role is None:
            old = new
        or_add = verbs == {"show"}
        return ReplaceText(
            span=span,
            skipped=skipped,
            role=role,
            old=old,
            text=new,
            look=look,
            timing=timing,
            pick=picked(clause),
            or_add=or_add,
        )
    if quotes and role is None and not verbs and "photo" in clause.nouns:
        verbs = {"add"}
    other = clause.has("filler", "instead") and len(quotes) == 1 and verbs == {"add"}
    if other and timing and clause.own_role is None:
        return _same_words(span, skipped, quotes[0], look, timing)  # 'put "two" at 6 s instead'
    card = "card" in clause.nouns and not timing.end_ms and timing.start_ms is None
    if card and len(quotes) == 1 and not look and verbs <= ADDS:
        return TitleCard(span=span, skipped=skipped, text=quotes[0], length_ms=timing.duration_ms)
    if quotes and (verbs & ADDS or role is not None):
        return AddText(
            span=span,
            skipped=skipped,
            role=role or _likely_role(look, timing),
            text="\n".join(quotes),
            look=look,
            timing=timing,
            pick=Pick() if verbs & ADDS and picked(clause) != _LAST else picked(clause),
            or_replaces=not verbs & ADDS,
        )
    if quotes:
        return None
    return wordless(clause, skipped, role, look, timing)


def _is_voice(clause: Clause, told: set[str]) -> bool:
    """Whether it only says how a caption should sound: "make it playful", 语气活泼一点."""
    fine = told <= EMPTY | {"voicing", "verb", "noun", "sign", "marker"} and clause.has("voicing")
    meant = clause.nouns <= {"caption", "text", "it"} and set(clause.verbs) <= CHANGES
    written = clause.own_role == "caption" and not clause.verbs  # "a playful caption"
    return fine and meant and not written


def _likely_role(look: Look, timing: Timing) -> Role:
    """Return what words are that nobody calls anything: a headline, and the first at the top."""
    if look.changes.get("preset") == "headline":
        return "title"  # a headline, 大标题
    above = str(look.changes.get("position", "")).startswith("top")
    return "title" if above and timing.edge == "first" else "caption"


def _shortened(clause: Clause, skipped: str, role: Role | None) -> Intent | None:
    """Rules for cutting words said of a text: "shorten the title to 1 second"."""
    verbs, times = set(clause.verbs), lengths(clause)
    if verbs == {"keep"} and not times and clause.has("scope", "rest", "whole"):
        return Restyle(
            span=clause.span,
            skipped=skipped,
            role=role,
            text=None,
            look=Look(),
            timing=timing_of(clause),
            pick=picked(clause),
        )
    if verbs == {"keep"} and len(clause.quotes) == 1 and timing_of(clause):
        words = clause.quotes[0]  # 'keep "Hello" on screen until 8 s'
        return Restyle(
            span=clause.span,
            skipped=skipped,
            role=clause.own_role,
            text=words,
            look=Look(),
            timing=timing_of(clause),
        )
    if clause.quotes or not verbs <= {"trim", "cut", "keep"} or len(times) > 1:
        return None
    if len(times) == 1 and (clause.has("prep", "to") or "keep" in verbs):
        return Restyle(
            span=clause.span,
            skipped=skipped,
            role=role,
            text=None,
            look=Look(),
            timing=Timing(duration_ms=times[0]),
            pick=picked(clause),
        )
    return None


def _is_photo_caption(clause: Clause, verbs: set[str]) -> bool:
    """Whether it asks for the caption of a photo: "caption this photo", 给照片加字幕."""
    if clause.own_role != "caption" or not (clause.nouns & {"photo"} or clause.all("file")):
        return bool(
            clause.own_role == "caption"
            and not clause.quotes
            and (verbs & {"generate", "describe"} or _is_bare_caption_it(clause, verbs))
        ) or bool(
            clause.own_role == "caption"
            and clause.all("voicing")
            and not (verbs - ADDS or clause.quotes or look_of(clause))
        )
    if verbs and not verbs & (ADDS | {"describe"}):
        return False
    if verbs or clause.quotes:
        return True
    order = [t.value for t in clause.all("noun") if t.value in ("caption", "photo", "photos")]
    return order[:1] == ["caption"] or clause.all("file") != []


def _is_bare_caption_it(clause: Clause, verbs: set[str]) -> bool:
    """Whether it is just "caption it" or "caption this"."""
    nouns = [token.value for token in clause.all("noun")]
    return not verbs and nouns == ["caption", "it"] and not look_of(clause)


def _removal(clause: Clause, skipped: str, role: Role | None) -> Intent | None:
    quotes, at = clause.quotes, standing_at(clause)
    if at is None and (clause.all("time", "anchor", "moment")):
        return None  # "remove the title after 3 seconds": not the whole of it
    edges = clause.all("edge")
    pick = replace(picked(clause), at=at)
    if edges and not pick.places:
        pick = replace(pick, places=(-1 if edges[0].value == "last" else 0,))
    named = role if clause.own_role else None
    text = quotes[0] if quotes else None
    return RemoveText(span=clause.span, skipped=skipped, role=named, text=text, pick=pick)


def _same_words(
    span: tuple[int, int], skipped: str, words: str, look: Look, timing: Timing
) -> ReplaceText:
    """Return the wish that the text with these words stands so, and is added where it is not."""
    return ReplaceText(
        span=span,
        skipped=skipped,
        role=None,
        old=words,
        text=words,
        look=look,
        timing=timing,
        or_add=True,
    )
