"""The parts that do a studio's work, imported when first needed.

Decoders, encoders and networks take a second to import; a studio has to accept within two.
So the server calls them through this class alone.
"""
# ruff: noqa: PLC0415  importing late is what this module is for

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nemo_nb.models import Canvas, MediaInfo
from nemo_nb.studio.agent.turn import Outcome, Project

if TYPE_CHECKING:
    from nemo_nb.studio.vision import Description

Draft = Mapping[str, Any]
Assets = Mapping[str, Path]

_JPEG_QUALITY: Final = 90


class Engine:
    """Agent, eyes and renderer of a studio. Every method blocks."""

    def probe(self, path: Path, name: str) -> MediaInfo:
        """Return what a file holds; see :func:`nemo_nb.media.probe.probe`."""
        from nemo_nb.media.probe import probe

        return probe(path, name=name)

    def respond(
        self,
        message: str,
        project: Project,
        describe: Callable[[str], Description | None],
    ) -> Outcome:
        """Let the agent answer; see :func:`nemo_nb.studio.agent.agent.respond`."""
        from nemo_nb.studio.agent.agent import respond

        return respond(message, project, describe)

    def describe(self, path: Path) -> Description | None:
        """Say what a photo shows; see :func:`nemo_nb.studio.vision.describe`."""
        from nemo_nb.studio.vision import describe

        return describe(path)

    def render_mp4(
        self,
        draft: Draft,
        assets: Assets,
        out: Path,
        *,
        canvas: Canvas,
        quality: str,
        progress: Callable[[float], None],
        cancelled: Callable[[], bool],
    ) -> MediaInfo:
        """Render to *out*; see :func:`nemo_nb.studio.render.encode.render_mp4`."""
        from nemo_nb.studio.render.encode import render_mp4

        return render_mp4(
            draft,
            assets,
            out,
            canvas=canvas,
            quality=quality,
            progress=progress,
            cancelled=cancelled,
        )

    def frame(
        self, draft: Draft, assets: Assets, at_ms: int, width: int | None, *, lossless: bool = False
    ) -> bytes:
        """Return one frame of the timeline as a JPEG, or *lossless* as a PNG."""
        from nemo_nb.studio.render.compose import render_frame

        target = BytesIO()
        image = render_frame(draft, assets, at_ms, width=width)
        if lossless:
            # Measured, not kept: the quickest compression is the best one.
            image.convert("RGB").save(target, "PNG", compress_level=1)
        else:
            image.convert("RGB").save(target, "JPEG", quality=_JPEG_QUALITY)
        return target.getvalue()
