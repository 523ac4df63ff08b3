# ruff: noqa: RUF001 - Chinese punctuation is what this module reads
"""The backend's talk of buttons and panels → this package's own words. Pure.

The backend thinks that the user sits in front of its web app. What it says about buttons,
panels, dragging and accounts is turned into what works here; what it says about the content
stays: quoted text, code and links are never touched, nor is "click here to subscribe".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from nemo_nb.wire.progress import progress_line

__all__ = ["Ask", "AskKind", "Rephrased", "progress_line", "read", "rephrase"]

AskKind = Literal["export", "state", "summary", "credits", "edit", "upload"]


@dataclass(frozen=True, slots=True)
class Ask:
    """Something the backend asked the user to do in its web app.

    Reading (``state``, ``summary``, ``credits``) may be done at once; ``export`` is offered;
    an ``edit`` is offered as a ready message and never sent by itself.

    Attributes:
        kind: What it comes to here.
        message: The message that would do it; empty where a call does.
    """

    kind: AskKind
    message: str = ""


@dataclass(frozen=True, slots=True)
class Rephrased:
    """The text in our words, and what it asked for, each ask once, in order."""

    text: str
    asks: tuple[Ask, ...] = ()


def rephrase(text: str, language: str = "en") -> str:
    """Return *text* without talk of buttons and panels; see :func:`read`.

    Fit for a text that grows: no phrase spans lines, so only the last line is read anew.
    """
    if "```" in text:
        return read(text, language).text
    return "\n".join(_line(line, language) for line in text.split("\n"))


@lru_cache(maxsize=512)
def _line(line: str, language: str) -> str:
    return read(line, language).text


def read(text: str, language: str = "en") -> Rephrased:
    """Return *text* in our words and what it asked for.

    Args:
        text: What the backend said, as Markdown.
        language: The session's language, ``en`` or ``zh``; its phrases are looked for first.
    """
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"{_OPEN}{len(kept) - 1}{_CLOSE}"

    def restore(masked: str) -> str:
        return _MASK.sub(lambda match: kept[int(match[1])], masked)

    asks: list[Ask] = []
    words = _CONTENT.sub(keep, text.replace(_OPEN, "").replace(_CLOSE, ""))
    for name in sorted(_PHRASES, key=lambda name: name != language):
        for pattern, say in _PHRASES[name]:

            def put(match: re.Match[str], say: _Say = say) -> str:
                said = say({key: restore(value or "") for key, value in match.groupdict().items()})
                if said is None:
                    return match[0]
                ours, ask = said
                if ask not in asks:
                    asks.append(ask)
                return ours[0].upper() + ours[1:] if match[0][0].isupper() else ours

            words = pattern.sub(put, words)
    return Rephrased(restore(words), tuple(asks))


_Groups = dict[str, str]
_Say = Callable[[_Groups], tuple[str, Ask] | None]

_OPEN: Final = "\ue100"
_CLOSE: Final = "\ue101"
_MASK: Final = re.compile(rf"{_OPEN}(\d+){_CLOSE}")
# What is content and stays as it is: code, links, addresses, and text in quotes.
_CONTENT: Final = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`|\[[^\]\n]*\]\([^)\n]*\)|https?://[^\s)>\]，。]+"
    r"|\"[^\"\n]*\"|“[^”\n]*”|‘[^’\n]*’(?!\w)|「[^」\n]*」|『[^』\n]*』|《[^》\n]*》"
    r"|(?<!\w)'[^'\n]*'(?!\w)",
    re.DOTALL,
)
_TRIM: Final = " \"'“”‘’「」『』*_`"

_EXPORTS: Final = re.compile(
    r"(?:export|download|save|render|share)(?: (?:now|video|mp4|file|as mp4))?"
    r"|导出|下载|保存|匯出|下載|(?:导出|下载)(?:视频|MP4)",
    re.IGNORECASE,
)
_LOOKS: Final = re.compile(
    r"(?:preview|play|timeline|tracks?|media|assets?|library|layers?|editor|project)"
    r"|预览|播放|时间线|时间轴|轨道|素材|媒体|预览视频",
    re.IGNORECASE,
)
_ACCOUNTS: Final = re.compile(
    r"(?:account|billing|subscription|credits?|upgrade|top ?up|plans?)"
    r"|账户|账单|充值|余额|积分|升级",
    re.IGNORECASE,
)
# Buttons of other people's apps: in a video, these are content.
_FOREIGN: Final = re.compile(
    r"\b(?:subscribe|like|follow|bell|buy|shop|order|sign ?up|link in bio|share)\b"
    r"|订阅|关注|点赞|购买|下单",
    re.IGNORECASE,
)


def _button(label: str) -> Ask | None:
    """Return what pressing the button *label* comes to here; None for a button of content."""
    name = label.strip(_TRIM)
    if _EXPORTS.fullmatch(name):
        return Ask("export", "export")
    if _FOREIGN.search(name) or not name:
        return None
    if _LOOKS.fullmatch(name):
        return Ask("summary")
    if _ACCOUNTS.fullmatch(name):
        return Ask("credits")
    return Ask("edit", name)


def _press(groups: _Groups) -> tuple[str, Ask] | None:
    ask = _button(groups["label"])
    if ask is None:
        return None
    verb = "using" if groups["verb"].lower().endswith("ing") else "use"
    if ask.kind == "edit":
        return f"{'saying' if verb == 'using' else 'say'} “{ask.message}”", ask
    return f"{verb} {_CALLS[ask.kind]}", ask


def _zh_press(groups: _Groups) -> tuple[str, Ask] | None:
    ask = _button(groups["label"])
    if ask is None:
        return None
    if ask.kind == "edit":
        return f"对我说“{ask.message}”", ask
    return f"使用 {_CALLS[ask.kind]} ", ask


def _open(groups: _Groups) -> tuple[str, Ask] | None:
    ing = groups["verb"].lower().split()[0].endswith("ing")
    if _EXPORTS.fullmatch(groups["place"].rpartition(" ")[0].strip(_TRIM)):
        return f"{'using' if ing else 'use'} {_CALLS['export']}", Ask("export", "export")
    if _ACCOUNTS.search(groups["place"]):
        return f"{'checking' if ing else 'check'} {_CALLS['credits']}", Ask("credits")
    return f"{'looking' if ing else 'look'} at {_CALLS['state']}", Ask("state")


def _drag(groups: _Groups) -> tuple[str, Ask] | None:
    what, where = groups["what"].strip(), groups["where"].strip()
    ing = groups["verb"].lower().endswith("ing")
    if _HANDS_OVER.search(what) and _DROP_ZONE.search(where):
        return f"{'handing' if ing else 'hand'} it over with {_CALLS['upload']}", Ask("upload")
    message = f"move {what} {where}"
    return f"{'asking' if ing else 'ask'} me to {message}", Ask("edit", message)


def _zh_drag(groups: _Groups) -> tuple[str, Ask] | None:
    what, where = groups["what"].strip(), groups["where"].strip()
    if _HANDS_OVER.search(what) and _DROP_ZONE.search(where):
        return f"用 {_CALLS['upload']} 交给我", Ask("upload")
    message = f"把{what}移到{where}"
    return f"让我{message}", Ask("edit", message)


def _always(ours: str, ask: Ask) -> _Say:
    return lambda _groups: (ours, ask)


_CALLS: Final[dict[AskKind, str]] = {
    "export": "`session.export()`",
    "state": "`session.timeline()`",
    "summary": "`session.timeline()`",
    "credits": "`session.credits()`",
    "upload": '`session.upload("file")`',
}
_HANDS_OVER: Final = re.compile(
    r"\b(?:files?|photos?|images?|pictures?|videos?|clips?|footage|media)\b|文件|照片|图片|视频|素材",
    re.IGNORECASE,
)
_DROP_ZONE: Final = re.compile(
    r"\b(?:here|upload|drop ?zone|window|browser|page|screen|chat|media (?:panel|library))\b"
    r"|这里|此处|上传|窗口|页面|素材库|素材面板",
    re.IGNORECASE,
)


def _label(names: str) -> str:
    """Return a pattern for one of *names*, perhaps in bold."""
    return rf"(?:\*\*(?:{names})\*\*|(?:{names}))"


_QUOTED: Final = rf"{_OPEN}\d+{_CLOSE}"
_VERB: Final = r"(?P<verb>click(?:ing)?|tap(?:ping)?|press(?:ing)?|hit(?:ting)?|select(?:ing)?)"
_NAME: Final = _label(
    rf"{_QUOTED}|Export|Download|Save|Render|Share|Preview|Play|Apply|Generate|Undo|Redo|Timeline"
    r"|Media|Account|Billing|Upgrade"
)
_ANY_NAME: Final = _label(rf"{_QUOTED}|\w+(?: \w+){{0,2}}?")
_WHERE: Final = (
    r"(?:,? (?:(?:in|at|on|from) the )?(?:(?:top|bottom|upper|lower|left|right|side|main|middle)"
    r"[ -]?)+(?:hand )?(?:corner|side|bar|sidebar|panel|menu|toolbar)?"
    r"(?: of (?:the|your) (?:screen|editor|page|window|app|interface|timeline))?"
    r"|,? (?:in|on|of) the (?:toolbar|sidebar|editor|menu|panel|interface|header)(?: above| below)?"
    r"|,? (?:above|below))?"
)
_PANEL: Final = (
    r"(?:(?:the|your) )?(?P<place>(?:[\w*-]+ ){0,2}?"
    r"(?:panel|tab|menu|sidebar|editor|timeline(?: (?:panel|tab|view))?"
    r"|workspace|media library|inspector|settings page))"
)
_ACCOUNT: Final = (
    r"(?:the |your |my )?(?:account|billing|subscription)"
    r"(?: (?:page|settings|section|dashboard|tab|and billing|or billing|/ ?billing))*"
)
_ZH_AT: Final = (
    r"(?:(?:屏幕|页面|界面|编辑器)?"
    r"(?:右上角|左上角|右下角|左下角|上方|下方|右侧|左侧|顶部|底部)的?)?"
)
_ZH_NAME: Final = _label(rf"{_QUOTED}|[\u4e00-\u9fff]{{2,6}}?|[A-Za-z]+")
_ZH_KNOWN: Final = _label(rf"{_QUOTED}|导出|下载|保存|预览|播放|匯出|下載")


def _phrase(pattern: str, say: _Say) -> tuple[re.Pattern[str], _Say]:
    return re.compile(pattern, re.IGNORECASE), say


def _cased(pattern: str, say: _Say) -> tuple[re.Pattern[str], _Say]:
    """Return a phrase in which a button's name is known by its capital letter."""
    return re.compile(pattern), say


_PHRASES: Final[dict[str, tuple[tuple[re.Pattern[str], _Say], ...]]] = {
    "en": (
        _phrase(
            rf"\b{_VERB}(?: on)? (?:the |your )?(?P<label>{_ANY_NAME}) (?:button|icon){_WHERE}",
            _press,
        ),
        _cased(
            rf"\b(?i:{_VERB})(?: on)? (?:the )?(?P<label>{_NAME})"
            rf"(?!\w| \w+ (?:button|icon)){_WHERE}",
            _press,
        ),
        _phrase(
            rf"\b(?P<verb>use|using|find|see) (?:the |your )?(?P<label>{_ANY_NAME}) "
            rf"(?:button|icon){_WHERE}",
            _press,
        ),
        _phrase(
            r"\bpreview(?:ing)? (?:\w+ ){0,4}?(?:in|on) the (?:timeline|preview (?:panel|window))",
            _always(f"see the tracks in {_CALLS['summary']}", Ask("summary")),
        ),
        _phrase(
            rf"\b(?:check|visit|go to|see|view|open) {_ACCOUNT}(?!\w)",
            _always(f"check {_CALLS['credits']}", Ask("credits")),
        ),
        _phrase(
            rf"\b(?:check|see|view) your (?:remaining )?(?:credit )?(?:balance|credits)(?!\w)"
            rf"{_WHERE}",
            _always(f"check {_CALLS['credits']}", Ask("credits")),
        ),
        _phrase(
            r"\b(?P<verb>open(?:ing)?|(?:go(?:ing)?|switch(?:ing)?|navigat(?:e|ing)"
            rf"|head(?:ing)?(?: over)?) to) {_PANEL}(?!\w)",
            _open,
        ),
        _phrase(
            r"\b(?P<verb>drag(?:ging)?)(?:[ -]?and[ -]?drop(?:ping)?| ?/ ?drop)? "
            r"(?P<what>(?:[^\s.,;!?\n]+ ){1,6}?)"
            r"(?P<where>here\b|(?:to|onto|into|over|on|in|before|after|between|up|down)\b[^.,;!?\n]*)",
            _drag,
        ),
    ),
    "zh": (
        _phrase(
            rf"(?:点击|单击|點擊|按下){_ZH_AT}(?P<label>{_ZH_NAME})(?:按钮|图标|按鈕)", _zh_press
        ),
        _phrase(rf"(?:点击|单击|點擊|按下){_ZH_AT}(?P<label>{_ZH_KNOWN})", _zh_press),
        _phrase(
            r"(?:打开|打開|进入|切换到)(?:[\u4e00-\u9fff]{0,6}?)(?:面板|时间线面板|时间轴面板|时间线|时间轴|轨道|素材库|菜单|编辑器|标签页)"
            r"(?:来?(?:查看|看)(?:各?个?轨道|时间线|时间轴|素材))?",
            _always(f"查看 {_CALLS['state']} ", Ask("state")),
        ),
        _phrase(
            r"在(?:时间线|时间轴|预览窗口|预览面板)[上中里内]?(?:查看|进行)?预览(?:效果|视频|结果)?"
            r"|预览(?:时间线|时间轴)",
            _always(f"用 {_CALLS['summary']} 查看各轨道", Ask("summary")),
        ),
        _phrase(
            r"(?:查看|检查|前往|打开)(?:您的|你的|一下)?(?:账户|账单|帐户|订阅)(?:页面|设置|余额|信息|中心)*"
            r"(?:来?(?:查看|看)(?:您的|你的)?(?:剩余)?(?:余额|积分))?",
            _always(f"用 {_CALLS['credits']} 查看余额", Ask("credits")),
        ),
        _phrase(
            r"(?:将|把)(?P<what>[^，。！？\n]{1,20}?)(?:拖拽|拖动|拖放|拖曳|拖)(?:到|至|进|入)(?P<where>[^，。！？；\n]{1,20})",
            _zh_drag,
        ),
        _phrase(
            r"(?:拖拽|拖动|拖放|拖曳)(?P<what>[^，。！？\n]{1,20}?)(?:到|至|进|入)(?P<where>[^，。！？；\n]{1,20})",
            _zh_drag,
        ),
    ),
}
