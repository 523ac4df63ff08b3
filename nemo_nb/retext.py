"""Other words for one cue, by hand: the cue found again, whatever was edited before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nemo_nb import answers
from nemo_nb.errors import EditRefused, InputError
from nemo_nb.loop import Homed, at_home
from nemo_nb.reply import Reply
from nemo_nb.timeline import draft as reading

if TYPE_CHECKING:
    import asyncio

    from nemo_nb.conversation import Conversation
    from nemo_nb.project import Project
    from nemo_nb.timeline.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Retext:
    """A cue that shall say something else.

    Attributes:
        id: The segment's id in the draft it was seen in.
        start_ms: Where it began there.
        before: What it said there.
        after: What it shall say.
    """

    id: str
    start_ms: int
    before: str
    after: str

    @classmethod
    def of(cls, timeline: Timeline, track: int, segment: int, text: str) -> Retext:
        """Return the wish that a segment, both counted from 1, says *text*.

        Raises:
            InputError: There is no such text, or no words.
        """
        tracks = reading.read_tracks(timeline.draft)
        segments = tracks[track - 1].segments if 1 <= track <= len(tracks) else ()
        if not 1 <= segment <= len(segments) or tracks[track - 1].kind != "text":
            raise InputError("There is no such text on the timeline.")
        words = text.strip()
        if not words:
            raise InputError("A caption needs words.", fix="To remove it, say so in a message.")
        found = segments[segment - 1]
        return cls(found.id, found.start_ms, found.text, words)

    def asked(self, language: str) -> str:
        """Return the wish as a message; both texts are quoted, so that no word is a command."""
        return answers.say("retext", language, before=self.before, after=self.after)

    def made(self, timeline: Timeline) -> Timeline:
        """Return *timeline* with the cue's new words and nothing else changed.

        Raises:
            EditRefused: The cue is not there any more, or says something else by now.
        """
        draft = timeline.draft
        alike = [
            segment
            for track in reading.read_tracks(draft)
            if track.kind == "text"
            for segment in track.segments
            if segment.text == self.before
        ]
        # An id may be one that was made up from the place; the words tell then.
        alike.sort(key=lambda one: (one.id != self.id, abs(one.start_ms - self.start_ms)))
        if not alike:
            raise EditRefused(
                f"“{self.before}” was not changed.",
                "It is not on the timeline any more, or says something else by now.",
                "Look at the timeline and change it there.",
            )
        _write(alike[0].raw, self.after)
        return timeline.with_draft(draft)


class ByHand(Homed):
    """Edits that the user makes by hand; each is a turn of the conversation.

    Args:
        project: What they act on.
        conversation: Whose turns they are.
        home: The loop that both live on.
    """

    def __init__(
        self,
        project: Project,
        conversation: Conversation,
        home: asyncio.AbstractEventLoop | None,
    ) -> None:
        super().__init__(home)
        self._project = project
        self._conversation = conversation

    @property
    def steps(self) -> tuple[int, int]:
        """How many edits a studio can undo and redo, as last read."""
        return self._project.steps

    @at_home
    async def retext(self, wish: Retext) -> Reply:
        """Give one cue other words, as one undoable edit.

        A studio is told the edit itself. Elsewhere the agent is asked for it in words.

        Raises:
            EditRefused: The cue is not there any more, or says something else by now.
            NemoError: As `AsyncSession.chat`, where the backend is no studio.
        """
        asked = wish.asked(self._project.words)
        if not await self._project.is_studio():
            return await self._conversation.say(asked)
        return await self._conversation.do("edit", asked, lambda turn: self._made(wish, turn))

    async def _made(self, wish: Retext, turn: int) -> Reply:
        project = self._project
        before = await project.read()
        edited = wish.made(before)
        text = answers.say("retexted", project.words, before=wish.before, after=wish.after)
        async with project.on_server() as session_id:
            await project.studio.put_draft(session_id, edited.draft, text)
        after = await project.read()
        return Reply(text, "edit", "done", turn, changes=before.diff(after), timeline=after)


def _write(raw: Any, text: str) -> None:
    """Put *text* where the words of the raw segment stand."""
    meta = reading.first(raw, reading.META_KEYS)
    # As it is read: the metadata's words before the segment's own.
    place: Any = meta if _has_words(meta) else raw
    place[reading.key_of(place, reading.TEXT_KEYS)] = text


def _has_words(meta: Any) -> bool:
    value = reading.first(meta, reading.TEXT_KEYS) if isinstance(meta, dict) else None  # pyright: ignore[reportUnknownArgumentType]  # JSON has text keys
    return isinstance(value, str) and bool(value)
