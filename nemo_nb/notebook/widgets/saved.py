"""What a saved notebook shows of a widget once the kernel has gone.

JupyterLab puts "Error displaying widget: model not found" where the widget was, whatever
else the output holds. So the words stand in an output of their own, next to the widget's and
kept up to date, and the page's style hides it for as long as the widget is there.
"""

# IPython has no complete types
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
from __future__ import annotations

import os
import uuid
from typing import Any, Final

# `.nmp-root` is a living widget of ours; a widget's output that only says "loading" or "not found"
# has no elements in it, and is none of those that Jupyter renders itself.
_STYLE: Final = """<style>
.jp-OutputArea:has(.nmp-root) .jp-OutputArea-child:has(.nmp-saved) { display: none; }
.jp-OutputArea:has(.nmp-saved)
  .jp-OutputArea-output:not([class*="jp-Rendered"]):not(:has(*)) {
  display: none;
}
</style>"""

# Two prices in a caption are no formula: these classes keep MathJax away, 3 and 2.
_NO_FORMULAS: Final = "mathjax_ignore tex2jax_ignore"

# There each output lives in a frame of its own: nothing could hide this one.
_FRAMED_HOSTS: Final = ("VSCODE_PID", "COLAB_RELEASE_TAG")


class SavedOutput:
    """The second output of one widget."""

    def __init__(self) -> None:
        self._display_id = uuid.uuid4().hex
        self._last = ""
        self.shown = False

    def show(self, html: str, text: str) -> bool:
        """Make the output, in the running cell; False where there is no notebook for it."""
        if not _in_notebook():
            return False
        self._publish(html, text, update=self.shown)
        self.shown = True
        return True

    def beside(self, shown: Any, html: str, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return a widget's MIME bundle *shown* and its metadata, with what is saved of it."""
        data, metadata = shown if isinstance(shown, tuple) else (shown or {}, {})
        if self.show(html, text):
            # Not a second time: that is what readers without widgets show of this one.
            data["text/plain"] = ""
        else:
            data |= {"text/plain": text} | ({"text/html": html} if html else {})
        return data, metadata

    def update(self, html: str, text: str) -> None:
        """Let the output hold this; from any thread, nothing where it was never shown."""
        if self.shown and html != self._last:
            self._publish(html, text, update=True)

    def _publish(self, html: str, text: str, *, update: bool) -> None:
        from IPython.display import display  # noqa: PLC0415  # slow to import

        self._last = html
        bundle: dict[str, Any] = {
            "text/html": f'{_STYLE}<div class="nmp-saved {_NO_FORMULAS}">{html}</div>',
            "text/plain": text,
        }
        display(bundle, raw=True, display_id=self._display_id, update=update)


def _in_notebook() -> bool:
    from IPython.core.getipython import get_ipython  # noqa: PLC0415  # slow to import

    has_kernel = getattr(get_ipython(), "kernel", None) is not None
    return has_kernel and not any(name in os.environ for name in _FRAMED_HOSTS)
