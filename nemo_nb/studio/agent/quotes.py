"""What stands in quotes: the user's own words, never a command."""

from __future__ import annotations

from typing import Final

from nemo_nb.studio.agent.tokens import Token

# Opening mark → what may close it. Typed and curly double quotes are often mixed.
_DOUBLE: Final = '"“”„\uff02'
_CLOSERS: Final = {
    **dict.fromkeys(_DOUBLE, _DOUBLE),
    "‘": "’",  # noqa: RUF001 - typographic quotes are what is looked for
    "「": "」",
    "『": "』",
    "«": "»",
    "`": "`",
}
_SINGLE: Final = "'"
# 《…》 is part of what is written, but for a name: 片名叫《回家》.
_TITLE: Final = "《"
_TITLE_END: Final = "》"
_NAMING: Final = ("叫", "叫做", "名为", "片名", "名字", "片名是", "名字是", "标题是", "标题叫")


def quote_at(text: str, start: int) -> Token | None:
    """Return the quote that begins at *start*, its words as they are, or None.

    An ``open_quote`` where nothing closes it: what follows is the user's words all the same.
    """
    char = text[start]
    if char == _TITLE and text[:start].rstrip().endswith(_NAMING):
        stop = text.find(_TITLE_END, start)
        return Token("quote", text[start + 1 : stop].strip(), start, stop + 1) if stop > 0 else None
    if char == _SINGLE or (char == "\u2019" and not _is_word_before(text, start)):
        return _single_quote(text, start)
    closers = _CLOSERS.get(char)
    if closers is None:
        return None
    stop = next((i for i in range(start + 1, len(text)) if text[i] in closers), -1)
    if stop < 0:
        return Token("open_quote", text[start + 1 :].strip(), start, len(text))
    return Token("quote", text[start + 1 : stop].strip(), start, stop + 1)


def _single_quote(text: str, start: int) -> Token | None:
    """A quote in apostrophes: it opens after a gap and closes before one.

    An apostrophe that opens inside ('rock 'n' roll') takes the next closing one along.
    """
    if _is_word_before(text, start) or start + 1 >= len(text) or text[start + 1].isspace():
        return None
    inner = 0
    last: int | None = None
    for stop in range(start + 2, len(text)):
        if text[stop] not in "'\u2019":
            continue
        after = text[stop + 1 : stop + 2]
        closes = not (after.isalnum() and after.isascii())
        if closes:
            last = stop
            if not inner:
                break
            inner -= 1
        elif text[stop - 1].isspace():
            inner += 1
    return None if last is None else Token("quote", text[start + 1 : last].strip(), start, last + 1)


def _is_word_before(text: str, start: int) -> bool:
    return start > 0 and text[start - 1].isalnum() and text[start - 1].isascii()
