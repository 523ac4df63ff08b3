"""What every widget here shares: its bundle, and requests that are always answered.

Durable state that may be saved goes into traits; everything else travels as custom messages
(:mod:`nemo_nb.notebook.widgets.protocol`). A message may arrive in any thread, also while a
cell runs: it is read, handed to the background loop, and nothing here waits for it.
"""

# anywidget and ipywidgets have no complete types
# pyright: reportUnknownMemberType=false
from __future__ import annotations

import asyncio
import contextvars
import hashlib
import json
import os
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, cast

import anywidget

from nemo_nb import loop
from nemo_nb.errors import ConfigError, InputError, NemoError
from nemo_nb.notebook.widgets import protocol
from nemo_nb.notebook.widgets.protocol import Message, Request
from nemo_nb.redact import logger

STATIC: Final = Path(__file__).parent / "static"

ASSETS: Final = frozenset({"markdown"})
"""Bundles that a widget fetches only when it needs them."""

log = logger(__name__)

Buffers = Sequence[memoryview | bytes]
Result = tuple[Mapping[str, Any], Sequence[bytes]]
Handler = Callable[[Request, Buffers], Awaitable[Result]]


def running_cell() -> str:
    """Return what names the cell that is running, in front ends that say so; else ""."""
    from IPython.core.getipython import get_ipython  # noqa: PLC0415  # slow to import

    get_parent: Any = getattr(get_ipython(), "get_parent", None)
    parent: Any = get_parent() if get_parent is not None else {}
    return str(parent.get("metadata", {}).get("cellId", ""))


def bundle(name: str) -> Path | str:
    """Return the built file *name* for ``_esm`` or ``_css``; "" where it is not built.

    Its text, and only under hot reload (``ANYWIDGET_HMR=1``) its path: anywidget watches a
    path on behalf of each widget, and so keeps every widget there ever was.
    """
    path = STATIC / name
    if not path.is_file():
        return ""
    if os.environ.get("ANYWIDGET_HMR") == "1":
        return path
    text = path.read_text("utf-8")
    if path.suffix == ".js" and path.stem not in ASSETS:
        text = _once_a_page(name, text)
    # The first line tells anywidget that this is no file name.
    return f"/* nemo_nb {name} */\n{text}"


def _once_a_page(name: str, text: str) -> str:
    """Return a module that runs the module *text* once a page, however many widgets there are.

    anywidget imports the code of each widget anew, and a browser keeps every module there ever
    was: a cell that is run again would grow the page by all that the code becomes when it runs.
    """
    key = json.dumps(f"{name} {hashlib.sha256(text.encode()).hexdigest()[:16]}")
    return f"""const page = (globalThis.nemoNbModules ??= {{}});
const code = {json.dumps(text, ensure_ascii=False)};
const load = async () => {{
  const url = URL.createObjectURL(new Blob([code], {{ type: "text/javascript" }}));
  try {{
    return await import(url);
  }} finally {{
    URL.revokeObjectURL(url);
  }}
}};
export default async () => (await (page[{key}] ??= load())).default();
"""


class MessageWidget(anywidget.AnyWidget):
    """A widget whose front end asks and is answered.

    Subclasses name their bundle in ``_esm`` and ``_css`` and give a handler for each kind of
    request in :meth:`handlers`.
    """

    _esm: ClassVar[Any] = ""

    def __init__(self, **traits: Any) -> None:
        if not self._esm:
            raise ConfigError(
                "The panel's front end has not been built.",
                "This is a checkout, or an installation that lacks its files.",
                "Run `make setup`, or in js/: npm ci && npm run build.",
            )
        super().__init__(**traits)
        self._handlers = self.handlers()
        self._tasks: set[asyncio.Task[Any]] = set()
        self.on_msg(self._receive)

    def __del__(self) -> None:
        # ipywidgets closes a widget here. It keeps every open one alive, so this comes when
        # the interpreter ends, and no loop can be started then: waiting for it never ends.
        pass

    def close(self) -> None:
        """Take the widget away. Safe to call twice."""
        layout = cast("Any", self).layout
        super().close()
        # ipywidgets leaves it behind, in the kernel and in the page.
        layout.close()

    def handlers(self) -> Mapping[str, Handler]:
        """Return the handler of each kind of request; they run on the background loop."""
        return {"asset": self._on_asset}

    async def _on_asset(self, request: Request, _buffers: Buffers) -> Result:
        name = request.fields["name"]
        text = bundle(f"{name}.js") if name in ASSETS else ""
        if not text:
            raise InputError("This part of the front end is not there.", fix="Install it again.")
        return {}, ((text if isinstance(text, str) else text.read_text("utf-8")).encode(),)

    def tell(self, message: Message, buffers: Sequence[bytes] = ()) -> None:
        """Send *message* to every view there is; from any thread, never waiting."""
        self.send(message, list(buffers))

    def route_by_front_end(self) -> None:
        """Let messages reach the thread that the front end chose.

        ipykernel 7.4 sends a widget's message to the shell that last published on its comm,
        which is the main one, so that Stop would wait for the running cell.
        """
        comm: Any = self.comm
        if hasattr(comm, "_reply_subshell_for"):
            comm._reply_subshell_for = None  # noqa: SLF001  # there is no public switch

    def _receive(self, _widget: Any, content: Any, buffers: Buffers) -> None:
        try:
            request = protocol.parse(content)
        except NemoError as error:
            log.warning("unreadable request: %s", error)
            self.tell(protocol.refusal(protocol.request_id(content), error))
            return
        loop.spawn(self._answer, request, buffers)

    async def _answer(self, request: Request, buffers: Buffers) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  # a coroutine on the loop runs in a task
        self._tasks.add(task)
        try:
            data, parts = await self._handlers[request.kind](request, buffers)
        except NemoError as error:
            self.tell(protocol.refusal(request.id, error))
        except Exception as error:  # whatever it was, the front end must not wait for ever
            log.exception("%s failed", request.kind)
            self.tell(protocol.refusal(request.id, error))
        else:
            self.tell(protocol.answer(request.id, data), parts)
        finally:
            self._tasks.discard(task)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run *work* beside the requests, on the loop; it ends with the widget."""
        # An empty context: what is told comes in the context of the cell that causes it.
        running = asyncio.get_running_loop()
        task = running.create_task(work, context=contextvars.Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def cancel_requests(self) -> None:
        """Cancel every request that is still being worked on; on the loop."""
        for task in self._tasks - {asyncio.current_task()}:
            task.cancel()
