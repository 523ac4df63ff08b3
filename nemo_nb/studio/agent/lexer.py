"""A message to tokens: quotes first, then phrases, numbers, times; spans kept throughout."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Final

from nemo_nb.studio.agent.lexicon import Entry, Lexicon, lexicon
from nemo_nb.studio.agent.measures import joined
from nemo_nb.studio.agent.music_names import musical_names
from nemo_nb.studio.agent.music_words import musical
from nemo_nb.studio.agent.phrasal import gathered
from nemo_nb.studio.agent.places import placed
from nemo_nb.studio.agent.quotes import quote_at
from nemo_nb.studio.agent.references import referring
from nemo_nb.studio.agent.sides import sided
from nemo_nb.studio.agent.sound_phrases import sound_phrased
from nemo_nb.studio.agent.sounding import sounding
from nemo_nb.studio.agent.spelling import Spelled, spelled, words_of
from nemo_nb.studio.agent.surfaces import surfaced
from nemo_nb.studio.agent.text_runs import in_text_runs
from nemo_nb.studio.agent.tokens import SECOND_MS, Token
from nemo_nb.studio.agent.turning import turned
from nemo_nb.studio.edits import RATIOS

_FILE: Final = re.compile(
    r"(?:[a-z0-9_][a-z0-9_\-.]*|[^\x00-\x7f\s\uff0c\u3002\u3001\uff1b\uff1a]+)\.(?:jpe?g|png|gif|webp|heic|mp4|mov|avi|webm|mkv|mp3|wav|m4a|aac|srt|vtt|ass|ttf|otf)(?![a-z0-9])"
)
_HEX: Final = re.compile(r"#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3})\b")
_RATIO: Final = re.compile(r"(\d{1,2})\s*(?:[:/x\u00d7]|by|比)\s*(\d{1,2})(?![\d.:])")
_SIZE: Final = re.compile(r"(\d{3,4})\s*[x\u00d7*]\s*(\d{3,4})\b")
_BY_TIMES: Final = re.compile(r"[x\u00d7]\s?(\d+(?:\.\d+)?)\b")
_CLOCK: Final = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})(?:[.,](\d{1,3}))?(?![\d:])")
# 快一倍, 慢一半: a pace by how many times.
_PACE: Final = re.compile(
    r"[快慢](?=(?:[一两二三四半]+|\d+(?:\.\d+)?)(?:点\d+)?倍|一半|\d+(?:\.\d+)?%|百分之)"
)
_COUNTED: Final = re.compile(
    r"第([0-9]{1,2}|[一二两三四五六七八九十]{1,3})(?:张|个|段|幅|位)(?!字幕|标题|文字)"
)
_SENTENCE: Final = re.compile(
    r"第([0-9]{1,2}|[一二两三四五六七八九十]{1,3})[句条](?!字幕|标题|文字)"
)
_ORDINAL: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)\b")
_MINUTES: Final = re.compile(r"(\d{1,3})\s*(?:m|min|分钟?)\s*(\d{1,2}(?:\.\d+)?)\s*(?:s|sec|秒)?\b")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_LATIN: Final = re.compile(r"[a-z\u00c0-\u024f][a-z\u00c0-\u024f'\u2019]*")
_OWNED: Final = re.compile(r"\d's(?![a-z])")
_NUMERAL: Final = re.compile(r"[零〇一二两三四五六七八九十百半]+(?:点[零一二三四五六七八九]+)?")
_PER_CENT: Final = "百分之"
_EMOJI: Final = re.compile(
    "(?:[\U0001f1e6-\U0001f1ff]{2}|[\u2600-\u27bf\u2b50\U0001f300-\U0001faff]"
    "[\ufe0f\U0001f3fb-\U0001f3ff]*(?:\u200d[\u2600-\u27bf\U0001f300-\U0001faff]\ufe0f?)*)+"
)
_SHARE: Final = re.compile(r"([二两三四五六七八九十])分之([一二两三四五六七八九])")
_BIT: Final = "一点"
_PUNCTUATION: Final = ",.;!?，。；！？、\n:：…—"  # noqa: RUF001 - Chinese punctuation too
_TIMES: Final = re.compile(r"\s*(?:x(?![a-z0-9])|\u00d7|倍速|倍)")
# What else a number may be followed by: its kind, and the form.
_UNITS: Final = (
    ("percent", re.compile(r"\s*(?:%|\uff05|percent\b|per cent\b|pct\b)")),
    ("tenths", re.compile(r"\s*成(?![功为立分])")),
    ("times", _TIMES),
    ("rounds", re.compile(r"\s*(?:times(?![a-z])|遍|次)")),
    ("angle", re.compile(r"\s*(?:°|\u00ba|degrees?(?![a-z])|deg(?![a-z])|度)")),
    (
        "bpm",
        re.compile(r"[\s-]*(?:bpm(?![a-z])|beats (?:per|a) minute(?![a-z])|拍每分钟|拍(?![照摄]))"),
    ),
    ("db", re.compile(r"\s*(?:db(?![a-z])|decibels?(?![a-z])|分贝)")),
)
# Those of them that are words.
_UNIT_WORDS: Final = ("percent", "pct", "times", "degrees", "decibels", "beats", "minute", "bpm")
_SIGNED: Final = re.compile(r"[+\-\u2212]\s?(\d+(?:\.\d+)?)")
_AFTER_MEASURE: Final = re.compile(r"[\d.]\s*(?:s|sec|秒|ms|%|)\s*$")
_GAP: Final = re.compile(r"[ \t]?&[ \t]?(?=[a-z])|[ \t]+|-(?=[a-z])|/(?=[bw]\b)")

_CHINESE_DIGITS: Final = dict(
    zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True)
)


def fold(text: str) -> str:
    """Return *text* in lower case with ASCII digits, character for character."""
    return "".join(_fold_char(char) for char in text)


def _fold_char(char: str) -> str:
    if "０" <= char <= "９" or char in "％：":  # noqa: RUF001 - full-width forms are what is folded
        return chr(ord(char) - 0xFEE0)
    if char == "\u2019":
        return "'"
    lower = char.lower()
    return lower if len(lower) == 1 else char


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a message, in order. Never raises, whatever the text."""
    meant = as_meant(text)
    tokens = _tokens(meant.text)
    if not meant.mended:
        return tokens
    return [
        replace(token, start=start, end=end)
        for token in tokens
        for start, end in [meant.written(token.start, token.end)]
    ]


def as_meant(text: str, also: frozenset[str] = frozenset()) -> Spelled:
    """Return a message with misspelt words mended, but for what is quoted.

    Args:
        text: What was written.
        also: Words that are none of the lexicon's and may be meant, in lower case.
    """
    return spelled(text, _vocabulary(lexicon()) | also, _users_own(text))


@lru_cache(maxsize=4)
def _vocabulary(known: Lexicon) -> frozenset[str]:
    """Return the words that a misspelt one may mean."""
    phrases = " ".join((*known.latin, *musical_names(), *_UNIT_WORDS))
    return words_of(phrases)


def _users_own(text: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of what is quoted, of names of files and of hex colours."""
    folded = fold(text)
    spans: list[tuple[int, int]] = []
    position = 0
    while position < len(text):
        own = quote_at(text, position) or _file(folded, position) or _hex(folded, position)
        if own is not None:
            spans.append((own.start, own.end))
        position = own.end if own is not None else position + 1
    return tuple(spans)


def _tokens(text: str) -> list[Token]:
    folded = fold(text)
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        quote = quote_at(text, position)
        token = quote or _token(folded, position)
        if token is None:
            position += 1
            continue
        tokens.append(token)
        position = token.end
    tokens = placed(surfaced(tokens, folded), folded)
    tokens = sound_phrased(joined(tokens, folded), folded)
    tokens = turned(in_text_runs(gathered(tokens, folded), folded), folded)
    return musical(sounding(sided(referring(tokens, folded)), folded), folded)


def _token(folded: str, at: int) -> Token | None:
    char = folded[at]
    if char.isspace():
        return None
    for matcher in (_pattern, _chinese, _latin, _mark):
        token = matcher(folded, at)
        if token is not None:
            return token
    return Token("word", char, at, at + 1) if char.isalnum() else None


def _mark(folded: str, at: int) -> Token | None:
    char = folded[at]
    if match := _EMOJI.match(folded, at):
        return Token("emoji", match[0], at, match.end())
    if char == "→":
        return Token("prep", "to", at, at + 1)
    if char in _PUNCTUATION:
        return Token("stop", char, at, at + 1)
    if char in "&\uff06" or (char in "+|/" and folded[at - 1 : at].isspace() and at):
        return Token("sep", "and", at, at + 1)  # "trim 3s + mute"
    return None


def _pattern(folded: str, at: int) -> Token | None:  # noqa: C901, PLR0911 - one return a form
    """Files, colours, ratios, clock times, numbers with what follows them."""
    if file := _file(folded, at):
        return file
    if color := _hex(folded, at):
        return color
    if _starts_word(folded, at) and (match := _BY_TIMES.match(folded, at)):
        return Token("times", float(match[1]), at, match.end())
    match = _SIGNED.match(folded, at)
    if match and not _AFTER_MEASURE.search(folded[max(at - 8, 0) : at]) and _is_apart(folded, at):
        sign = 1 if folded[at] == "+" else -1
        return _measured(folded, sign * float(match[1]), at, match.end())
    if not (folded[at].isdigit() or folded[at] == "."):
        return None
    if match := _SIZE.match(folded, at):
        size = (int(match[1]), int(match[2]))
        ratio = next((name for name, known in RATIOS.items() if known == size), None)
        return Token("ratio" if ratio else "pixels", ratio or size, at, match.end())
    match = _RATIO.match(folded, at)
    if match and f"{int(match[1])}:{int(match[2])}" in RATIOS:
        return Token("ratio", f"{int(match[1])}:{int(match[2])}", at, match.end())
    if (match := _ORDINAL.match(folded, at)) and int(match[1]):
        return Token("place", int(match[1]) - 1, at, match.end())
    if match := _CLOCK.match(folded, at):
        hours, minutes, seconds, part = match.groups()
        total = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
        ms = total * SECOND_MS + (int(part.ljust(3, "0")) if part else 0)
        return Token("time", ms, at, match.end())
    if match := _MINUTES.match(folded, at):
        ms = round((int(match[1]) * 60 + float(match[2])) * SECOND_MS)
        return Token("time", ms, at, match.end())
    match = _NUMBER.match(folded, at)
    return _measured(folded, float(match[0]), at, match.end()) if match else None


def _file(folded: str, at: int) -> Token | None:
    match = _FILE.match(folded, at) if _starts_word(folded, at) else None
    return Token("file", match[0], at, match.end()) if match else None


def _hex(folded: str, at: int) -> Token | None:
    match = _HEX.match(folded, at)
    return Token("color", match[0], at, match.end()) if match else None


def _measured(folded: str, value: float, start: int, end: int) -> Token:
    for kind, form in _UNITS:
        if match := form.match(folded, end):
            if kind == "tenths":  # 三成
                return Token("percent", value * 10, start, match.end())
            return Token(kind, value, start, match.end())
    return Token("number", value, start, end)


def _is_apart(folded: str, at: int) -> bool:
    """Whether no Latin letter stands right before: "a-2" holds no minus two."""
    before = folded[at - 1 : at]
    return not (before.isalpha() and before.isascii())


def _starts_word(folded: str, at: int) -> bool:
    before = folded[at - 1 : at]
    return not (before.isalnum() and before.isascii())


def _chinese(folded: str, at: int) -> Token | None:  # noqa: PLR0911 - one rule a line
    if folded[at].isascii():
        return None
    if _PACE.match(folded, at):
        return Token("verb", "faster" if folded[at] == "快" else "slower", at, at + 1)
    if match := _COUNTED.match(folded, at):
        count = int(match[1]) if match[1].isdigit() else int(_chinese_value(match[1]))
        return Token("place", count - 1, at, match.end()) if count else None
    if match := _SENTENCE.match(folded, at):
        count = int(match[1]) if match[1].isdigit() else int(_chinese_value(match[1]))
        return Token("pick", (count - 1,), at, match.end()) if count else None
    known = lexicon()
    longest: Token | None = None
    for length in range(min(known.chinese_chars, len(folded) - at), 0, -1):
        entry = known.chinese.get(folded[at : at + length])
        if entry is not None and not _is_slight(folded, at, length, entry):
            longest = Token(entry.kind, entry.value, at, at + length)
            break
    if folded.startswith(_PER_CENT, at) and (percent := _chinese_percent(folded, at)):
        return percent
    if longest is None and (share := _chinese_share(folded, at)):
        return share
    match = _NUMERAL.match(folded, at)
    if match and (longest is None or match.end() > longest.end):
        return _measured(folded, _chinese_value(match[0]), at, match.end())
    return longest


def _is_slight(folded: str, at: int, length: int, entry: Entry) -> bool:
    """Whether 高一点 stands before another 点: 高 by 一点点, which is less."""
    form = folded[at : at + length]
    if (
        len(form) <= len(_BIT)
        or not form.endswith(_BIT)
        or folded[at + length : at + length + 1] != "点"
    ):
        return False
    return lexicon().chinese.get(form.removesuffix(_BIT)) == entry


def _chinese_share(folded: str, at: int) -> Token | None:
    """Read 三分之一 as a share, percent."""
    match = _SHARE.match(folded, at)
    if match is None:
        return None
    share = 100 * _chinese_value(match[2]) / _chinese_value(match[1])
    return Token("percent", share, at, match.end()) if share < 100 else None  # noqa: PLR2004 - percent


def _chinese_percent(folded: str, at: int) -> Token | None:
    start = at + len(_PER_CENT)
    if match := _NUMBER.match(folded, start):
        return Token("percent", float(match[0]), at, match.end())
    if match := _NUMERAL.match(folded, start):
        return Token("percent", _chinese_value(match[0]), at, match.end())
    return None


def _chinese_value(form: str) -> float:
    """The value of a Chinese numeral below 1,000, "半" as a half: 二十五, 三点五, 半, 一百."""
    whole, _, part = form.partition("点")
    total, digit = 0.0, 0.0
    for char in whole:
        if char == "半":
            total += 0.5
        elif char in "十百":
            total += (digit or 1.0) * (10 if char == "十" else 100)
            digit = 0.0
        else:
            digit = float(_CHINESE_DIGITS[char])
    fraction = sum(_CHINESE_DIGITS[char] / 10 ** (i + 1) for i, char in enumerate(part))
    return total + digit + fraction


def _latin(folded: str, at: int) -> Token | None:
    if not _LATIN.match(folded, at):
        return None
    if _OWNED.match(folded, max(at - 2, 0)):
        return Token("filler", "filler", at, at + 1)  # "photo 2's background": no seconds
    known = lexicon()
    ends: list[int] = []
    words: list[str] = []
    position = at
    while len(words) < known.latin_words and (match := _LATIN.match(folded, position)):
        words.append(match[0].rstrip("'"))
        ends.append(match.end())
        gap = _GAP.match(folded, match.end())
        if gap is None:
            break
        position = gap.end()
    for count in range(len(words), 0, -1):
        entry = known.latin.get(" ".join(words[:count]))
        if entry is not None:
            return Token(entry.kind, entry.value, at, ends[count - 1])
    word = words[0]
    entry = known.latin.get(word.removesuffix("'s")) or _of_several(known, word)
    if entry is not None:
        return Token(entry.kind, entry.value, at, ends[0])
    return Token("word", word, at, ends[0])


def _of_several(known: Lexicon, word: str) -> Entry | None:
    """Return what *word* means as a plural; "removes" tells what somebody does."""
    entry = known.latin.get(word.removesuffix("s"))
    return None if entry is None or entry.kind == "verb" else entry
