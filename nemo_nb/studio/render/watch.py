"""How far a render is, and whether anybody still wants it."""

from __future__ import annotations

from collections.abc import Callable

from nemo_nb.errors import RenderCancelled

_ALMOST = 99


class Watch:
    """Tells each whole percent once, and gives up when asked to.

    Args:
        progress: Called with 0-100, at most once a percent, from the rendering thread.
        cancelled: Asked often whether to give up.
    """

    def __init__(
        self,
        progress: Callable[[float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self._progress = progress
        self._cancelled = cancelled
        self._told = -1

    @property
    def cancelled(self) -> bool:
        """Whether the render is to be given up."""
        return self._cancelled is not None and self._cancelled()

    def check(self) -> None:
        """Go on, or not.

        Raises:
            RenderCancelled: Nobody wants it any more.
        """
        if self.cancelled:
            raise RenderCancelled("The export was cancelled.")

    def done(self, share: float) -> None:
        """Tell that *share* (0-1) of the work is done; 100 % is for :meth:`finish` to tell."""
        percent = min(_ALMOST, int(share * 100))
        if self._progress is not None and percent > self._told:
            self._told = percent
            self._progress(float(percent))

    def finish(self) -> None:
        """Tell that the file is in its place."""
        if self._progress is not None:
            self._progress(100.0)
