"""The parts that do a studio's work, imported when first needed.

Decoders, encoders and networks take a second to import; a studio has to accept within two.
So the server calls them through this class alone.
"""
# ruff: noqa: PLC0415  importing late is what this module is for

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nemo_nb.models import MediaInfo
from nemo_nb.studio.agent.turn import Outcome, Project
from nemo_nb.studio.render.formats import PROXY, Order, Rendered
from nemo_nb.studio.render_process import RenderProcess

if TYPE_CHECKING:
    from nemo_nb.studio.render.preview import Stills
    from nemo_nb.studio.vision import Description

Draft = Mapping[str, Any]
Assets = Mapping[str, Path]

_JPEG_QUALITY: Final = 90
_SHEET_QUALITY: Final = 80

# Shared by all studios of this process: an encoder takes every core anyway.
_exports: Final = RenderProcess()
_proxies: Final = RenderProcess()


class Engine:
    """Agent, eyes and renderer of a studio. Every method blocks."""

    @cached_property
    def _stills(self) -> Stills:
        from nemo_nb.studio.render.preview import Stills

        return Stills()

    def close(self) -> None:
        """Let go of the files that are held open for the next still."""
        if "_stills" in vars(self):
            self._stills.close()

    def probe(self, path: Path, name: str) -> MediaInfo:
        """Return what a file holds; see :func:`nemo_nb.media.probe.probe`."""
        from nemo_nb.media.probe import probe

        info = probe(path, name=name)
        if info.kind == "font":
            from nemo_nb.studio.render.fonts import check_font

            check_font(path, name)
        return info

    def respond(
        self,
        message: str,
        project: Project,
        describe: Callable[[str], Description | None],
    ) -> Outcome:
        """Let the agent answer; see :func:`nemo_nb.studio.agent.understanding.respond`."""
        from nemo_nb.studio.agent.understanding import respond

        return respond(message, project, describe)

    def describe(self, path: Path) -> Description | None:
        """Say what a photo shows; see :func:`nemo_nb.studio.vision.describe`."""
        from nemo_nb.studio.vision import describe

        return describe(path)

    def render(
        self,
        draft: Draft,
        assets: Assets,
        out: Path,
        order: Order,
        *,
        films: Path | None,
        progress: Callable[[float], None],
        cancelled: Callable[[], bool],
    ) -> Rendered:
        """Render to *out* in another process; see :mod:`nemo_nb.studio.render_process`.

        Exports take turns. A proxy is made beside them, at the same low priority.
        """
        process = _proxies if order.quality == PROXY else _exports
        return process.render(draft, assets, out, order, films, progress, cancelled)

    def frame(
        self,
        draft: Draft,
        assets: Assets,
        at_ms: int,
        width: int | None,
        *,
        lossless: bool = False,
        exact: bool = True,
    ) -> bytes:
        """Return one frame of the timeline as a JPEG, or *lossless* as a PNG.

        Not *exact*, clips show their last key frame: a quarter of the time and less.
        """
        image = self._stills.still(draft, assets, at_ms, width=width, exact=exact)
        if lossless:
            from nemo_nb.studio.render.png import encoded

            return encoded(image)
        target = BytesIO()
        image.save(target, "JPEG", quality=_JPEG_QUALITY)
        return target.getvalue()

    def thumbnails(self, draft: Draft, assets: Assets, **wanted: Any) -> dict[str, Any]:
        """Return a sheet of thumbnails in JSON; see :func:`nemo_nb.studio.render.preview.sheet`."""
        from nemo_nb.studio.render.preview import sheet

        made, target = sheet(draft, assets, **wanted), BytesIO()
        made.image.save(target, "JPEG", quality=_SHEET_QUALITY)
        return {
            "columns": made.columns,
            "width": made.width,
            "height": made.height,
            "times_ms": list(made.times_ms),
            "image": b64encode(target.getvalue()).decode("ascii"),
        }

    def waveform(self, draft: Draft, assets: Assets, buckets: int) -> dict[str, Any]:
        """Return peaks in JSON; see :func:`nemo_nb.studio.render.preview.waveform`."""
        from nemo_nb.studio.render.preview import waveform

        found, duration_ms = waveform(draft, assets, buckets)
        return {"peaks": found, "duration_ms": duration_ms}
