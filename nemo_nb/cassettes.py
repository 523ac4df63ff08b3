"""Recording a session's HTTP traffic to a file, and playing it back: `record` and `replay`."""

from __future__ import annotations

import math
import os
import shutil
import tempfile
import threading
import weakref
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Final, Self

from nemo_nb.backend import Backend
from nemo_nb.errors import CassetteBroken, CassetteError, ConfigError, NemoError
from nemo_nb.ledger import Ledger, NamedSession
from nemo_nb.redact import Secret
from nemo_nb.settings import LOCAL, Settings
from nemo_nb.wire.cassette import Connect, loads
from nemo_nb.wire.cassette_writer import written
from nemo_nb.wire.playing import Player
from nemo_nb.wire.recording import Recorder

DEFAULT_MEDIA_MB: Final = 64.0
_MB: Final = 1_000_000
_KNOBS: Final = ("poll_s", "retry_wait_s", "reconcile_s", "render_timeout_s")
# What stands for the user's own token in a replay; no request of it leaves the process.
_NO_TOKEN: Final = "TOKEN-1"  # noqa: S105 - a placeholder
# At full speed a render is asked about at once; 0 would mean an interval that adapts.
_AT_ONCE_S: Final = 0.001

_lock = threading.Lock()
_running: list[Deck] = []


def record(path: str | os.PathLike[str], *, media_mb: float = DEFAULT_MEDIA_MB) -> Recording:
    """Record every session that is connected while it runs; see docs/cassettes.md.

    ::

        with nemo_nb.record("demo.jsonl"):
            session = nemo_nb.connect("cloud")
            session.chat("add a title 'Urban Dreams' for 3 seconds")

    The file is written, in one step, when the block ends, however it ends. It holds no token
    and no id. What is recorded never notices: a problem of the recording is raised at the end.

    Args:
        path: The file to write, ``.jsonl`` by custom; what lies there is replaced. Pictures
            and videos over 48 KB go to a folder beside it, ``demo.media`` for ``demo.jsonl``.
        media_mb: A larger file is noted by size and hash, and its content left out.

    Raises:
        ConfigError: The file cannot be written there, or *media_mb* is no size.
    """
    return Recording(Path(path).expanduser().absolute(), media_mb)


def replay(path: str | os.PathLike[str], *, speed: float | None = None) -> Replay:
    """Play a recorded session: no key, no network, no server.

    ::

        with nemo_nb.replay("demo.jsonl"):
            session = nemo_nb.connect()
            session.chat("add a title 'Urban Dreams' for 3 seconds")

    Every session connected while it runs plays the recording, whatever backend it names, and
    goes on playing it after the block. Exports are written as always; `nemo_nb.jobs`,
    `nemo_nb.resume` and the cached token never hear of them.

    Args:
        path: A file that `record` made.
        speed: 1 for real time, 2 for twice as fast; None waits for nothing.

    Raises:
        CassetteBroken: There is no such file, or it is no cassette.
        ConfigError: *speed* is no speed.
    """
    return Replay(Path(path).expanduser().absolute(), speed)


def running() -> Deck | None:
    """Return the recording or replay that is on, if one is."""
    return _running[-1] if _running else None


class Deck:
    """What is on from :meth:`start` to :meth:`stop`, or in a ``with`` block."""

    doing: ClassVar[str]

    def __init__(self, path: Path) -> None:
        self.path = path

    def start(self) -> Self:
        """Begin; a notebook's way, where a ``with`` block cannot span cells.

        Raises:
            ConfigError: Another recording or replay is on.
        """
        with _lock:
            if _running:
                raise ConfigError(
                    f"{_running[0].path.name} is still being {_running[0].doing}.",
                    "One recording or replay is on at a time.",
                    "Leave its block first, or call its stop().",
                )
            _running.append(self)
        return self

    def stop(self) -> None:
        """End; nothing happens where it is not on."""
        with _lock:
            if self in _running:
                _running.remove(self)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.stop()
        except NemoError as problem:
            if error is None:
                raise
            # What went wrong in the block is what its reader has to see first.
            error.add_note(f"And the recording: {problem}")


class Recording(Deck):
    """A recording under way; see :func:`record`.

    Attributes:
        path: The file it will be.
    """

    doing = "recorded"

    def __init__(self, path: Path, media_mb: float) -> None:
        super().__init__(path)
        if not 0 <= media_mb < math.inf:
            raise ConfigError(f"media_mb must be a size in MB, not {media_mb!r}.")
        _check_writable(path)
        self._media_bytes = round(media_mb * _MB)
        self._recorder: Recorder | None = None
        self._connects: list[Connect] = []

    def start(self) -> Self:
        """Begin, from nothing; see `Deck.start`."""
        super().start()
        self._recorder = Recorder(media_bytes=self._media_bytes)
        self._connects = []
        return self

    def stop(self) -> None:
        """End, and write the file.

        Raises:
            SecretFound: A secret would be in it; nothing is written.
            CassetteError: The recording broke, or cannot be written.
        """
        super().stop()
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return
        recorder.stop()
        try:
            self._write(recorder)
        finally:
            recorder.close()

    def listened(self, backend: Backend, name: str | None, kept: NamedSession | None) -> Backend:
        """Return *backend* with this recording listening to it.

        Args:
            backend: Where a session is about to be connected.
            name: The session's name.
            kept: What the name reopens.
        """
        settings = backend.settings
        self._connects.append(
            Connect(
                settings.backend,
                backend.base_url,
                anonymous=backend.token is None,
                knobs={knob: getattr(settings, knob) for knob in _KNOBS},
                name=name,
                kept=kept and {key: getattr(kept, key) for key in _KEPT},
            )
        )
        return replace(backend, tape=self._recorder)

    def __repr__(self) -> str:
        state = "stopped" if self._recorder is None else f"{len(self._recorder.noted)} requests"
        return f"Recording({self.path.name!r}, {state})"

    def _write(self, recorder: Recorder) -> None:
        from nemo_nb import __version__  # noqa: PLC0415 - stands above

        if recorder.problem is not None:
            raise CassetteError(
                f"{self.path.name} is not written: the recording broke off.",
                f"{type(recorder.problem).__name__}: {recorder.problem}.",
                "The session itself was not disturbed.",
            ) from recorder.problem
        if not self._connects:
            raise CassetteError(
                f"{self.path.name} is not written: nothing was recorded.",
                "Only sessions that are connected while it runs are recorded.",
                "Call nemo_nb.connect() inside the block.",
            )
        folder = self.path.with_suffix(".media")
        text, files = written(recorder, self._connects, folder.name, by=__version__)
        try:
            _put(self.path, text, folder, files)
        except OSError as error:
            raise CassetteError(
                f"{self.path} cannot be written.",
                f"{error.strerror}.",
                "Make room, or name another path.",
            ) from error


_KEPT: Final = ("session_id", "task_id", "skill", "language")


class Replay(Deck):
    """A recorded session being played; see :func:`replay`.

    Attributes:
        path: The file it comes from.
    """

    doing = "replayed"

    def __init__(self, path: Path, speed: float | None) -> None:
        super().__init__(path)
        if speed is not None and not 0 < speed < math.inf:
            raise ConfigError(
                f"speed must be a number above 0, or None, not {speed!r}.",
                fix="1 is real time, 2 twice as fast, None waits for nothing.",
            )
        self._speed = speed
        self._cassette = loads(_read(path), path.name)
        self._player: Player | None = None
        self._connected = 0
        self._folder = Path()

    def start(self) -> Self:
        """Begin, at the beginning of the recording; see `Deck.start`."""
        super().start()
        self._player = Player(
            self._cassette,
            name=self.path.name,
            media=lambda file: _read_beside(self.path, file),
            speed=self._speed,
        )
        self._connected = 0
        # A ledger of its own for as long as a session plays, so that no real one is touched.
        self._folder = Path(tempfile.mkdtemp(prefix="nemo_nb-replay-"))
        weakref.finalize(self._player, shutil.rmtree, self._folder, ignore_errors=True)
        return self

    def backend(self, settings: Settings) -> Backend:
        """Return where the next session lives: in the recording.

        Args:
            settings: What `connect` was called with; the recording decides most of it.
        """
        connects = self._cassette.connects
        connect = connects[min(self._connected, len(connects) - 1)]
        self._connected += 1
        played = replace(
            settings,
            backend=connect.backend,
            api_url="" if connect.backend == LOCAL else connect.api,
            token=None,
            client_id_file=None,
            workspace=self._folder,
            **self._knobs(connect.knobs),
        )
        ledger = Ledger(self._folder / "ledger.sqlite")
        token = None if connect.anonymous else Secret(_NO_TOKEN)
        backend = Backend(played, connect.api, token, ledger, self._player)
        if connect.name is not None and connect.kept is not None:
            ledger.save_session(
                NamedSession(connect.name, backend.place, connect.backend, **connect.kept)
            )
        return backend

    def __repr__(self) -> str:
        return f"Replay({self.path.name!r}, {len(self._cassette.calls)} requests)"

    def _knobs(self, recorded: Mapping[str, float]) -> dict[str, float]:
        knobs = {name: value for name, value in recorded.items() if name in _KNOBS}
        if self._speed is None:
            return knobs | {"poll_s": _AT_ONCE_S, "retry_wait_s": 0.0, "reconcile_s": 0.0}
        # How long a render may stand still is no wait: it only ends one.
        waits = ("poll_s", "retry_wait_s", "reconcile_s")
        return knobs | {name: knobs[name] / self._speed for name in waits if name in knobs}


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError as error:
        raise CassetteBroken(
            f"There is no recording {path}.", fix="Make one with nemo_nb.record(path)."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise CassetteBroken(f"{path.name} cannot be read.", f"{error}.") from error


def _read_beside(path: Path, file: str) -> bytes:
    folder = path.with_suffix(".media")
    # A cassette may come from anywhere: only its own folder is read.
    return (folder / Path(file).name).read_bytes()


def _check_writable(path: Path) -> None:
    folder = path.parent
    if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise ConfigError(
            f"No recording can be written to {path}.",
            "It is a folder." if path.is_dir() else f"{folder} is no folder that can be written.",
            "Name a file in a folder that is there.",
        )


def _put(path: Path, text: str, folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files first: a cassette that is there is whole."""
    if files:
        folder.mkdir(exist_ok=True)
    for name, content in files.items():
        _put_one(folder / name, content)
    _put_one(path, text.encode())


def _put_one(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
