"""A wish about the prompt that is there → the changed idea: "make it darker", "for 9:16".

A message counts as such a wish only if nothing in it is left unexplained; anything else is
somebody else's: an edit, or a new idea.
"""

# ruff: noqa: RUF001 - Chinese is read and written with its own punctuation
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final, cast

from nemo_nb.studio.agent.prompting.book import Language, book, say, table, told
from nemo_nb.studio.agent.prompting.compose import variant_name
from nemo_nb.studio.agent.prompting.finding import Finder, finder
from nemo_nb.studio.agent.prompting.idea import Extra, Idea, Said
from nemo_nb.studio.agent.prompting.looks import (
    size_named,
    spans,
    take_aspect,
    take_duration,
    take_shots,
)
from nemo_nb.studio.agent.prompting.wording import seconds

_MAX_WORDS: Final = 24
_MAX_STEPS: Final = 2
_SHORTER: Final = 2 / 3
_EXTRA: Final = re.compile(
    r"\b(?:add|insert|include|give me|show)\s+(?:an?\s+|one\s+|another\s+)?([\w' -]*?)"
    r"\s*(?:shot\s+)?(?:of|on|showing)\s+(.+)$"
    r"|(?:加|添加|增加|来)(?:上)?(?:一个|一段|个)?"
    r"(?:(.+?)的?(特写|大特写|微距|远景|中景|全景|俯拍|仰拍|大远景)(?:镜头)?"
    r"|(特写|大特写|微距|远景|中景|全景|俯拍|仰拍|大远景)(?:镜头)?[:：，]?(.+))$",
    re.IGNORECASE,
)
_REMOVE: Final = re.compile(
    r"\b(?:remove|delete|drop|take out|cut|lose|skip)\s+(?:the\s+)?"
    r"(?:shot\s+(?:number\s+)?(\d+)|(first|last)\s+shot)"
    r"|(?:删掉|去掉|删除|不要|拿掉)(?:第\s*(\d+|[一二三四五六七八九十])\s*个?镜头|(最后|第)一个镜头)",
    re.IGNORECASE,
)
_PICK: Final = re.compile(
    r"\b(?:use|take|choose|pick|go with|switch to|i like|i prefer|give me)\s+(?:the\s+)?"
    r"(?:variant|version|take|option)\s+([a-z])\b|\b(?:variant|version|option)\s+([a-z])\b(?:\s+please)?$"
    r"|(?:用|选|换成|要)(?:版本|方案)\s*([A-Za-z])|(?:版本|方案)\s*([A-Za-z])$",
    re.IGNORECASE,
)
_SETTING: Final = re.compile(
    r"\b(?:(?:set|move|place|put|stage)\s+(?:it|this|everything|the scene)\s+"
    r"((?:in|on|at|inside|under|by|near|to)\s+.+)"
    r"|change the (?:setting|place|location|scene) to\s+(.+))$"
    r"|(?:场景|地点)(?:改成|改到|换成|换到|改为|放在|设在)(.+)$",
    re.IGNORECASE,
)
_ZH_COUNT: Final = {c: n for n, c in enumerate("零一二三四五六七八九十")}
_QUOTES: Final = re.compile('["“”「」『』]')


class Unfit(Exception):
    """The wish is understood and cannot be carried out; its text says why."""


@dataclass(frozen=True, slots=True)
class Refined:
    """The changed idea and what is different, in words."""

    idea: Idea
    changes: tuple[str, ...]


def refine(message: str, prompt: Mapping[str, Any], language: Language) -> Refined | None:
    """Return *prompt*'s idea changed as *message* asks, or None where it asks for something else.

    Raises:
        Unfit: It is understood, and this prompt has no such shot or variant.
    """
    text = message.strip().rstrip(".!?。！？")
    if not text or len(text.split()) > _MAX_WORDS or _QUOTES.search(text):
        return None
    try:
        idea = Idea.from_dict(prompt["wish"])
    except (KeyError, TypeError):
        return None
    whole = _whole(text, idea, prompt, language)
    if whole is not None:
        return whole
    if _change("not_mine").find(text):
        return None
    return _parts(text, idea, prompt, language)


def _whole(text: str, idea: Idea, prompt: Mapping[str, Any], language: Language) -> Refined | None:
    """Return what a message does that is one wish from end to end."""
    if match := _REMOVE.search(text):
        return _removed(match, idea, prompt, language)
    if match := _PICK.search(text):
        letter = next(group for group in match.groups() if group).upper()
        known = [str(prompt["variant"]), *(str(v["name"]) for v in prompt["variants"])]
        take = ord(letter) - ord("A")
        if letter not in known and take > idea.take:
            raise Unfit(say("reply", "no_variant", language, name=letter, names=", ".join(known)))
        return Refined(replace(idea, take=take), (say("change", "variant", language, name=letter),))
    if _change("variant").find(text) and not _left(_without(text, _change("variant"))):
        name = variant_name(idea.take + 1)
        return Refined(
            replace(idea, take=idea.take + 1), (say("change", "variant", language, name=name),)
        )
    if match := _EXTRA.search(text):
        return _extra(match, idea, language)
    if match := _SETTING.search(text):
        return _moved(next(g for g in match.groups() if g).strip(), idea, language)
    return None


def _removed(
    match: re.Match[str], idea: Idea, prompt: Mapping[str, Any], language: Language
) -> Refined:
    shots = cast("list[Mapping[str, Any]]", prompt["shots"])
    number, edge, zh_number, zh_edge = match.groups()
    if number or zh_number:
        digits = number or zh_number
        shot = int(digits) if digits.isdecimal() and digits.isascii() else _ZH_COUNT[digits]
    else:
        shot = len(shots) if (edge or "").lower() == "last" or zh_edge == "最后" else 1
    if not 1 <= shot <= len(shots):
        raise Unfit(say("reply", "no_shot", language, shot=shot, count=len(shots)))
    if len(shots) == 1:
        raise Unfit(say("reply", "last_shot", language))
    key = str(shots[shot - 1]["key"])
    change = (say("change", "removed", language, shot=shot),)
    fewer = None if idea.shots is None else idea.shots - 1
    if key.startswith("extra:"):
        position = int(key.partition(":")[2])
        extras = tuple(extra for n, extra in enumerate(idea.extras) if n != position)
        return Refined(replace(idea, extras=extras, shots=fewer), change)
    return Refined(replace(idea, removed=(*idea.removed, key), shots=fewer), change)


def _extra(match: re.Match[str], idea: Idea, language: Language) -> Refined | None:
    given = match.groups()
    size_words, what = next(
        (
            pair
            for pair in ((given[0], given[1]), (given[3], given[2]), (given[4], given[5]))
            if pair[1]
        ),
        ("", ""),
    )
    size = size_named(size_words or "")
    if not size or not what:
        return None
    what = what.strip()
    name = told(book().sizes[size].name, language)
    changed = say("change", "extra", language, size=name.lower(), what=what)
    more = None if idea.shots is None else idea.shots + 1
    extras = (*idea.extras, Extra(size, what))
    return Refined(replace(idea, extras=extras, shots=more), (changed,))


def _moved(where: str, idea: Idea, language: Language) -> Refined:
    where = re.sub(r"^to\s+", "in ", where, flags=re.IGNORECASE)
    if language == "en" and not re.match(
        r"(?:in|on|at|inside|under|by|near)\b", where, re.IGNORECASE
    ):
        where = f"in {where}"
    places = finder("places").find(where)
    words = (
        idea.words.replace(idea.setting, where)
        if idea.setting
        else _joined(idea.words, where, language)
    )
    said = idea.said
    if finder("times").find(where):
        said = tuple(one for one in said if one.slot not in ("time", "light"))
        said += tuple(span.said for span in spans(where) if span.said.slot == "time")
    moved = replace(
        idea, setting=where, place=places[0].id if places else "", words=words, said=said
    )
    return Refined(moved, (say("change", "setting", language, text=where),))


def _parts(text: str, idea: Idea, prompt: Mapping[str, Any], language: Language) -> Refined | None:
    """Return what a message does that holds one or several small wishes."""
    changes: list[str] = []
    duration, rest = take_duration(text)
    if duration is not None:
        idea = replace(idea, duration_ms=duration)
        changes.append(say("change", "duration", language, seconds=seconds(duration)))
    aspect, rest = take_aspect(rest)
    if aspect is not None:
        idea = replace(idea, aspect=aspect)
        changes.append(say("change", "aspect", language, aspect=aspect))
    shots, rest = take_shots(rest)
    if shots is not None:
        idea = replace(idea, shots=shots, removed=())
        changes.append(say("change", "shots", language, count=shots))
    for step in finder("steps").find(rest):
        idea, told_step = _stepped(idea, step.id, int(prompt["duration_ms"]), language)
        changes.append(told_step)
    rest = _without(rest, finder("steps"))
    found = spans(rest)
    if found:
        idea = _said(idea, [span.said for span in found])
        for said in (span.said for span in found):
            key = "no" if said.slot == "no" else "said"
            changes.append(say("change", key, language, text=said.text))
        for span in reversed(found):
            rest = f"{rest[: span.start]} {rest[span.end :]}"
    return Refined(idea, tuple(dict.fromkeys(changes))) if changes and not _left(rest) else None


def _stepped(idea: Idea, step: str, duration_ms: int, language: Language) -> tuple[Idea, str]:
    if step in ("shorter", "longer"):
        factor = _SHORTER if step == "shorter" else 1 / _SHORTER
        length = max(1000, round(duration_ms * factor / 1000) * 1000)
        told_length = say("change", "duration", language, seconds=seconds(length))
        return replace(idea, duration_ms=length), told_length
    way = -1 if step in ("darker", "cooler", "slower") else 1
    if step in ("darker", "brighter"):
        idea = replace(idea, exposure=_held(idea.exposure + way))
    elif step in ("warmer", "cooler"):
        idea = replace(idea, warmth=_held(idea.warmth + way))
    else:
        idea = replace(idea, pace=_held(idea.pace + way))
    return idea, say("change", step, language)


def _held(step: int) -> int:
    return max(-_MAX_STEPS, min(_MAX_STEPS, step))


def _said(idea: Idea, said: list[Said]) -> Idea:
    """Return *idea* with *said* in place of what was said about the same things before."""
    slots = {one.slot for one in said} - {"no"}
    words = idea.words
    setting = idea.setting
    if "time" in slots:
        # An hour that is gone must not stand in the idea any longer.
        now = _bare(next(one.text for one in said if one.slot == "time"))
        for old in {_bare(old.text) for old in finder("times").find(words)}:
            words, setting = words.replace(old, now), setting.replace(old, now)
        if now not in words:
            words = _joined(words, now, idea.language)
        slots.add("light")
    kept = tuple(one for one in idea.said if one.slot not in slots)
    for one in said:
        if one.slot != "time" and one.text not in words:
            shown = (
                one.text if one.slot != "no" else say("change", "no", idea.language, text=one.text)
            )
            words = _joined(words, shown, idea.language)
    for gone in idea.said:
        if gone not in kept and gone.slot != "time":
            words = re.sub(
                rf"(?:,\s*|，|\s+with\s+|\s+in\s+)?{re.escape(gone.text)}", "", words, count=1
            )
    return replace(idea, said=(*kept, *said), words=words.strip(" ,，"), setting=setting)


def _bare(time: str) -> str:
    return re.sub(r"^(?:at|in)\s+", "", time, flags=re.IGNORECASE)


def _joined(words: str, more: str, language: Language) -> str:
    return f"{words}，{more}" if language == "zh" else f"{words}, {more}"


def _without(text: str, words: Finder) -> str:
    for found in reversed(words.find(text)):
        text = f"{text[: found.start]} {text[found.end :]}"
    return text


def _left(text: str) -> str:
    """Return what of *text* no filler explains."""
    change = table("reading")["change"]
    for filler in sorted(change["fillers_zh"], key=len, reverse=True):
        text = text.replace(filler, " ")
    fillers = set(change["fillers"])
    return " ".join(word for word in re.findall(r"[\w']+", text) if word.lower() not in fillers)


@cache
def _change(key: str) -> Finder:
    return Finder({key: cast("list[str]", table("reading")["change"][key])})
