"""The browser's end of a widget: asks as the front end does, keeps what it is told."""

import threading
import uuid

PATIENCE_S = 90


class FrontEnd:
    """The other end of *widget*'s comm."""

    def __init__(self, widget):
        self.widget = widget
        self.heard = []
        self._changed = threading.Condition()
        widget.send = self._hear

    def _hear(self, content, buffers=None):
        with self._changed:
            self.heard.append((content, buffers))
            self._changed.notify_all()

    def ask(self, kind, *, buffers=(), **fields):
        """The answer's data and buffers; its error where it is one."""
        request = uuid.uuid4().hex
        message = {"id": request, "kind": kind, **fields}
        self.widget._handle_custom_msg(message, [memoryview(part) for part in buffers])
        answer, parts = self.wait(lambda m: m.get("to") == request)
        return (answer["data"] if answer["ok"] else answer["error"]), parts

    def wait(self, wanted):
        """The first message that is *wanted*, with its buffers."""

        def found():
            return next((heard for heard in self.heard if wanted(heard[0])), None)

        with self._changed:
            assert self._changed.wait_for(found, PATIENCE_S), "nothing of that kind came"
            return found()

    def of(self, kind):
        """Every message of a kind so far."""
        return [message for message, _ in self.heard if message["kind"] == kind]
