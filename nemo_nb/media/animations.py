"""How long each frame of a GIF or WebP shows, read off the file without decoding a frame.

Pillow decodes every frame before the one it is asked for; a file of a few MB can hold a
million. So the blocks are walked here, and what would take minutes to decode is refused.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final

from nemo_nb.errors import BrokenMedia

MAX_FRAMES: Final = 20_000
"""Frames an animation may have: more than five minutes at 60 a second."""

MAX_PIXELS: Final = 20_000_000_000
"""Pixels of all its frames together: three minutes of 1080p at 50 a second."""

MAX_FRAME_PIXELS: Final = 1 << 24
"""Pixels of one frame: 4096 x 4096. Every frame is held as RGBA, and more than once."""

DEFAULT_DELAY_MS: Final = 100
"""What a delay of 10 ms or less plays as, in browsers and here."""

_LEAST_DELAY_MS: Final = 10

# GIF89a, chapters 18 to 26: a colour table's flag and size, and what a block begins with.
_TABLE: Final = 0x80
_TABLE_SIZE: Final = 0x07
_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_GRAPHIC_CONTROL: Final = 0xF9


def frame_durations_ms(path: Path, name: str) -> list[int]:
    """Return how long each frame of the GIF or WebP at *path* shows, in ms.

    A file that was cut ends with its last whole frame.

    Raises:
        BrokenMedia: It has no frame, or so many that decoding them would take minutes.
    """
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        webp = data[:4] == b"RIFF"
        width, height = _webp_size(data) if webp else struct.unpack("<HH", data[6:10])
        if width * height > MAX_FRAME_PIXELS:
            raise _refused(name, f"Its frames claim {width} x {height} pixels.")
        delays: list[int] = []
        for delay in _webp_delays(data) if webp else _gif_delays(data):
            delays.append(delay if delay > _LEAST_DELAY_MS else DEFAULT_DELAY_MS)
            if len(delays) > MAX_FRAMES or len(delays) * width * height > MAX_PIXELS:
                size = f"{width} x {height} pixels"
                raise _refused(name, f"It has more than {len(delays) - 1} frames of {size}.")
    if not delays:
        raise BrokenMedia(
            f"The animation {name} cannot be read.",
            "It holds no frame.",
            "Save it again from the program it came from.",
            code=4001,
        )
    return delays


def _refused(name: str, why: str) -> BrokenMedia:
    fix = "Shorten it, scale it down, or save it as MP4."
    return BrokenMedia(f"The animation {name} is refused.", why, fix, code=4001)


def _gif_delays(data: mmap) -> Iterator[int]:
    at, delay, length = 13, 0, len(data)
    if data[10] & _TABLE:
        at += 3 << (data[10] & _TABLE_SIZE) + 1
    while at < length and data[at] != _TRAILER:
        block = data[at]
        if block == _EXTENSION:
            if data[at + 1 : at + 2] == bytes([_GRAPHIC_CONTROL]) and at + 6 <= length:
                # Hundredths of a second, for the image that follows.
                delay = 10 * int.from_bytes(data[at + 4 : at + 6], "little")
            at = _after_blocks(data, at + 2)
        elif block == _IMAGE and at + 10 < length:
            flags = data[at + 9]
            table = 3 << (flags & _TABLE_SIZE) + 1 if flags & _TABLE else 0
            at = _after_blocks(data, at + 11 + table)
            if at <= length:
                yield delay
            delay = 0
        else:
            return


def _after_blocks(data: mmap, at: int) -> int:
    """Return where a chain of sub-blocks ends; past the end of the file where it was cut."""
    length = len(data)
    while at < length:
        size = data[at]
        at += 1 + size
        if size == 0:
            return at
    return length + 1


def _webp_size(data: mmap) -> tuple[int, int]:
    """Return the canvas of an extended WebP; an animation is always one."""
    width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
    return width, height


def _webp_delays(data: mmap) -> Iterator[int]:
    at, length = 12, len(data)
    while at + 8 <= length:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] == b"ANMF" and at + 8 + size <= length:
            yield int.from_bytes(data[at + 20 : at + 23], "little")
        at += 8 + size + size % 2
