"""A message about a video prompt → the agent's outcome: the prompt, its table, its animatic."""

# ruff: noqa: RUF001 - Chinese is read and written with its own punctuation
from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final, cast

from nemo_nb.studio.agent.prompting.book import Language, book, say
from nemo_nb.studio.agent.prompting.compose import compose
from nemo_nb.studio.agent.prompting.finding import finder
from nemo_nb.studio.agent.prompting.idea import Idea
from nemo_nb.studio.agent.prompting.reading import (
    MAX_IDEA_CHARS,
    asks_for_prompt,
    idea_words,
    read_idea,
)
from nemo_nb.studio.agent.prompting.refining import Refined, Unfit, refine
from nemo_nb.studio.agent.prompting.wording import seconds, shot_table
from nemo_nb.studio.agent.turn import MadeFile, Outcome, Project, Step
from nemo_nb.studio.cards.spec import FILE_NAME
from nemo_nb.timeline.draft import VIDEO

SHORTEST_MS: Final = 1000
LONGEST_MS: Final = 600_000
VARIANT: Final = "Animatic"
"""What the animatic is called where the timeline holds the user's own pictures."""

_OTHERS: Final = re.compile(
    r"^\W*(?:export|download|upload|undo|redo|add|remove|delete|trim|cut|crop|cancel|stop"
    r"|never ?mind|thanks?|thank you"
    r"|hello|hi|help|status|credits|no|导出|下载|上传|撤销|重做|添加|加|删除|剪|取消|算了|谢谢|你好|帮助)\b"
    r"|^\W*(?:导出|下载|上传|撤销|重做|添加|删除|取消|算了|谢谢|你好|帮助)",
    re.IGNORECASE,
)
_EDITS: Final = re.compile(
    r"^\W*(?:please\s+)?(?:export|download|remove|delete|undo|redo)\b"
    r"|\b(?:captions?|subtitles?)\b.*\b(?:prompt|storyboard)",
    re.IGNORECASE,
)


def wants_prompt(message: str, project: Project) -> bool:
    """Whether *message* asks for a video prompt, changes the one there is, or names its idea."""
    if _refined(message, project) is not None or _asked_before(message, project):
        return True
    quoted = re.sub(r"\"[^\"]*\"|“[^”]*”|「[^」]*」", " ", message)
    return asks_for_prompt(quoted) and not _EDITS.search(quoted)


def respond_prompt(
    message: str, project: Project, language: Language, seed: int | None = None
) -> Outcome:
    """Answer *message*, which :func:`wants_prompt`.

    Args:
        message: The user's words.
        project: The session; its draft may hold a prompt that the message changes.
        language: Of the answer and of a new prompt.
        seed: Another one gives another prompt for the same idea.
    """
    refined = _refined(message, project)
    if isinstance(refined, Unfit):
        return Outcome(str(refined), suggestions=_suggestions(_present(project), language))
    if refined is not None:
        return _told(refined.idea, project, language, refined)
    words, _ = idea_words(message)
    if not words:
        return Outcome(say("reply", "ask", language), steps=())
    if len(message) > MAX_IDEA_CHARS:
        return Outcome(say("reply", "idea_long", language, limit=MAX_IDEA_CHARS))
    return _told(read_idea(message, language, seed), project, language, None)


def _refined(message: str, project: Project) -> Refined | Unfit | None:
    prompt = _present(project)
    if not prompt:
        return None
    try:
        return refine(message, prompt, prompt["language"])
    except Unfit as unfit:
        return unfit


def _present(project: Project) -> Mapping[str, Any]:
    """Return the prompt of the timeline, or an empty mapping."""
    meta: Any = project.draft.get("m")
    prompt: Any = (
        cast("Mapping[str, Any]", meta).get("prompt") if isinstance(meta, Mapping) else None
    )
    if not isinstance(prompt, Mapping) or "wish" not in prompt or "shots" not in prompt:
        return {}
    return cast("Mapping[str, Any]", prompt)


def _asked_before(message: str, project: Project) -> bool:
    """Whether *message* answers the question what a video should show."""
    recent = list(project.recent)
    if recent and recent[-1] == message:
        recent.pop()
    if not recent or not asks_for_prompt(recent[-1]) or idea_words(recent[-1])[0]:
        return False
    return bool(message.strip()) and not _OTHERS.search(message)


def _told(idea: Idea, project: Project, language: Language, refined: Refined | None) -> Outcome:
    """Compose, draw and say it."""
    if idea.duration_ms is not None and not SHORTEST_MS <= idea.duration_ms <= LONGEST_MS:
        return Outcome(say("reply", "length", language, seconds=seconds(idea.duration_ms)))
    # The cards need numpy and cv2, which the rest of the agent does without.
    from nemo_nb.studio.animatic import animatic  # noqa: PLC0415

    prompt = compose(idea)
    if refined is not None and prompt == _present(project):
        return Outcome(say("reply", "same", language), suggestions=_suggestions(prompt, language))
    made = animatic(prompt, {info.name for info in project.media})
    own = _own_pictures(project.draft)
    draft = {**project.draft, "m": {**project.draft["m"], "prompt": prompt}} if own else made.draft
    steps = (
        Step(
            "compose_prompt",
            {"idea": idea.words, "genre": prompt["genre"]},
            {"shots": len(prompt["shots"]), "duration_ms": prompt["duration_ms"], "by": "rules"},
        ),
        Step("draw_animatic", {"shots": len(prompt["shots"])}, {"new_cards": len(made.files)}),
    )
    return Outcome(
        reply=_reply(prompt, idea, refined, language, own=own),
        draft=draft,
        steps=steps,
        suggestions=_suggestions(prompt, language),
        variants=((VARIANT, made.draft),) if own else (),
        files=tuple(MadeFile(name, content) for name, content in made.files),
    )


def _own_pictures(draft: Mapping[str, Any]) -> bool:
    """Whether the timeline shows anything but cards of an animatic."""
    return any(
        not FILE_NAME.fullmatch(str(segment.get("m", {}).get("src", "")))
        for track in draft.get("t", [])
        if track.get("tt") == VIDEO
        for segment in track.get("sg", [])
    )


def _reply(
    prompt: Mapping[str, Any], idea: Idea, refined: Refined | None, language: Language, *, own: bool
) -> str:
    length = seconds(prompt["duration_ms"])
    if refined is None:
        head = say(
            "reply",
            "intro",
            language,
            title=_plain(prompt["title"]),
            seconds=length,
            aspect=prompt["aspect"],
        )
    else:
        joint = "，" if language == "zh" else ", "
        head = say("reply", "changed", language, changes=_plain(joint.join(refined.changes)))
    # The fence would end at one of the user's own.
    block = "```text\n" + str(prompt["text"]).replace("```", "'''") + "\n```"
    variants = "\n".join(f"- **{v['name']}**: {_plain(v['text'])}" for v in prompt["variants"])
    notes = [say("reply", "honest", language), *_notes(prompt, idea, language)]
    notes.append(say("reply", "variant" if own else "animatic", language))
    gap = "" if language == "zh" else " "
    parts = [
        head,
        block,
        shot_table(prompt),
        f"{say('reply', 'variants', language)}\n\n{variants}",
        gap.join(notes),
    ]
    return "\n\n".join(parts)


def _notes(prompt: Mapping[str, Any], idea: Idea, language: Language) -> list[str]:
    """Return what the user should know of how it came about."""
    joint = "，" if language == "zh" else ", "
    said = [
        say("change", "no", language, text=one.text) if one.slot == "no" else one.text
        for one in idea.said
    ]
    said = list(dict.fromkeys(said))
    notes = [say("reply", "yours", language, said=_plain(joint.join(said)))] if said else []
    slots = {one.slot for one in idea.said}
    chosen = {
        "style": prompt["style"],
        "light": str(prompt["lighting"]).partition(":")[0].partition("：")[0],
        "palette": prompt["palette"]["name"],
        "mood": prompt["mood"],
    }
    mine = [str(words) for slot, words in chosen.items() if slot not in slots]
    if idea.duration_ms is None:
        mine.append(f"{seconds(prompt['duration_ms'])} s")
    if idea.aspect is None:
        mine.append(str(prompt["aspect"]))
    if mine:
        notes.append(say("reply", "chosen", language, chosen=_plain(joint.join(mine))))
    if not idea.subject:
        notes.append(say("reply", "placeholder", language, subject=prompt["subject"]))
    notes += _conflicts(idea, language)
    if idea.shots is not None and idea.shots > len(prompt["shots"]):
        length, count = seconds(prompt["duration_ms"]), len(prompt["shots"])
        notes.append(say("reply", "fewer", language, asked=idea.shots, seconds=length, count=count))
    return notes


def _conflicts(idea: Idea, language: Language) -> list[str]:
    """Tell a pair of the user's own words that exclude each other."""
    times = list({one.id: one for one in idea.all_said("time") if one.id}.values())
    pairs = [(one.text, other.text) for one, other in pairwise(times)]
    lights = book().lights
    for light in idea.all_said("light"):
        hours = set(lights[light.id].times) - {"free"} if light.id else set[str]()
        pairs += [(light.text, time.text) for time in times if hours and time.id not in hours]
    return [
        say("reply", "conflict", language, one=_plain(a), other=_plain(b)) for a, b in pairs[:1]
    ]


def _suggestions(prompt: Mapping[str, Any], language: Language) -> tuple[str, ...]:
    """Return wishes that change this prompt."""
    thing = finder("subjects").find(str(prompt["subject"]))
    detail = thing[-1].text if thing else str(prompt["title"]).lower()
    detail = f"the {detail}" if language == "en" else detail
    other = "wide" if prompt["aspect"] == "9:16" else "vertical"
    half = max(5, round(prompt["duration_ms"] / 2000))
    return (
        say("suggest", "darker", language),
        say("suggest", "close", language, detail=detail),
        say("suggest", other, language),
        say("suggest", "shorter", language, seconds=half),
        say("suggest", "variant", language),
    )


def _plain(text: Any) -> str:
    """Return *text* on one line, its Markdown marks made plain."""
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", " ".join(str(text).split()))
