"""Renders in a process of their own: the notebook's kernel stays awake, whatever they do.

A render in threads of the kernel's process takes the interpreter from it for milliseconds at
a time, keeps its memory, and takes it along when a decoder crashes. The child runs at a lower
priority, stays for the next render, and is gone with its parent.
"""

from __future__ import annotations

import atexit
import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, Final

from nemo_nb import errors
from nemo_nb.errors import NemoError, RenderCancelled, RenderFailed
from nemo_nb.models import MediaInfo
from nemo_nb.redact import logger
from nemo_nb.studio.render.child import CANCEL
from nemo_nb.studio.render.formats import Order, Rendered

_LOOK_S: Final = 0.02
_CANCEL_S: Final = 0.1
"""How long a child may take to give up before it is killed. The user was promised 0.5 s, and on
a busy machine it takes half of that until the child hears of it; a new child starts in 1 s."""

_CHILD: Final = "nemo_nb.studio.render.child"
# Every frame in a mapping of its own: among the small things of each text its place is never
# free again as a whole, and glibc's heap grew with every caption. Measured 50 MB less of 1080p
# after a minute, for 2 % more time in the kernel.
_MALLOC: Final = {"MALLOC_MMAP_THRESHOLD_": "1000000", "MALLOC_TRIM_THRESHOLD_": "131072"}
_LOG_TAIL_BYTES: Final = 4000
_log = logger("nemo_nb.studio")


class RenderProcess:
    """One child that renders one order at a time; started when there is one."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._child: _Child | None = None
        atexit.register(self.close)

    def render(
        self,
        draft: Mapping[str, Any],
        assets: Mapping[str, Path],
        out: Path,
        order: Order,
        films: Path | None,
        progress: Callable[[float], None],
        cancelled: Callable[[], bool],
    ) -> Rendered:
        """Render to *out*.

        Raises:
            RenderCancelled: *cancelled* said so; no file is left.
            RenderFailed: The process ended; the other errors of ``render.encode.render`` too.
        """
        told = {
            "draft": draft,
            "assets": {name: str(path) for name, path in assets.items()},
            "out": str(out),
            "order": asdict(order),
            "films": None if films is None else str(films),
        }
        while not self._turn.acquire(timeout=_LOOK_S):
            if cancelled():
                raise RenderCancelled("The export was cancelled.")
        try:
            done = self._asked(told, progress, cancelled)
        finally:
            self._turn.release()
            for left in out.parent.glob(f".{out.name}.*"):
                # Of a child that was killed: one that gives up by itself leaves nothing.
                left.unlink(missing_ok=True)
        fields: dict[str, Any] = {**done["info"], "notes": tuple(done["info"]["notes"])}
        return Rendered(MediaInfo(**fields), done["copied_frames"], tuple(done["notes"]))

    @property
    def peak_bytes(self) -> int:
        """The most memory that the child has had, 0 where the system does not say."""
        return 0 if self._child is None else self._child.peak_bytes

    def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()

    def _asked(
        self, told: Any, progress: Callable[[float], None], cancelled: Callable[[], bool]
    ) -> dict[str, Any]:
        try:
            child = self._started()
            if not child.sent(told, cancelled):
                # It has just gone home, after a long time with nothing to do.
                child = self._started()
                child.sent(told, cancelled)
            return child.followed(progress, cancelled)
        except _Gone as gone:
            self.close()
            raise gone.error from None

    def _started(self) -> _Child:
        if self._child is None or not self._child.usable:
            self.close()
            self._child = _Child()
        return self._child


class _Gone(Exception):
    """The child is no longer to be used; ``error`` is what to tell."""

    def __init__(self, error: NemoError) -> None:
        super().__init__()
        self.error = error


class _Child:
    """A running child and the lines that come from it."""

    def __init__(self) -> None:
        self._owner = os.getpid()
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  closed with the child
        path = os.pathsep.join(entry for entry in sys.path if entry)
        self._process = subprocess.Popen(  # noqa: S603  this package's own program
            [sys.executable, "-m", _CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**_MALLOC, **os.environ, "PYTHONPATH": path},
            text=True,
            encoding="utf-8",
            # An interrupt of the kernel goes to its whole process group; a render outlives it.
            start_new_session=True,
        )
        self._busy = False
        self._lines: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, name="nemo-child", daemon=True)
        self._reader.start()

    @property
    def usable(self) -> bool:
        """Whether it waits for an order; never in a forked process, whose parent it belongs to."""
        own = self._owner == os.getpid()
        return own and not self._busy and self._process.poll() is None

    @property
    def peak_bytes(self) -> int:
        """The most resident memory it has had (proc(5), VmHWM)."""
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text("ascii")
        except OSError:
            return 0
        lines = (line.split() for line in status.splitlines() if line.startswith("VmHWM:"))
        return next((int(fields[1]) * 1024 for fields in lines), 0)

    def sent(self, told: Any, cancelled: Callable[[], bool]) -> bool:
        """Send an order; whether the child has begun with it."""
        self._busy = True
        if not self._write(told):
            return False
        while True:
            try:
                return self._lines.get(timeout=_LOOK_S) is not None
            except queue.Empty:
                # It takes a moment to start, and hears nothing before.
                if cancelled():
                    raise _Gone(RenderCancelled("The export was cancelled.")) from None

    def followed(
        self, progress: Callable[[float], None], cancelled: Callable[[], bool]
    ) -> dict[str, Any]:
        """Wait for the end of what was sent and return it."""
        deadline: float | None = None
        while True:
            if deadline is None and cancelled():
                self._write(CANCEL)
                deadline = time.monotonic() + _CANCEL_S
            try:
                line = self._lines.get(timeout=_LOOK_S)
            except queue.Empty:
                if deadline is not None and time.monotonic() > deadline:
                    raise _Gone(RenderCancelled("The export was cancelled.")) from None
                continue
            if line is None:
                raise _Gone(self._why())
            if "progress" in line:
                progress(line["progress"])
                continue
            self._busy = False
            if "error" in line:
                raise _error(line["error"])
            return line["done"]

    def kill(self) -> None:
        """End it, if it is this process's own."""
        if self._owner != os.getpid():
            return
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            with suppress(OSError):
                if stream is not None:
                    stream.close()

    def _write(self, said: Any) -> bool:
        stream = self._process.stdin
        assert stream is not None  # noqa: S101  opened as a pipe
        try:
            stream.write(json.dumps(said) + "\n")
            stream.flush()
        except OSError:
            return False
        return True

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None  # noqa: S101  likewise
        for line in stream:
            self._lines.put(json.loads(line))
        self._lines.put(None)

    def _why(self) -> RenderFailed:
        code = self._process.wait()
        self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, self._log.tell() - _LOG_TAIL_BYTES))
        _log.error(
            "the render process ended with %s: %s",
            code,
            self._log.read().decode("utf-8", "replace"),
        )
        return RenderFailed(
            "The renderer's process ended before the file was done.",
            "Something killed it; the machine may be short of memory."
            if code == -signal.SIGKILL
            else f"Its exit code is {code}.",
            "Try again, with a smaller resolution if the machine is short of memory.",
        )


class RendererCrash(Exception):
    """An error in the child that is no sentence for users; its message is the traceback."""


def _error(told: dict[str, Any]) -> Exception:
    kind = getattr(errors, told["kind"], None)
    if isinstance(kind, type) and issubclass(kind, NemoError):
        return kind(told["what"], told["why"], told["fix"], code=told["code"])
    if told.get("errno"):
        return OSError(told["errno"], told["what"])
    return RendererCrash(told["trace"])
