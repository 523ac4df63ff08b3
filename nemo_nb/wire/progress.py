# ruff: noqa: RUF001 - Chinese punctuation
"""Typed events → one line on what the backend is doing, in English or Chinese. Pure."""

from __future__ import annotations

import re
from typing import Final

from nemo_nb.wire.events import Event, Heartbeat, Thought, ToolCall, ToolResult


def progress_line(event: Event, language: str = "en") -> str:
    """Return one line on what the backend is doing, or an empty string for plain text."""
    zh = language == "zh"
    match event:
        case Heartbeat():
            return "⏳ 仍在处理..." if zh else "⏳ Still working..."
        case Thought():
            return "思考中…" if zh else "Thinking…"
        case ToolCall(name=name):
            return _deed(name, zh=zh)
        case ToolResult(name=name) if _GENERATES.search(_spaced(name)):
            # Generation has two stages, and the first result is not the finished cut.
            return "原始视频已生成，正在添加音乐、标题和特效…" if zh else _SECOND_STAGE
        case _:
            return ""


def _deed(name: str, *, zh: bool) -> str:
    words = _spaced(name)
    for pattern, english, chinese in _DEEDS:
        if pattern.search(words):
            return chinese if zh else english
    if not words:
        return "处理中…" if zh else "Working…"
    return f"处理中：{words}…" if zh else f"Working: {words}…"


def _spaced(name: str) -> str:
    """Return a tool's name as lower-case words: ``addTextTrack``, ``add_text-track``."""
    return " ".join(re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", " ", name).lower().split())


_SECOND_STAGE: Final = "The raw video is there; adding music, titles and effects…"
_GENERATES: Final = re.compile(
    r"\b(?:generate|create|make|text to) (?:\w+ )?(?:video|clip|footage)\b"
)


def _when(words: str, english: str, chinese: str) -> tuple[re.Pattern[str], str, str]:
    return re.compile(rf"\b(?:{words})"), english, chinese


_DEEDS: Final = (
    (_GENERATES, "Generating the raw video (1 of 2)…", "正在生成原始视频（第 1 步，共 2 步）…"),
    _when("undo", "Undoing…", "正在撤销…"),
    _when("redo", "Redoing…", "正在重做…"),
    _when("variant|ab test|compare", "Making the variants…", "正在制作两个版本…"),
    _when(
        "describe|analy[sz]e|understand|recogni[sz]e|inspect",
        "Looking at your media…",
        "正在查看素材…",
    ),
    _when("transcribe|speech", "Listening to the speech…", "正在识别语音…"),
    _when("background|matte", "Removing the background…", "正在去除背景…"),
    _when("delete|remove|clear", "Removing…", "正在删除…"),
    _when("restyle|style|font", "Styling the text…", "正在设置文字样式…"),
    _when("caption|subtitle", "Adding captions…", "正在添加字幕…"),
    _when("title|text|overlay", "Adding text…", "正在添加文字…"),
    _when("trim|cut|split|crop|keep|length", "Trimming…", "正在剪辑…"),
    _when("bgm|music|audio|sound|volume", "Working on the sound…", "正在处理声音…"),
    _when("transition", "Adding transitions…", "正在添加转场…"),
    _when(
        "effect|filter|bright|contrast|saturat|colou?r|adjust|ratio|fit",
        "Adjusting the picture…",
        "正在调整画面…",
    ),
    _when("slideshow", "Building the slideshow…", "正在制作幻灯片…"),
    _when("generate|create", "Generating…", "正在生成…"),
    _when("search|find|fetch", "Searching…", "正在搜索…"),
    _when("render|export", "Rendering…", "正在渲染…"),
    _when("speed|slow", "Changing the speed…", "正在调整速度…"),
    _when("move|arrange|order|sort", "Rearranging…", "正在调整顺序…"),
)
