"""Progress in a terminal's IPython: bars on stderr, words where a turn ends."""

from __future__ import annotations

from typing import Any

from tqdm import tqdm

from nemo_nb import notices


class TerminalView:
    """Shows the notices of one call as progress bars; replies show themselves."""

    def __init__(self) -> None:
        self._bars: dict[str, Any] = {}
        self._closed = False

    def __call__(self, notice: notices.Notice) -> None:
        """Show *notice*."""
        match notice:
            case _ if self._closed:
                # An export that nobody waits for goes on while the next line is typed.
                pass
            case notices.UploadProgress(name=name, sent_bytes=sent, total_bytes=total):
                self._move(name, sent, total, unit="B", unit_scale=True)
            case notices.ExportProgress(progress=progress):
                look = "{desc}: {percentage:3.0f} %|{bar}| {elapsed}<{remaining}"
                self._move("Rendering", round(progress), 100, bar_format=look)
            case _:
                pass

    def close(self) -> None:
        """Close every bar; what comes later is not shown."""
        self._closed = True
        for bar in self._bars.values():
            bar.close()

    def _move(self, name: str, done: int, total: int, **look: Any) -> None:
        if name not in self._bars:
            self._bars[name] = tqdm(desc=name, total=total, leave=False, **look)
        bar = self._bars[name]
        bar.update(done - bar.n)
