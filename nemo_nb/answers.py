"""What the session itself says, in English and Chinese: actions, silence, stops."""

# ruff: noqa: RUF001 - Chinese has punctuation of its own
from __future__ import annotations

import re
from typing import Final

from nemo_nb.export import ExportFile
from nemo_nb.models import Credits
from nemo_nb.timeline.timeline import Timeline

EN: Final = "en"
ZH: Final = "zh"
_HAN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_MB: Final = 1_000_000

_WORDS: Final[dict[str, dict[str, str]]] = {
    EN: {
        "credits": "{available:,g} credits available, {frozen:,g} frozen, {total:,g} in all.",
        "ab_cost": (
            "The first edit of this project costs {price:,g} credits, all its variants included. "
            "{available:,g} are available. Go on?"
        ),
        "export": "export",
        "empty": "The timeline is empty. Upload a photo or a clip first.",
        "upload": (
            'Hand over a file with session.upload("clip.mp4"), %nemo upload clip.mp4, or drop it '
            "on the panel."
        ),
        "uploaded": "Uploaded: {names}.",
        "exported": "Exported {name}: {width}x{height}, {seconds:.1f} s, {megabytes:.1f} MB.",
        "no_change": "The backend answered without words, and the timeline has not changed.",
        "unread": "What the timeline shows now could not be read: {why}",
        "variants": "Variants made: {names}.",
        "variants_line": "Variants: {names}.",
        "variants_wait": (
            "The cut has no captions; its variants ({names}) do: “use {first}” puts one on it; "
            "“export each variant” or “export them side by side” gives films of them."
        ),
        "variant_waits": (
            "The cut has no captions; its variant {names} does: “use {first}” puts it on the cut, "
            "“export {first}” exports it."
        ),
        "variants_apart": (
            "The cut has no captions; its variants ({names}) do: “export {first}” exports one, "
            "“export each variant” all of them."
        ),
        "variants_alone": "“export each variant” gives each a film of its own.",
        "media": "New media: {names}.",
        "retext": "Change the text “{before}” to “{after}”.",
        "retexted": "Changed “{before}” to “{after}”.",
        "lost": "The server had lost the session; a new one was started.",
        "broken": "The connection broke. Looking at what happened…",
        "stopped": "Stopped.",
        "next": "Next: {offers}",
        "resumed": "The connection broke; this is what the timeline shows since: {change}",
    },
    ZH: {
        "credits": "可用积分 {available:,g}，冻结 {frozen:,g}，共 {total:,g}。",
        "ab_cost": (
            "此项目的第一次编辑需要 {price:,g} 积分（所有方案合计）。"
            "可用积分：{available:,g}。继续吗？"
        ),
        "export": "导出",
        "empty": "时间线是空的。请先上传照片或视频。",
        "upload": (
            '请用 session.upload("clip.mp4")、%nemo upload clip.mp4，或拖放到面板来上传文件。'
        ),
        "uploaded": "已上传：{names}。",
        "exported": "已导出 {name}：{width}x{height}，{seconds:.1f} 秒，{megabytes:.1f} MB。",
        "no_change": "后端没有用文字回答，时间线也没有变化。",
        "unread": "未能读取当前的时间线：{why}",
        "variants": "已生成方案：{names}。",
        "variants_line": "方案：{names}。",
        "variants_wait": (
            "成片没有字幕，方案（{names}）有：“用{first}”把它放上去，“分别导出”或“并排导出”可导出方案。"
        ),
        "variant_waits": (
            "成片没有字幕，方案“{names}”有：“用{first}”把它放上去，“导出{first}”可导出它。"
        ),
        "variants_apart": (
            "成片没有字幕，方案（{names}）有：“导出{first}”导出一个，“分别导出”导出全部。"
        ),
        "variants_alone": "“分别导出”得到每个方案各自的成片。",
        "media": "新素材：{names}。",
        "retext": "把文字“{before}”改成“{after}”。",
        "retexted": "已把“{before}”改成“{after}”。",
        "lost": "服务器丢失了会话，已新建一个。",
        "broken": "连接中断，正在查看结果…",
        "stopped": "已停止。",
        "next": "接下来可以说：{offers}",
        "resumed": "连接中断；此后时间线的变化：{change}",
    },
}


def language_of(text: str) -> str:
    """Return ``zh`` where *text* holds Han characters, else ``en``."""
    return ZH if _HAN.search(text) else EN


def say(key: str, language: str, **values: object) -> str:
    """Return our sentence *key* in *language* (English where there is no other)."""
    return _WORDS.get(language, _WORDS[EN])[key].format(**values)


def credits_words(balance: Credits, language: str) -> str:
    """Return the balance as a sentence."""
    return say(
        "credits",
        language,
        available=balance.available,
        frozen=balance.frozen,
        total=balance.total,
    )


def status_words(timeline: Timeline, language: str) -> str:
    """Return what is on the timeline, in one line."""
    return timeline.summary() if timeline.ready else say("empty", language)


def export_words(export: ExportFile, language: str) -> str:
    """Return what was exported as a sentence."""
    return say(
        "exported",
        language,
        name=export.path.name if export.path else export.id,
        width=export.width,
        height=export.height,
        seconds=export.duration_ms / 1000,
        megabytes=export.size_bytes / _MB,
    )
