# ruff: noqa: RUF001 - Chinese punctuation is what this module reads
"""The words of a request for an export → its arguments: "export 1080p MP4", "导出竖屏". Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final, Literal

PATH: Final = "\ue000"
"""Stands where a path or an address stood."""

_ADDRESS: Final = re.compile(r"(?i:https?://)")
# Says that it has happened, in words that could ask for it as well.
_STATEMENT: Final = re.compile(
    r"(?:the |my )?(?:export|download) (?:is |was )?(?:complete|finished|rendered)"
)


def export_args(core: str, paths: list[str]) -> dict[str, Any] | None:
    """Return the arguments if every word of *core* speaks of an export, else None."""
    args: dict[str, Any] = {}
    if _STATEMENT.fullmatch(core):
        return None
    asked, at = False, 0
    while at < len(core):
        found = _next_word(core, at)
        if found is None:
            return None
        match, effect = found
        at = match.end()
        if effect == "ask":
            asked = True
        elif callable(effect):
            args.update(effect(match))
    # A file goes to this machine: whoever names an address wants something else.
    if not asked or len(paths) > 1 or any(_ADDRESS.match(path) for path in paths):
        return None
    if "shape" in args:
        args["resolution"] = _shaped(args.get("resolution", "1080p"), args.pop("shape"))
    if paths:
        args["path"] = paths[0]
    return args


def _next_word(core: str, at: int) -> tuple[re.Match[str], _Effect] | None:
    for pattern, effect in _EXPORT_WORDS:
        match = pattern.match(core, at)
        if match and match.end() > at:
            return match, effect
    return None


def _shaped(resolution: str, shape: str) -> str:
    """Return a size of that *shape* whose short side is that of *resolution*."""
    numbers = [int(number) for number in re.findall(r"\d+", resolution)]
    short = min(numbers)
    long = round(short * 16 / 9 / 2) * 2
    sizes = {"portrait": (short, long), "landscape": (long, short), "square": (short, short)}
    width, height = sizes[shape]
    return f"{width}x{height}"


def _words(*alternatives: str) -> re.Pattern[str]:
    """Return a pattern for any of these, as whole words."""
    return re.compile(rf"\s*(?<![a-z0-9])(?:{'|'.join(alternatives)})(?![a-z0-9])\s*")


def _signs(*alternatives: str) -> re.Pattern[str]:
    """Return a pattern for any of these where they stand: Chinese has no spaces."""
    return re.compile(rf"\s*(?:{'|'.join(alternatives)})\s*")


def _any(words: Iterable[str], *, ascii_only: bool) -> re.Pattern[str]:
    """Return a pattern for the English, or for the Chinese, among *words*, longest first."""
    kept = sorted((word for word in words if word.isascii() == ascii_only), key=len, reverse=True)
    return (_words if ascii_only else _signs)(*map(re.escape, kept))


_SHAPES: Final = {
    **dict.fromkeys(("vertical", "vertically", "portrait", "portrait mode", "9:16"), "portrait"),
    **dict.fromkeys(("竖屏", "竖版", "豎屏", "直式"), "portrait"),
    **dict.fromkeys(("horizontal", "landscape", "landscape mode", "widescreen"), "landscape"),
    "16:9": "landscape",
    **dict.fromkeys(("横屏", "横版", "橫屏", "橫式"), "landscape"),
    **dict.fromkeys(("square", "1:1", "方形", "正方形"), "square"),
}
_QUALITIES: Final = {
    **dict.fromkeys(("high", "highest", "best", "max", "maximum"), "high"),
    **dict.fromkeys(("高质量", "最高质量", "高品质", "高畫質"), "high"),
    **dict.fromkeys(("medium", "normal", "standard", "中等质量", "标准"), "medium"),
    **dict.fromkeys(("low", "lowest", "small", "draft", "低质量", "低品质"), "low"),
}
_SIZES: Final = {
    **dict.fromkeys(("4k", "uhd"), "2160p"),
    "2k": "1440p",
    **dict.fromkeys(("full hd", "fullhd", "fhd", "超清", "全高清", "高清"), "1080p"),
    "hd": "720p",
}


def _size(match: re.Match[str]) -> dict[str, Any]:
    return {"resolution": "".join(match[0].split()).replace("\N{MULTIPLICATION SIGN}", "x")}


def _named_size(match: re.Match[str]) -> dict[str, Any]:
    return {"resolution": _SIZES[match[0].strip()]}


def _shape(match: re.Match[str]) -> dict[str, Any]:
    return {"shape": _SHAPES[match[0].strip()]}


def _quality(match: re.Match[str]) -> dict[str, Any]:
    return {"quality": _QUALITIES[match[0].strip()]}


def _fps(match: re.Match[str]) -> dict[str, Any]:
    return {"fps": int(match["fps"])}


def _format(match: re.Match[str]) -> dict[str, Any]:
    return {"format": match["format"]}


_FILE: Final = "(?:it|(?:the |my )?(?:(?:final|finished) )?(?:video|clip|movie|file|mp4))"

_Effect = Literal["ask", "fill"] | Callable[[re.Match[str]], dict[str, Any]]

# Tried in order at each place of the message; a place that none of them matches makes the
# message no request for an export. "ask" asks for one, "fill" means nothing by itself.
_EXPORT_WORDS: Final[tuple[tuple[re.Pattern[str], _Effect], ...]] = (
    (
        _words(
            "export", "download", "send me", f"send {_FILE} (?:over )?to me", f"send {_FILE} over"
        ),
        "ask",
    ),
    (_words("(?:start|begin|run|do|make) (?:the |an |another )?(?:export|download)"), "ask"),
    (
        _words(
            "(?:give|get) me (?:the |my )?(?:(?:final|finished) )?"
            "(?:video|clip|movie|mp4|(?:video|mp4) file)"
        ),
        "ask",
    ),
    (
        _signs("导出", "導出", "下载", "匯出", "下載", "发(?:送|到|给)*我", "發(?:送|到|給)*我"),
        "ask",
    ),
    (_signs("发送?(?:视频|成片|文件)给我", "發送?(?:影片|檔案)給我"), "ask"),
    (_words(r"\d{3,4} ?[x\N{MULTIPLICATION SIGN}] ?\d{3,4}", r"\d{3,4}p"), _size),
    (_any(_SIZES, ascii_only=True), _named_size),
    (_any(_SHAPES, ascii_only=True), _shape),
    (_words(r"(?P<fps>\d{2,3}) ?(?:fps|frames per second)"), _fps),
    (_signs(r"(?P<fps>\d{2,3}) ?帧"), _fps),
    (_words(r"\.?(?P<format>mp4|mov|webm|gif|mkv)"), _format),
    (_any(_QUALITIES, ascii_only=True), _quality),
    (_any(_QUALITIES, ascii_only=False), _quality),
    (_any(_SIZES, ascii_only=False), _named_size),
    (_any(_SHAPES, ascii_only=False), _shape),
    (_words("the", "my", "our", "this", "that", "a", "an", "it", "all", "everything"), "fill"),
    (_words("final", "finished", "edited", "whole", "full", "complete", "rendered", "new"), "fill"),
    (_words("video", "clip", "movie", "film", "file", "timeline", "project", "cut"), "fill"),
    (_words("slideshow", "version", "result", "link"), "fill"),
    (_words("in", "at", "as", "to", "into", "with", "and", "[- ]"), "fill"),
    (_words("format", "resolution", "quality", "res", "size"), "fill"),
    (
        _signs("视频", "影片", "文件", "檔案", "成片", "成品", "作品", "项目", "结果", "片子"),
        "fill",
    ),
    (_signs("它", "这个", "那个", "这段", "最终", "完整", "整个"), "fill"),
    (_signs("格式", "画质", "质量", "分辨率", "版本", "版"), "fill"),
    (_signs("把", "将", "为", "為", "成", "到", "用", "以", "的", "给我", "和"), "fill"),
    (_signs(PATH, "[,，:：()（）]"), "fill"),
)
