"""Our frames as a person reads them: times, sizes and numbers in words, long texts cut.

The frames themselves stay plain pandas, and every other frame is shown as pandas shows it:
only the very objects that a magic hands out look like this.
"""

# pandas has no complete types
# pyright: reportUnknownMemberType=false
from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from nemo_nb.export import file_size, place
from nemo_nb.notebook.markdown import plain
from nemo_nb.timeline.html import STYLE, UNKNOWN, table
from nemo_nb.timeline.summary import clock, shortened

if TYPE_CHECKING:
    import pandas as pd

_MOST_ROWS: Final = 50
_MOST_CHARS: Final = 240
_MOST_CHARS_IN_TEXT: Final = 48
# For programs: what they hold is long, and says nothing to a reader.
_FOR_PROGRAMS: Final = frozenset(("hash", "meta", "style", "draft"))
_PATHS: Final = frozenset(("path", "source"))
_MARKDOWN: Final = frozenset(("text", "reply"))
# What a still, or a file without a picture, does not have.
_NONE_IF_ZERO: Final = frozenset(("duration_ms", "width", "height", "fps"))
_LARGE: Final = 100
_SHORT: Final = {"ms": "", "bytes": ""}

# The title of each frame that was handed out and still lives, by its id: frames have no hash.
_titles: dict[int, str] = {}


def readable(frame: pd.DataFrame, title: str) -> pd.DataFrame:
    """Return *frame* itself; as the last line of a cell it reads like a table for people.

    Args:
        frame: One of ours, with units in its columns' names.
        title: What it holds, read first by a screen reader.
    """
    _titles[id(frame)] = title
    weakref.finalize(frame, _titles.pop, id(frame), None).atexit = False
    return frame


def bundle(frame: pd.DataFrame, **_: Any) -> dict[str, str] | None:
    """Return how *frame* is shown; None leaves that to pandas."""
    title = _titles.get(id(frame))
    if title is None:
        return None
    return {"text/html": frame_html(frame, title), "text/plain": frame_text(frame, title)}


def frame_html(frame: pd.DataFrame, title: str) -> str:
    """Return *frame* as a table in the notebook's own colours."""
    names = _columns(frame)
    numeric = [at for at, name in enumerate(names) if _is_figure(frame, name)]
    counted = _counted(frame, title)
    body = table(
        [_head(name) for name in names], _lines(frame, names, _MOST_CHARS), counted, numeric
    )
    return f'{STYLE}<div class="nemo-data">{body}</div>'


def frame_text(frame: pd.DataFrame, title: str) -> str:
    """Return *frame* for a terminal: texts on the left, figures on the right."""
    names = _columns(frame)
    lines = _lines(frame, names, _MOST_CHARS_IN_TEXT)
    if not lines:
        return _counted(frame, title)
    told = [tuple(map(_head, names)), *lines]
    columns = [
        _padded(column, right=_is_figure(frame, name))
        for name, column in zip(names, zip(*told, strict=True), strict=True)
    ]
    rows = ("  ".join(cells).rstrip() for cells in zip(*columns, strict=True))
    return "\n".join([_counted(frame, title), *rows])


def _padded(texts: Sequence[str], *, right: bool) -> list[str]:
    from prompt_toolkit.utils import get_cwidth  # noqa: PLC0415 - slow to import

    # A Chinese sign is two columns wide.
    widths = list(map(get_cwidth, texts))
    gaps = [" " * (max(widths) - width) for width in widths]
    return [
        f"{gap}{text}" if right else f"{text}{gap}" for text, gap in zip(texts, gaps, strict=True)
    ]


def cell(name: str, value: Any, most: int = _MOST_CHARS) -> str:
    """Return one value as text, by the name of its column.

    Args:
        name: Its last word says the unit: ``duration_ms``, ``size_bytes``, ``started_at``.
        value: Whatever stands there.
        most: Characters of a text.
    """
    if _is_missing(name, value):
        return UNKNOWN
    say = next((say for ending, say in _SAY.items() if name.endswith(ending)), None)
    if say is not None and not isinstance(value, str):
        return say(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _number(value) if isinstance(value, float) else _text(name, str(value), most)


def _text(name: str, text: str, most: int) -> str:
    if name in _MARKDOWN:
        text = plain(text)
    elif name in _PATHS and Path(text).is_absolute():
        text = place(Path(text))
    return shortened(text, most) or UNKNOWN


def _counted(frame: pd.DataFrame, title: str) -> str:
    count = len(frame)
    if not count:
        return f"{title}: none"
    return (
        f"{title} ({count})" if count <= _MOST_ROWS else f"{title} (first {_MOST_ROWS} of {count})"
    )


def _columns(frame: pd.DataFrame) -> list[str]:
    """Return the columns worth reading: neither for programs only nor empty throughout."""
    names = [str(name) for name in frame.columns if name not in _FOR_PROGRAMS]
    loose = cast("Any", frame)
    said = [name for name in names if any(cell(name, v) != UNKNOWN for v in loose[name].tolist())]
    # A source that repeats the name says nothing new.
    if "source" in said and "name" in said and loose["source"].equals(loose["name"]):
        said.remove("source")
    return said or names


def _lines(frame: pd.DataFrame, names: list[str], most: int) -> list[tuple[str, ...]]:
    loose = cast("Any", frame).head(_MOST_ROWS)
    columns = [[cell(name, value, most) for value in loose[name].tolist()] for name in names]
    return list(zip(*columns, strict=True))


def _head(name: str) -> str:
    words = name.split("_")
    return " ".join(words[:-1] if words[-1] in _SHORT else words)


def _is_figure(frame: pd.DataFrame, name: str) -> bool:
    kind: str = cast("Any", frame)[name].dtype.kind
    return kind in "iufM"


def _number(value: float) -> str:
    if math.isinf(value):
        return UNKNOWN
    return f"{value:,.0f}" if abs(value) >= _LARGE or value == round(value) else f"{value:.2f}"


def _time(value: float) -> str:
    return f"{value:.0f} ms" if 0 < abs(value) < _LARGE else clock(value)


def _percent(value: float) -> str:
    return f"{value:.0f} %"


def _moment(value: datetime) -> str:
    # Kept in UTC; read where one is.
    return f"{datetime.fromtimestamp(value.timestamp()).astimezone():%Y-%m-%d %H:%M}"


def _is_missing(name: str, value: Any) -> bool:
    import pandas as pd  # noqa: PLC0415 - slow to import

    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - NaN
        return True
    return name in _NONE_IF_ZERO and value == 0


_SAY: Final[dict[str, Callable[[Any], str]]] = {
    "_ms": _time,
    "_bytes": file_size,
    "_at": _moment,
    "progress": _percent,
}
