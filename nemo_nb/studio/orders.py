"""What an export asks for: the draft checked, the output read. Pure.

A job that cannot be rendered is refused when it is submitted, in words, and not found out
minutes later by the renderer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from nemo_nb.models import Canvas
from nemo_nb.studio.answers import Refusal, as_object
from nemo_nb.studio.render.formats import FORMATS, Format, Order
from nemo_nb.timeline.draft import Segment, Track, is_ready, number, read_canvas, read_tracks, whole

BAD_ORDER: Final = 400
MIN_SIDE: Final = 16
MAX_SIDE: Final = 4096
MAX_FPS: Final = 120.0
MAX_DURATION_MS: Final = 6 * 3_600_000
QUALITIES: Final = ("high", "medium", "low")

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_SHORT_SIDE: Final = re.compile(r"(\d{3,4})p", re.IGNORECASE)
_SIZE: Final = re.compile(r"(\d{2,5})\s*[xX\u00d7]\s*(\d{2,5})")


def check_id(job_id: str) -> str:
    """Return *job_id* if it can name a file.

    Raises:
        Refusal: 400.
    """
    if not _ID.fullmatch(job_id):
        raise Refusal(
            BAD_ORDER,
            "The render has no usable id.",
            "It may hold letters, digits, dots, hyphens and underscores, 100 at most.",
            "Use render_<timestamp>.",
        )
    return job_id


def read_order(draft: Any, output: Any, sources: Collection[str]) -> Order:
    """Check *draft* and *output* and return what to render.

    Args:
        draft: The submitted draft.
        output: ``format``, ``quality``, ``resolution``, ``fps``, and ``at_ms`` for a PNG; all
            but the first optional.
        sources: The names in the session's media pool.

    Raises:
        Refusal: 400; the sentence names what is wrong.
    """
    if not is_ready(draft):
        raise Refusal(
            BAD_ORDER,
            "The timeline holds nothing to render.",
            fix="Upload a photo or a clip first.",
        )
    tracks = read_tracks(draft)
    _check_tracks(tracks, sources)
    wanted = as_object(output)
    form = _format(wanted.get("format", "mp4"))
    quality = wanted.get("quality", "high")
    if quality not in QUALITIES:
        raise Refusal(
            BAD_ORDER, f"There is no quality {quality!r}.", fix=f"Use {', '.join(QUALITIES)}."
        )
    length_ms = max(track.end_ms for track in tracks)
    if form.max_duration_ms is not None and length_ms > form.max_duration_ms:
        raise Refusal(
            BAD_ORDER,
            f"A {form.name.upper()} of {length_ms / 1000:.0f} s would be huge.",
            f"{form.max_duration_ms // 1000} s is the longest.",
            "Export a WebM or an MP4, or trim the timeline.",
        )
    canvas = output_canvas(_bounded(read_canvas(draft), form), wanted)
    _check_bounds(canvas, form)
    return Order(form.name, quality, canvas, _moment(wanted.get("at_ms")))


def _format(name: Any) -> Format:
    form = FORMATS.get(name) if isinstance(name, str) else None
    if form is None:
        raise Refusal(
            BAD_ORDER, f"The format {name!r} is not supported.", fix=f"Use {', '.join(FORMATS)}."
        )
    return form


def _bounded(canvas: Canvas, form: Format) -> Canvas:
    """Return the canvas that *form* has where nothing else is asked for."""
    if form.default_side is None or form.default_fps is None:
        return canvas
    scale = min(1.0, form.default_side / max(canvas.width, canvas.height))
    fps = min(canvas.fps, form.default_fps)
    return Canvas(_even(canvas.width * scale), _even(canvas.height * scale), fps)


def _check_bounds(canvas: Canvas, form: Format) -> None:
    if form.max_side is not None and max(canvas.width, canvas.height) > form.max_side:
        raise Refusal(
            BAD_ORDER,
            f"A {form.name.upper()} of {canvas.width}x{canvas.height} would be huge.",
            f"{form.max_side} pixels is the longest side it may have.",
            f"Leave the resolution out: then it is {form.default_side} pixels.",
        )
    if form.max_fps is not None and canvas.fps > form.max_fps:
        raise Refusal(
            BAD_ORDER,
            f"A {form.name.upper()} of {canvas.fps:g} frames per second does not play smoothly.",
            f"Browsers slow down beyond {form.max_fps:g}.",
            f"Leave fps out: then it has {form.default_fps:g} at most.",
        )


def _moment(at_ms: Any) -> int | None:
    if at_ms is None:
        return None
    moment = whole(at_ms)
    if moment is None or moment < 0:
        raise Refusal(BAD_ORDER, f"{at_ms!r} is no time.", fix="Use milliseconds from 0 on.")
    return moment


def output_canvas(canvas: Canvas, output: Mapping[str, Any]) -> Canvas:
    """Return the canvas that ``resolution`` and ``fps`` of *output* make of the draft's own.

    ``1080p`` is the short side in the canvas' own shape; ``1920x1080`` and ``[w, h]`` are
    taken as they are. Sizes come out even, as H.264 wants them.

    Raises:
        Refusal: 400; not understood or out of range.
    """
    width, height = _size(canvas, output.get("resolution"))
    fps = canvas.fps
    if output.get("fps") is not None:
        asked = number(output["fps"])
        if asked is None or not 1 <= asked <= MAX_FPS:
            raise Refusal(
                BAD_ORDER,
                f"{output['fps']!r} frames per second cannot be rendered.",
                fix=f"Use a number from 1 to {MAX_FPS:.0f}.",
            )
        fps = asked
    if not (MIN_SIDE <= width <= MAX_SIDE and MIN_SIDE <= height <= MAX_SIDE):
        raise Refusal(
            BAD_ORDER,
            f"{width}x{height} cannot be rendered.",
            fix=f"Each side must have {MIN_SIDE} to {MAX_SIDE} pixels.",
        )
    return Canvas(width, height, fps)


def _size(canvas: Canvas, resolution: Any) -> tuple[int, int]:
    if resolution is None:
        return canvas.width, canvas.height
    if isinstance(resolution, str):
        short = _SHORT_SIDE.fullmatch(resolution.strip())
        if short:
            factor = int(short[1]) / canvas.short_side
            return _even(canvas.width * factor), _even(canvas.height * factor)
        size = _SIZE.fullmatch(resolution.strip())
        if size:
            return _even(int(size[1])), _even(int(size[2]))
    if isinstance(resolution, (list, tuple)):
        sides = [whole(side) for side in cast("Sequence[Any]", resolution)]
        if len(sides) == 2 and sides[0] and sides[1]:  # noqa: PLR2004  width and height
            return _even(sides[0]), _even(sides[1])
    raise Refusal(
        BAD_ORDER,
        f"The resolution {resolution!r} is not understood.",
        fix='Use "1080p", "1920x1080" or [width, height].',
    )


def _even(side: float) -> int:
    return round(side / 2) * 2


def _check_tracks(tracks: Sequence[Track], sources: Collection[str]) -> None:
    for track in tracks:
        if track.kind == "other":
            continue
        for segment in track.segments:
            where = f"Segment {segment.index + 1} of track {track.index + 1}"
            if segment.duration_ms <= 0 or segment.start_ms < 0:
                raise Refusal(
                    BAD_ORDER,
                    f"{where} has no length or begins before 0.",
                    fix="Give it a start of 0 ms or later and a duration.",
                )
            if segment.end_ms > MAX_DURATION_MS:
                raise Refusal(
                    BAD_ORDER, f"{where} ends after {MAX_DURATION_MS // 3_600_000} hours."
                )
            for name in _played(track, segment):
                if name not in sources:
                    missing = name or "a file that it does not name"
                    raise Refusal(
                        BAD_ORDER,
                        f"{where} plays {missing}, which this session does not have.",
                        fix="Upload it to this session first.",
                    )


def _played(track: Track, segment: Segment) -> Iterator[str]:
    """Yield the names of the files that *segment* needs; one is empty where it must have one."""
    from nemo_nb.studio.music.spec import read_music  # noqa: PLC0415  numpy is not for starting

    if track.kind == "text":
        return
    made = track.kind == "audio" and not segment.source and read_music(segment.meta) is not None
    if not made:
        yield segment.source
    behind = segment.meta.get("background")
    if track.kind == "video" and isinstance(behind, Mapping):
        asked = cast("Mapping[str, Any]", behind)
        name = asked.get("src")
        if asked.get("kind") == "picture" and isinstance(name, str) and name:
            yield name
