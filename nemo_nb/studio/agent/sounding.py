"""Music that is named in a list without a word for music: "crossfades, upbeat pop"."""

from __future__ import annotations

import itertools
from typing import Final

from nemo_nb.studio.agent.music_names import named_music
from nemo_nb.studio.agent.tokens import Token

# Genres that are nothing else beside a word for a mood.
_GENRES: Final = frozenset({"pop", "folk", "classical", "orchestral", "swing", "rap", "流行"})
_WORDED: Final = frozenset({"quote", "open_quote", "pick"})
_TEXTS: Final = tuple(("noun", text) for text in ("caption", "title", "text", "card"))
_IDLE: Final = frozenset({"filler", "polite", "prep", "sep", "stop", "article"})


def sounding(tokens: list[Token], folded: str) -> list[Token]:
    """Return *tokens* with such a genre turned so where no text may be meant.

    Args:
        tokens: In order; those of music are not read yet.
        folded: The message they came from, folded.
    """
    if any(t.kind in _WORDED or (t.kind, t.value) in _TEXTS for t in tokens):
        return tokens
    result = tokens[:1]
    for before, token in itertools.pairwise(tokens):
        text = folded[token.start : token.end]
        found = named_music(text) if text in _GENRES else None
        led = before.kind not in _IDLE and named_music(folded[before.start : before.end])
        result.append(Token(*found, token.start, token.end) if found and led else token)
    return result
