"""Earlier films as a store of groups of pictures that need not be encoded again.

Beside each finished MP4 lies an index of a few lines: which key (:mod:`.gops`) its packets
have, group by group, and their checksum. A group is taken only after its packets were read
and the checksum agrees; anything odd about an index or a film means that it is not used.
"""

# pyright: reportUnknownMemberType=false
# PyAV's stubs leave the types of Packet and demux open.

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import av
from av.error import FFmpegError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

    Packet = av.Packet[Any]

INDEX_SUFFIX: Final = ".gops"
SOUND: Final = "sound"
_FILMS: Final = 32  # the newest; opening hundreds would cost more than they save
_LENGTH_BYTES: Final = 4
_START_CODE: Final = b"\x00\x00\x00\x01"


def index_path(film: Path) -> Path:
    """Return where the index of *film* lies."""
    return film.with_name(film.name + INDEX_SUFFIX)


@dataclass(frozen=True, slots=True)
class Kept:
    """A group as it lies in a film: *count* packets from frame *first* on."""

    film: Film
    first: int
    count: int
    crc: int

    def packets(self) -> Iterator[tuple[int, Packet]]:
        """Yield (frame number within the group, packet), in decoding order."""
        for packet in self.film.group(self.first, self.count):
            yield self.film.frame_of(packet) - self.first, packet


class Film:
    """A finished MP4, opened to be read in groups."""

    def __init__(self, path: Path, files: ExitStack) -> None:
        self._container: InputContainer = files.enter_context(av.open(str(path)))
        self._video: VideoStream = self._container.streams.video[0]
        self._rate = self._video.average_rate
        self._packets: Iterator[Packet] = iter(())
        self._at = -1

    @property
    def parameters(self) -> bytes:
        """The decoder's parameter sets, as the file has them."""
        return bytes(self._video.codec_context.extradata or b"")

    def frame_of(self, packet: Packet) -> int:
        """Return which frame *packet* holds."""
        if packet.pts is None or self._rate is None:
            raise ValueError
        return round(packet.pts * packet.time_base * self._rate)

    def group(self, first: int, count: int) -> list[Packet]:
        """Return the packets of a group in decoding order.

        Raises:
            ValueError, FFmpegError: They are not what the index says.
        """
        if self._at != first:
            self._seek(first)
        found: list[Packet] = []
        for packet in self._packets:
            found.append(packet)
            if len(found) == count:
                break
        self._at = first + count
        numbers = sorted(self.frame_of(packet) for packet in found)
        if numbers != list(range(first, first + count)) or not found[0].is_keyframe:
            self._at = -1
            raise ValueError
        return found

    def sound(self) -> Iterator[Packet]:
        """Yield the packets of the sound track."""
        self._at = -1
        self._container.seek(0)
        audio = self._container.streams.audio[0]
        return (packet for packet in self._container.demux(audio) if packet.size)

    def _seek(self, first: int) -> None:
        video = self._video
        if self._rate is None or video.time_base is None:
            raise ValueError
        self._container.seek(round(first / self._rate / video.time_base), stream=video)
        self._packets = (packet for packet in self._container.demux(video) if packet.size)


class Store:
    """The films of *folder* that were made as *recipe* says. Close it.

    Args:
        folder: Where finished films and their indexes lie.
        recipe: What tells the encoder's settings from others.
        parameters: The parameter sets that a film must have.
    """

    def __init__(self, folder: Path, recipe: str, parameters: bytes) -> None:
        self._parameters = parameters
        self._files = ExitStack()
        self._films: dict[Path, Film | None] = {}
        self._indexes = [index for index in _indexes(folder) if index["recipe"] == recipe]

    def find(self, keys: Iterable[str]) -> dict[str, Kept]:
        """Return those of *keys* whose packets are there and sound."""
        wanted = set(keys)
        found: dict[str, Kept] = {}
        for index in self._indexes:
            for key, first, count, crc in index["groups"]:
                if key in wanted and key not in found:
                    kept = self._checked(index["film"], first, count, crc)
                    if kept is not None:
                        found[key] = kept
        return found

    def find_sound(self, key: str) -> Film | None:
        """Return a film whose sound track has *key*, if there is one and it is sound."""
        for index in self._indexes:
            if index[SOUND][0] == key:
                # A reader of its own: sound and pictures are read side by side.
                film = self._opened(index["film"])
                with suppress(FFmpegError, ValueError):
                    if film is not None and checksum(film.sound()) == index[SOUND][1]:
                        return film
        return None

    def close(self) -> None:
        """Close the films."""
        self._files.close()

    def _checked(self, path: Path, first: int, count: int, crc: int) -> Kept | None:
        film = self._film(path)
        if film is None:
            return None
        try:
            whole = checksum(film.group(first, count)) == crc
        except (FFmpegError, ValueError):
            whole = False
        return Kept(film, first, count, crc) if whole else None

    def _film(self, path: Path) -> Film | None:
        if path not in self._films:
            self._films[path] = self._opened(path)
        return self._films[path]

    def _opened(self, path: Path) -> Film | None:
        try:
            film = Film(path, self._files)
        except (FFmpegError, IndexError):
            return None
        return film if parameter_sets(film.parameters) == self._parameters else None


def checksum(packets: Iterable[Packet]) -> int:
    """Return the CRC-32 of all the packets' bytes."""
    crc = 0
    for packet in packets:
        crc = zlib.crc32(packet, crc)
    return crc


def write_index(film: Path, recipe: str, groups: list[tuple[str, int, int]], sound: str) -> None:
    """Write the index of *film*, whose packets it reads for their checksums.

    Args:
        film: The finished MP4.
        recipe: The encoder's settings.
        groups: Key, first frame and number of frames of each group, in order.
        sound: The key of the sound track.
    """
    with ExitStack() as files:
        opened = Film(film, files)
        rows = [
            (key, first, count, checksum(opened.group(first, count)))
            for key, first, count in groups
        ]
        heard = sound, checksum(opened.sound())
    record = {"recipe": recipe, "groups": rows, SOUND: heard}
    index_path(film).write_text(json.dumps(record), "utf-8")


def _indexes(folder: Path) -> list[dict[str, Any]]:
    """Return the newest films' indexes, newest first; those that make no sense are left out."""
    dated: list[tuple[float, Path]] = []
    for path in folder.glob(f"*{INDEX_SUFFIX}"):
        with suppress(OSError):
            dated.append((path.stat().st_mtime, path))
    result: list[dict[str, Any]] = []
    for _, path in sorted(dated, reverse=True)[:_FILMS]:
        with suppress(OSError, ValueError, KeyError, TypeError):
            read = _read(path)
            result.append(read | {"film": path.with_name(path.name.removesuffix(INDEX_SUFFIX))})
    return result


def _read(path: Path) -> dict[str, Any]:
    record = cast("Mapping[str, Any]", json.loads(path.read_text("utf-8")))
    rows = [(str(key), int(a), int(b), int(crc)) for key, a, b, crc in record["groups"]]
    sound, crc = record[SOUND]
    return {"recipe": str(record["recipe"]), "groups": rows, SOUND: (str(sound), int(crc))}


def parameter_sets(extradata: bytes) -> bytes:
    """Return the parameter sets of an H.264 stream, free of how a container wraps them.

    *extradata* is an avcC record (ISO/IEC 14496-15, 5.3.3.1) or a byte stream with start codes.
    """
    if extradata[:1] != b"\x01":
        units = [unit.rstrip(b"\0") for unit in extradata.split(_START_CODE[1:]) if unit]
        return b"|".join(unit for unit in units if unit and unit[0] & 0x1F in (7, 8))
    sets: list[bytes] = []
    at = 5
    for mask in (0x1F, 0xFF):
        count, at = extradata[at] & mask, at + 1
        for _ in range(count):
            size = int.from_bytes(extradata[at : at + 2])
            sets.append(extradata[at + 2 : at + 2 + size])
            at += 2 + size
    return b"|".join(sets)


def byte_stream(packet: Packet) -> bytes:
    """Return an MP4's H.264 packet with start codes, as encoders write it.

    MP4 puts the length of each unit before it, in four bytes, which is what a start code takes.

    Raises:
        ValueError: The lengths do not add up.
    """
    data = bytearray(packet)
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + _LENGTH_BYTES])
        data[at : at + _LENGTH_BYTES] = _START_CODE
        at += _LENGTH_BYTES + size
    if at != len(data):
        raise ValueError
    return bytes(data)
