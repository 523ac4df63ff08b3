"""What an idea says about look, sound, length and shape: the words, and what they mean."""

# ruff: noqa: RUF001 - Chinese is read and written with its own punctuation
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, cast

from nemo_nb.studio.agent.prompting.book import book, table
from nemo_nb.studio.agent.prompting.finding import finder
from nemo_nb.studio.agent.prompting.idea import Said, Slot

_ADJECTIVES: Final = r"(?:(?!(?:with|in|under|and|the|by|using|a|an|of|no|to)\b)[\w-]+\s+){1,3}?"
_LIGHT: Final = re.compile(
    rf"\b({_ADJECTIVES}lighting)\b|(?<=\b[wW]ith )({_ADJECTIVES}(?:light|lights))\b"
    rf"|(?<=\b[iI]n )({_ADJECTIVES}(?:light|lights))\b"
    r"|([\u4e00-\u9fff]{1,5}(?:布光|灯光|光线|打光))",
    re.IGNORECASE,
)
_PALETTE: Final = re.compile(
    rf"\b({_ADJECTIVES}(?:and\s+[\w-]+\s+)?(?:colou?rs?|tones|palette|hues))\b"
    r"|([\u4e00-\u9fff]{1,5}(?:色调|色彩|配色|色系))",
    re.IGNORECASE,
)
_STYLE: Final = re.compile(
    r"\bin (?:the )?style of ([^,.;]{2,40})|\bin an? ([\w -]{2,30}?) style\b"
    r"|\b(?:in )?((?!in\b)[\w-]+(?: [\w-]+)?) style\b"
    r"|(?:换成|改成|改为|变成|采用|用)?([\u4e00-\u9fffA-Za-z0-9]{1,6}?风格)",
    re.IGNORECASE,
)
_MOOD: Final = re.compile(
    r"\b([\w-]+(?: and [\w-]+)?) (?:mood|feel|feeling|vibe|vibes|atmosphere)\b"
    r"|([\u4e00-\u9fff]{1,5})(?:的)?(?:氛围|气氛|情绪)",
    re.IGNORECASE,
)
_SOUND: Final = re.compile(
    r"\b(?:with|set to|to|over|and|plus)\s+((?:an?\s+|the\s+)?"
    r"(?:(?!(?:with|and)\b)[\w'-]+\s+){1,4}?"
    r"(?:music|soundtrack|score|beats?|track|voice-?over|narration|ambience|sounds?))\b"
    r"|([\u4e00-\u9fffA-Za-z-]{1,8}(?:音乐|配乐|旁白|音效))",
    re.IGNORECASE,
)
_NO: Final = re.compile(
    r"\b(?:no|without(?: any)?|avoid(?:ing)?|don't show|do not show)\s+"
    r"((?!more\b)[\w'-]+(?:\s+(?!and\b|or\b|but\b|with\b|in\b|at\b)[\w'-]+){0,2})"
    r"|(?:不要|没有|不出现|避免|无需|去掉)(?:任何)?([\u4e00-\u9fffA-Za-z]{1,6})",
    re.IGNORECASE,
)
_LENS: Final = re.compile(
    r"\b(\d{2,3})\s?mm(?! film)(?:\s+(?:macro\s+)?lens)?\b|(\d{2,3})\s?毫米", re.IGNORECASE
)
_SHOTS: Final = re.compile(
    r"\b(?:in\s+|of\s+)?([\w-]+|\d+)[\s-](?:shots|shot list|scenes|cuts)\b"
    r"|([\d一二两三四五六七八九十]+)\s*(?:个|组)?(?:镜头|分镜)",
    re.IGNORECASE,
)
_ONE_TAKE: Final = re.compile(
    r"\b(?:one[- ]take|single[- ]take|one[- ]shot|oner|(?:single|one)(?: continuous)? shot)\b"
    r"|一镜到底|长镜头",
    re.IGNORECASE,
)
_DURATION: Final = re.compile(
    r"(?<![\w.:])(?:(\d+(?:\.\d+)?)|(half a|half|[a-z]+(?:-(?:one|two|five))?))[\s-]?"
    r"(milliseconds?|seconds?|secs?|s|minutes?|mins?|min)(?:[\s-]long)?(?![\w])"
    r"|(\d+(?:\.\d+)?|[一二两三四五六七八九十]+|半)\s*(秒钟?|分钟|分)",
    re.IGNORECASE,
)
_ZH_DIGITS: Final = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2}
# Single words that are a light, a colour or a move only where the sentence says so.
_CONNECTED: Final = (
    r"(?:\b(?:with|in|using|under|by|and|plus)\s+(?:an?\s+|the\s+|some\s+)?|[,，、]\s*|[和用以])"
)
_TECHNICAL: Final = frozenset({"light", "palette", "style", "size", "move", "speed", "glass"})
_BARE_PALETTES: Final = re.compile(r"(?:\b(?:in|with)\s+$)|[\u4e00-\u9fff]", re.IGNORECASE)
_SLOTS: Final[dict[str, Slot]] = {
    "lights": "light",
    "styles": "style",
    "moods": "mood",
    "sizes": "size",
    "moves": "move",
    "speeds": "speed",
    "glass": "glass",
    "times": "time",
    "weather": "weather",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the text that is understood; *technical* ones are no part of the scene."""

    said: Said
    start: int
    end: int
    technical: bool


def spans(text: str) -> list[Span]:
    """Return everything that *text* says about look and sound, in order."""
    found: list[Span] = []
    for match in _NO.finditer(text):
        what = next(part for part in match.groups() if part).strip()
        found.append(Span(Said("no", what), match.start(), match.end(), technical=True))
    taken = [(span.start, span.end) for span in found]
    for span in [*_phrases(text), *_known(text)]:
        if not any(span.start < end and start < span.end for start, end in taken):
            found.append(span)
            if span.said.slot not in ("time", "weather"):
                taken.append((span.start, span.end))
    return sorted(found, key=lambda span: span.start)


def _phrases(text: str) -> Iterator[Span]:
    """Yield phrases that name their slot themselves: "soft lavender lighting"."""
    for slot, form, kind in (
        ("sound", _SOUND, ""),
        ("light", _LIGHT, "lights"),
        ("palette", _PALETTE, "palettes"),
        ("style", _STYLE, "styles"),
        ("mood", _MOOD, "moods"),
        ("lens", _LENS, ""),
    ):
        for match in form.finditer(text):
            part = next((n for n, words in enumerate(match.groups(), 1) if words), 0)
            words = match[part].strip()
            if slot == "style" and not finder("styles").find(words) and "style of" not in match[0]:
                words = match[0].removeprefix("in a ").removeprefix("in an ").strip()
            meaning = finder(kind).find(words) if kind else []
            whole = text[match.start() : match.end()].strip()
            shown = whole if slot in ("light", "palette", "lens") else words
            said = Said(cast("Slot", slot), shown, meaning[-1].id if meaning else "")
            yield Span(said, match.start(), match.end(), technical=True)


def _known(text: str) -> Iterator[Span]:
    """Yield the known words."""
    for kind, slot in _SLOTS.items():
        for word in finder(kind).find(text):
            technical = slot in _TECHNICAL and _stands_apart(text, word.start, word.end)
            if not technical and word.text.casefold() in table("reading")["ambiguous"]["words"]:
                continue
            if slot == "light" and word.text.casefold() in ("neon", "overcast", "twilight"):
                technical = False
            yield Span(Said(slot, word.text, word.id), word.start, word.end, technical)
    for word in finder("palettes").find(text):
        several = " " in word.text or "-" in word.text or not word.text.isascii()
        if several or _BARE_PALETTES.search(text[: word.start]):
            yield Span(Said("palette", word.text, word.id), word.start, word.end, technical=True)


def _stands_apart(text: str, start: int, end: int) -> bool:
    """Whether a word about the look is a clause of its own and no part of the scene."""
    before = re.search(rf"{_CONNECTED}$", text[:start], re.IGNORECASE)
    after = re.match(
        r"\s*(?:$|[,.;，。；、]|and\b|with\b|shots?\b|footage\b|look\b|style\b|的)", text[end:]
    )
    return bool(after) and (bool(before) or not text[:start].strip())


def without(text: str, found: list[Span]) -> str:
    """Return *text* without its technical parts and the words that join them on."""
    for span in sorted(found, key=lambda span: -span.start):
        if span.technical:
            head = re.sub(rf"(?:\s*{_CONNECTED})$", " ", text[: span.start], flags=re.IGNORECASE)
            tail = re.sub(r"^\s*(?:shots?|footage|look|style)\b", "", text[span.end :])
            text = f"{head} ‖ {tail}"
    return tidy(text)


def tidy(text: str) -> str:
    """Return *text* without the scraps that cutting left at its edges."""
    text = re.sub(r"(?:\s*‖\s*)+", " ‖ ", text)
    text = re.sub(r"‖\s*(?:and|with|in|using|,|，|、|和|以及|用)\s*(?=‖|$)", "", text)
    text = re.sub(
        r"\s*‖\s*(?=[,.;，。；])|(?<=[\u4e00-\u9fff，])\s*‖\s*(?=[\u4e00-\u9fff，])", "", text
    )
    text = re.sub(r"\s*‖\s*", " ", text)
    text = re.sub(r"\s+(?=[,.;])|([,，、])(?=\s*[,，、.;])", "", text)
    text = re.sub(r"\s+", " ", text)
    edge = r"[\s,.;:!?，。；：！？、\-–—\"“”‘’「」]+"
    joints = r"(?:and|with|in|for|using|a|an|the|plus|of|和|以及|用|的)"
    for _ in range(4):
        text = re.sub(rf"^{edge}|{edge}$", "", text)
        text = re.sub(rf"(?:^|(?<=\s)){joints}$", "", text, flags=re.IGNORECASE)
        text = re.sub(r"^(?:(?:and|with|plus)\b|的|在此)\s*", "", text, flags=re.IGNORECASE)
    return text.strip()


def take_duration(text: str) -> tuple[int | None, str]:
    """Return the length that *text* asks for, in ms, and the text without it."""
    for match in _DURATION.finditer(text):
        length = _length(match)
        if length is not None:
            head = re.sub(
                r"\b(?:for|of|lasting|about|around|in)\s+(?:an?\s+)?$", "", text[: match.start()]
            )
            return length, f"{head} ‖ {text[match.end() :]}"
    return None, text


def _length(match: re.Match[str]) -> int | None:
    number, word, unit, zh_number, zh_unit = match.groups()
    if number:
        amount: float | None = float(number)
    elif word:
        amount = 0.5 if word.lower().startswith("half") else _numbers().get(word.lower())
    elif zh_number == "半":
        amount = 0.5
    else:
        amount = _zh_number(zh_number)
    if amount is None:
        return None
    minutes = (unit or "").lower().startswith("min") if unit else zh_unit.startswith("分")
    if unit and unit.lower().startswith("milli"):
        return round(amount)
    return round(amount * (60_000 if minutes else 1000))


def take_aspect(text: str) -> tuple[str | None, str]:
    """Return the shape that *text* asks for, and the text without it."""
    found = finder("aspects").find(text)
    if not found:
        return None, text
    for word in reversed(found):
        head = re.sub(r"\b(?:in|for|as|on)\s+(?:an?\s+)?$", "", text[: word.start])
        tail = re.sub(
            r"^\s*(?:format|aspect ratio|aspect|ratio|video|orientation|version|的)",
            "",
            text[word.end :],
        )
        text = f"{head} ‖ {tail}"
    return found[-1].id, text


def take_shots(text: str) -> tuple[int | None, str]:
    """Return how many shots *text* asks for, and the text without that."""
    if match := _ONE_TAKE.search(text):
        return 1, f"{text[: match.start()]} ‖ {text[match.end() :]}"
    for match in _SHOTS.finditer(text):
        word = (match[1] or match[2]).lower()
        count = float(word) if word.isdecimal() and word.isascii() else _numbers().get(word)
        if count is None and match[2]:
            count = _zh_number(match[2])
        if count is not None and count >= 1:
            return int(count), f"{text[: match.start()]} ‖ {text[match.end() :]}"
    return None, text


@cache
def _numbers() -> dict[str, float]:
    given = table("reading")["numbers"]
    return dict(zip(given["words"], given["values"], strict=True))


def _zh_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        pass
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _ZH_DIGITS.get(text)
    return (_ZH_DIGITS.get(tens, 1) if tens else 1) * 10 + (_ZH_DIGITS.get(ones, 0) if ones else 0)


def aspects() -> tuple[str, ...]:
    """Return the shapes that can be asked for."""
    return tuple(table("reading")["aspects"])


def size_named(text: str) -> str:
    """Return the shot size that *text* names last, or an empty string."""
    found = finder("sizes").find(text)
    return found[-1].id if found and found[-1].id in book().sizes else ""
