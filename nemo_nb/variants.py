"""Variants of one cut: a copy for each prompt, the same words on every copy."""

from __future__ import annotations

import copy
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Self, cast

from nemo_nb.answers import EN, say
from nemo_nb.errors import EditRefused, InputError, NemoError, NotReady
from nemo_nb.notices import (
    Audience,
    Notice,
    TurnEnded,
    TurnProgress,
    UploadProgress,
    Watcher,
    current_watcher,
    watching,
)
from nemo_nb.reply import Reply
from nemo_nb.timeline.draft import TEXT, TRACK_KEYS, TYPE_KEYS, first, read_tracks
from nemo_nb.timeline.timeline import Timeline

if TYPE_CHECKING:
    from nemo_nb.project import Project
    from nemo_nb.session import AsyncSession

Cue = tuple[int, int, str]
"""Start and end in ms, and the words."""

_FEWEST: Final = 2
# Subtitle files often outlast their clip a little; more than this is another clip's file.
_OVERHANG_MS: Final = 500


async def make_variants(
    session: AsyncSession,
    prompts: Sequence[str],
    *,
    names: Sequence[str] | None,
    captions: Any,
) -> dict[str, Timeline]:
    """Return the timeline that each prompt leads to, by name; see `AsyncSession.ab`."""
    labels = checked_labels(prompts, names)
    base = await session.timeline()
    if not base.ready:
        raise NotReady("There is no cut to make variants of.")
    start = base
    if captions is not None:
        cues = read_cues(captions, base.duration_ms)
        start = base.with_draft(with_cues(base.draft, cues))
    elif base.captions.empty:
        raise needs_words()
    made: dict[str, Timeline] = {}
    with Telling(labels, session.language or EN) as telling:
        for label, prompt in zip(labels, prompts, strict=True):
            with telling.about(label):
                draft = await _variant(session, start if captions is not None else None, prompt)
            made[label] = base.with_draft(draft)
        await session.keep_variants(made)
    return made


async def first_edit_cost(project: Project) -> str | None:
    """Return what variants cost on a studio, as a question; None where nothing has to be paid.

    A studio that counts credits takes them with the first edit of a project, its copies included.
    """
    await project.read()
    price = project.state.get("editing_credits")
    if not isinstance(price, (int, float)) or price <= 0:
        return None
    available = (await project.client.credits()).available
    return say("ab_cost", project.words, price=price, available=available)


def needs_words() -> NemoError:
    """Return the error for a cut without captions: words are never invented."""
    return InputError(
        "There are no captions to vary.",
        "The timeline has none, and words are never invented.",
        'Pass them: captions="clip.srt", or captions=["first line", "second line"].',
    )


class Telling:
    """Tells the calling cell how far the variants are.

    That cell alone: the copies and their turns are no part of the session.
    """

    def __init__(self, labels: Sequence[str], language: str) -> None:
        self._labels = list(labels)
        self._language = language
        self._tell = Audience().tell
        self._watcher = current_watcher()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _where: object) -> None:
        if isinstance(error, NemoError):
            self._tell(TurnEnded(0, "failed", None, error))
        elif error is None:
            words = say("variants", self._language, names=", ".join(self._labels))
            self._tell(TurnEnded(0, "done", Reply(words, "chat", "done")))

    @contextmanager
    def about(self, label: str) -> Generator[None]:
        """Tell what happens in this block as the work on variant *label*."""
        head = f"{self._labels.index(label) + 1}/{len(self._labels)} {label}"
        self._tell(TurnProgress(0, "", head))
        with watching(_in_short(self._watcher, head)):
            yield


def _in_short(watcher: Watcher | None, head: str) -> Watcher:
    """Return a watcher of a copy that tells *watcher* how far its turn is, and no more."""

    def relay(notice: Notice) -> None:
        if watcher is None:
            return
        if isinstance(notice, TurnProgress) and notice.progress:
            watcher(TurnProgress(0, "", f"{head}: {notice.progress}"))
        elif isinstance(notice, UploadProgress):
            watcher(notice)

    return relay


async def _variant(session: AsyncSession, start: Timeline | None, prompt: str) -> dict[str, Any]:
    """Return the draft that *prompt* makes of a copy of the session (of *start*, if given)."""
    async with await session.fork() as fork:
        before = await (fork.timeline() if start is None else fork.apply(start))
        return await changed_draft(fork, before, prompt)


async def changed_draft(session: AsyncSession, before: Timeline, prompt: str) -> dict[str, Any]:
    """Send *prompt* and return the draft that it leads to.

    Raises:
        EditRefused: It is still *before*'s.
    """
    reply = await session.chat(prompt)
    after = await session.timeline()
    if after.draft == before.draft:
        said = reply.text.strip().partition("\n")[0]
        asked = prompt.partition("\n")[0]
        raise EditRefused(
            f"The prompt {asked!r} changed nothing.",
            f"The agent said: {said}",
            "Say it in other words.",
            reply=reply,
        )
    return after.draft


def checked_labels(prompts: Sequence[str], names: Sequence[str] | None) -> list[str]:
    """Return the variants' names, which are the prompts where there are none.

    Raises:
        InputError: Fewer than two prompts, an empty one, or names that do not fit.
    """
    given: Sequence[Any] = prompts
    if not all(isinstance(prompt, str) for prompt in given):
        raise InputError("A prompt is text.", fix="Say what shall be done on each copy.")
    if len(prompts) < _FEWEST:
        raise InputError(
            "A comparison needs two prompts or more.",
            fix='For example: session.ab("bold yellow captions", "clean white captions").',
        )
    if not all(prompt.strip() for prompt in prompts):
        raise InputError("A prompt is empty.", fix="Say what shall be done on each copy.")
    labels = list(prompts if names is None else names)
    if len(labels) != len(prompts):
        raise InputError(f"There are {len(prompts)} prompts and {len(labels)} names.")
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise InputError(f"Two variants are called {twice!r}.", fix="Tell them apart with names=.")
    return labels


def read_cues(captions: Any, duration_ms: int) -> list[Cue]:
    """Return the cues that *captions* names, checked against the length of the cut.

    Args:
        captions: A subtitle file, a frame of cues, texts (spread evenly over the cut), or
            ``(start_ms, end_ms, text)`` tuples.
        duration_ms: Length of the cut.

    Raises:
        InputError: It is none of these, empty, or does not fit the cut.
    """
    if isinstance(captions, (list, tuple)):
        items = cast("Sequence[Any]", captions)
        if items and all(isinstance(item, str) for item in items):
            cues = _spread(cast("Sequence[str]", items), duration_ms)
        else:
            cues = [_cue(number, item) for number, item in enumerate(items, start=1)]
    else:
        frame: Any = Timeline.from_captions(captions).captions
        cues = [
            (int(start), int(end), str(text))
            for start, end, text in zip(
                frame["start_ms"], frame["end_ms"], frame["text"], strict=True
            )
        ]
    if not cues:
        raise InputError("The captions are empty.", fix="Pass at least one line.")
    return [_fitted(number, cue, duration_ms) for number, cue in enumerate(cues, start=1)]


def _spread(texts: Sequence[str], duration_ms: int) -> list[Cue]:
    edges = [round(index * duration_ms / len(texts)) for index in range(len(texts) + 1)]
    return [(edges[index], edges[index + 1], text) for index, text in enumerate(texts)]


def _cue(number: int, item: Any) -> Cue:
    match item:
        case (int() | float() as start, int() | float() as end, str() as text):
            return round(start), round(end), text
        case _:
            raise InputError(
                f"Caption {number} is {item!r}.",
                fix="Each caption is a text, or (start_ms, end_ms, text).",
            )


def _fitted(number: int, cue: Cue, duration_ms: int) -> Cue:
    start, end, text = cue
    if not text.strip():
        raise InputError(f"Caption {number} has no words.")
    if not 0 <= start < end:
        raise InputError(f"Caption {number} runs from {start} to {end} ms, which is no time.")
    if end > duration_ms + _OVERHANG_MS or start >= duration_ms:
        raise InputError(
            f"Caption {number} runs from {start} to {end} ms.",
            f"The cut is {duration_ms} ms long.",
            "Check that the captions belong to this cut; times are in milliseconds.",
        )
    return start, min(end, duration_ms), text


def with_cues(draft: Mapping[str, Any], cues: Sequence[Cue]) -> dict[str, Any]:
    """Return *draft* with *cues* as its captions, in the place of those it had; titles stay."""
    result = copy.deepcopy(dict(draft))
    key = next((name for name in TRACK_KEYS if first(result, (name,)) is not None), TRACK_KEYS[0])
    tracks = cast("list[Any]", result.get(key) or [])
    kept = [track for track in map(_without_captions, tracks) if track]
    used = {segment.id for track in read_tracks({"t": kept}) for segment in track.segments}
    used |= {str(raw.get("id")) for raw in kept}
    segments = [
        {
            "id": _free(f"cue{number}", used),
            "s": start,
            "d": end - start,
            "m": {"text": text, "role": "caption"},
        }
        for number, (start, end, text) in enumerate(cues, start=1)
    ]
    track = {"tt": TEXT, "id": _free("captions", used), "m": {"title": "Captions"}}
    result[key] = [*kept, {**track, "sg": segments}]
    return result


def _without_captions(raw: Any) -> Any:
    """Return a track without its captions; None for a text track that held nothing else."""
    if not isinstance(raw, dict):
        return raw
    track = cast("dict[str, Any]", raw)
    (read,) = read_tracks({"t": [track]})
    if read.kind != "text" or first(track, TYPE_KEYS) is None:
        return track
    kept = [dict(item.raw) for item in read.segments if item.role != "caption"]
    return {**track, "sg": kept} if kept else None


def _free(name: str, used: set[str]) -> str:
    candidate, count = name, 1
    while candidate in used:
        count += 1
        candidate = f"{name}-{count}"
    used.add(candidate)
    return candidate
