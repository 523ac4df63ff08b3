"""Words that mean music together: "something upbeat", "upbeat pop", 流行乐."""

from __future__ import annotations

from typing import Final

from nemo_nb.studio.agent.music_names import named_music, plainly_music
from nemo_nb.studio.agent.tokens import Token

_IDLE: Final = frozenset({"filler", "polite", "article", "playing", "stop"})
_ASKING: Final = _IDLE | {"prep"}
_WISHING: Final = (("verb", "add"), ("verb", "generate"), ("sign", "+"))
_ASKED: Final = ("something", "some")
_MOST: Final = 3  # words, or Chinese characters, of a name
_UNDER: Final = ("under", "underneath", "behind")


def phrased(tokens: list[Token], folded: str) -> list[Token]:
    """Return *tokens* with such words read as what they mean.

    Args:
        tokens: As the other readers left them.
        folded: The message they came from, folded.
    """
    return _alone(_background(_songs(tokens, folded), folded), folded)


def _text(token: Token, folded: str) -> str:
    return folded[token.start : token.end]


def _songs(tokens: list[Token], folded: str) -> list[Token]:
    """Read 流行乐 as music of that genre."""
    for index, token in enumerate(tokens):
        text = _text(token, folded)
        if text == "80s" and any(
            (t.kind, t.value) == ("noun", "music") for t in tokens[index:][:3]
        ):
            genre = Token("genre", "synthwave", token.start, token.end)
            return [*tokens[:index], genre, *_songs(tokens[index + 1 :], folded)]
        if text != "乐" or token.kind != "word":
            continue
        for count in range(min(_MOST, index), 0, -1):
            first = tokens[index - count]
            found = named_music(folded[first.start : token.start])
            if found is not None and found[0] == "genre":
                genre = Token("genre", found[1], first.start, token.start)
                music = Token("noun", "music", token.start, token.end)
                rest = _songs(tokens[index + 1 :], folded)
                return [*tokens[: index - count], genre, music, *rest]
    return tokens


def _background(tokens: list[Token], folded: str) -> list[Token]:
    """Read "something sad in the background", "play something sad" as music."""
    for index, token in enumerate(tokens):
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        if after is None or _text(token, folded) != "something":
            continue
        plays = any(_text(t, folded) == "play" for t in tokens[:index])
        under = any(t.kind == "ground" or _text(t, folded) in _UNDER for t in tokens[index:])
        if (plays or under) and named_music(_text(after, folded)):
            music = Token("noun", "music", token.start, token.end)
            rest = [t for t in tokens[index + 1 :] if t.kind != "ground"]
            return [*tokens[:index], music, *rest]
    return tokens


def _alone(tokens: list[Token], folded: str) -> list[Token]:
    """Read "something upbeat please", "upbeat pop", 来点欢快的 as music of that kind."""
    told = [t for t in tokens if t.kind not in _ASKING]
    told = [t for t in told if (t.kind, t.value) not in _WISHING]
    if not told:
        return tokens
    names: list[Token] = []
    plain = False
    index = 0
    while index < len(told):
        for count in range(min(_MOST, len(told) - index), 0, -1):
            piece = told[index : index + count]
            text = folded[piece[0].start : piece[-1].end]
            found = named_music(text) if piece[0].kind in ("word", "tone", "entrance") else None
            if found is not None:
                names.append(Token(*found, piece[0].start, piece[-1].end))
                plain = plain or text in plainly_music()
                index += count
                break
        else:
            return tokens
    asked = any(t.kind in ("polite", "verb") or _text(t, folded) in _ASKED for t in tokens)
    if not plain or not (asked or len(names) > 1):
        return tokens  # "groovy!"
    last = names.pop()
    names.append(Token(last.kind, last.value, last.start, last.end - 1))
    music = Token("noun", "music", last.end - 1, last.end)
    kept = [t for t in tokens if t not in told]
    return sorted([*kept, *names, music], key=lambda one: one.start)
