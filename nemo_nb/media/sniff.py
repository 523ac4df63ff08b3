"""What a file is, judged by its first bytes and not by its name.

Pure: bytes in, a record out. The client asks before it uploads, the studio before it opens
anything. Subtitles are text, so there the name and the content must agree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from nemo_nb.models import MediaKind
from nemo_nb.skills import FONT_FORMATS, SUBTITLE_FORMATS, UPLOAD_FORMATS

HEAD_BYTES: Final = 4096
"""How much of a file :func:`sniff_file` reads; 64 bytes decide everything but subtitles."""

HEIC: Final = "heic"

_KINDS: Final[dict[str, tuple[MediaKind, str]]] = {
    "mp4": ("video", "video/mp4"),
    "mov": ("video", "video/quicktime"),
    "avi": ("video", "video/x-msvideo"),
    "webm": ("video", "video/webm"),
    "mkv": ("video", "video/x-matroska"),
    "jpg": ("image", "image/jpeg"),
    "png": ("image", "image/png"),
    "gif": ("image", "image/gif"),
    "webp": ("image", "image/webp"),
    HEIC: ("image", "image/heic"),
    "mp3": ("audio", "audio/mpeg"),
    "wav": ("audio", "audio/wav"),
    "m4a": ("audio", "audio/mp4"),
    "aac": ("audio", "audio/aac"),
    "srt": ("subtitle", "application/x-subrip"),
    "vtt": ("subtitle", "text/vtt"),
    "ass": ("subtitle", "text/x-ssa"),
    "ttf": ("font", "font/ttf"),
    "otf": ("font", "font/otf"),
}

# ISO base media brands (ftyp) that are not plain MP4; the registry is at mp4ra.org.
_HEIC_BRANDS: Final = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"))
_FOREIGN_BRANDS: Final = frozenset((b"avif", b"avis", b"crx "))
# A TrueType font's first bytes, Microsoft's and Apple's, and the tables it has at most.
_TRUETYPE: Final = (b"\0\1\0\0", b"true")
_MAX_TABLES: Final = 128
# Atoms a QuickTime file older than ftyp may begin with.
_QUICKTIME_ATOMS: Final = frozenset((b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"))
_SRT_TIME: Final = re.compile(r"\d{1,2}:\d{2}:\d{2}[,.]\d{1,3}\s*-->\s*\d{1,2}:\d{2}:\d{2}")


@dataclass(frozen=True, slots=True)
class Sniffed:
    """A recognised file: its kind, its format (the usual extension) and its MIME type."""

    kind: MediaKind
    format: str
    mime: str


def sniff(head: bytes, name: str = "") -> Sniffed | None:
    """Return what *head*, a file's first bytes, belongs to; None where it is nothing we take.

    Args:
        head: At least 64 bytes where the file has them; more helps subtitles.
        name: The file's name; only the extension of subtitles is looked at.
    """
    found = _binary(head) or _subtitle(head, name)
    if found is None:
        return None
    kind, mime = _KINDS[found]
    return Sniffed(kind, found, mime)


def sniff_file(path: Path) -> Sniffed | None:
    """Return :func:`sniff` of the beginning of the file at *path*."""
    with path.open("rb") as file:
        return sniff(file.read(HEAD_BYTES), path.name)


def supported(*, subtitles: bool = True) -> str:
    """Return the accepted formats as words: ``mp4, mov, … or heic``.

    With *subtitles* those that a studio takes: subtitles and fonts, too.
    """
    own = (*SUBTITLE_FORMATS, *FONT_FORMATS) if subtitles else ()
    names = (*UPLOAD_FORMATS, HEIC, *own)
    return f"{', '.join(names[:-1])} or {names[-1]}"


def looks_like_text(head: bytes) -> bool:
    """Whether *head* reads as plain text."""
    if not head or b"\0" in head:
        return False
    # A multi-byte character may be cut at the end of the head, so the last bytes are ignored.
    text = head.decode("utf-8", errors="replace")[:-3] or head.decode("utf-8", errors="replace")
    return text.count("\ufffd") * 20 < len(text) + 1 and all(
        char >= " " or char in "\t\r\n\f\x1b" for char in text
    )


def _binary(head: bytes) -> str | None:
    riff = head[8:12] if head[:4] == b"RIFF" else b""
    by_riff = {b"WAVE": "wav", b"AVI ": "avi", b"WEBP": "webp"}.get(riff)
    if by_riff:
        return by_riff
    if head[4:8] == b"ftyp":
        return _iso(head)
    if head[4:8] in _QUICKTIME_ATOMS and len(head) >= 8:  # noqa: PLR2004  an atom's header
        return "mov"
    if head.startswith(b"\x1aE\xdf\xa3"):
        return "webm" if b"webm" in head[:64] else "mkv"
    starts = {
        b"\xff\xd8\xff": "jpg",
        b"\x89PNG\r\n\x1a\n": "png",
        b"GIF87a": "gif",
        b"GIF89a": "gif",
        b"ID3": "mp3",
    }
    for magic, found in starts.items():
        if head.startswith(magic):
            return found
    return _font(head) or _mpeg_audio(head)


def _font(head: bytes) -> str | None:
    """Tell a font by its magic and the number and first name of its tables (OpenType, "otff")."""
    tables = int.from_bytes(head[4:6], "big")
    if not (0 < tables <= _MAX_TABLES and head[12:16].isascii() and head[12:16].strip()):
        return None
    if head.startswith(b"OTTO"):
        return "otf"
    return "ttf" if head.startswith(_TRUETYPE) else None


def _iso(head: bytes) -> str | None:
    size = int.from_bytes(head[:4], "big")
    major = head[8:12]
    compatible = {head[at : at + 4] for at in range(16, min(size, len(head)) - 3, 4)}
    if major in _FOREIGN_BRANDS or (major == b"mif1" and b"avif" in compatible):
        return None
    if major in _HEIC_BRANDS:
        return HEIC
    if major == b"qt  ":
        return "mov"
    return "m4a" if major in (b"M4A ", b"M4B ", b"M4P ") else "mp4"


def _mpeg_audio(head: bytes) -> str | None:
    """Tell ADTS (AAC) from MPEG audio by the frame header, ISO/IEC 11172-3 and 13818-7."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:  # noqa: PLR2004  sync word
        return None
    layer = head[1] >> 1 & 3
    if layer == 0 and head[1] & 0xF0 == 0xF0:  # noqa: PLR2004  ADTS: 12 sync bits, layer 0
        return "aac"
    bitrate, rate, version = head[2] >> 4, head[2] >> 2 & 3, head[1] >> 3 & 3
    valid = layer == 1 and bitrate not in (0, 15) and rate != 3 and version != 1  # noqa: PLR2004  reserved values
    return "mp3" if valid else None


def _subtitle(head: bytes, name: str) -> str | None:
    extension = name.rpartition(".")[2].lower()
    if extension not in (*SUBTITLE_FORMATS, "ssa"):
        return None
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = head.decode(encoding, errors="replace").lstrip()
    if extension == "vtt":
        return "vtt" if text.startswith("WEBVTT") else None
    if extension == "srt":
        return "srt" if _SRT_TIME.search(text) else None
    return "ass" if "[script info]" in text.lower() else None
