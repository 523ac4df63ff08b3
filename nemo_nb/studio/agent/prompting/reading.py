"""The user's message → an :class:`~nemo_nb.studio.agent.prompting.idea.Idea`."""

# ruff: noqa: RUF001 - Chinese is read and written with its own punctuation
from __future__ import annotations

import re
from functools import cache
from typing import Final

from nemo_nb.studio.agent.prompting.book import Language, table
from nemo_nb.studio.agent.prompting.finding import Found, finder
from nemo_nb.studio.agent.prompting.idea import Idea
from nemo_nb.studio.agent.prompting.looks import (
    Span,
    spans,
    take_aspect,
    take_duration,
    take_shots,
    tidy,
    without,
)

MAX_IDEA_CHARS: Final = 1500

_MARKS: Final = ' \t\n"“”„‘’「」『』.,;:!?，。；：！？、-–—'
_ASKING: Final = re.compile(
    r"(?:^|[.;,:!?\n]\s*)(?:(?:please|now|can you|could you|i want you to|i need|let's)\s+)*"
    r"(?:write|make|create|generate|give|turn|compose|draft|design|produce|need|want)\b[^.;:\n]*$",
    re.IGNORECASE,
)
_HAN: Final = re.compile(r"[\u3400-\u9fff]")


def asks_for_prompt(message: str) -> bool:
    """Whether *message* asks for a video prompt, a shot list or a storyboard."""
    return _request().search(message) is not None


def idea_words(message: str) -> tuple[str, str]:
    """Return the idea in *message* in its own words, and the words that ask for a prompt."""
    match = _request().search(message)
    if match is None:
        return message.strip(_MARKS), ""
    before, after = message[: match.start()], message[match.end() :]
    after = re.sub(r"^\s*[:：-]\s*", "", after)
    if _HAN.search(message):
        return "，".join(part for part in (_stripped(before), _stripped(after)) if part), ""
    # "Sunset over a lake: write a prompt" has the idea in front.
    if idea := _stripped(_without_lead(after, connectors=True)):
        return idea, before
    return _stripped(_ASKING.sub("", before)), ""


def read_idea(message: str, language: Language, seed: int | None = None) -> Idea:
    """Return what *message* asks to see.

    Args:
        message: The user's words, with or without the request for a prompt.
        language: Of the prompt.
        seed: Another one gives another prompt for the same idea.
    """
    words, lead = idea_words(message)
    lead_time, lead = take_duration(lead)
    lead_aspect, lead = take_aspect(lead)
    duration, rest = take_duration(words)
    aspect, rest = take_aspect(rest)
    shots, rest = take_shots(rest)
    rest = re.sub(r"^[\s‖]*(?:of|about)\s+|\s+", " ", rest)
    found = spans(rest)
    said = [span.said for span in spans(_without_lead(lead)) if span.said.slot in ("style", "mood")]
    said += [span.said for span in found]
    scene = without(rest, found)
    subject, action, setting = _split(_headless(scene, language), language)
    shown = tidy(rest)
    key = re.sub(r"\W+", " ", shown.casefold()).strip() + (f"#{seed}" if seed else "")
    return Idea(
        words=shown,
        language=language,
        subject=subject,
        action=action,
        setting=setting,
        genre=_genre(words, subject),
        place=_place(setting, found) or _place(scene, found),
        duration_ms=duration if duration is not None else lead_time,
        aspect=aspect or lead_aspect,
        shots=shots,
        said=tuple(said),
        key=key,
    )


@cache
def _request() -> re.Pattern[str]:
    request = table("reading")["request"]
    nouns = "|".join(re.escape(noun) for noun in sorted(request["nouns"], key=len, reverse=True))
    chinese = "|".join(re.escape(noun) for noun in request["nouns_zh"])
    return re.compile(rf"\b(?:{nouns})\b|(?:{chinese})(?:脚本|表)?", re.IGNORECASE)


def _without_lead(text: str, *, connectors: bool = False) -> str:
    """Return *text* without the words of asking, or those that lead to the idea, in front."""
    request = table("reading")["request"]
    forms = request["connectors"] if connectors else request["lead"]
    lead = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    times = "" if connectors else "+"
    return re.sub(rf"^(?:(?:{lead})\b[\s,:]*){times}", "", text.strip(_MARKS), flags=re.IGNORECASE)


def _stripped(text: str) -> str:
    """Return *text* without the words of asking at its ends."""
    text = text.strip(_MARKS)
    request = table("reading")["request"]
    forms = "|".join(re.escape(form) for form in sorted(request["lead_zh"], key=len, reverse=True))
    ends = (
        rf"^(?:{forms})|(?:{forms})$"
        if _HAN.search(text)
        else r"(?:^|[\s,]+)(?:please|now|video|thanks|thank you|as a|into a|a)$"
    )
    while (shorter := re.sub(ends, "", text, flags=re.IGNORECASE).strip(_MARKS)) != text:
        text = shorter
    return text


def _headless(scene: str, language: Language) -> str:
    """Return what a video of a kind is about; an empty text where only the kind is said."""
    kinds = table("reading")["kinds"]
    if language == "zh":
        forms = "|".join(re.escape(kind) for kind in sorted(kinds["zh"], key=len, reverse=True))
        rest = re.sub(rf"^(?:一个|一段|一条)?(?:{forms})+[:：，]?|的?(?:{forms})+$", "", scene)
        return rest.strip(_MARKS)
    forms = "|".join(re.escape(kind) for kind in sorted(kinds["words"], key=len, reverse=True))
    head = rf"^(?:an?\s+|the\s+|my\s+|our\s+)?(?:[\w-]+\s+){{0,2}}?(?:(?:{forms})\s+)*(?:{forms})"
    about = r"\s+(?:of|about|for|showing|featuring|on|with|where|in which|from)\s+"
    if match := re.match(head + about, scene, re.IGNORECASE):
        return scene[match.end() :]
    if re.fullmatch(rf"(?:an?\s+|the\s+|my\s+|our\s+)?(?:(?:{forms})\s*)+", scene, re.IGNORECASE):
        return ""
    return re.sub(r"^(?:of|about|for|showing)\s+", "", scene, flags=re.IGNORECASE)


def _split(scene: str, language: Language) -> tuple[str, str, str]:
    """Return subject, action and setting, each in the user's words."""
    if not scene:
        return "", "", ""
    parts = _split_zh(scene) if language == "zh" and _HAN.search(scene) else _split_en(scene)
    # What follows a comma is told with the whole idea; it is no part of these.
    subject, action, setting = (re.split(r"[,，;；.。]", part.strip(" ,，"))[0] for part in parts)
    return subject.strip(), action.strip(), setting.strip()


def _split_zh(scene: str) -> tuple[str, str, str]:
    verbs = sorted(table("reading")["split"]["zh_verbs"], key=len, reverse=True)
    verb = re.compile("|".join(map(re.escape, verbs)))
    head, at, tail = scene.partition("在")
    if at and head.strip():
        places = list(verb.finditer(tail))
        if places and places[0].start():
            return head, tail[places[0].start() :], tail[: places[0].start()]
        return head, "", tail
    first = next((m for m in verb.finditer(scene) if m.start() > 0), None)
    if first and not at:
        return scene[: first.start()], scene[first.start() :], ""
    return scene, "", ""


def _split_en(scene: str) -> tuple[str, str, str]:
    split = table("reading")["split"]
    words = list(re.finditer(r"[\w'’-]+", scene))
    prepositions, relatives = set(split["prepositions"]), set(split["relatives"])
    if (words and _is_gerund(words[0][0])) or scene.lower().startswith("how to "):
        return _split_gerund(scene, words, prepositions)
    verb = next((m for n, m in enumerate(words) if n and _is_verb(m[0], words[n - 1][0])), None)
    place = next((m for m in words[1:] if m[0].lower() in prepositions), None)
    clause = next((m for m in words[1:] if m[0].lower() in relatives), None)
    ends = [m.start() for m in (verb, place, clause) if m]
    if not ends:
        return scene, "", ""
    subject = scene[: min(ends)]
    if verb is None or (clause and clause.start() == min(ends)):
        rest = scene[min(ends) :]
        return (subject, "", rest) if place and place.start() == min(ends) else (subject, rest, "")
    if place and place.start() < verb.start():
        return subject, scene[verb.start() :], scene[place.start() : verb.start()]
    last = next((m for m in words if m[0].lower() in prepositions and m.start() > verb.end()), None)
    end = last.start() if last else len(scene)
    return subject, scene[verb.start() : end], scene[end:]


def _split_gerund(
    scene: str, words: list[re.Match[str]], prepositions: set[str]
) -> tuple[str, str, str]:
    start = words[2].start() if scene.lower().startswith("how to ") and len(words) > 2 else 0  # noqa: PLR2004
    skip = 3 if start else 1
    if len(words) <= skip:
        return scene[start:] or scene, "", ""
    place = next((m for m in words[skip + 1 :] if m[0].lower() in prepositions), None)
    end = place.start() if place else len(scene)
    subject = scene[words[skip].start() : end]
    return subject, scene[:end], scene[end:]


_LEAST_GERUND: Final = 6  # "bring" is none, "fixing" is


def _is_gerund(word: str) -> bool:
    lower = word.lower()
    return (
        lower.endswith("ing")
        and len(lower) >= _LEAST_GERUND
        and lower not in table("reading")["split"]["not_verbs"]
    )


def _is_verb(word: str, before: str) -> bool:
    """Whether *word* is what the subject does; after an article it is a noun."""
    if before.lower() in ("a", "an", "the", "of", "my", "our", "his", "her", "their", "its", "and"):
        return False
    return _is_gerund(word) or word.lower() in _verb_forms()


@cache
def _verb_forms() -> frozenset[str]:
    forms: set[str] = set()
    for verb in table("reading")["split"]["verbs"]:
        third = verb[:-1] + "ies" if verb.endswith("y") and verb[-2] not in "aeou" else f"{verb}s"
        forms |= (
            {third, f"{verb}es"} if verb.endswith(("s", "sh", "ch", "x", "o", "z")) else {third}
        )
    return frozenset(forms) - {"waters", "pets", "plants", "lands", "works", "plays", "dreams"}


def _genre(text: str, subject: str) -> str:
    """Return the genre that most words speak for, those of the subject twice; else the first."""
    found = finder("genres").find(text)
    if not found:
        return "story"
    about = {word.text.lower() for word in finder("genres").find(subject)}
    votes: dict[str, list[Found]] = {}
    for word in found:
        votes.setdefault(word.id, []).append(word)

    def weight(name: str) -> tuple[int, int]:
        words = {word.text.lower() for word in votes[name]}
        return len(words) + len(words & about), -votes[name][0].start

    return max(votes, key=weight)


def _place(text: str, found: list[Span]) -> str:
    """Return the place that *text* names; studio light alone puts a scene into the studio."""
    places = finder("places").find(text)
    if places:
        # The longest word is the most definite one: "sea turtle underwater" is under water.
        return max(places, key=lambda place: len(place.text)).id
    studio = any(span.said.text.lower().startswith("studio") for span in found)
    return "studio" if studio else ""
