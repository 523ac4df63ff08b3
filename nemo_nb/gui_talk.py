# ruff: noqa: RUF001 - Chinese punctuation is what this module reads
"""What a phrase of a web app comes to here: our words for it, and what it asks for. Pure.

One function for each kind of phrase, called with the groups that its pattern in
`nemo_nb.gui_phrases` has found.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

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


# Stand around the number of a piece of content that is put aside while phrases are looked for.
OPEN: Final = "\ue100"
CLOSE: Final = "\ue101"

_Groups = dict[str, str]
Say = Callable[[_Groups], tuple[str, Ask | None] | None]
"""Gives our words and what was asked for; None where the phrase is content after all."""

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


# Where a web app has its buttons.
_IN_APP: Final = re.compile(
    r"\b(?:top|bottom|upper|lower|corner|left|right|toolbar|sidebar|menu|panel|header|editor|screen"
    r"|above|below|ready|for you|there|available)\b",
    re.IGNORECASE,
)
_NO_NAMES: Final = ("", "the", "your", "this", "that", "a", "an", "any", "one")


def _button(label: str) -> Ask | None:
    """Return what pressing the button *label* comes to here; None for a button of content."""
    name = label.strip(_TRIM)
    if name.lower() in _NO_NAMES:
        return None
    if _EXPORTS.fullmatch(name):
        return Ask("export", "export")
    if _FOREIGN.search(name):
        return None
    if _LOOKS.fullmatch(name):
        return Ask("summary")
    if _ACCOUNTS.fullmatch(name):
        return Ask("credits")
    return Ask("edit", name)


def press(groups: _Groups) -> tuple[str, Ask] | None:
    """Say what pressing a button comes to: "click the Export button"."""
    ask = _button(groups["label"])
    if ask is None:
        return None
    verb = "using" if groups["verb"].lower().endswith("ing") else "use"
    if ask.kind == "edit":
        return f"{'saying' if verb == 'using' else 'say'} “{ask.message}”", ask
    return f"{verb} {CALLS[ask.kind]}", ask


def zh_press(groups: _Groups) -> tuple[str, Ask] | None:
    """Say what pressing a button comes to: "点击导出按钮"."""
    ask = _button(groups["label"])
    if ask is None:
        return None
    if ask.kind == "edit":
        return f"对我说“{ask.message}”", ask
    return f"使用 {CALLS[ask.kind]} ", ask


def named(groups: _Groups) -> tuple[str, Ask] | None:
    """Say what a button does that is only spoken of: "the Export button is at the top".

    Other buttons that are only spoken of may well be drawn in the video.
    """
    ask = _button(groups["label"])
    if ask is None or ask.kind != "export":
        return None
    if groups["place"]:
        return (f"{CALLS['export']} does it", ask) if _IN_APP.search(groups["place"]) else None
    return (CALLS["export"], ask) if groups["label"].strip(_TRIM) == "Export" else None


def zh_named(groups: _Groups) -> tuple[str, Ask] | None:
    """Say what a button does that is only spoken of: "导出按钮在右上角"."""
    ask = _button(groups["label"])
    if ask is None or ask.kind != "export":
        return None
    return (f"用 {CALLS['export']} 即可" if groups["place"] else f"使用 {CALLS['export']} "), ask


def touch(groups: _Groups) -> tuple[str, Ask | None] | None:
    """Say what to do instead of clicking something on a timeline."""
    thing, deed = groups["thing"].lower(), groups["deed"].strip()
    if _FOREIGN.search(deed):
        return None
    if deed.lower().startswith(("play", "preview", "watch", "view", "see")):
        return f"see the tracks in {CALLS['summary']}", Ask("summary")
    if not deed or deed.lower().startswith(("select", "highlight", "choose")):
        return f"tell me what to do with the {thing}", None
    message = re.sub(r"\b(?:it|them)\b", f"the {thing}", deed, count=1)
    return f"ask me to {message}", Ask("edit", message)


def zh_touch(groups: _Groups) -> tuple[str, Ask | None]:
    """Say what to do instead of clicking something on a timeline: "双击标题"."""
    thing, deed = groups["thing"], groups["deed"]
    if not deed:
        return f"告诉我{thing}要怎么改", None
    return f"让我{deed}{thing}", Ask("edit", f"{deed}{thing}")


def path(groups: _Groups) -> tuple[str, Ask]:
    """Say what a way through menus leads to: "Settings > Account"."""
    labels = [label.strip(_TRIM) for label in re.split("[>→›]", groups["path"])]
    if any(_EXPORTS.fullmatch(label) for label in labels):
        return f"use {CALLS['export']}", Ask("export", "export")
    if any(_ACCOUNTS.search(label) for label in labels):
        return f"check {CALLS['credits']}", Ask("credits")
    return f"look at {CALLS['state']}", Ask("state")


def zh_account(groups: _Groups) -> tuple[str, Ask]:
    """Say what looking at the account comes to: "前往账户页面"."""
    more = f"，再{groups['more'].removeprefix('来')}" if groups["more"] else ""
    return f"用 {CALLS['credits']} 查看余额{more}", Ask("credits")


def zh_open(groups: _Groups) -> tuple[str, Ask]:
    """Say what opening a panel comes to: "打开时间线面板"."""
    if "导出" in groups["place"] or "匯出" in groups["place"]:
        return f"使用 {CALLS['export']} ", Ask("export", "export")
    return f"查看 {CALLS['state']} ", Ask("state")


def open_panel(groups: _Groups) -> tuple[str, Ask] | None:
    """Say what opening a panel comes to: "open the timeline panel"."""
    ing = groups["verb"].lower().split()[0].endswith("ing")
    if _EXPORTS.fullmatch(groups["place"].rpartition(" ")[0].strip(_TRIM)):
        return f"{'using' if ing else 'use'} {CALLS['export']}", Ask("export", "export")
    if _ACCOUNTS.search(groups["place"]):
        return f"{'checking' if ing else 'check'} {CALLS['credits']}", Ask("credits")
    return f"{'looking' if ing else 'look'} at {CALLS['state']}", Ask("state")


def drag(groups: _Groups) -> tuple[str, Ask] | None:
    """Say what dragging comes to: "drag the title to the end"."""
    what, where = groups["what"].strip(), groups["where"].strip()
    ing = groups["verb"].lower().endswith("ing")
    if _HANDS_OVER.search(what) and _DROP_ZONE.search(where):
        return f"{'handing' if ing else 'hand'} it over with {CALLS['upload']}", Ask("upload")
    message = f"move {what} {where}"
    return f"{'asking' if ing else 'ask'} me to {message}", Ask("edit", message)


def zh_drag(groups: _Groups) -> tuple[str, Ask] | None:
    """Say what dragging comes to: "将标题拖拽到结尾"."""
    what, where = groups["what"].strip(), groups["where"].strip()
    if _HANDS_OVER.search(what) and _DROP_ZONE.search(where):
        return f"用 {CALLS['upload']} 交给我", Ask("upload")
    message = f"把{what}移到{where}"
    return f"让我{message}", Ask("edit", message)


def always(ours: str, ask: Ask) -> Say:
    """Return what says the same for every match."""
    return lambda _groups: (ours, ask)


CALLS: Final[dict[AskKind, str]] = {
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
