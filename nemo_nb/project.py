"""The session on the server: started when it is first needed, its state as last read."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

from nemo_nb import answers, loop
from nemo_nb.backend import Backend
from nemo_nb.draft_previews import DraftPreviews
from nemo_nb.errors import InputError, NemoError, SessionLost
from nemo_nb.ledger import NamedSession, TurnRow, now
from nemo_nb.notices import Notice, TimelineRead
from nemo_nb.skills import Skill
from nemo_nb.timeline.draft import first
from nemo_nb.timeline.timeline import Timeline
from nemo_nb.variant_export_words import may_export
from nemo_nb.wire.client import ApiClient, ServerSession
from nemo_nb.wire.studio_api import StudioApi

# What generated media may be called by; the wire does not document it.
_NAMES: Final = ("filename", "name", "title", "url", "cdn_url", "id")


class Project:
    """What lies on the server for one session of the user.

    Attributes:
        client: Speaks to the API.
        studio: Speaks to what only a studio has.
        server: The session on the server; None until it is needed.
        language: ``en``, ``zh``, …; None until the first message decides.
        timeline: As last read; empty before that.
        state: Likewise, the whole of it.
    """

    def __init__(
        self,
        backend: Backend,
        skill: Skill,
        tell: Callable[[Notice], None],
        *,
        name: str | None = None,
        language: str | None = None,
        server: ServerSession | None = None,
    ) -> None:
        self.backend = backend
        self.client: ApiClient = backend.client(skill)
        self.studio = StudioApi(self.client)
        self.server = server
        self.name = name
        self.language = language
        self.state: dict[str, Any] = {}
        self.timeline = Timeline({})
        self._tell = tell
        self._read = server is None
        # What the uploads alone have made; None where an earlier kernel made some of it.
        self._as_uploaded = Timeline({}) if server is None else None
        self._paths: dict[str, Path] = {}
        self._kept_variants: dict[str, Timeline] = {}
        self._frame_client: ApiClient | None = None

    @property
    def words(self) -> str:
        """The language this package speaks to the user in."""
        return self.language or answers.EN

    @property
    def empty(self) -> bool:
        """Whether nothing would be lost with the session: no timeline, no media."""
        return not self.timeline.ready and not self.state.get("video_infos")

    @property
    def media(self) -> list[Mapping[str, Any]]:
        """The media pool as last read, a record a file."""
        infos = self.state.get("video_infos")
        rows = cast("list[Any]", infos) if isinstance(infos, list) else []
        return [cast("Mapping[str, Any]", row) for row in rows if isinstance(row, Mapping)]

    @property
    def media_names(self) -> list[str]:
        """The names in the media pool."""
        return [str(record.get("filename", "")) for record in self.media]

    @property
    def generated_names(self) -> list[str]:
        """The names of what the backend has generated."""
        listed = self.state.get("generated_media")
        if isinstance(listed, Mapping):
            listed = list(cast("Mapping[str, Any]", listed).values())
        rows = cast("list[Any]", listed) if isinstance(listed, list) else []
        names = [
            first(cast("Mapping[str, Any]", row), _NAMES) if isinstance(row, Mapping) else row
            for row in rows
        ]
        return [name for name in names if isinstance(name, str) and name]

    @property
    def steps(self) -> tuple[int, int]:
        """How many edits a studio can undo and redo, as last read."""
        undo, redo = self.state.get("undo"), self.state.get("redo")
        return (undo if isinstance(undo, int) else 0, redo if isinstance(redo, int) else 0)

    @property
    def variants(self) -> dict[str, Timeline]:
        """The variants as last read, by name; on a cloud those that `ab` made here."""
        listed = self.state.get("variants")
        found: dict[str, Timeline] = {}
        for item in cast("list[Any]", listed) if isinstance(listed, list) else []:
            if isinstance(item, Mapping):
                variant = cast("Mapping[str, Any]", item)
                draft = variant.get("draft")
                if isinstance(draft, Mapping):
                    name = str(variant.get("name") or f"variant {len(found) + 1}")
                    found[name] = self.timeline.with_draft(cast("Mapping[str, Any]", draft))
        return found or dict(self._kept_variants)

    @property
    def edited(self) -> bool | None:
        """Whether the timeline holds more than what was uploaded; None where nobody knows."""
        return None if self._as_uploaded is None else not _alike(self._as_uploaded, self.timeline)

    def keep_variants(self, variants: Mapping[str, Timeline]) -> None:
        """Keep *variants* here, for a backend that has no place for them."""
        self._kept_variants = dict(variants)

    def sources(self) -> list[str]:
        """Return what to upload to have the same media elsewhere: paths, or server addresses.

        Raises:
            InputError: A file has changed or gone since, and the server gave no address.
        """
        return [self._source(record) for record in self.media]

    def _source(self, record: Mapping[str, Any]) -> str:
        name = str(record.get("filename", ""))
        path = self._paths.get(name)
        if path is not None and path.is_file():
            return str(path)
        url = record.get("cdn_url")
        if isinstance(url, str) and url.startswith(("http://", "https://")):
            return url
        raise InputError(
            f"{name} cannot be uploaded again.",
            "It is not on this disk any more, and the server gave no address for it.",
            "Start a new session and upload the files from there.",
        )

    async def is_studio(self) -> bool:
        """Whether the backend has the studio's endpoints."""
        return await self.studio.capabilities() is not None

    async def ensure(self, message: str = "") -> str:
        """Return the server session's id, starting it in *message*'s language if need be."""
        if self.language is None and message:
            self.language = answers.language_of(message)
        if self.server is None:
            self.server = await self.client.start_session(self.words)
            self._begin()
            self.remember()
        return self.server.session_id

    async def read(self) -> Timeline:
        """Read the state from the server now.

        Raises:
            SessionLost: The server has lost it; the next message or upload starts a new one.
        """
        if self.server is None:
            return self.timeline
        session_id = self.server.session_id
        try:
            self.state = await self.client.state(session_id)
        except SessionLost as error:
            raise self.lost(error) from error
        frames = DraftPreviews(session_id, self._own_studio) if await self.is_studio() else None
        self.timeline = Timeline.from_state(self.state, frames=frames)
        self._read = True
        self._tell(TimelineRead(self.timeline))
        return self.timeline

    async def uploaded(self, before: Timeline, paths: Mapping[str, Path]) -> None:
        """Read what an upload has made of the timeline *before*; *paths* by name on the server."""
        known = self._as_uploaded
        self._paths |= paths
        after = await self.read()
        if known is not None and _alike(known, before):
            self._as_uploaded = after

    async def known(self) -> Timeline:
        """Return the timeline as last read; read it where it never was."""
        return self.timeline if self._read else await self.read()

    async def know_variants(self, message: str) -> None:
        """Read what an earlier kernel has left, if *message* may be about its variants."""
        if not self._read and may_export(message):
            # Who asks for an export is told there what has failed.
            with suppress(NemoError):
                await self.read()

    def reread(self) -> None:
        """Have :meth:`known` read the timeline again."""
        self._read = self.server is None

    @asynccontextmanager
    async def on_server(self) -> AsyncGenerator[str]:
        """Give the server session's id, for calls that are not repeated elsewhere.

        Raises:
            SessionLost: The server has lost it; the next message or upload starts a new one.
        """
        session_id = await self.ensure()
        try:
            yield session_id
        except SessionLost as error:
            raise self.lost(error) from error

    def lost(
        self, error: SessionLost, fix: str = "The next message or upload starts a new session."
    ) -> SessionLost:
        """Forget the session that the server has lost; return *error* with what went with it."""
        if self.server is None:
            # Told already.
            return error
        gone = self.timeline.summary() if self.timeline.ready else "its timeline"
        self.server = None
        self._begin()
        return SessionLost(
            "The server has lost this session.",
            f"Gone with it: {gone}.",
            fix,
            code=error.code,
            status=error.status,
            endpoint=error.endpoint,
            reply=error.reply,
        )

    async def start_anew(self, error: SessionLost) -> None:
        """Start a new session in the place of one that the server has lost.

        Raises:
            SessionLost: The lost one held something; nothing may be repeated by itself.
        """
        held_something = self.server is None or not (self._read and self.empty)
        told = self.lost(
            error, "A new session is ready: upload the files again, then repeat the edits."
        )
        await self.ensure()
        if held_something:
            raise told from error

    def _begin(self) -> None:
        """Know a session that holds nothing yet."""
        self.state, self.timeline, self._read = {}, Timeline({}), True
        self._as_uploaded, self._paths = Timeline({}), {}

    def remember(self) -> None:
        """Write a named session down, so that its name finds it again."""
        if self.name is None or self.server is None:
            return
        row = NamedSession(
            name=self.name,
            place=self.backend.place,
            backend=self.backend.settings.backend,
            session_id=self.server.session_id,
            task_id=self.server.task_id,
            skill=self.client.skill.name,
            language=self.language or "",
        )
        kept = self.backend.ledger.session(self.name, self.backend.place)
        if kept is not None and kept.session_id == row.session_id:
            row = replace(row, created_at=kept.created_at, used_at=now())
        self.backend.ledger.save_session(row)

    def keep_turn(self, turn: TurnRow) -> None:
        """Write a turn of a named session down."""
        if self.name is not None:
            self.backend.ledger.add_turn(self.name, self.backend.place, turn)
            self.remember()

    async def aclose(self) -> None:
        """Close the connections."""
        await self.client.aclose()
        if self._frame_client is not None:
            client, self._frame_client = self._frame_client, None
            if loop.on_loop():
                await client.aclose()
            else:
                loop.spawn(client.aclose)

    def _own_studio(self) -> StudioApi:
        """Return the studio for `Timeline.frame` and its like, which block; on the loop.

        With connections of its own, because an `AsyncSession` lives on the loop of whoever
        made it, and that one may be waiting here.
        """
        if self._frame_client is None:
            self._frame_client = self.backend.client(self.client.skill)
        return StudioApi(self._frame_client)


def _alike(one: Timeline, other: Timeline) -> bool:
    """Whether the two are the same cut; a server may write an empty one in several ways."""
    return one.draft == other.draft or not (one.ready or other.ready)
