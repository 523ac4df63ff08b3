"""An animated GIF: one palette for the whole film, chosen from frames all along it."""

# pyright: reportUnknownMemberType=false
# PyAV's stubs leave the stream type of a Packet open in encode, mux and add_stream.

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import av
from av.error import BlockingIOError as AgainError
from av.filter import Graph
from av.video.reformatter import ColorRange, Colorspace

from nemo_nb.studio.render.feed import Feed
from nemo_nb.studio.render.plan import Plan
from nemo_nb.studio.render.watch import Watch

if TYPE_CHECKING:
    from av.filter.context import FilterContext

_PALETTE_FRAMES: Final = 48
_PALETTE_SHARE: Final = 0.2  # of the work, for progress
_CLOCK: Final = Fraction(1, 100)  # GIF89a counts time in hundredths of a second
_RGB: Final = "rgb24"
# Error diffusion hides the bands of 256 colours; only the part of the picture that changed is
# written again, which keeps what stands still from flickering.
_DITHER: Final = "dither=sierra2_4a:diff_mode=rectangle"


def write_gif(plan: Plan, assets: Mapping[str, Path], path: Path, watch: Watch) -> None:
    """Write *plan* to *path* as a GIF that loops forever."""
    palette = _palette(plan, assets, watch)
    with ExitStack() as files:
        target = files.enter_context(av.open(str(path), "w", format="gif", options={"loop": "0"}))
        stream = target.add_stream("gif", rate=plan.rate)
        stream.width, stream.height = plan.canvas.width, plan.canvas.height
        stream.pix_fmt = "pal8"
        stream.codec_context.time_base = _CLOCK
        graph = _Dithering(plan, palette)
        feed = files.enter_context(Feed(plan, assets, range(plan.frames)))
        for index, frame in enumerate(feed.frames(watch)):
            shown = graph.dithered(rgb(frame), index)
            shown.pts, shown.time_base = round(index / plan.rate / _CLOCK), _CLOCK
            target.mux(stream.encode(shown))
            watch.done(_PALETTE_SHARE + (1 - _PALETTE_SHARE) * (index + 1) / plan.frames)
        target.mux(stream.encode(None))
        watch.check()


def rgb(frame: av.VideoFrame) -> av.VideoFrame:
    """Return a BT.709 limited *frame* in RGB."""
    return frame.reformat(
        format=_RGB,
        src_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
    )


def _palette(plan: Plan, assets: Mapping[str, Path], watch: Watch) -> av.VideoFrame:
    """Return the 256 colours of the film, as the picture that FFmpeg's filters exchange."""
    graph = Graph()
    source = _source(graph, plan)
    sink = graph.add("buffersink")
    graph.link_nodes(source, graph.add("palettegen", "stats_mode=full"), sink).configure()
    count = min(plan.frames, _PALETTE_FRAMES)
    chosen = [(2 * n + 1) * plan.frames // (2 * count) for n in range(count)]
    with Feed(plan, assets, chosen) as feed:
        for index, frame in enumerate(feed.frames(watch)):
            shown = rgb(frame)
            shown.pts, shown.time_base = index, 1 / plan.rate
            source.push(shown)
            watch.done(_PALETTE_SHARE * index / count)
    source.push(None)
    return cast("av.VideoFrame", sink.pull())


def _source(graph: Graph, plan: Plan) -> FilterContext:
    return graph.add_buffer(
        width=plan.canvas.width,
        height=plan.canvas.height,
        format=av.VideoFormat(_RGB),
        time_base=1 / plan.rate,
    )


class _Dithering:
    """FFmpeg's paletteuse, a frame at a time."""

    def __init__(self, plan: Plan, palette: av.VideoFrame) -> None:
        # Kept: a filter does not keep its graph alive, and uses it.
        graph = self._graph = Graph()
        self._rate = plan.rate
        self._frames = _source(graph, plan)
        colours = graph.add_buffer(
            width=palette.width,
            height=palette.height,
            format=palette.format,
            time_base=1 / plan.rate,
        )
        use = graph.add("paletteuse", _DITHER)
        self._sink = graph.add("buffersink")
        self._frames.link_to(use, 0, 0)
        colours.link_to(use, 0, 1)
        use.link_to(self._sink)
        graph.configure()
        palette.pts, palette.time_base = 0, 1 / plan.rate
        colours.push(palette)
        colours.push(None)

    def dithered(self, frame: av.VideoFrame, index: int) -> av.VideoFrame:
        frame.pts, frame.time_base = index, 1 / self._rate
        self._frames.push(frame)
        try:
            return cast("av.VideoFrame", self._sink.pull())
        except AgainError:
            self._frames.push(None)
            return cast("av.VideoFrame", self._sink.pull())
