"""What a message leads to when it is not for the agent: done at once, answered in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from nemo_nb import answers
from nemo_nb.destination import variant_path
from nemo_nb.errors import NotReady, NotSupported
from nemo_nb.export import Wish
from nemo_nb.reply import Reply
from nemo_nb.timeline.layouts import side_by_side, stacked
from nemo_nb.upload import send
from nemo_nb.variant_export_words import SIDE_BY_SIDE, STACKED

if TYPE_CHECKING:
    from nemo_nb.export import ExportFile
    from nemo_nb.exporter import Exporter
    from nemo_nb.notices import Notice
    from nemo_nb.project import Project
    from nemo_nb.routing import Route


_WISHES: Final = ("format", "quality", "resolution", "fps")
LAYOUTS: Final = {SIDE_BY_SIDE: side_by_side, STACKED: stacked}
"""How several variants share one picture, by the word of the route."""


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
        path, notes = args.get("path"), list[str]()
        if "variants" in args or "variant" in args:
            exports = await self._export_variants(path, wish, args)
            if args.get("variants") in LAYOUTS:
                notes.append(answers.say("variants_alone", language))
        else:
            exports = [(await self._exporter.one(path, wish)).standing()]
            notes += await self._unseen_variants(language)
        return Reply(
            "\n".join(answers.export_words(export, language) for export in exports),
            "export",
            "done",
            turn,
            timeline=self._project.timeline,
            notes=tuple(notes),
            export=exports[0],
            exports=tuple(exports),
        )

    async def _export_variants(
        self, path: str | None, wish: Wish, args: dict[str, Any]
    ) -> list[ExportFile]:
        """Export the variants that *args* name: each alone, or all in one picture."""
        await self._project.read()
        variants = self._project.variants
        how = args.get("variants")
        if how in LAYOUTS and len(variants) > 1:
            if not await self._project.is_studio():
                raise NotSupported(
                    "This backend puts no variants beside each other.",
                    "It is a cloud, which renders one cut at a time.",
                    'Say “export each variant”, or use nemo_nb.connect("local").',
                )
            drafts = [one.draft for one in variants.values()]
            joined = self._project.timeline.with_draft(LAYOUTS[how](drafts, labels=[*variants]))
            place = variant_path(path, joined, how, wish.towards(path).extension, alone=True)
            return [(await self._exporter.one(place, wish, timeline=joined)).standing()]
        chosen = [name for name in variants if how is not None or name == args.get("variant")]
        if not chosen:
            raise NotReady("The variants are gone.", fix="Look at what is there with “status”.")
        exports: list[ExportFile] = []
        for name in chosen:
            shown = variants[name]
            extension = wish.towards(path).extension
            place = variant_path(path, shown, name, extension, alone=len(chosen) == 1)
            exports.append((await self._exporter.one(place, wish, timeline=shown)).standing())
        return exports

    async def _unseen_variants(self, language: str) -> list[str]:
        """Return a note where there are variants of captions that the exported cut lacks."""
        names = list(self._project.variants)
        if not names or not self._project.timeline.captions.empty:
            return []
        key = "variants_wait" if len(names) > 1 else "variant_waits"
        if not await self._project.is_studio():
            key = "variants_apart"
        return [answers.say(key, language, names=", ".join(names), first=names[0])]

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
