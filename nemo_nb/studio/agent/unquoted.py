"""Words that stand unquoted and plainly are the text of a title or caption."""

from __future__ import annotations

import itertools
from typing import Final

from nemo_nb.studio.agent.tokens import Token

_MODIFIERS: Final = frozenset(
    {"time", "range", "number", "position", "color", "edge", "preset", "place", "pick", "anchor"}
    | {"moment", "scope", "weight", "textsize"}
)
_LOOKING: Final = frozenset({"preset", "family", "color", "position", "karaoke", "entrance"})
_ABOUT_LOOKS: Final = frozenset({"size", "color", "position", "text", "font", "fontname"})
_NAMES: Final = ("title", "caption", "text")
_FONTS: Final = frozenset({"font", "typeface", "font family", "字体", "字型"})
_COLONS: Final = (":", "\uff1a")
_UNWRITTEN: Final = frozenset({"quote", "open_quote", "stop", "sep", "time", "range", "marker"})
_LED: Final = frozenset(
    {"noun", "place", "position", "time", "edge", "number", "color", "weight", "textsize", "preset"}
)
_COMMAS: Final = (",", "\uff0c")
_PLACED: Final = ("at ", "on ", "in ")


def quote_unquoted(tokens: list[Token], text: str) -> list[Token]:
    """Turn words that plainly are the text of a title or caption into a quote token.

    They follow "saying", "title:" and the like; or the noun itself, where they begin with a
    capital letter or are Chinese words that mean nothing else here.
    """
    result: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        result.append(token)
        index += 1
        stop = _written(token, tokens, index, text)
        if stop > index:
            start, end = tokens[index].start, tokens[stop - 1].end
            result.append(Token("quote", text[start:end].strip(), start, end))
            index = stop
            continue
        named = token.kind == "noun" and token.value in _NAMES
        begun = any(t.kind == "noun" and t.value in _NAMES for t in result)
        colon = begun and _names_words(result, tokens[index:], text)
        becomes = begun and not _is_font(result, text) and _becomes(result, tokens[index:], text)
        if colon and index < len(tokens):
            result.pop()
        if token.value in _COMMAS and _is_put_after(result, tokens[index:], text):
            result.pop()
            becomes = True
        if (token.kind, text[token.start : token.end].lower()) == ("question", "is"):
            told = [t.value in _NAMES for t in result[-2:-1] if t.kind == "noun"]
            if told == [True] and [t.kind for t in tokens[index : index + 1]] == ["quote"]:
                result.pop()  # 'the title is "Our trip"'
        marked = colon or becomes or _says(result, tokens[index:], text)
        if not marked and not (named and any(t.kind == "verb" for t in result)):
            continue
        while marked and index < len(tokens) and tokens[index].value in _COLONS:
            index += 1
        stop = _end_of_words(tokens, index, text, marked=marked)
        if stop > index:
            start, end = tokens[index].start, tokens[stop - 1].end
            result.append(Token("quote", text[start:end].strip(), start, end))
            index = stop
    return result


def _names_words(result: list[Token], following: list[Token], text: str) -> bool:
    """Whether the last of *result* is a colon that words to show stand behind: "title: …"."""
    if result[-1].value not in _COLONS:
        return False
    timed = len(result) > 1 and result[-2].kind in ("time", "range")
    capital = bool(following) and text[following[0].start :][:1].isupper()
    timed = timed and not (capital and following[0].kind == "word")
    styled = _names_style(result, following[:1]) or _only_looks(following)
    judged = any(t.kind == "sign" for t in result)  # "less text, more pictures: …"
    return not (timed or styled or judged or _orders(following))


def _says(result: list[Token], following: list[Token], text: str) -> bool:
    """Whether the last of *result* leads to words to show: "saying …", 标题写…."""
    token = result[-1]
    says = token.kind == "marker" and not _is_tone(following)
    if text[token.start : token.end] == "写":  # 写字幕 asks for one
        named = result[-2:-1]
        return says and [t.value in _NAMES for t in named if t.kind == "noun"] == [True]
    return says


def _orders(following: list[Token]) -> bool:
    """Whether a verb with its own quoted words follows: 'caption 2: change to "Two"'."""
    run = list(itertools.takewhile(lambda t: t.kind not in ("stop", "sep"), following))
    return bool(run) and run[0].kind == "verb" and run[-1].kind == "quote"


def _is_put_after(result: list[Token], following: list[Token], text: str) -> bool:
    """Whether words stand behind the title as its name: "add a title, My Trip, for 4 s"."""
    before = result[-2] if len(result) > 1 else None
    if before is None or before.kind != "noun" or before.value not in _NAMES or not following:
        return False
    adds = any(t.kind == "verb" and t.value in ("add", "generate") for t in result)
    name = list(itertools.takewhile(lambda t: t.kind not in ("stop", "sep"), following))
    written = [t for t in name if t.kind not in ("filler", "number")]
    capital = bool(name) and text[name[0].start].isupper() and text[name[0].start].isascii()
    return adds and capital and bool(written) and all(t.kind == "word" for t in written)


def _written(token: Token, tokens: list[Token], start: int, text: str) -> int:
    """Return where the words end that shall be written: "write My Cat at the top"."""
    if text[token.start : token.end].lower() != "write" or start >= len(tokens):
        return start
    stop = start
    while stop < len(tokens) and tokens[stop].kind not in _UNWRITTEN:
        placed = text[tokens[stop].start : tokens[stop].end].lower().startswith(_PLACED)
        if (tokens[stop].kind == "position" and placed) or _leads_on(tokens, stop):
            break
        stop += 1
    named = any(t.kind == "noun" and t.value in _NAMES for t in tokens[start:stop])
    led = stop < len(tokens) and (tokens[stop].kind in ("position", "prep", "time", "filler"))
    capital = stop > start and text[tokens[start].start].isupper()
    return stop if capital and led and not named else start


def _leads_on(tokens: list[Token], index: int) -> bool:
    """Whether a place or a time begins here: "… on the photo", "… for 2 seconds"."""
    token = tokens[index]
    if (token.kind, token.value) == ("filler", "led"):
        return True
    if token.kind != "prep":
        return False
    rest = [t for t in tokens[index + 1 :] if t.kind not in ("filler", "article")][:1]
    return bool(rest) and rest[0].kind in _LED


def _is_tone(following: list[Token]) -> bool:
    """Whether it is how it should be said: "say it more playfully"."""
    kinds = {t.kind for t in following}
    return "voicing" in kinds and kinds <= {"voicing", "noun", "sign", "degree", "filler", "polite"}


def _only_looks(following: list[Token]) -> bool:
    """Whether nothing but looks follow: "captions: top, yellow, a bit larger"."""
    run = [t for t in following if t.kind not in ("filler", "polite", "stop", "sep", "degree")]
    looks = _LOOKING | {"weight", "grow", "textsize", "decoration", "decorated", "bare"}
    return bool(run) and all(token.kind in looks for token in run)


def _is_font(result: list[Token], text: str) -> bool:
    """Whether a font is what changes: "change the title font to Futura"."""
    return any(text[t.start : t.end].lower() in _FONTS for t in result if t.kind == "noun")


def _names_style(result: list[Token], following: list[Token]) -> bool:
    """Whether a look follows and not words: "caption style: neon", "title font: Anton"."""
    before = result[-2] if len(result) > 1 else None
    looks = bool(following) and following[0].kind in _LOOKING
    about = before is not None and (before.kind == "filler" or before.value in _ABOUT_LOOKS)
    return looks and about


def _becomes(result: list[Token], following: list[Token], text: str) -> bool:
    """Whether new words follow: "change the title to Hello", 标题改成回家."""
    token = result[-1]
    changes = any(t.kind == "verb" and t.value == "change" for t in result)
    if not following or not changes or following[0].kind in _LOOKING:
        return False
    first = text[following[0].start]
    if token.kind == "prep" and token.value == "to":
        return first.isupper() or (text[token.start].isascii() and not first.isascii())
    written = following[0].kind == "word" if not first.isascii() else first.isupper()
    chinese = not text[token.start].isascii()
    return written and chinese and token.kind == "verb"


def _end_of_words(  # noqa: C901, PLR0912 - one rule a break
    tokens: list[Token], start: int, text: str, *, marked: bool
) -> int:
    """Return the index after the last token of the unquoted words; *start* if there are none."""
    if start >= len(tokens) or tokens[start].kind in ("quote", "open_quote"):
        return start
    first = text[tokens[start].start]
    if not marked and (
        tokens[start].kind != "word" or not (first.isupper() or not first.isascii())
    ):
        return start
    stop = start
    while stop < len(tokens):
        token = tokens[stop]
        inner = marked and token.kind == "quote" and stop > start
        if marked and token.value in _COMMAS and _strange(tokens, stop + 1):
            stop += 1
            continue  # "caption: But first, coffee"
        if token.kind in ("stop", "open_quote", "range", "anchor", "moment"):
            break
        if token.kind == "quote" and not (inner and tokens[stop - 1].kind == "word"):
            break
        if marked and _is_numbered(tokens, stop):
            break
        if token.kind == "sep" and stop + 1 < len(tokens) and tokens[stop + 1].kind == "verb":
            break
        if token.kind == "prep" and _leads_to_music(tokens, stop + 1):
            break  # "a slideshow called NYC with wipes and jazz"
        if token.kind == "prep" and _leads_to_modifier(tokens, stop + 1):
            break
        if not marked and stop > start and _leads_to_picture(tokens, stop):
            break
        if token.kind == "scope" and text[token.start : token.end].lower().startswith("for "):
            break
        if token.kind == "position" and text[token.start : token.end].lower().startswith(_PLACED):
            break
        counted = token.kind == "number" and tokens[stop - 1].kind == "word"  # "Summer 2024"
        if token.kind == "time" or (not marked and token.kind in _MODIFIERS and not counted):
            break
        stop += 1
    return stop


def _strange(tokens: list[Token], start: int) -> bool:
    """Whether nothing but strange words follow up to the next mark: more of the text."""
    run = list(itertools.takewhile(lambda t: t.kind != "stop", tokens[start:]))
    return bool(run) and all(token.kind == "word" for token in run)


def _is_numbered(tokens: list[Token], index: int) -> bool:
    """Whether another text begins here: "caption 1: … caption 2: …"."""
    kinds = [token.kind for token in tokens[index : index + 3]]
    return kinds == ["noun", "pick", "stop"] and tokens[index + 2].value in _COLONS


def _leads_to_picture(tokens: list[Token], index: int) -> bool:
    """Whether nothing but the picture to write on follows: "… on video", "… on my photo"."""
    run = itertools.takewhile(lambda t: t.kind not in ("stop", "sep"), tokens[index:])
    told = [t for t in run if t.kind not in ("filler", "polite", "article")]
    if [t.kind for t in told] != ["prep", "noun"]:
        return False
    return told[0].value == "at" and told[1].value in ("video", "photo", "it")


def _leads_to_music(tokens: list[Token], index: int) -> bool:
    """Whether more of a slideshow follows than its name: its music or its transitions."""
    ahead = next((t for t in tokens[index:] if t.kind != "filler"), None)
    shows = any(token.kind == "slideshow" for token in tokens[:index])
    if not shows or ahead is None:
        return False
    return ahead.kind in ("crossing", "genre", "mood") or ahead.value in ("music", "transition")


def _leads_to_modifier(tokens: list[Token], index: int) -> bool:
    while index < len(tokens) and tokens[index].kind == "filler":
        index += 1
    return index < len(tokens) and tokens[index].kind in _MODIFIERS
