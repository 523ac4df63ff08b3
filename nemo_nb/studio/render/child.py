"""The process that renders: one order a line on standard input, answers a line each.

``render_process`` starts it and speaks with it. It ends when its input ends, when the process
that started it is gone, or when it has had nothing to do for a while.

Lines in: ``{"draft", "assets", "out", "order", "films"}``, or ``"cancel"``. Lines out, for each
order: ``{"began": true}``, any number of ``{"progress": 0-100}``, then ``{"done": {…}}`` or
``{"error": {…}}``.
"""
# ruff: noqa: PLC0415  it says that it is there before it imports a second's worth of libraries

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import traceback
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final, TextIO

from nemo_nb.errors import NemoError
from nemo_nb.models import Canvas
from nemo_nb.studio.render.formats import Order

CANCEL: Final = "cancel"
IDLE_S: Final = 120.0
_NICE: Final = 10  # the notebook's kernel and the browser come first
_PARENT_EVERY_S: Final = 1.0

Json = dict[str, Any]


def main() -> None:
    """Serve orders until there are no more."""
    answers = _own_stdout()
    parent = os.getppid()
    with suppress(AttributeError, OSError):
        os.nice(_NICE)
    orders: queue.Queue[Json | None] = queue.Queue()
    cancelled = threading.Event()
    threading.Thread(target=_listen, args=(orders, cancelled), daemon=True).start()
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()

    def say(line: Json) -> None:
        answers.write(json.dumps(line) + "\n")
        answers.flush()

    with suppress(queue.Empty, BrokenPipeError):
        while (order := orders.get(timeout=IDLE_S)) is not None:
            cancelled.clear()
            say({"began": True})
            say(_answer(order, say, cancelled))


def _own_stdout() -> TextIO:
    """Take standard output for the answers; whatever a library prints goes to the log."""
    own = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return own


def _listen(orders: queue.Queue[Json | None], cancelled: threading.Event) -> None:
    for line in sys.stdin:
        said = json.loads(line)
        if said == CANCEL:
            cancelled.set()
        else:
            orders.put(said)
    # Nobody is there to take an answer.
    cancelled.set()
    orders.put(None)


def _watch(parent: int) -> None:
    # A fork of the parent may hold the pipe open after the parent has gone.
    while os.getppid() == parent:
        threading.Event().wait(_PARENT_EVERY_S)
    os._exit(1)


def _answer(order: Json, say: Any, cancelled: threading.Event) -> Json:
    try:
        from nemo_nb.studio.render.encode import render

        done = render(
            order["draft"],
            {name: Path(path) for name, path in order["assets"].items()},
            Path(order["out"]),
            _order(order["order"]),
            films=None if order["films"] is None else Path(order["films"]),
            progress=lambda percent: say({"progress": percent}),
            cancelled=cancelled.is_set,
        )
    except NemoError as error:
        told = {"what": error.what, "why": error.why, "fix": error.fix, "code": error.code}
        return {"error": {"kind": type(error).__name__, **told}}
    except Exception as error:  # noqa: BLE001  told to the studio, which logs it
        told = {"what": str(error), "errno": getattr(error, "errno", None)}
        return {"error": {"kind": "", "trace": traceback.format_exc(), **told}}
    return {"done": asdict(done)}


def _order(told: Json) -> Order:
    canvas: Json | None = told["canvas"]
    order = Order(**{key: value for key, value in told.items() if key != "canvas"})
    return order if canvas is None else replace(order, canvas=Canvas(**canvas))


if __name__ == "__main__":
    main()
