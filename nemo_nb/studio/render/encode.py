"""A draft to a file: checked, worked out, written by the format's writer, moved into place."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from av.error import FFmpegError

from nemo_nb.errors import RenderFailed
from nemo_nb.media.probe import probe
from nemo_nb.models import Canvas, MediaInfo
from nemo_nb.studio.render import reuse
from nemo_nb.studio.render.compose import plan_of
from nemo_nb.studio.render.formats import FORMATS, PROXY, Order, Rendered
from nemo_nb.studio.render.gif import write_gif
from nemo_nb.studio.render.mp4 import AUDIO_BITS_PER_S, QUALITIES, write_mp4
from nemo_nb.studio.render.plan import Plan
from nemo_nb.studio.render.png import write_png
from nemo_nb.studio.render.watch import Watch
from nemo_nb.studio.render.wav import write_wav
from nemo_nb.studio.render.webm import write_webm
from nemo_nb.studio.render.writing import Writing

__all__ = ["AUDIO_BITS_PER_S", "QUALITIES", "Rendered", "render", "render_mp4"]


def render(
    draft: Any,
    assets: Mapping[str, Path],
    out: Path,
    order: Order | None = None,
    *,
    films: Path | None = None,
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Rendered:
    """Render *draft* to *out*; blocks until it is there.

    The file is written beside *out* under another name and moved when it is whole, so *out*
    never holds half a film.

    Args:
        draft: The timeline (docs/draft.md).
        assets: The media files by their name in the draft.
        out: Where the file goes; an older one is replaced.
        order: What kind of file; an MP4 of high quality if None.
        films: The folder of earlier MP4s whose unchanged parts are copied; an index of the new
            one is written beside it. None encodes everything.
        progress: Called with 0-100, at most once a percent, from the calling thread.
        cancelled: Asked before every frame whether to give up.

    Raises:
        NotReady: There is nothing to render.
        RenderCancelled: *cancelled* said so; no file is left.
        RenderFailed: A source is unknown, a size is out of bounds, or writing failed.
        BrokenMedia: A source cannot be read; it is named.
    """
    wanted = _checked(order or Order())
    plan = plan_of(draft, assets, wanted.canvas)
    watch = Watch(progress, cancelled)
    partial = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        copied = _write(plan, assets, partial, wanted, watch, films)
        notes = () if wanted.format == "wav" else Writing(plan.words, plan.canvas, assets).notes
        with suppress(FileNotFoundError):
            # The index first: alone it is ignored, without it the film is of less use.
            reuse.index_path(partial).replace(reuse.index_path(out))
        partial.replace(out)
    except (FFmpegError, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RenderFailed(
            f"{out.name} could not be written.", f"{reason}.", "Check the disk, then export again."
        ) from error
    finally:
        for left in (partial, reuse.index_path(partial)):
            with suppress(OSError):
                left.unlink(missing_ok=True)
    watch.finish()
    return Rendered(probe(out), copied, notes)


def render_mp4(
    draft: Any,
    assets: Mapping[str, Path],
    out: Path,
    *,
    canvas: Canvas | None = None,
    quality: str = "high",
    progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> MediaInfo:
    """Render *draft* to an H.264/AAC MP4 at *out*; see :func:`render`."""
    order = Order(quality=quality, canvas=canvas)
    return render(draft, assets, out, order, progress=progress, cancelled=cancelled).info


def _checked(order: Order) -> Order:
    if order.format not in FORMATS:
        raise RenderFailed(f"There is no format {order.format!r}.", fix=_one_of(FORMATS))
    known = [name for name in QUALITIES if name != PROXY or order.format == "mp4"]
    if order.quality not in known:
        raise RenderFailed(f"There is no quality {order.quality!r}.", fix=_one_of(known))
    return order


def _one_of(names: Iterable[str]) -> str:
    return f"Use {', '.join(name for name in names if name != PROXY)}."


def _write(
    plan: Plan,
    assets: Mapping[str, Path],
    path: Path,
    order: Order,
    watch: Watch,
    films: Path | None,
) -> int:
    """Write *path* and return how many frames were copied from earlier films."""
    match order.format:
        case "mp4":
            return write_mp4(plan, assets, path, order.quality, watch, films)
        case "webm":
            write_webm(plan, assets, path, order.quality, watch)
        case "gif":
            write_gif(plan, assets, path, watch)
        case "png":
            write_png(plan, assets, path, order.at_ms, watch)
        case _:
            write_wav(plan, assets, path, watch)
    return 0
