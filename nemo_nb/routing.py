# ruff: noqa: RUF001 - Chinese punctuation is what this module reads
"""The user's words → what they ask for, before anything is sent. Pure, table-driven.

A message is routed only if *all* of it is a request for one of the four actions: every word
must be found in that action's table. "export it please" is such a request; "add a
downloadable badge" and "the credits roll at the end" hold words that no table knows, so they
go to the agent. Quoted text is content and never routes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from nemo_nb.export_words import PATH, export_args
from nemo_nb.models import Routed
from nemo_nb.skills import SUBTITLE_FORMATS, UPLOAD_FORMATS
from nemo_nb.variant_export_words import variant_export_args

_LONGEST_REQUEST: Final = 160
_QUOTE: Final = "\ue001"

# Letters and digits as a Chinese keyboard may write them → as everybody does.
_HALF_WIDTH: Final = {
    code + 0xFEE0: code for code in range(0x30, 0x7B) if chr(code).isascii() and chr(code).isalnum()
}
_MEDIA: Final = "|".join((*UPLOAD_FORMATS, *SUBTITLE_FORMATS, "jpeg", "heic", "heif", "m4v"))
_STOPS: Final = r"\s,;，。！？；：、“”‘’\"'"
_PATHS: Final = re.compile(
    rf"(?i:https?://[^{_STOPS}]+"
    rf"|(?<![a-z0-9_./])(?:~|\.{{0,2}})/[^{_STOPS}]+"
    rf"|(?<![a-z0-9_])[a-z]:\\[^{_STOPS}]+"
    rf"|[^{_STOPS}]+\.(?:{_MEDIA})(?![a-z0-9_.])"
    rf"|[^{_STOPS}*]*\*[^{_STOPS}]*)"
)
# In Chinese a file name may follow its verb without a space.
_GLUED: Final = re.compile(
    r"(?:请|把|将)?(?:上传|上傳|导出|導出|匯出|下载|下載)(?:到|为|成|至)?|把|将"
)
_QUOTES: Final = re.compile(
    r"\"[^\"]*\"|“[^”]*”|「[^」]*」|『[^』]*』|《[^》]*》|‘[^’]*’(?!\w)|(?<!\w)'[^']*'(?!\w)|`[^`]*`"
)


@dataclass(frozen=True, slots=True)
class Route:
    """Where a message goes.

    Attributes:
        action: ``chat`` for the agent, else what is done at once.
        args: For ``export`` any of ``format``, ``quality`` (high, medium, low),
            ``resolution`` ("1080p" or "1080x1920"), ``fps`` (int), ``path``; for ``upload``
            ``paths``, a list of paths and URLs as the user wrote them. An export of variants
            has ``variants`` (``side-by-side``, ``stacked``: all in one film; ``each``: a film
            of each) or ``variant``, the name of one.
    """

    action: Routed
    args: dict[str, Any] = field(default_factory=dict[str, Any])


def route(text: str, variants: Sequence[str] = ()) -> Route:
    """Return where *text* goes; see the module's words on when that is not the agent.

    Args:
        text: The user's words.
        variants: The names of the variants there are, which may be asked for.
    """
    plain, paths, has_quote = _plain(text)
    if not plain or has_quote or len(plain) > _LONGEST_REQUEST:
        return Route("chat")
    core = _without_courtesy(plain)
    for action, patterns in _WHOLE:
        if any(pattern.fullmatch(core) for pattern in patterns):
            return Route(action, {"paths": paths} if action == "upload" and paths else {})
    args = variant_export_args(core, paths, variants)
    args = export_args(core, paths) if args is None else args
    return Route("chat") if args is None else Route("export", args)


def _plain(text: str) -> tuple[str, list[str], bool]:
    """Return the words with paths as one sign each, the paths, and whether text was quoted."""
    paths: list[str] = []
    has_quote = False

    def unquote(match: re.Match[str]) -> str:
        nonlocal has_quote
        inner = match[0][1:-1].strip()
        if _PATHS.fullmatch(inner) or re.fullmatch(rf"(?i:.+\.(?:{_MEDIA}))", inner):
            paths.append(inner)
            return f" {PATH} "
        has_quote = True
        return f" {_QUOTE} "

    def take(match: re.Match[str]) -> str:
        found = match[0]
        glued = _GLUED.match(found)
        verb = glued[0] if glued and not found.startswith(("/", ".", "~")) else ""
        name = found[len(verb) :].rstrip(".?!)")
        if re.fullmatch(r"(?:\.\w+)?", name):
            return found
        paths.append(name)
        return f"{verb} {PATH} "

    words = _PATHS.sub(take, _QUOTES.sub(unquote, text))
    words = words.replace("\u2019", "'").translate(_HALF_WIDTH).casefold()
    return " ".join(words.split()).strip(" .!?,;:~…。！？，；：～、"), paths, has_quote


def _without_courtesy(text: str) -> str:
    """Strip what surrounds a request without changing it, in both languages."""
    while True:
        shorter = _COURTESY_AFTER.sub("", _COURTESY_BEFORE.sub("", text))
        if shorter == text or not shorter:
            return text
        text = shorter.strip(" ,，")


def _patterns(*texts: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text) for text in texts)


_COURTESY_BEFORE: Final = re.compile(
    r"^(?:(?:please|pls|ok|okay|yes|yeah|yep|sure|great|perfect|nice|good|thanks|thank you|hey|hi"
    r"|hello|nemo|so|then|and|now|just|alright|cool|let's|lets|let me|go ahead and"
    r"|(?:can|could|would|will) you(?: please| now)?|(?:can|could|may) (?:i|we)"
    r"|i(?:'d| would) like(?: you)? to|i (?:want|need)(?: you)? to|(?:it's )?time to"
    r"|(?:(?:i'm|i am|we're|we are) )?ready to)"
    r"(?![a-z0-9'])[ ,.!]*"
    r"|(?:请|麻烦你?|帮我|帮忙|现在|可以|能不能|能否|能|我想要|我想|我要|我需要|好的|好了|好|那就|那"
    r"|然后|直接|再|請|幫我|現在)[ ,，]*)+"
)
_COURTESY_AFTER: Final = re.compile(
    r"(?:[ ,.]*(?<![a-z0-9])(?:please|pls|right now|now|thanks|thank you|for me|again|asap|then"
    r"|already|today|if you can|when (?:it's |you're )?ready)"
    r"|(?:吧|啊|呀|吗|嗎|呢|嘛|一下|谢谢|謝謝|可以吗|好吗|行吗|出来|下来))+$"
)

_MY: Final = r"(?:(?:my|the|our) )?"
_SHOW: Final = (
    r"(?:(?:show|check|see|tell|give|get|view|display|list|read)(?: me)?"
    r"|what(?:'s| is| are)|how(?:'s| is))"
)
_BALANCE: Final = (
    r"(?:nemo )?(?:(?:remaining|current|available|account|free|credits?) )*(?:credits?|balance)"
)
_LEFT: Final = (
    r"(?: (?:left|remaining|available|still|now|to spend|balance|do i have|(?:in|on) my account))*"
)
_HAVE: Final = r"(?: (?:do|have|are|is|i|we|you|there|got|still|left|remaining|available|now))*"
_KIND: Final = r"(?:(?:all|current|project|session|render|export|track|timeline) )*"
_PLACE: Final = r"(?:timeline|project|session|edit|video|export|render)"
_THINGS: Final = (
    r"(?: (?:a|an|the|my|our|some|this|that|these|those|another|one|more|two|new|it|them"
    r"|files?|photos?|pictures?|images?|videos?|clips?|songs?|music|audio|media|footage"
    r"|subtitles?))*"
)
_LIST: Final = rf"{PATH}(?:(?: ?[,、，]| and| &| ?和| ?与)* {PATH})*"
_ZH_SHOW: Final = r"(?:查询|查看|查|看看|看|显示|列出|告诉我|查詢|顯示)?(?:一下)?"
_ZH_MANY: Final = r"(?:还|還)?(?:有|剩下|剩余|剩餘|剩)?(?:多少|几个|幾個|几|幾)?"
_ZH_NOW: Final = r"(?:我的?|当前|目前|现在|的|项目|所有|全部|(?:账户|帐户|帳戶)[里裡中]?|專案)*"
_ZH_TRACKS: Final = r"(?:时间线|时间轴|轨道|時間線|時間軸|軌道)"
_ZH_THINGS: Final = (
    r"(?:一个|一张|一段|几张|几个|这个|这张|我的|新的?|些|一個|一張"
    r"|文件|视频|照片|图片|素材|音乐|音频|片段|影片|檔案)*"
)

# A message that one of these matches whole is a request for that action.
_WHOLE: Final[tuple[tuple[Routed, tuple[re.Pattern[str], ...]], ...]] = (
    (
        "credits",
        _patterns(
            rf"(?:{_SHOW} )?{_MY}{_BALANCE}{_LEFT}",
            rf"how (?:many|much) {_MY}{_BALANCE}{_HAVE}",
            rf"how (?:many|much) (?:is|are|of) (?:left of )?{_MY}{_BALANCE}{_LEFT}",
            rf"(?:do|have) (?:i|we)(?: still)?(?: have| got)?(?: any| enough)?(?: more)? {_BALANCE}"
            rf"{_LEFT}",
            rf"(?:are|is) there(?: any)?(?: more)? {_BALANCE} (?:left|remaining|available)",
            rf"am i (?:out of|low on) {_BALANCE}",
            rf"what(?:'s| is) left of {_MY}{_BALANCE}",
            rf"{_ZH_SHOW}{_ZH_NOW}{_ZH_MANY}的?(?:可用)?(?:积分余额|积分|余额|積分|餘額)"
            rf"{_ZH_NOW}{_ZH_MANY}(?:可用|了|是)?{_ZH_MANY}",
            rf"{_ZH_NOW}(?:积分|余额|積分|餘額)(?:还|還)?(?:够|夠)(?:不够|不夠|用)?",
        ),
    ),
    (
        "status",
        _patterns(
            rf"(?:{_SHOW} )?{_MY}{_KIND}(?:status|state|timeline|tracks?)(?: (?:summary|now))*",
            rf"(?:{_SHOW} )?(?:the )?(?:status|state) of (?:{_MY}{_PLACE}|it|everything)",
            rf"(?:show me )?what(?:'s| is) (?:on|in) {_MY}(?:timeline|project)",
            rf"(?:what|which) tracks (?:are there|are (?:on|in) {_MY}timeline|do (?:i|we) have)",
            rf"how(?:'s| is) {_MY}(?:export|render)(?: (?:going|doing|coming along))?",
            rf"{_ZH_SHOW}{_ZH_NOW}(?:{_ZH_TRACKS}的?)?(?:状态|狀態|{_ZH_TRACKS})"
            r"(?:是什么|怎么样|如何)?",
            rf"{_ZH_NOW}是?(?:什么|啥)(?:状态|狀態)",
            rf"{_ZH_SHOW}{_ZH_NOW}{_ZH_TRACKS}[上里裡]?(?:都|现在)?有(?:什么|啥|哪些|什麼)(?:内容|內容)?",
        ),
    ),
    (
        "upload",
        _patterns(
            rf"(?:(?:how|where) (?:do|can|should) (?:i|we) )?"
            rf"upload{_THINGS}(?:(?: from| ?:)? {_LIST})?",
            rf"(?:怎么|如何|怎样|怎麼)?(?:上传|上傳){_ZH_THINGS}(?: ?[:：]? ?{_LIST})?",
            rf"(?:把|将) ?{_LIST} ?(?:上传|上傳)(?:上去|上来)?",
        ),
    ),
)
