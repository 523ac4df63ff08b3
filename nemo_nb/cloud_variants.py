"""Variants on a backend that cannot copy a session: a fresh one each, the media sent again.

The same cut, but for the prompt: that holds only while the timeline is what the uploads alone
have made of it, because an agent asked for the same edit twice may do two things.
"""

# ruff: noqa: RUF001 - Chinese punctuation
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nemo_nb.errors import EditRefused, InputError, NemoError, NotReady
from nemo_nb.session import AsyncSession
from nemo_nb.timeline.timeline import Timeline
from nemo_nb.variants import (
    Telling,
    changed_draft,
    checked_labels,
    needs_words,
    read_cues,
    with_cues,
)

if TYPE_CHECKING:
    from nemo_nb.models import Credits
    from nemo_nb.project import Project

EDIT_CREDITS: Final = 50
"""About what one edited session costs (PROTOCOL.md, "Approximate costs")."""

_MS_PER_S: Final = 1000
_MB: Final = 1_000_000
_COST: Final = {
    "en": (
        "This starts {count} new sessions, sends {files} file{s} ({megabytes:.1f} MB) again to "
        "each and edits each once: about {credits:,} credits. {available:,g} are available. "
        "Go on?"
    ),
    "zh": (
        "这将新建 {count} 个会话，向每个会话重新上传 {files} 个文件（{megabytes:.1f} MB），"
        "并各编辑一次：约 {credits:,} 积分。可用积分：{available:,g}。继续吗？"
    ),
}
_CAPTIONS: Final = {
    "en": "Use exactly these captions, word for word and at these times (SRT):",
    "zh": "请逐字使用以下字幕及其时间（SRT）：",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be sent, all of it checked.

    Attributes:
        labels: The names of the variants.
        messages: What each fresh session is told.
        sources: What is uploaded to each: paths, and addresses of media on the server.
        base: The cut as it is.
    """

    labels: Sequence[str]
    messages: Sequence[str]
    sources: Sequence[str]
    base: Timeline

    def cost(self, balance: Credits, language: str) -> str:
        """Return what the variants take, as a sentence that ends in a question."""
        paths = [Path(source) for source in self.sources if not _is_url(source)]
        return _COST["zh" if language == "zh" else "en"].format(
            count=len(self.labels),
            files=len(self.sources),
            s="" if len(self.sources) == 1 else "s",
            megabytes=sum(path.stat().st_size for path in paths) / _MB,
            credits=len(self.labels) * EDIT_CREDITS,
            available=balance.available,
        )


async def plan_variants(
    session: AsyncSession,
    project: Project,
    prompts: Sequence[str],
    *,
    names: Sequence[str] | None,
    captions: Any,
) -> Plan:
    """Check that variants can be made of the cut, and return how; nothing is sent yet.

    Raises:
        EditRefused: The cut holds edits that cannot be repeated.
        NotReady: Nothing has been uploaded.
        InputError: Prompts, names or captions that cannot be; media that is out of reach.
    """
    labels = checked_labels(prompts, names)
    base = await project.read()
    if not project.media:
        raise NotReady("There is no cut to make variants of.")
    if _holds_edits(session, project):
        raise _not_repeatable()
    messages = list(prompts)
    if captions is not None:
        cues = read_cues(captions, base.duration_ms or _media_ms(project))
        srt = Timeline.from_draft(with_cues({}, cues)).to_srt()
        words = _CAPTIONS["zh" if project.language == "zh" else "en"]
        messages = [f"{prompt}\n\n{words}\n\n{srt}" for prompt in prompts]
    elif base.captions.empty:
        raise needs_words()
    return Plan(labels, messages, project.sources(), base)


async def make_fresh_variants(
    session: AsyncSession, project: Project, plan: Plan, *, agreed: bool
) -> dict[str, Timeline]:
    """Return the timeline that each message leads to in a session of its own, by name.

    What has been made when something fails is kept in ``session.variants``: it was paid for.

    Raises:
        InputError: What it costs was not *agreed* to.
        EditRefused: The cut holds edits after all, or a message changed nothing.
    """
    if not agreed:
        raise InputError(
            "The variants cost credits.",
            plan.cost(await session.credits(), project.words),
            "If so, pass yes=True; nothing has been sent yet.",
        )
    made: dict[str, Timeline] = {}
    with Telling(plan.labels, project.words) as telling:
        try:
            for label, message in zip(plan.labels, plan.messages, strict=True):
                with telling.about(label):
                    made[label] = await _variant(session, plan, message, first=not made)
        finally:
            if made:
                project.keep_variants(made)
    return made


async def _variant(session: AsyncSession, plan: Plan, message: str, *, first: bool) -> Timeline:
    alone = AsyncSession(session.backend, skill=session.skill, language=session.language)
    async with alone as fresh:
        await fresh.upload(*plan.sources)
        before = await fresh.timeline()
        if first and len(plan.base.diff(before)):
            # Found out before anything was asked of the agent.
            raise _not_repeatable()
        draft = await changed_draft(fresh, before, message)
    return before.with_draft(draft)


def _holds_edits(session: AsyncSession, project: Project) -> bool:
    if project.edited is not None:
        return project.edited
    # Reopened from an earlier kernel: only its turns tell.
    history: Any = session.history
    return "chat" in history["action"].tolist()


def _not_repeatable() -> NemoError:
    return EditRefused(
        "The cut holds edits that cannot be repeated.",
        "This backend cannot copy a session: each variant is a fresh one with the media "
        "uploaded again, and an edit that is asked for again may come out differently.",
        "Call ab() right after the upload and put the edits into each prompt, or use "
        'nemo_nb.connect("local").',
    )


def _media_ms(project: Project) -> int:
    """Return how long the uploaded media is: the cut, where the backend has not laid it yet."""
    seconds = [record.get("duration") for record in project.media]
    known = [value for value in seconds if isinstance(value, (int, float)) and value > 0]
    if not known:
        raise InputError(
            "Nobody knows how long the cut is.",
            "Neither the timeline nor the media says so.",
            "Leave captions= out and put the words into each prompt.",
        )
    return round(sum(known) * _MS_PER_S)


def _is_url(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))
