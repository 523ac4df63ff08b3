"""The desk the planner works at: the timeline so far and what there is to tell about it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, cast

from nemo_nb.models import MediaInfo
from nemo_nb.studio.agent.intents import Intent, Pick, Role
from nemo_nb.studio.agent.naming import Names, words_of
from nemo_nb.studio.agent.replies import Language, say, seconds
from nemo_nb.studio.agent.turn import Project, Step
from nemo_nb.timeline.draft import AUDIO, TEXT
from nemo_nb.timeline.draft_shape import Draft, editable, end, overlays, segments
from nemo_nb.timeline.draft_shape import pictures as main_pictures

if TYPE_CHECKING:
    from nemo_nb.studio.vision import Description  # at run time it would load OpenCV

Describe = Callable[[str], "Description | None"]

_LISTS: Final = ("done", "other", "asks", "steps", "analyses")
_HIDDEN: Final = ("span", "skipped")


class NotDone(Exception):
    """An intent that cannot be carried out here; the sentence says why or asks."""

    def __init__(self, sentence: str, *, asks: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.asks = asks


@dataclass
class Plan:
    """One turn in the making.

    Attributes:
        project: What the turn began with.
        describe: Names what a photo of the media pool shows.
        language: Of the reply.
        message: The user's words.
        draft: The timeline so far; replaced, never changed in place.
        done: Sentences about what was done.
        other: Sentences about what was not, and answers.
        asks: Questions to the user.
        steps: For the event stream.
        analyses: For ``state.video_analyses``.
        touched: Ids of the texts made or changed last: what "it" means.
        pictured: Ids of the pictures or overlays that were meant last.
        variants: Named drafts in the place of those of the project; empty where they stay.
        no_variants: Those of the project go.
        order: Ids of the pictures as the message found them: what its numbers count.
        subject: What was spoken of last: ``text``, ``picture``, ``sound`` or nothing.
    """

    project: Project
    describe: Describe
    language: Language
    message: str
    draft: Draft
    done: list[str] = field(default_factory=list[str])
    other: list[str] = field(default_factory=list[str])
    asks: list[str] = field(default_factory=list[str])
    steps: list[Step] = field(default_factory=list[Step])
    analyses: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    touched: set[str] = field(default_factory=set[str])
    pictured: set[str] = field(default_factory=set[str])
    subject: str = ""
    order: tuple[str, ...] = ()
    variants: list[tuple[str, Draft]] = field(default_factory=list[tuple[str, Draft]])
    no_variants: bool = False

    @property
    def stills(self) -> set[str]:
        """File names of the photos in the media pool."""
        return {info.name for info in self.project.media if info.kind == "image"}

    @property
    def last_ms(self) -> int:
        """Where the pictures end."""
        return max((end(segment) for segment in self.pictures()), default=0)

    @property
    def names(self) -> Names:
        """Which word of a file's name is enough to name a photo or clip."""
        shown = [info.name for info in self.project.media if info.kind in ("image", "video")]
        return words_of((name, name.rpartition(".")[0]) for name in shown)

    def pictures(self) -> list[dict[str, Any]]:
        """Return the pictures in order, without what lies over them."""
        return main_pictures(self.draft)

    def photos(self) -> list[dict[str, Any]]:
        """Return the photos on the timeline."""
        return [seg for seg in self.pictures() if seg["m"].get("src") in self.stills]

    def clips(self) -> list[dict[str, Any]]:
        """Return the pictures that are no photos."""
        return [seg for seg in self.pictures() if seg["m"].get("src") not in self.stills]

    def over(self) -> list[dict[str, Any]]:
        """Return what lies over the pictures."""
        return overlays(self.draft)

    def sounds(self) -> list[dict[str, Any]]:
        """Return the sounds of their own tracks."""
        return [segment for _, segment in segments(self.draft, AUDIO)]

    def texts(self, role: Role | None = None) -> list[dict[str, Any]]:
        """Return the texts on the timeline, or those of one role."""
        found = [segment for _, segment in segments(self.draft, TEXT)]
        return [seg for seg in found if role is None or role_of(seg) == role]

    def mark(self) -> Plan:
        """Return a copy to come :meth:`back_to`."""
        lists = {key: list(getattr(self, key)) for key in _LISTS}
        return replace(self, **lists)

    def back_to(self, before: Plan) -> None:
        """Forget everything since *before* was marked."""
        self.draft, self.touched = before.draft, before.touched
        self.pictured, self.subject = before.pictured, before.subject
        for key in _LISTS:
            setattr(self, key, getattr(before, key))

    def tell(self, key: str, intent: Intent, **values: Any) -> None:
        """Note that *intent* was done, and how."""
        self.done.append(say("done", key, self.language, **values))
        self._step(intent, {"ok": True})
        if intent.skipped:
            self.other.append(say("say", "skipped", self.language, text=intent.skipped))

    def answer(self, intent: Intent, sentence: str) -> None:
        """Note what *intent* asked to know."""
        self.other.append(sentence)
        self._step(intent, {"ok": True})

    def fail(self, intent: Intent, reason: NotDone) -> None:
        """Note that *intent* was not done, or what must be asked first."""
        (self.asks if reason.asks else self.other).append(reason.sentence)
        self._step(intent, {"ok": False, "reason": reason.sentence})

    def _step(self, intent: Intent, result: dict[str, Any]) -> None:
        args: dict[str, Any] = {"words": self.message[slice(*intent.span)]}
        for field_name in intent.__dataclass_fields__:
            value = getattr(intent, field_name)
            if field_name not in _HIDDEN and value is not None:
                args[field_name] = _plain(value)
        self.steps.append(Step(_tool(type(intent).__name__), args, result))

    def refuse(self, key: str, **values: Any) -> NotDone:
        """Return the reason *key* in the user's language."""
        return NotDone(say("refused", key, self.language, **values))

    def outside(self, start_ms: int, stop_ms: int) -> NotDone:
        """Return the reason that a part does not lie within the video."""
        shown = {"start": seconds(start_ms), "end": seconds(stop_ms)}
        return self.refuse("no_part", last=seconds(self.last_ms), **shown)

    def ask(self, key: str, **values: Any) -> NotDone:
        """Return the question *key* in the user's language."""
        return NotDone(say("ask", key, self.language, **values), asks=True)

    def times(self, segment: dict[str, Any]) -> dict[str, str]:
        """Return where *segment* stands, in seconds, for a sentence."""
        return {"start": seconds(segment["s"]), "end": seconds(end(segment))}

    def segment(self, ids: Collection[str]) -> list[dict[str, Any]]:
        """Return the segments with these ids as they are now."""
        return [segment for _, segment in segments(self.draft) if segment["id"] in ids]


def start(project: Project, describe: Describe, language: Language, message: str) -> Plan:
    """Return a fresh plan on a copy of the project's timeline."""
    plan = Plan(project, describe, language, message, editable(project.draft))
    plan.order = tuple(picture["id"] for picture in plan.pictures())
    return plan


def chosen(texts: list[dict[str, Any]], pick: Pick) -> list[dict[str, Any]]:
    """Return those of *texts* that *pick* means: by number in the order of time, or by time."""
    found = sorted(texts, key=lambda text: text["s"])
    if pick.at is not None:
        low, high = pick.at
        found = [text for text in found if text["s"] < high and low < end(text)]
    if pick.places:
        there = [place for place in pick.places if -len(found) <= place < len(found)]
        found = [found[place] for place in there] if len(there) == len(pick.places) else []
    return found


def role_of(segment: dict[str, Any]) -> Role:
    """Return the role of a text segment."""
    return "title" if segment["m"].get("role") == "title" else "caption"


def media_named(project: Project, file: str) -> MediaInfo | None:
    """Return the pool's file of that name, whatever the case of its letters."""
    wanted = file.lower()
    exact = next((info for info in project.media if info.name.lower() == wanted), None)
    # Chinese has no gap between a verb and a file's name.
    return exact or next(
        (i for i in project.media if not wanted.isascii() and wanted.endswith(i.name.lower())), None
    )


def _tool(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")


def _plain(value: Any) -> Any:
    """Return *value* as JSON can hold it: records in records, too."""
    if hasattr(value, "__dataclass_fields__"):
        return {key: _plain(getattr(value, key)) for key in value.__dataclass_fields__}
    if isinstance(value, (tuple, list, set, frozenset)):
        return [_plain(one) for one in cast("Collection[Any]", value)]
    return value
