"""`compare`: whatever holds captions, read as the variants of a `Comparison`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from string import ascii_uppercase
from typing import Any, Final, cast

from nemo_nb.comparison import Comparison
from nemo_nb.errors import InputError
from nemo_nb.timeline.columns import rows
from nemo_nb.timeline.timeline import Timeline

MANIFEST: Final = "manifest.csv"
"""What `batch` calls the table of what it has made."""


def compare(a: Any, b: Any = None, *more: Any, names: Sequence[str] | None = None) -> Comparison:
    """Compare two or more variants.

    Args:
        a: A `Session`, a `Timeline`, the path of a subtitle file, a captions frame, or a
            draft; or, alone, what `batch` returned, its ``manifest.csv`` or the folder of it:
            the finished rows are the variants.
        b: Another.
        *more: And others.
        names: A name for each; else file names, and A, B, … where there are none.

    Raises:
        InputError: One of them is none of these, or the names do not fit.
    """
    manifest = _manifest(a) if b is None and not more else None
    if manifest is not None:
        made = _batch_drafts(manifest)
        sources: tuple[Any, ...] = tuple(made.values())
        names = names or list(made)
    else:
        sources = (a, b, *more)
    timelines = [_timeline(source) for source in sources]
    chosen = _names(sources) if names is None else [str(name) for name in names]
    if len(chosen) != len(timelines) or len(set(chosen)) != len(chosen):
        raise InputError(
            f"{len(timelines)} variants need as many different names.",
            f"Given: {', '.join(map(repr, chosen))}.",
        )
    comparison = Comparison(dict(zip(chosen, timelines, strict=True)))
    for name, source in zip(chosen, sources, strict=True):
        filmer = getattr(getattr(source, "aio", None), "filmer", None)
        if filmer is not None:
            comparison.filmers[name] = filmer
    return comparison


def _manifest(source: Any) -> Any:
    """Return the frame of a batch, given that, its file or its folder; None for all else."""
    if isinstance(source, (str, os.PathLike)):
        path = Path(cast("str", source)).expanduser()
        path = path / MANIFEST if path.is_dir() else path
        if path.name != MANIFEST or not path.is_file():
            return None
        import pandas as pd  # noqa: PLC0415 - most comparisons read no table

        read: Callable[[Path], Any] = pd.read_csv
        source = read(path)
    is_one = {"name", "status", "draft"} <= {str(name) for name in getattr(source, "columns", ())}
    return source if is_one else None


def _batch_drafts(manifest: Any) -> dict[str, dict[str, Any]]:
    """Return the drafts of the finished rows of a batch, by name, from their records."""
    done = manifest[manifest["status"] == "done"]
    return {
        name: json.loads(Path(record).read_text("utf-8"))["draft"]
        for name, record in rows(done, "name", "draft")
    }


def _timeline(source: Any) -> Timeline:
    if isinstance(source, Timeline):
        return source
    if isinstance(source, (str, os.PathLike)) or hasattr(source, "columns"):
        return Timeline.from_captions(cast("Any", source))
    if isinstance(source, Mapping):
        return Timeline.from_draft(cast("Mapping[str, Any]", source))
    read: Callable[[], Any] | None = getattr(source, "timeline", None)
    if callable(read):
        found = read()
        if isinstance(found, Timeline):
            return found
        if isinstance(found, Coroutine):
            cast("Coroutine[Any, Any, Any]", found).close()
            raise InputError(
                "An AsyncSession cannot be read here.",
                fix="Pass what it reads: compare(await session.timeline(), …).",
            )
    raise InputError(
        f"{type(source).__name__} is nothing that can be compared.",
        fix="Pass a Session, a Timeline, a subtitle file, a captions frame or a draft.",
    )


def _names(sources: Sequence[Any]) -> list[str]:
    """Return the stems of files, letters for everything else; letters alone on a clash."""
    letters = [
        ascii_uppercase[at] if at < len(ascii_uppercase) else f"V{at + 1}"
        for at in range(len(sources))
    ]
    names = [
        Path(cast("str", source)).stem if isinstance(source, (str, os.PathLike)) else letter
        for source, letter in zip(sources, letters, strict=True)
    ]
    return names if len(set(names)) == len(names) else letters
