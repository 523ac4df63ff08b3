"""Where the file of an export goes, and what it is called."""

from __future__ import annotations

import filecmp
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from nemo_nb.errors import InputError
from nemo_nb.skills import UPLOAD_FORMATS
from nemo_nb.timeline.draft import read_tracks

if TYPE_CHECKING:
    import os

    from nemo_nb.timeline.timeline import Timeline

_DEFAULT_NAME: Final = "nemo"
# A name for a file on any system: no separators, no control characters, not endless.
_FORBIDDEN: Final = frozenset('<>:"/\\|?*')
_NAME_CHARS: Final = 80
_NAME_BYTES: Final = 200
_EXTENSIONS: Final = frozenset((*UPLOAD_FORMATS, "jpeg", "heic", "m4v"))


@dataclass(frozen=True, slots=True)
class Target:
    """Where the file goes: *path* itself if the user named it, else the next free name."""

    path: Path
    named: bool

    def final(self, part: Path, *, resumed: bool = False) -> Path:
        """Return the path to move *part* to now.

        Args:
            part: The finished file under its temporary name.
            resumed: The very same file may lie at its path already: a process was killed
                after it had moved it and before it could say so.
        """
        if self.named or (resumed and _same_content(self.path, part)):
            return self.path
        return free_name(self.path)


def _same_content(path: Path, part: Path) -> bool:
    return path.is_file() and filecmp.cmp(path, part, shallow=False)


def free_name(path: Path) -> Path:
    """Return *path*, or ``name (2).mp4`` and so on where there is a file of that name."""
    candidate, count = path, 1
    while candidate.exists():
        count += 1
        candidate = path.with_name(f"{path.stem} ({count}){path.suffix}")
    return candidate


def target(path: str | os.PathLike[str] | None, timeline: Timeline, extension: str) -> Target:
    """Return where to write: *path*, or a free name after the timeline in the current folder.

    Args:
        path: A file, which is overwritten, or a folder; missing folders are made.
        timeline: Gives the default name: its title, else its first source.
        extension: Of the format, without a dot.

    Raises:
        InputError: *path* ends in the extension of another format.
    """
    default = f"{default_name(timeline)}.{extension}"
    if path is None:
        return Target(Path.cwd() / default, named=False)
    text = str(path)
    given = Path(text).expanduser()
    if given.is_dir() or text.endswith(("/", "\\")):
        return Target(given.absolute() / default, named=False)
    if not given.suffix:
        given = given.with_name(f"{given.name}.{extension}")
    elif given.suffix.lower() != f".{extension}":
        raise InputError(
            f"{given.name} does not end in .{extension}.",
            f"The file will be {extension.upper()} by content.",
            f'Use "{given.stem}.{extension}".',
        )
    return Target(given.absolute(), named=True)


def variant_path(
    path: str | os.PathLike[str] | None,
    timeline: Timeline,
    variant: str,
    extension: str,
    *,
    alone: bool,
) -> str | os.PathLike[str]:
    """Return where the film of a variant goes: the user's path, or a free name that tells which.

    Args:
        path: A file or a folder; None: the current folder.
        timeline: Gives the name to begin with.
        variant: What it is called.
        extension: Of the format, without a dot.
        alone: It is the only file, so that it may have the very name of *path*.
    """
    label = file_name(variant) or "variant"
    if path is not None and not (
        Path(path).expanduser().is_dir() or str(path).endswith(("/", "\\"))
    ):
        given = Path(path).expanduser()
        if alone:
            return path
        stem = given.name if given.suffix.lower() != f".{extension}" else given.stem
        return given.with_name(f"{stem} {label}.{extension}")
    folder = Path.cwd() if path is None else Path(path).expanduser()
    name = file_name(f"{default_name(timeline)} {label}")
    return free_name(folder / f"{name}.{extension}")


def default_name(timeline: Timeline) -> str:
    """Return a file name without extension: the draft's title, else its first source's name."""
    draft = timeline.draft
    meta = draft.get("m")
    title = cast("dict[str, Any]", meta).get("title") if isinstance(meta, dict) else None
    candidates = [_without_extension(title)] if isinstance(title, str) else []
    for track in read_tracks(draft):
        if track.kind == "video":
            candidates += [_without_extension(item.source) for item in track.segments]
    return next((name for text in candidates if (name := file_name(text))), _DEFAULT_NAME)


def _without_extension(name: str) -> str:
    """Return the name of a source without what says its format; a title keeps its dots."""
    stem, dot, extension = name.rpartition(".")
    return stem if dot and extension.lower() in _EXTENSIONS else name


def file_name(text: str) -> str:
    """Return *text* as a name for a file, empty where nothing of it can be one."""
    kept = "".join(char for char in text if char.isprintable() and char not in _FORBIDDEN)
    short = kept.strip(" .")[:_NAME_CHARS].encode()[:_NAME_BYTES].decode(errors="ignore")
    return short.strip(" .")
