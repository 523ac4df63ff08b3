"""Which variant somebody means: by its name or a part of it, a place, or a letter. Pure.

Both who exports a variant and who applies one read people's words with this, so that "the
yellow one", "the second" and "B" mean the same wherever they are said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

NOUNS: Final = frozenset({"variant", "variants", "方案", "变体", "變體"})
"""Words that say that a variant is spoken of."""

# Say that one thing of several is meant, and nothing about which.
_ONE: Final = frozenset(
    {"one", "ones", "version", "versions", "style", "styles", "option", "options"}
    | {"choice", "look", "looks", "number", "no"}
)
_TEXTUAL: Final = frozenset({"caption", "captions", "subtitle", "subtitles"})
_IDLE: Final = frozenset(
    {"the", "that", "this", "with", "in", "at", "on", "of", "and", "is", "which", "says"}
    | {"only", "which's", "that's", "saying", "has", "side", "my", "our", "please"}
)
_PLACES: Final[Mapping[str, int]] = {
    **dict.fromkeys(("first", "1st"), 0),
    **dict.fromkeys(("second", "2nd"), 1),
    **dict.fromkeys(("third", "3rd"), 2),
    **dict.fromkeys(("fourth", "4th"), 3),
    **dict.fromkeys(("fifth", "5th"), 4),
    **dict.fromkeys(("sixth", "6th"), 5),
    **dict.fromkeys(("last", "latter"), -1),
    "former": 0,
}
_DIGITS: Final = {digit: place for place, digit in enumerate("一二三四五六")} | {"两": 1}
# What a Chinese phrase says → the English word for it; an empty one says nothing about which.
# Longer ones first: 最后一个 is no 一个.
_CHINESE: Final[tuple[tuple[str, str], ...]] = (
    ("最后一个", " last "),
    ("最後一個", " last "),
    ("方案", " variant "),
    ("变体", " variant "),
    ("變體", " variant "),
    ("粗体", " bold "),
    ("加粗", " bold "),
    ("干净", " clean "),
    ("简洁", " clean "),
    ("极简", " minimal "),
    ("描边", " outline "),
    ("带框", " boxed "),
    ("方框", " boxed "),
    ("高亮", " highlight "),
    ("黄色", " yellow "),
    ("白色", " white "),
    ("黑色", " black "),
    ("红色", " red "),
    ("蓝色", " blue "),
    ("绿色", " green "),
    ("橙色", " orange "),
    ("粉色", " pink "),
    ("紫色", " purple "),
    ("黄", " yellow "),
    ("白", " white "),
    ("黑", " black "),
    ("红", " red "),
    ("蓝", " blue "),
    ("绿", " green "),
    ("顶部", " top "),
    ("上面", " top "),
    ("上方", " top "),
    ("底部", " bottom "),
    ("下面", " bottom "),
    ("下方", " bottom "),
    ("中间", " middle "),
    ("左边", " left "),
    ("右边", " right "),
    ("那个", " one "),
    ("这个", " one "),
    ("那一个", " one "),
    ("版本", " version "),
    ("样式", " style "),
    ("风格", " style "),
    ("字幕", " caption "),
    ("选项", " option "),
    ("字样", " "),
    ("那种", " one "),
    ("这种", " one "),
    ("那版", " version "),
    ("那款", " one "),
    ("在", " "),
    ("的", " "),
    ("个", " "),
    ("版", " version "),
    ("款", " "),
    ("种", " "),
    ("字", " "),
    ("那", " "),
    ("这", " "),
    ("号", " "),
)
_ORDINAL: Final = re.compile(r"第 ?([一二三四五六两1-6])")
_LETTERED: Final = re.compile(r"(?<![a-z])([a-f]) ?(?=方案|变体|版|款|选项|样式|号)")
_NUMBERED: Final = re.compile(r"(?:方案|版本|变体|样式|第)? ?([一二三四五六])(?:号|$)")
_WORD: Final = re.compile(r"#?[a-z0-9][a-z0-9'\-]*|[^\W\d_]+|#")


def meant(words: str, names: Sequence[str]) -> tuple[int, ...] | None:
    """Return the places in *names* that *words* may mean, from 0; None where it means none.

    A name counts before a part of one, those before a place, and that before a letter: a
    variant that is called "B" is meant by "B", wherever it stands.

    Args:
        words: "the bold yellow one", "variant 2", "B", 黄色那个, 第二个; without a verb.
        names: The variants' names, in order.
    """
    if not names:
        return None
    said = _folded(words)
    exact = [place for place, name in enumerate(names) if _folded(name) == said]
    if exact:
        return tuple(exact)
    left = _telling(said)
    parts = [_telling(_folded(name)) for name in names]
    if left:
        same = [place for place, part in enumerate(parts) if set(part) == set(left)]
        # Where "bold yellow" and "bold yellow 2" are there, the first words mean the first.
        within = same or [place for place, part in enumerate(parts) if set(left) <= set(part)]
        if within:
            return tuple(within)
    place = _place(left, len(names))
    return None if place is None else (place,)


def telling(words: str) -> list[str]:
    """Return the words of *words* that say which one is meant, in English where they are ours."""
    return _telling(_folded(words))


def names_variants(words: str) -> bool:
    """Whether *words* speak of variants by that name."""
    return any(word in NOUNS for word in _WORD.findall(_folded(words)))


def _place(left: Sequence[str], count: int) -> int | None:
    """Return the place that one word alone means, or None where there is none such."""
    if len(left) != 1:
        return None
    (word,) = left
    word = word.lstrip("#")
    place: int | None = None
    if word in _PLACES:
        place = _PLACES[word]
    elif word.isdecimal():
        place = int(word) - 1
    elif len(word) == 1 and word.isascii() and word.isalpha():
        place = ord(word) - ord("a")
    elif word in ("left", "right"):  # of the two in the film of both
        place = {"left": 0, "right": -1}[word]
    if place is None or not -1 <= place < count:
        return None
    return place % count


def _folded(words: str) -> str:
    """Return *words* in lower case, Chinese words that are ours in English."""
    text = " ".join(words.casefold().replace("\u2019", "'").split())
    text = _LETTERED.sub(lambda match: f" #{ord(match[1]) - ord('a') + 1} ", text)
    text = _ORDINAL.sub(lambda match: f" #{_count(match[1])} ", text)
    for chinese, english in _CHINESE:
        text = text.replace(chinese, english)
    text = _NUMBERED.sub(lambda match: f" #{_count(match[1])} ", text)
    return " ".join(text.strip(" .!?。！？,，").split())  # noqa: RUF001 - Chinese punctuation too


def _count(digit: str) -> int:
    return _DIGITS[digit] + 1 if digit in _DIGITS else int(digit)


def _telling(folded: str) -> list[str]:
    found = [word for word in _WORD.findall(folded) if word != "#"]
    idle: Iterable[str] = NOUNS | _ONE | _TEXTUAL | _IDLE
    left = [word for word in found if word not in idle]
    # The letter stands last: "variant a"; before anything it is an article.
    last = found[-1:] == ["a"] and set(left) == {"a"}
    return ["a"] if last else [word for word in left if word != "a"]
