# ruff: noqa: RUF001 - Chinese is written with its own punctuation
"""A generation as the cloud tells it: first the raw video, then music, titles and effects. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from nemo_nb.studio.agent.turn import Outcome, Step
from nemo_nb.timeline.draft import AUDIO, TEXT, VIDEO

_SAID: Final = {
    "en": "Made in two stages: first the raw video ({shots}, {length:g} s), then {rest}.",
    "zh": "分两步完成：先生成原始视频（{shots}，{length:g} 秒），再加上{rest}。",
}
_RESTS: Final = {
    "en": {"music": "music", "plain": "nothing more", "joint": " and "},
    "zh": {"music": "音乐", "plain": "无其他内容", "joint": "和"},
}
_ZH: Final = {"shot": "个镜头", "text": "条文字"}


def in_two_stages(outcome: Outcome, language: str) -> Outcome:
    """Return *outcome* with both stages told, where it is a film that was generated."""
    draft = outcome.variants[0][1] if outcome.variants else outcome.draft
    if not outcome.files or draft is None:
        return outcome
    shots, sounds, texts = (_count(draft, kind) for kind in (VIDEO, AUDIO, TEXT))
    words = _RESTS[language]
    parts = [words["music"]] if sounds else []
    parts += [_counted(texts, "text", language)] if texts else []
    said = _SAID[language].format(
        shots=_counted(shots, "shot", language),
        length=draft["d"] / 1000,
        rest=words["joint"].join(parts) or words["plain"],
    )
    raw = Step("generate_video", {"stage": 1}, {"shots": shots, "duration_ms": draft["d"]})
    finish = Step("finish_video", {"stage": 2}, {"music": sounds, "texts": texts})
    return replace(outcome, reply=f"{outcome.reply}\n\n{said}", steps=(*outcome.steps, raw, finish))


def _counted(count: int, thing: str, language: str) -> str:
    if language == "zh":
        return f"{count} {_ZH[thing]}"
    return f"{count} {thing}{'' if count == 1 else 's'}"


def _count(draft: Mapping[str, Any], kind: int) -> int:
    """Return how many segments lie on the tracks of one kind."""
    return sum(len(track["sg"]) for track in draft["t"] if track["tt"] == kind)
