"""Why an edit was refused, in English for the error and in Chinese for the chat."""

# ruff: noqa: RUF001 - the Chinese sentences use Chinese punctuation
from __future__ import annotations

from typing import Any, Final

from nemo_nb.errors import EditRefused

# key → what happened (en), what to do (en), both in zh. Times come in as ms, see _shown.
_WORDS: Final = {
    "subtitle_file": (
        "{name} holds subtitles, not a picture or sound.",
        "Its cues are added as captions.",
        "{name} 是字幕文件，不是画面或声音。",
    ),
    "no_length": (
        "{name} has no length.",
        "Try another file.",
        "{name} 没有时长，换一个文件试试。",
    ),
    "no_cue": (
        "The subtitles hold no cue that fits the timeline.",
        "Check their times against the video.",
        "字幕里没有一条落在时间线内，请核对时间。",
    ),
    "ratio": (
        "There is no canvas {ratio}.",
        "There are: {known}.",
        "没有 {ratio} 这种画幅，可选：{known}。",
    ),
    "volume": (
        "A volume of {percent}% is outside 0-100%.",
        "Give a volume up to 100%.",
        "音量 {percent}% 超出 0-100%。",
    ),
    "no_sound": (
        "There is no sound of that kind on the timeline.",
        "Upload a clip or a music file first.",
        "时间线上没有这种声音，请先上传。",
    ),
    "no_words": (
        "There are no words to show.",
        "Give them in quotes.",
        "没有要显示的文字，请放在引号里。",
    ),
    "empty": (
        "There is nothing on the timeline yet.",
        "Upload a photo or a clip first.",
        "时间线上还没有画面，请先上传照片或视频。",
    ),
    "text_range": (
        "{start}-{end} s lies outside the video, which is {last} s long.",
        "Give times inside it.",
        "{start}-{end} 秒超出了视频，视频长 {last} 秒。",
    ),
    "text_short": (
        "{length} s is too short to read.",
        "Give at least {least} s.",
        "{length} 秒太短，看不清，至少 {least} 秒。",
    ),
    "text_taken": (
        "“{text}” already stands there ({place}, {start}-{end} s).",
        "Change or remove it, or give another time or position.",
        "那里（{start}-{end} 秒）已经有“{text}”，请先修改或删除它，或换个时间、位置。",
    ),
    "text_gone": (
        "That text is not on the timeline any more.",
        "Look at session.timeline().captions.",
        "这段文字已经不在时间线上。",
    ),
    "size": (
        "Letters of {size} % of the picture are outside {low}-{high} %.",
        "Ask for a smaller step.",
        "字号 {size}% 超出 {low}-{high}%。",
    ),
    "cut_range": (
        "{start}-{end} s cannot be cut: the video is {last} s long.",
        "Give a range inside it.",
        "无法剪掉 {start}-{end} 秒：视频只有 {last} 秒。",
    ),
    "cut_all": (
        "Cutting {length} s would leave nothing of the {last} s.",
        "Cut less, or remove the clip.",
        "视频只有 {last} 秒，剪掉 {length} 秒就什么都不剩了。",
    ),
    "keep_range": (
        "{start}-{end} s cannot be kept: the video is {last} s long.",
        "Give a range inside it.",
        "无法保留 {start}-{end} 秒：视频只有 {last} 秒。",
    ),
    "no_clip": (
        "There is no clip whose speed could change.",
        'Photos take a length: "show each photo for 5 seconds".',
        "没有可以变速的视频片段；照片可以设时长：“每张照片显示5秒”。",
    ),
    "speed": (
        "A speed of {speed}x is outside {low}-{high}x.",
        "Ask for a speed inside it.",
        "速度 {speed} 倍超出 {low}-{high} 倍。",
    ),
    "no_photo": (
        "There is no photo on the timeline.",
        "Upload one first.",
        "时间线上没有照片，请先上传。",
    ),
    "photo_length": (
        "{length} s a photo is outside {low}-{high} s.",
        "Ask for a length inside it.",
        "每张照片 {length} 秒超出 {low}-{high} 秒。",
    ),
    "nothing_left": (
        "That would leave an empty timeline.",
        "Upload something else first, or undo.",
        "这样时间线就空了，请先上传别的素材。",
    ),
    "one_picture": (
        "A transition needs at least two pictures one after the other.",
        "Upload another photo or clip first.",
        "转场至少需要两个相邻的画面，请再上传一个。",
    ),
}


class Refused(EditRefused):
    """An edit that is out of range or means nothing here; ``zh`` says it in Chinese."""

    zh: str = ""


def refuse(key: str, **values: Any) -> Refused:
    """Return the error for *key*.

    Args:
        key: A key of the table above.
        values: What its sentences name. Those ending in ``_ms`` are told in seconds, under
            the name without that ending.
    """
    shown = {
        name.removesuffix("_ms"): f"{value / 1000:g}" if name.endswith("_ms") else value
        for name, value in values.items()
    }
    what, fix, zh = _WORDS[key]
    error = Refused(what.format(**shown), fix=fix.format(**shown))
    error.zh = zh.format(**shown)
    return error
