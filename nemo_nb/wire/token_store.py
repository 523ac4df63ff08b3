"""Where the anonymous token is kept for all kernels: the system's keyring, else a file.

The keyring is used where the package ``keyring`` is installed (the extra of that name) and
finds a backend that is fit to hold secrets; otherwise the file is, for its owner alone (0600).
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, cast

import anyio
import anyio.to_thread

from nemo_nb.redact import logger

CACHE_NAME: Final = "anonymous_token.json"
SERVICE: Final = "nemo_nb"

# A keyring may ask its owner for a password, or hang on a bus that nobody answers.
_KEYRING_S: Final = 20.0
# What `keyring` itself asks of a backend that it recommends.
_FIT: Final = 1

_log = logger("nemo_nb.wire.token_store")

Entry = Mapping[str, Any]


class TokenStore:
    """The tokens kept on this machine, by origin.

    Args:
        file: Used where there is no keyring.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._ring_failed = False

    async def load(self, origin: str) -> list[Entry]:
        """Return what is kept for *origin*, best first; nothing raises here."""
        kept: list[Any] = []
        ring = await self._in_time(_keyring)
        if ring is not None:
            text = await self._in_time(lambda: ring.get_password(SERVICE, origin))
            kept.append(_read(text or ""))
        # Also where there is a keyring: it may have come later than the token.
        kept.append(_read_file(self.file).get(origin))
        return [cast("Entry", entry) for entry in kept if entry and isinstance(entry, Mapping)]

    async def save(self, origin: str, entry: Entry) -> None:
        """Keep *entry* for *origin*, in one place only; a failure is logged."""
        text = json.dumps(dict(entry))
        ring = await self._in_time(_keyring)

        def put() -> bool:
            ring.set_password(SERVICE, origin, text)
            return ring.get_password(SERVICE, origin) == text

        everyone = _read_file(self.file)
        if ring is not None and await self._in_time(put):
            if everyone.pop(origin, None) is None:
                return
        else:
            everyone[origin] = dict(entry)
        try:
            write_private(self.file, json.dumps(everyone, indent=1))
        except OSError as error:
            _log.warning("the starter token is not cached: %s", error.strerror)

    async def _in_time(self, work: Callable[[], Any]) -> Any:
        """Return what *work* returns, done in a thread; None where the keyring has failed."""
        if self._ring_failed:
            return None
        reason = "no answer in time"
        with anyio.move_on_after(_KEYRING_S):
            try:
                return await anyio.to_thread.run_sync(work, abandon_on_cancel=True)
            except Exception as error:  # noqa: BLE001 - keyrings raise what their systems raise
                reason = type(error).__name__
        # Once is enough: nobody waits for it again at each call.
        self._ring_failed = True
        _log.debug("the keyring cannot be used (%s): the token is kept in a file", reason)
        return None


def write_private(path: Path, text: str, *, exclusive: bool = False) -> None:
    """Write *text* to *path* in one step, readable by its owner alone.

    Args:
        path: The file; its folder is made if need be.
        text: The content.
        exclusive: Leave a file that is already there alone.

    Raises:
        FileExistsError: *exclusive*, and there is one.
        OSError: It cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        _write_new(temporary, text)
        if exclusive:
            _link(temporary, path, text)
        else:
            temporary.replace(path)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def _link(temporary: Path, path: Path, text: str) -> None:
    # Unlike a rename, a link never replaces what another process has just made.
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links: still never in the place of another one.
        _write_new(path, text)


def _write_new(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def _keyring() -> Any:
    """Return the system's keyring, or None where there is none to use."""
    try:
        import keyring  # noqa: PLC0415 - an extra, and slow to load
    except ImportError:
        return None
    ring: Any = keyring.get_keyring()
    return ring if ring.priority >= _FIT else None


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return _read(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return {}


def _read(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
