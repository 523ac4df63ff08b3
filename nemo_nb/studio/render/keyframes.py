"""A clip's key frames alone: what a still that has to be there at once is made of."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from av.error import InvalidDataError

from nemo_nb.media import containers
from nemo_nb.studio.render.clips import TOLERANCE_S, Clip

if TYPE_CHECKING:
    import av

# At most eight of 1080p: so many groups of pictures are a minute or so of a phone's clip.
_KEPT_BYTES: Final = 24 << 20


class KeyFrames(Clip):
    """A clip that shows at every time the key frame before it, without those that follow it.

    Whoever drags a slider stays in one group of pictures for a while, and comes back to it: the
    last key frames are kept. Where the file leads to no key frame, the exact frame is shown.
    """

    def __init__(self, path: Path, name: str) -> None:
        self._kept: dict[int, av.VideoFrame] = {}
        self._astray = False
        # A frame alone is decoded by several threads only where it is cut into slices.
        super().__init__(path, name, threads="SLICE")

    def at(self, source_ms: float) -> av.VideoFrame:
        """Return the key frame before *source_ms*, or the first one."""
        if not self._astray:
            with containers.naming(self._name):
                frame = self._key_frame(source_ms / 1000 + TOLERANCE_S)
            if frame is not None:
                return frame
            self._astray = True
            self._read_anew()
        return super().at(source_ms)

    def close(self) -> None:
        """Let go of the file."""
        self._kept.clear()
        super().close()

    def _key_frame(self, wanted_s: float) -> av.VideoFrame | None:
        self._container.seek(round((wanted_s + self._start_s) * containers.MICROSECONDS))
        packet = next(self._container.demux(self._stream), None)
        if packet is None or packet.pts is None or not packet.is_keyframe:
            return None
        number = packet.pts
        frame = self._kept.pop(number, None) or self._decoded(packet)
        if frame is not None:
            room = max(1, _KEPT_BYTES // sum(plane.buffer_size for plane in frame.planes))
            while len(self._kept) >= room:
                del self._kept[next(iter(self._kept))]
            self._kept[number] = frame
        return frame

    def _decoded(self, packet: av.Packet[Any]) -> av.VideoFrame | None:
        # A decoder that is told that nothing follows hands out what it has.
        context: Any = self._stream.codec_context  # its stubs leave the packet's stream open
        context.flush_buffers()
        with suppress(InvalidDataError):
            frames: list[av.VideoFrame] = [*packet.decode(), *context.decode(None)]
            return frames[0] if frames else None
        return None

    def _read_anew(self) -> None:
        self._container.seek(round(self._start_s * containers.MICROSECONDS))
        self._read()
