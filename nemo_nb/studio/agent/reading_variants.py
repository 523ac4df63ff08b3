"""Messages about the variants that are there: "use the yellow one", "which reads better?".

All of a message must speak of them, as with the client's routing: what holds another word goes
to the grammar, which knows nothing of variants. The forms are data, ``variant_words.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from nemo_nb.studio.agent.intents import Ask, Intent, Social, Unclear, Words
from nemo_nb.studio.agent.intents_ab import (
    CompareVariants,
    DropVariant,
    ExportVariant,
    UseVariant,
)
from nemo_nb.studio.agent.intents_show import TestCaptions
from nemo_nb.studio.agent.lexer import as_meant, fold, tokenize
from nemo_nb.studio.agent.parser import overrides, parse
from nemo_nb.studio.agent.plan import Plan
from nemo_nb.studio.agent.program_text import is_code
from nemo_nb.studio.agent.reading_variant_new import added, look_said
from nemo_nb.studio.agent.recall import earlier
from nemo_nb.studio.agent.spelling import words_of
from nemo_nb.studio.agent.variant_forms import (
    ENDS,
    QUOTED,
    QUOTES,
    after,
    covered,
    forms,
    variant_words,
    without_courtesy,
)
from nemo_nb.studio.agent.variant_looks import alike
from nemo_nb.timeline.variant_names import meant, names_variants, telling

_MAX_CHARS: Final = 200
_LOOKED_BACK: Final = 2
# Speak of one of several, whether it is there or not: "the red one", "the third", "C".
_ONE: Final = re.compile(r"\bone\b|那个|这个|个$")
_PLACED: Final = re.compile(r"(?:the )?(?:[a-f]|third|fourth|fifth|sixth|#?[1-6])|第.个?")
_NEW: Final = re.compile(
    r"(?<!the )(?<!these )(?<!both )\b(?:two|three|four|five|six|[2-6]) (?:caption )?"
    r"(?:styles|looks|positions)\b|[两三四五六2-6][种个](?:字幕)?(?:样式|风格|位置)"
)
_PAIR: Final = 2
_TRIES: Final = re.compile(
    r"\b(?:test|compare|try|variants|versions|vs|versus|against)\b|测试|对比|比较|试|几个|[两三四五六]个",
    re.IGNORECASE,
)
# Captions by that name may be those of the cut; "the captions white" is no name of anything.
_TEXTS: Final = re.compile(
    r"(?:first|second|third|last|\b[1-6]|第.[个条]?) ?(?:captions?\b|subtitles?\b|字幕)"
    r"|(?:caption|subtitle|字幕) ?[1-6]|\bof (?:the|my) (?:captions|subtitles)"
)
_ASKED: Final = re.compile(r"\b(?:please|pls|plz)\W*$|吧\W*$", re.IGNORECASE)
_OF_TEXTS: Final = re.compile(r"(?:the |my |our )?(?:captions|subtitles) \w")


def variant_intents(plan: Plan) -> list[Intent] | None:
    """Return what *plan*'s message asks of the variants; None where it is about other things."""
    written = plan.message
    if len(written) > _MAX_CHARS or is_code(written) or overrides(written):
        return None
    message = as_meant(written, variant_words() | words_of(" ".join(_names(plan)))).text
    spoken = names_variants(QUOTED.sub(" ", message))
    if not plan.project.variants and not spoken and "winner" not in message.casefold():
        return None
    about = earlier(plan)[:_LOOKED_BACK] if plan.project.variants else []
    fresh = any(_is_about(plan, text) for text in about)
    found = _read(plan, message, fresh=fresh) or _bare(plan, message, about)
    if found is not None:
        return [replace(found, span=(0, len(written)))]
    joined = _with_more(plan, written, fresh=fresh)
    if joined is None and spoken and plan.project.variants:
        return _misplaced(written)
    return joined


def _misplaced(message: str) -> list[Intent] | None:
    """Read "make the second variant bigger": the cut is not what is meant, so it stays."""
    found = [one for one in parse(message) if not isinstance(one, (Unclear, Social))]
    deeds = [one for one in found if not (isinstance(one, TestCaptions) and _TRIES.search(message))]
    span = (0, len(message))
    return [Unclear(span=span, text=message, hint="variant_edit")] if deeds else None


def _with_more(plan: Plan, message: str, *, fresh: bool) -> list[Intent] | None:
    """Read "use the second one and add music": one that is chosen, and what the rest asks for."""
    for word in forms()["joined"]["by"]:
        at = message.casefold().find(word)
        if at <= 0:
            continue
        first = _read(plan, message[:at], fresh=fresh)
        if not isinstance(first, (UseVariant, DropVariant)):
            continue
        rest = parse(" " * (at + len(word)) + message[at + len(word) :])
        if rest and not any(isinstance(one, (Unclear, Words, Ask)) for one in rest):
            return [replace(first, span=(0, at)), *rest]
    return None


def _is_about(plan: Plan, text: str) -> bool:
    """Whether an earlier message was about variants."""
    if _read(plan, text, fresh=True) is not None:
        return True
    return any(isinstance(one, TestCaptions) for one in parse(text))


def _bare(plan: Plan, message: str, about: Sequence[str]) -> Intent | None:
    """Read "the yellow one", "B", 第一个: an answer, or said right after they were made."""
    target = without_courtesy(fold(message))
    names = _names(plan)
    if not about or not target or meant(target, names) is None:
        return None
    before = _read(plan, about[0], fresh=True)
    if isinstance(before, DropVariant):
        return replace(before, name=target, every=False)
    if isinstance(before, ExportVariant):
        return replace(before, name=target)
    if before is not None:
        return UseVariant(span=(0, 0), name=target)
    pointed = re.match(r"the |[a-f]$|第|.*(?: one|那个|个|方案)$", target) is not None
    named = any(word in name.casefold() for word in telling(target) for name in names)
    pointed = pointed or (named and _ASKED.search(plan.message) is not None)  # "yellow please"
    made = [one for one in parse(about[0]) if isinstance(one, TestCaptions)]
    if not pointed or not made:
        return None
    # One that lacked words has asked for them: what follows may be those.
    worded = any(one.text or any(v.text for v in one.variants) for one in made)
    return UseVariant(span=(0, 0), name=target) if worded or plan.texts() else None


def _read(  # noqa: PLR0911 - one kind of wish a return
    plan: Plan, message: str, *, fresh: bool
) -> Intent | None:
    text = without_courtesy(fold(message))
    if not text:
        return None
    there = bool(plan.project.variants)
    new = added(text, _quoted(message), fresh=fresh) if there else None
    if new is not None:
        return new
    target = after(text, "use") or after(fold(message).strip(ENDS), "use")
    if target is not None:
        if target.removeprefix("the ") in forms()["winner"]["forms"]:
            named = there or "winner" in target or names_variants(target)
            return UseVariant(span=(0, 0)) if named else None
        if _is_one(plan, target, fresh=fresh):
            return UseVariant(span=(0, 0), name=target)
        return None
    target = after(text, "drop")
    if target is not None:
        return _dropped(plan, target, fresh=fresh)
    target = after(text, "export")
    if target is not None and there:
        every = target in forms()["every"]["forms"] and (fresh or names_variants(target))
        if every or _is_one(plan, target, fresh=fresh):
            return ExportVariant(span=(0, 0), name=None if every else target)
        return None
    return _asked(plan, text, fresh=fresh)


def _asked(plan: Plan, text: str, *, fresh: bool) -> Intent | None:
    """Read a question about all of them."""
    there, strong = bool(plan.project.variants), names_variants(text)
    if _NEW.search(text) and not strong:
        return None  # "compare three styles" asks for others
    if there and covered(text, "which", ("asking", "better")) == {"asking", "better"}:
        return CompareVariants(span=(0, 0))
    if not covered(text, "compare", ("telling",)):
        return None
    # Of two clips "side by side" may be those.
    alone = there and (fresh or len(plan.clips()) < _PAIR)
    return CompareVariants(span=(0, 0)) if strong or alone else None


def _dropped(plan: Plan, target: str, *, fresh: bool) -> Intent | None:
    strong = names_variants(target)
    if after(target, "use") is not None:
        return None  # 不要用第二个
    if not plan.project.variants:
        return DropVariant(span=(0, 0)) if strong else None
    if target in forms()["every"]["forms"] and (strong or fresh):
        return DropVariant(span=(0, 0), every=True)
    if strong or (fresh and _is_one(plan, target, fresh=fresh)):
        return DropVariant(span=(0, 0), name=target)
    return None


def _is_one(plan: Plan, target: str, *, fresh: bool) -> bool:
    """Whether *target* names one of the variants, and nothing else that it could mean."""
    names = _names(plan)
    if any(mark in target for mark in QUOTES):
        bare = target.strip(QUOTES + " ").casefold()
        return any(bare == name.casefold() for name in names)
    lone, found = len(telling(target)) <= 1, meant(target, names)
    if names_variants(target):
        # "variant 2", "the second variant"; "the variant of that song" is something else.
        return lone or found is not None or look_said(target) is not None
    if _OF_TEXTS.match(target) or (_TEXTS.search(target) and plan.texts()):
        return False
    if found is None:
        return bool(names) and _is_pointed(plan, target, fresh=fresh)
    named = any(word in name.casefold() for word in telling(target) for name in names)
    # Of several pictures "the second one" may be that of those.
    return named or fresh or len(plan.pictures()) < _PAIR


def _is_pointed(plan: Plan, target: str, *, fresh: bool) -> bool:
    """Whether *target* tells one by its looks, or points at one that is not there."""
    told = telling(target)
    pointed = fresh and bool(_ONE.search(target) or _PLACED.fullmatch(target))
    if look_said(target) is None:
        return pointed and (not told or _PLACED.fullmatch(told[0]) is not None)
    return pointed or bool(alike(plan.project.variants, target))


def _quoted(message: str) -> list[str]:
    return [str(token.value) for token in tokenize(message) if token.kind == "quote"]


def _names(plan: Plan) -> list[str]:
    return [name for name, _ in plan.project.variants]
