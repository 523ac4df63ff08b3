# ruff: noqa: RUF001 - Chinese punctuation is what this module reads
"""The phrases of a web app, in English and Chinese: patterns, each with what to say instead.

`nemo_nb.phrasing` looks for them in the order of the table.
"""

from __future__ import annotations

import re
from typing import Final

from nemo_nb.gui_talk import (
    CALLS,
    CLOSE,
    OPEN,
    Ask,
    Say,
    always,
    drag,
    named,
    open_panel,
    path,
    press,
    touch,
    zh_account,
    zh_drag,
    zh_named,
    zh_open,
    zh_press,
    zh_touch,
)


def _label(names: str) -> str:
    """Return a pattern for one of *names*, perhaps in bold."""
    return rf"(?:\*\*(?:{names})\*\*|(?:{names}))"


_QUOTED: Final = rf"{OPEN}\d+{CLOSE}"
_VERB: Final = r"(?P<verb>click(?:ing)?|tap(?:ping)?|press(?:ing)?|hit(?:ting)?|select(?:ing)?)"
_NAME: Final = _label(
    rf"{_QUOTED}|Export|Download|Save|Render|Share|Preview|Play|Apply|Generate|Undo|Redo|Timeline"
    r"|Media|Account|Billing|Upgrade|Delete|Split|Trim|Cut|Crop|Edit|Add|Remove|Done|Settings"
    r"|Effects|Filters|Transitions|Captions|Subtitles|Text|Music"
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
    r"(?: (?:page|settings|section|dashboard|tab|balance|and billing|or billing)| ?/ ?billing)*"
)
_ZH_ACCOUNT: Final = r"(?:账户|账单|帐户|订阅)"
_THING: Final = (
    r"(?P<thing>(?:(?:text|video|audio|music) )?(?:title|clip|track|text|captions?|subtitles?"
    r"|segment|photo|image|picture|layer|element|overlay|video|audio|music))"
)
_ZH_THING: Final = r"(?P<thing>标题|字幕|文字|文本|片段|素材|视频|音乐|轨道|图片|照片)"
_ZH_AT: Final = (
    r"(?:(?:屏幕|页面|界面|编辑器)?"
    r"(?:右上角|左上角|右下角|左下角|上方|下方|右侧|左侧|顶部|底部)的?)?"
)
_ZH_NAME: Final = _label(rf"{_QUOTED}|[\u4e00-\u9fff]{{2,6}}?|[A-Za-z]+")
_ZH_KNOWN: Final = _label(rf"{_QUOTED}|导出|下载|保存|预览|播放|匯出|下載")


def _phrase(pattern: str, say: Say) -> tuple[re.Pattern[str], Say]:
    return re.compile(pattern, re.IGNORECASE), say


def _cased(pattern: str, say: Say) -> tuple[re.Pattern[str], Say]:
    """Return a phrase in which a button's name is known by its capital letter."""
    return re.compile(pattern), say


PHRASES: Final[dict[str, tuple[tuple[re.Pattern[str], Say], ...]]] = {
    "en": (
        _phrase(
            rf"\b{_VERB}(?: on)? (?:the |your )?(?P<label>{_ANY_NAME}) (?:button|icon){_WHERE}",
            press,
        ),
        _cased(
            rf"\b(?i:{_VERB})(?: on)? (?:the )?(?P<label>{_NAME})"
            rf"(?!\w| \w+ (?:button|icon)){_WHERE}",
            press,
        ),
        _phrase(
            rf"\b(?P<verb>use|using|find|see) (?:the |your )?(?P<label>{_ANY_NAME}) "
            rf"(?:button|icon){_WHERE}",
            press,
        ),
        _cased(
            r"\b(?:(?i:the|your) (?P<label>" + _NAME + r")|(?P<bare>Export|Download))"
            r" (?i:button|icon)"
            r"(?P<place> (?:is|sits|can be found|lies|appears)\b[^.!?\n]*)?" + _WHERE,
            lambda groups: named({**groups, "label": groups["label"] or groups["bare"]}),
        ),
        _phrase(
            r"\b(?:(?:double|right|left)[ -]?)?(?:click|tap)(?:ing)?(?: on)? "
            rf"(?:the |your |any |that |this ){_THING}(?: (?:in|on) (?:the|your) timeline)?"
            r"(?: to (?P<deed>[^.,;!?\n]+)|(?= ?[.,;:!?)\n]| ?$))",
            touch,
        ),
        _cased(
            r"\b(?i:open|go to|visit|navigate to|head to) "
            r"(?P<path>\**[A-Z]\w*(?: [A-Z]\w*)?\**(?: ?[>→›] ?\**[A-Z]\w*(?: [A-Z]\w*)?\**)+)"
            r"(?: to (?:see|check|view) your (?:remaining )?(?:credits|balance))?",
            path,
        ),
        _phrase(
            r"\bpreview(?:ing)? (?:\w+ ){0,4}?(?:in|on) (?:the |your )?"
            r"(?:timeline|preview (?:panel|window))",
            always(f"see the tracks in {CALLS['summary']}", Ask("summary")),
        ),
        _phrase(
            rf"\b(?:check|visit|go to|see|view|open) {_ACCOUNT}(?!\w)",
            always(f"check {CALLS['credits']}", Ask("credits")),
        ),
        _phrase(
            rf"\b(?:check|see|view) your (?:remaining )?(?:credit )?(?:balance|credits)(?!\w)"
            rf"{_WHERE}",
            always(f"check {CALLS['credits']}", Ask("credits")),
        ),
        _phrase(
            r"\b(?P<verb>open(?:ing)?|(?:go(?:ing)?|switch(?:ing)?|navigat(?:e|ing)"
            rf"|head(?:ing)?(?: over)?) to) {_PANEL}(?!\w)",
            open_panel,
        ),
        _phrase(
            r"\b(?P<verb>drag(?:ging)?)(?:[ -]?and[ -]?drop(?:ping)?| ?/ ?drop)? "
            r"(?P<what>(?:[^\s.,;!?\n]+ ){1,6}?)"
            r"(?P<where>here\b|(?:to|onto|into|over|on|in|before|after|between|up|down)\b[^.,;!?\n]*)",
            drag,
        ),
    ),
    "zh": (
        _phrase(
            rf"(?:点击|单击|點擊|按下){_ZH_AT}(?P<label>{_ZH_NAME})(?:按钮|图标|按鈕)", zh_press
        ),
        _phrase(rf"(?:点击|单击|點擊|按下){_ZH_AT}(?P<label>{_ZH_KNOWN})", zh_press),
        _phrase(
            rf"(?<![个個枚了加])(?:使用|通过|利用|用|找到|按)?{_ZH_AT}(?P<label>{_ZH_KNOWN})"
            r"(?:按钮|图标|按鈕)"
            r"(?P<place>(?:在|位于|就在)[^，。！？；\n]{1,14})?",
            zh_named,
        ),
        _phrase(
            rf"(?:双击|右键点击|右击|点击|单击|雙擊|點擊){_ZH_THING}"
            r"(?:(?:来|以|并|进行|就?可以|即可)*(?P<deed>编辑|修改|调整|删除|移动|裁剪)"
            r"|(?![\u4e00-\u9fff]))",
            zh_touch,
        ),
        _phrase(
            r"(?:打开|打開|进入|切换到)(?P<place>[\u4e00-\u9fff]{0,6}?(?:面板|时间线面板|时间轴面板"
            r"|时间线|时间轴|轨道|素材库|菜单|编辑器|标签页|预览窗口|窗口|对话框|设置页面?))"
            r"(?:来?(?:查看|看)(?:各?个?轨道|时间线|时间轴|素材))?",
            zh_open,
        ),
        _phrase(
            r"在(?:时间线|时间轴|预览窗口|预览面板)[上中里内]?(?:查看|进行)?预览(?:效果|视频|结果)?"
            r"|在预览(?:窗口|面板)[中里内]?(?:查看|观看)(?:效果|视频|结果)?|预览(?:时间线|时间轴)",
            always(f"用 {CALLS['summary']} 查看各轨道", Ask("summary")),
        ),
        _phrase(
            rf"(?:查看|检查|前往|打开)(?:您的|你的|一下)?{_ZH_ACCOUNT}"
            rf"(?:页面|设置|余额|信息|中心|[/、和与]{_ZH_ACCOUNT})*"
            r"(?:来?(?:查看|看)(?:您的|你的)?(?:剩余)?(?:余额|积分))?(?P<more>来?(?:充值|升级))?",
            zh_account,
        ),
        _phrase(
            r"(?:将|把)(?P<what>[^，。！？\n]{1,20}?)(?:拖拽|拖动|拖放|拖曳|拖)(?:到|至|进|入)(?P<where>[^，。！？；\n]{1,20})",
            zh_drag,
        ),
        _phrase(
            r"(?:拖拽|拖动|拖放|拖曳)(?P<what>[^，。！？\n]{1,20}?)(?:到|至|进|入)(?P<where>[^，。！？；\n]{1,20})",
            zh_drag,
        ),
    ),
}
