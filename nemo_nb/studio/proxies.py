"""Small films of the timelines, to scrub through, made in the background while nobody waits."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

from nemo_nb.errors import NemoError, RenderCancelled
from nemo_nb.models import Canvas
from nemo_nb.redact import logger
from nemo_nb.studio.engine import Engine
from nemo_nb.studio.render.formats import PROXY, Order
from nemo_nb.studio.shelf import Shelf
from nemo_nb.timeline.draft import read_canvas

SHORT_SIDE: Final = 540
MAX_FPS: Final = 30.0
_FAILED: Final = "The preview could not be made. The studio's log says why."
_KEPT_FAILURES: Final = 64
_log = logger("nemo_nb.studio")


@dataclass(frozen=True, slots=True)
class Proxy:
    """How a proxy stands; ``path`` is its file once it is ready."""

    key: str
    status: Literal["building", "ready", "failed"]
    progress: float = 0.0
    path: Path | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class _Wish:
    session_id: str
    key: str
    draft: Mapping[str, Any]
    assets: Mapping[str, Path]


class Proxies:
    """Makes one proxy at a time, the one that was asked for last first.

    An edit makes the proxy before it worthless: one that is being made for an older timeline
    of the same session is given up, and the new one takes over what did not change.
    """

    def __init__(self, engine: Engine, shelf: Shelf) -> None:
        self._engine = engine
        self._shelf = shelf
        self._wishes: dict[str, _Wish] = {}
        self._progress: dict[str, float] = {}
        self._failures: dict[str, str] = {}
        self._changed = threading.Condition()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def ask(self, session_id: str, draft: Mapping[str, Any], assets: Mapping[str, Path]) -> Proxy:
        """Return how the proxy of *draft* stands; it is begun if it is not there."""
        key = _key(draft, assets)
        path = self._path(key)
        with suppress(FileNotFoundError):
            # Used: the last to be given up when there is no room.
            os.utime(path)
            return Proxy(key, "ready", 100.0, path)
        with self._changed:
            if key in self._failures:
                return Proxy(key, "failed", error=self._failures[key])
            known = self._wishes.get(session_id)
            if known is None or known.key != key:
                # Taken out first: the newest wish stands last.
                self._wishes.pop(session_id, None)
                self._wishes[session_id] = _Wish(session_id, key, draft, assets)
                self._begin()
            return Proxy(key, "building", self._progress.get(key, 0.0))

    def stop(self) -> None:
        """Give up what is being made."""
        with self._changed:
            self._stopping = True
            self._wishes.clear()
            self._changed.notify_all()

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="nemo-proxy", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._wishes and not self._stopping:
                    self._changed.wait()
                if self._stopping:
                    return
                wish = list(self._wishes.values())[-1]
            failure = self._made(wish)
            with self._changed:
                self._progress.pop(wish.key, None)
                if failure:
                    while len(self._failures) >= _KEPT_FAILURES:
                        del self._failures[next(iter(self._failures))]
                    self._failures[wish.key] = failure
                if self._wishes.get(wish.session_id) == wish:
                    del self._wishes[wish.session_id]

    def _made(self, wish: _Wish) -> str:
        """Make one and return what went wrong, if something did."""
        path = self._path(wish.key)
        part = path.with_name(f"{wish.key}.{os.getpid()}.part")
        try:
            self._engine.render(
                wish.draft,
                wish.assets,
                part,
                Order(quality=PROXY, canvas=_canvas(wish.draft)),
                films=self._shelf.folder,
                progress=lambda percent: self._progress.update({wish.key: percent}),
                cancelled=lambda: self._wishes.get(wish.session_id) is not wish,
            )
            self._shelf.put(part, path.name)
        except RenderCancelled:
            return ""
        except NemoError as error:
            return str(error)
        except Exception:  # noqa: BLE001  whatever a decoder throws: the next one must be made
            _log.exception("a proxy failed")
            return _FAILED
        finally:
            self._shelf.discard(part)
        return ""

    def _path(self, key: str) -> Path:
        return self._shelf.folder / f"{key}.mp4"


def _canvas(draft: Mapping[str, Any]) -> Canvas:
    canvas = read_canvas(draft)
    scale = min(1.0, SHORT_SIDE / canvas.short_side)
    width, height = (round(side * scale / 2) * 2 for side in (canvas.width, canvas.height))
    return replace(canvas, width=width, height=height, fps=min(MAX_FPS, canvas.fps))


def _key(draft: Mapping[str, Any], assets: Mapping[str, Path]) -> str:
    marks = [json.dumps(draft, sort_keys=True)]
    for name, path in sorted(assets.items()):
        try:
            stat = path.stat()
        except OSError:
            continue  # the render says what is wrong with it
        marks.append(f"{name} {stat.st_size} {stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(marks).encode("utf-8", "surrogatepass")).hexdigest()[:32]
