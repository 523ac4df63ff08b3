"""Counting text as people read it: characters, words, lines, reading speed. Pure.

Characters are grapheme clusters and words are those of Unicode's UAX #29, both by uniseg.
It takes half a millisecond a caption, so the commonest texts take a shortcut that gives the
same answer (the tests compare the two), and what it has said of a token is remembered.
Chinese and Japanese are written without spaces, so there a reading *unit* is a character.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Literal

from uniseg.graphemecluster import grapheme_clusters
from uniseg.wordbreak import words as uax29_words

Script = Literal["zh", "ja", "ko", "other"]

LINE_BREAK: Final = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")

# Code points that are a grapheme cluster each, whatever stands beside them: Latin up to the
# combining marks, Greek, Cyrillic, general punctuation without joiners, kana without voicing
# marks, Han, Hangul syllables, fullwidth forms. A line break never reaches it.
_ONE_EACH: Final = re.compile(
    r"[\x00-\u02ff\u0370-\u0482\u048a-\u052f\u05d0-\u05ea\u2010-\u2027\u3000-\u3029"
    r"\u3041-\u3096\u30a0-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]*"
)

# UAX #29 (WB5-WB13) for Latin, Greek and Cyrillic letters, digits, and the MidLetter, MidNum
# and MidNumLet characters they meet. What _PLAIN does not hold is left to uniseg.
_ALPHABET: Final = (
    r"A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0386\u0388-\u038a\u038c"
    r"\u038e-\u03a1\u03a3-\u03ce\u0400-\u0481\u048a-\u052f"
)
_PLAIN: Final = re.compile(
    rf"[\x00-\x7f{_ALPHABET}\u00a0-\u00a9\u00ab\u00ac\u00ae-\u00b1\u00b4\u00b6\u00b8\u00bb\u00bf"
    r"\u00d7\u00f7\u2010-\u2016\u2018\u2019\u201c-\u2022\u2026\u20ac\u2122]*"
)
_PLAIN_WORD: Final = re.compile(
    rf"[{_ALPHABET}0-9_]+(?:(?:(?<=[{_ALPHABET}])[:.'\u2018\u2019](?=[{_ALPHABET}])"
    rf"|(?<=[0-9])[,;.'\u2018\u2019](?=[0-9]))[{_ALPHABET}0-9_]+)*"
)
_TOKEN: Final = re.compile(r" +|[^ ]+")
_HAS_ALNUM: Final = re.compile(r"[^\W_]")

_HAN: Final = re.compile(
    r"[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_KANA: Final = re.compile(
    r"[\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9d]"
)
_HANGUL: Final = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
_LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f]")

_SENTENCE_END: Final = re.compile(r"[.!?…]+(?=\s|$|[\"'\u201d\u2019)\]])")
_VOWELS: Final = re.compile(r"[aeiouyà-æè-ïò-öø-ýÿ]+")
_SILENT_END: Final = re.compile(r"(?<=[^aeiouyl])e$|(?<=[^aeioutdy])ed$|(?<=[^aeiouyscxzgh])es$")


def lines(text: str) -> list[str]:
    """Return the lines of *text*, without the blank ones around it."""
    parts = LINE_BREAK.split(text)
    while parts and not parts[0].strip():
        parts.pop(0)
    while parts and not parts[-1].strip():
        parts.pop()
    return parts


def one_line(text: str) -> str:
    """Return *text* on one line, runs of white space as one space."""
    return " ".join(text.split())


def clusters(text: str) -> list[str]:
    """Return the grapheme clusters of *text*: what a reader calls characters."""
    if _ONE_EACH.fullmatch(text) and "\r\n" not in text:
        return list(text)
    return list(grapheme_clusters(text))


def chars(text: str) -> int:
    """Return how many characters a reader sees: grapheme clusters without line breaks."""
    parts = LINE_BREAK.split(text)
    return sum(len(part) if _ONE_EACH.fullmatch(part) else _cluster_count(part) for part in parts)


def split_words(text: str) -> list[str]:
    """Return the UAX #29 words of *text* that hold a letter or a digit."""
    if _PLAIN.fullmatch(text):
        pieces: Iterable[str] = _PLAIN_WORD.findall(text)
    else:
        # A space always parts words.
        pieces = (piece for token in text.split(" ") for piece in _pieces(token))
    return [piece for piece in pieces if _HAS_ALNUM.search(piece)]


@lru_cache(maxsize=16_384)
def _pieces(token: str) -> tuple[str, ...]:
    return tuple(uax29_words(token))


def _cluster_count(line: str) -> int:
    # A space ends a cluster unless a mark, a joiner or a variation selector sits on it.
    tokens: list[str] = _TOKEN.findall(line)
    if any(unicodedata.category(token[0]) in ("Mn", "Mc", "Me", "Cf", "Sk") for token in tokens):
        return sum(1 for _ in grapheme_clusters(line))
    return sum(map(_token_clusters, tokens))


@lru_cache(maxsize=16_384)
def _token_clusters(token: str) -> int:
    return sum(1 for _ in grapheme_clusters(token))


def word_count(text: str) -> int:
    """Return how many UAX #29 words *text* has.

    Han and Hiragana count by character there already. Thai and its like, which need a
    dictionary to be split, come out by character too.
    """
    return len(split_words(text))


def reading_units(text: str) -> int:
    """Return what a reading speed counts: words, and Chinese and Japanese by character."""
    if text.isascii():
        return word_count(text)
    east_asian = len(_HAN.findall(text)) + len(_KANA.findall(text))
    rest = _KANA.sub(" ", _HAN.sub(" ", text)) if east_asian else text
    return east_asian + word_count(rest)


def script_of(text: str) -> Script:
    """Return the script whose reading limits apply: any kana is Japanese, else the majority."""
    if text.isascii():
        return "other"
    if _KANA.search(text):
        return "ja"
    han, hangul = len(_HAN.findall(text)), len(_HANGUL.findall(text))
    # A Latin word takes the room of several Han characters but says as much as two or so.
    others = word_count(_HANGUL.sub(" ", _HAN.sub(" ", text)))
    if max(han, hangul) <= others:
        return "other"
    return "zh" if han >= hangul else "ko"


@lru_cache(maxsize=16_384)
def syllables(word: str) -> int:
    """Return an estimate of the syllables of an English word, at least 1.

    Groups of vowels, less a silent final e, in the manner of Coke and Rothkopf, "Note on a
    simple algorithm for a computer-produced reading ease score", J. Appl. Psychol. 54 (1970).
    """
    lower = word.lower()
    return max(1, len(_VOWELS.findall(_SILENT_END.sub("", lower))))


def flesch(text: str) -> float:
    """Return the Flesch reading ease of English *text*; higher is easier, 60-70 is plain.

    Formula: R. Flesch, "A new readability yardstick", J. Appl. Psychol. 32 (1948).
    NaN where there are no words or where fewer than half of them are in Latin letters.
    """
    found = split_words(text)
    latin = [word for word in found if _LATIN.search(word)]
    if not found or len(latin) * 2 < len(found):
        return math.nan
    sentences = max(1, len(_SENTENCE_END.findall(text)))
    return 206.835 - 1.015 * len(found) / sentences - 84.6 * sum(map(syllables, latin)) / len(latin)
