"""What a message leads to when it is not for the agent: done at once, answered in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from nemo_nb import answers
from nemo_nb.export import Wish
from nemo_nb.reply import Reply
from nemo_nb.upload import send

if TYPE_CHECKING:
    from nemo_nb.export import ExportFile
    from nemo_nb.exporter import Exporter
    from nemo_nb.notices import Notice
    from nemo_nb.project import Project
    from nemo_nb.routing import Route


_WISHES: Final = ("format", "quality", "resolution", "fps")


class Actions:
    """Carries out routed messages for one session.

    Attributes:
        auto_export: Exports where the agent's answer sends the user to an export; None where
            that is only offered.
    """

    def __init__(
        self,
        project: Project,
        exporter: Exporter,
        tell: Callable[[Notice], None],
        *,
        auto_export: bool,
    ) -> None:
        self._project = project
        self._exporter = exporter
        self._tell = tell
        self.auto_export = self._export_now if auto_export else None

    async def act(self, route: Route, message: str, turn: int) -> Reply:
        """Do what *route* says and return the answer."""
        language = self._project.language or answers.language_of(message)
        match route.action:
            case "export":
                return await self._export(route.args, language, turn)
            case "credits":
                balance = await self._project.client.credits()
                text = answers.credits_words(balance, language)
                return Reply(text, "credits", "done", turn)
            case "status":
                return await self._status(language, turn)
            case "upload" | "chat":
                return await self._upload(route.args, language, turn)

    async def _export_now(self) -> ExportFile:
        return (await self._exporter.one(None, Wish())).standing()

    async def _export(self, args: dict[str, Any], language: str, turn: int) -> Reply:
        wish = Wish(**{key: args[key] for key in _WISHES if key in args})
        export = (await self._exporter.one(args.get("path"), wish)).standing()
        text = answers.export_words(export, language)
        timeline = self._project.timeline
        return Reply(text, "export", "done", turn, timeline=timeline, export=export)

    async def _status(self, language: str, turn: int) -> Reply:
        timeline = await self._project.read()
        parts = [answers.status_words(timeline, language)]
        if self._project.variants:
            names = ", ".join(self._project.variants)
            parts.append(answers.say("variants_line", language, names=names))
        return Reply("\n\n".join(parts), "status", "done", turn, timeline=timeline)

    async def _upload(self, args: dict[str, Any], language: str, turn: int) -> Reply:
        paths = args.get("paths")
        if not paths:
            return Reply(answers.say("upload", language), "upload", "done", turn)
        before = await self._project.known()
        frame: Any = await send(self._project, paths, self._tell)
        after = self._project.timeline
        text = answers.say("uploaded", language, names=", ".join(frame["name"]))
        changes = before.diff(after)
        told = tuple(note for note in frame.get("notes", ()) if note)
        return Reply(text, "upload", "done", turn, changes=changes, timeline=after, notes=told)
