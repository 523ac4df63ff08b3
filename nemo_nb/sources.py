"""What a user hands to `upload`, turned into files that can be sent.

A path, a ``~`` path, a glob, a URL, bytes with a name (a pair, a dict or an open file), a PIL
image, a numpy array, or any list of these. Everything is looked at before anything is sent: the
type by content, the size against the skill's limit, HEIC converted to JPEG.
"""

from __future__ import annotations

import difflib
import glob
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

from nemo_nb.errors import FileTooLarge, InputError, SourceNotFound, UnsupportedFile
from nemo_nb.media import sniff
from nemo_nb.skills import FONT_FORMATS, SUBTITLE_FORMATS, Skill
from nemo_nb.wire.client import UploadFile

_URL: Final = re.compile(r"https?://", re.IGNORECASE)
_NEAREST: Final = 3
_SHOWN_CHARS: Final = 60
_MB: Final = 1_000_000
_GRAY, _COLOUR, _ALPHA = 2, 3, 4
# The extensions that stand for a format beside its own name.
_ALIASES: Final = {"jpeg": "jpg", "jpe": "jpg", "m4v": "mp4", "qt": "mov", "ssa": "ass"}


def collect(
    sources: Iterable[Any], skill: Skill, *, subtitles: bool
) -> tuple[list[UploadFile], list[str]]:
    """Return the files and the URLs that *sources* name, each checked.

    Args:
        sources: As `upload` takes them.
        skill: Its limit holds for every file.
        subtitles: Whether this backend reads subtitle files and fonts.

    Raises:
        SourceNotFound: A path or a glob names no file; the message has the nearest names.
        UnsupportedFile: A file of a kind that is not accepted.
        FileTooLarge: A file over the skill's limit.
        InputError: A source that is none of the above, or nothing at all.
    """
    files: list[UploadFile] = []
    urls: list[str] = []
    for source in _flat(sources):
        if isinstance(source, str) and _URL.match(source):
            urls.append(source)
        elif isinstance(source, (str, os.PathLike)):
            paths = _paths(os.fspath(cast("str | os.PathLike[str]", source)))
            files += [_from_path(path, skill, subtitles=subtitles) for path in paths]
        else:
            name, data = _in_memory(source, number=len(files) + 1)
            files.append(_from_bytes(name, data, skill, subtitles=subtitles))
    if not files and not urls:
        raise InputError(
            "There is nothing to upload.",
            fix='Name a file: session.upload("clip.mp4"), or a glob such as "photos/*.jpg".',
        )
    return files, urls


def _flat(sources: Iterable[Any]) -> Iterator[Any]:
    for source in sources:
        if isinstance(source, tuple) and _named_bytes(cast("tuple[Any, ...]", source)):
            yield source
        elif isinstance(source, Mapping) and all(
            map(_named_bytes, pairs := list(cast("Mapping[Any, Any]", source).items()))
        ):
            yield from pairs
        elif isinstance(source, io.IOBase):
            yield _of_open_file(source)
        elif isinstance(source, (list, tuple, set, frozenset, Iterator)):
            yield from _flat(cast("Iterable[Any]", source))
        else:
            yield source


def _named_bytes(source: tuple[Any, ...]) -> tuple[str, bytes] | None:
    """Return name and bytes, in whichever order they stand; None where it is no such pair."""
    match source:
        case (str(name), bytes() | bytearray() | memoryview()):
            return name, bytes(cast("bytes", source[1]))
        case (bytes() | bytearray() | memoryview(), str(name)):
            return name, bytes(cast("bytes", source[0]))
        case _:
            return None


def _of_open_file(file: io.IOBase) -> Path | tuple[str, bytes] | bytes:
    """Return what an open file stands for: the file on disk, else what it holds."""
    name = getattr(file, "name", None)
    if isinstance(name, str) and Path(name).is_file():
        # Sent in chunks from there, however large it is.
        return Path(name)
    data: Any = cast("Any", file).read()
    if not isinstance(data, bytes):
        raise InputError(
            "Text cannot be uploaded.", fix='Open the file with mode "rb", or pass its path.'
        )
    return (name, data) if isinstance(name, str) and name else data


def _paths(text: str) -> list[Path]:
    try:
        return _files_at(text)
    except (OSError, RuntimeError) as error:
        # Too long for a name, not to be looked at, or the home of nobody.
        shown = text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}…"
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise SourceNotFound(
            f"{shown!r} cannot be looked up.", f"{why}.", "Name a file, a glob or a URL."
        ) from error


def _files_at(text: str) -> list[Path]:
    path = Path(text).expanduser()
    if path.is_file():
        return [path]
    if path.is_dir():
        raise InputError(
            f"{path} is a folder.",
            "Only files are uploaded.",
            f'Name the files, for example "{path / "*.jpg"}".',
        )
    if glob.has_magic(text):
        found = sorted(map(Path, glob.glob(str(path), recursive=True)), key=_natural)  # noqa: PTH207 - a pattern may be absolute or begin with ~
        files = [match for match in found if match.is_file()]
        if files:
            return files
        raise SourceNotFound(
            f"No file matches {text!r}.", f"Looked from {Path.cwd()}.", "Check the pattern."
        )
    raise SourceNotFound(f"There is no file {text!r}.", _nearest(path), "Check the path.")


def _natural(path: Path) -> list[tuple[int, int, str]]:
    """Sort `photo2` before `photo10`, as people count."""
    parts = re.split(r"(\d+)", str(path).casefold())
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]


def _nearest(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"The folder {folder} does not exist."
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    by_folded = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(path.name.casefold(), by_folded, _NEAREST, cutoff=0.5)
    if close:
        return f"Nearest in {folder.resolve()}: {', '.join(by_folded[name] for name in close)}."
    return f"Nothing in {folder.resolve()} has a name like it."


def _from_path(path: Path, skill: Skill, *, subtitles: bool) -> UploadFile:
    try:
        with path.open("rb") as file:
            head = file.read(sniff.HEAD_BYTES)
        size = path.stat().st_size
    except OSError as error:
        raise InputError(
            f"{path} cannot be read.", f"{error.strerror}.", "Check its permissions."
        ) from error
    known = _recognise(path.name, head, size, subtitles=subtitles)
    _check_size(path.name, size, skill)
    if known.format == sniff.HEIC:
        return replace(_jpeg_of(path.name, path, skill), source=str(path))
    name = _name(path.name, known)
    return UploadFile(name, known.mime, size, lambda: path.open("rb"), str(path))


def _from_bytes(name: str, data: bytes, skill: Skill, *, subtitles: bool) -> UploadFile:
    known = _recognise(name, data[: sniff.HEAD_BYTES], len(data), subtitles=subtitles)
    _check_size(name, len(data), skill)
    if known.format == sniff.HEIC:
        return _jpeg_of(name, data, skill)
    return UploadFile(_name(name, known), known.mime, len(data), lambda: io.BytesIO(data))


def _recognise(name: str, head: bytes, size: int, *, subtitles: bool) -> sniff.Sniffed:
    if size == 0:
        raise UnsupportedFile(f"{name} is empty.", fix="Check how it was saved or copied.")
    known = sniff.sniff(head, name)
    if known is None:
        raise UnsupportedFile(
            f"{name} is no photo, clip, sound or subtitle file that can be used.",
            "The content decides, not the name.",
            f"Supported formats: {sniff.supported(subtitles=subtitles)}.",
        )
    if known.kind == "subtitle" and not subtitles:
        raise UnsupportedFile(
            f"{name} is a subtitle file.",
            "Only a studio reads those beside the media formats.",
            "Connect to the embedded studio, or paste the text in chat.",
        )
    if known.kind == "font" and not subtitles:
        raise UnsupportedFile(
            f"{name} is a font.", "Only a studio takes those.", "Connect to the embedded studio."
        )
    return known


def _check_size(name: str, size: int, skill: Skill) -> None:
    if size > skill.limit_bytes:
        raise FileTooLarge(
            f"{name} is {size / _MB:,.0f} MB.",
            f"The skill {skill.name} takes up to {skill.limit_bytes // _MB} MB a file.",
            "Compress or trim it first.",
        )


def _jpeg_of(name: str, source: Path | bytes, skill: Skill) -> UploadFile:
    from nemo_nb.media.heic import heic_to_jpeg  # noqa: PLC0415 - a decoder only HEIC needs

    data = heic_to_jpeg(source)
    converted = f"{Path(name).stem}.jpg"
    _check_size(converted, len(data), skill)
    return UploadFile(converted, "image/jpeg", len(data), lambda: io.BytesIO(data))


def _name(name: str, known: sniff.Sniffed) -> str:
    """Return *name*, ended by its format's extension where it has none that is accepted."""
    extension = Path(name).suffix.lower().lstrip(".")
    accepted = {*sniff.UPLOAD_FORMATS, *SUBTITLE_FORMATS, *FONT_FORMATS, *_ALIASES}
    return name if extension in accepted else f"{name}.{known.format}"


def _in_memory(source: Any, *, number: int) -> tuple[str, bytes]:
    pair = _named_bytes(cast("tuple[Any, ...]", source)) if isinstance(source, tuple) else None
    if pair:
        return Path(pair[0]).name or f"file-{number}", pair[1]
    if isinstance(source, (bytes, bytearray, memoryview)):
        raise InputError(
            "Bytes were handed over without a name.",
            "The timeline calls every source by its name.",
            'Pass a pair: session.upload(("photo.jpg", data)).',
        )
    image = cast("Any", source)
    # A module that was never imported cannot have made the object.
    if "PIL.Image" in sys.modules and isinstance(image, sys.modules["PIL.Image"].Image):
        filename = getattr(image, "filename", "")
        stem = Path(filename).stem if isinstance(filename, str) and filename else ""
        return f"{stem or f'image-{number}'}.png", _png(image)
    if "numpy" in sys.modules and isinstance(image, sys.modules["numpy"].ndarray):
        return f"array-{number}.png", _png_of_array(image)
    raise InputError(
        f"This is nothing that can be uploaded: {type(image).__name__}.",
        fix="Pass a path, a glob, a URL, (name, bytes), a PIL image or a uint8 array.",
    )


def _png(image: Any) -> bytes:
    from PIL import ImageOps  # noqa: PLC0415 - imported already by whoever made the image

    # PNG has no place for the orientation that viewers of the original follow.
    upright: Any = ImageOps.exif_transpose(image)
    mode = upright.mode if upright.mode in ("L", "RGB", "RGBA") else "RGBA"
    if upright.mode in ("CMYK", "YCbCr", "LAB", "HSV", "1", "I", "F", "I;16"):
        mode = "RGB"
    target = io.BytesIO()
    upright.convert(mode).save(target, "PNG", compress_level=1)
    return target.getvalue()


def _png_of_array(array: Any) -> bytes:
    shape: tuple[int, ...] = tuple(array.shape)
    fits = len(shape) == _GRAY or (len(shape) == _COLOUR and shape[2] in (1, _COLOUR, _ALPHA))
    if not fits or 0 in shape or str(array.dtype) != "uint8":
        raise InputError(
            f"An array of shape {shape} and type {array.dtype} is no picture.",
            "A picture is (height, width), (height, width, 3) or (height, width, 4) of uint8.",
            "For floats from 0 to 1: (array * 255).astype('uint8').",
        )
    from PIL import Image  # noqa: PLC0415 - only arrays need it here

    flat = array[:, :, 0] if shape[2:] == (1,) else array
    return _png(Image.fromarray(flat))
