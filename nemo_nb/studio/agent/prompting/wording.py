"""A prompt dict → text: the prompt to copy, and the table of its shots."""

# ruff: noqa: RUF001 - Chinese is read and written with its own punctuation
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from nemo_nb.studio.agent.prompting.book import Language, say


def prompt_text(prompt: Mapping[str, Any]) -> str:
    """Return the prompt as plain text, ready for a text-to-video model."""
    language: Language = prompt["language"]
    shots = cast("list[Mapping[str, Any]]", prompt["shots"])
    colors = ", ".join(prompt["palette"]["colors"])
    stop, gap, comma = ("。", "", "、") if language == "zh" else (".", " ", ", ")
    single = len(shots) == 1
    form = say(
        "say",
        "format_one" if single else "format",
        language,
        aspect=prompt["aspect"],
        seconds=seconds(prompt["duration_ms"]),
        count=len(shots),
    )
    keep = say("say", "keep", language)
    lines = [
        _sentence(prompt["idea"] or prompt["title"], stop),
        "",
        _line("subject", _sentence(prompt["subject"], stop) + gap + keep, language),
        _line("action", _sentence(prompt["action"], stop), language),
        _line("setting", _sentence(prompt["setting"], stop), language),
        _line("style", _sentence(prompt["style"], stop), language),
        _line("camera", _sentence(prompt["camera"], stop), language),
        _line("lighting", _sentence(prompt["lighting"], stop), language),
        _line("palette", f"{prompt['palette']['name']} ({colors}){stop}", language),
        _line("mood", _sentence(prompt["mood"], stop), language),
        _line("sound", _sentence(prompt["sound"]["text"], stop), language),
        _line("shots", "" if single else prompt["editing"], language),
        *(_shot_line(shot, stop) for shot in shots),
        _line("avoid", comma.join(prompt["negative"]) + stop, language),
        _line("format", form + stop, language),
    ]
    return "\n".join(lines)


def shot_table(prompt: Mapping[str, Any]) -> str:
    """Return the shot list as a Markdown table."""
    language: Language = prompt["language"]
    mm, unit, comma = ("毫米", "秒", "，") if language == "zh" else ("mm", "s", ", ")
    rows = [say("reply", "table", language), "|---:|---|---:|---|---|---|"]
    rows += [
        f"| {shot['shot']} | {clock(shot['start_ms'])}-{clock(shot['end_ms'])} "
        f"| {seconds(shot['duration_ms'])} {unit} | {shot['size']}{comma}{shot['lens_mm']} {mm} "
        f"| {shot['movement']} | {_cell(shot['description'])} |"
        for shot in cast("list[Mapping[str, Any]]", prompt["shots"])
    ]
    return "\n".join(rows)


def seconds(ms: int) -> str:
    """Return ms as seconds without needless zeros."""
    return f"{ms / 1000:g}" if ms % 10 == 0 else f"{ms / 1000:.3f}"


def clock(ms: int) -> str:
    """Return a point of time as people write it: 0:04, 1:02.5."""
    minutes, rest = divmod(ms, 60_000)
    whole, part = divmod(rest, 1000)
    return f"{minutes}:{whole:02d}" + (f".{part:03d}".rstrip("0") if part else "")


def _line(label: str, text: str, language: Language) -> str:
    joint = "：" if language == "zh" else ": "
    return f"{say('label', label, language)}{joint}{text}".rstrip()


def _shot_line(shot: Mapping[str, Any], stop: str) -> str:
    zh = stop == "。"
    mm = f"{shot['lens_mm']} 毫米" if zh else f"{shot['lens_mm']} mm"
    joint = "，" if zh else ", "
    head = joint.join([shot["size"], mm, shot["movement"]])
    length = f"{seconds(shot['duration_ms'])} 秒" if zh else f"{seconds(shot['duration_ms'])} s"
    time = f"{clock(shot['start_ms'])}-{clock(shot['end_ms'])} ({length})"
    gap = "" if zh else " "
    return f"{shot['shot']}. {time} {head}{stop}{gap}{_sentence(shot['description'], stop)}"


def _sentence(text: str, stop: str) -> str:
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", "。", "！", "？", "…")) else text + stop


def _cell(text: str) -> str:
    escaped = "".join(f"\\{letter}" if letter in "|\\`*_[]<>#" else letter for letter in text)
    return " ".join(escaped.split())
