"""The panel's queue and Stop, on a session whose turns end when the test says so."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from nemo_nb import notices
from nemo_nb.errors import InputError, TurnFailed
from nemo_nb.history import HISTORY_COLUMNS
from nemo_nb.notebook.widgets.model import PanelModel
from nemo_nb.reply import Reply
from nemo_nb.timeline.timeline import Timeline


class Core:
    """A session of one turn at a time; each waits for `finish` or `stop`."""

    language = "en"
    backend = SimpleNamespace(settings=SimpleNamespace(backend="local", credits=None))
    history = pd.DataFrame(columns=list(HISTORY_COLUMNS))

    def __init__(self):
        self.busy = asyncio.Lock()
        self.sent = []
        self.refuse = None
        self._end = asyncio.Event()
        self._status = "done"
        self._watchers = []

    def subscribe(self, watcher):
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def tell(self, notice):
        for watcher in self._watchers:
            watcher(notice)

    by_hand = SimpleNamespace(steps=(0, 0))

    async def is_studio(self):
        return False

    async def timeline(self):
        return Timeline({})

    async def chat(self, text):
        if self.refuse is not None:
            raise self.refuse
        async with self.busy:
            self.sent.append(text)
            turn = len(self.sent)
            self._end.clear()
            self.tell(notices.TurnStarted(turn, "chat", text))
            await self._end.wait()
            reply = Reply(f"did {text}", "chat", self._status, turn)
            self.tell(notices.TurnEnded(turn, self._status, reply))

    async def finish(self, status="done"):
        self._status = status
        self._end.set()
        await settled()

    async def stop(self):
        await self.finish("stopped")
        return True


async def settled():
    for _ in range(20):
        await asyncio.sleep(0)


def run(scenario):
    async def main():
        core, told = Core(), []
        model = PanelModel(core)
        await model.attach(told.append)
        await settled()
        await scenario(core, model, told)
        await model.detach(told.append)
        assert core._watchers == []

    asyncio.run(main())


def queue(told):
    return [
        [entry["text"] for entry in message["queue"]]
        for message in told
        if message["kind"] == "queue"
    ][-1]


def test_messages_run_one_after_the_other_in_their_order():
    async def scenario(core, model, told):
        for text in ("one", "two", "three"):
            model.send(text)
        await settled()
        assert core.sent == ["one"]
        assert queue(told) == ["two", "three"]
        await core.finish()
        await core.finish()
        assert core.sent == ["one", "two", "three"]
        assert queue(told) == []

    run(scenario)


def test_a_message_waits_in_the_queue_while_a_cell_runs_a_turn():
    async def scenario(core, model, told):
        cell = asyncio.create_task(core.chat("from a cell"))
        await settled()
        model.send("from the panel")
        await settled()
        assert queue(told) == ["from the panel"]
        await core.finish()
        assert core.sent == ["from a cell", "from the panel"]
        assert queue(told) == []
        await core.finish()
        await cell

    run(scenario)


@pytest.mark.parametrize(("entry", "left"), [(1, ["two"]), (2, ["one"])])
def test_a_queued_message_can_be_taken_back_also_the_next_one(entry, left):
    async def scenario(core, model, told):
        cell = asyncio.create_task(core.chat("from a cell"))
        await settled()
        model.send("one")
        model.send("two")
        await settled()
        model.outbox.drop(entry)
        await settled()
        assert queue(told) == left
        await core.finish()
        assert core.sent[1:] == left
        await core.finish()
        await cell

    run(scenario)


def test_stop_ends_the_turn_and_gives_the_queue_back():
    async def scenario(core, model, told):
        for text in ("one", "two", "three"):
            model.send(text)
        await settled()
        assert await model.stop() == ["two", "three"]
        await settled()
        assert core.sent == ["one"]
        assert [m["item"]["status"] for m in told if m["kind"] == "item"] == ["running", "stopped"]
        model.send("four")
        await settled()
        assert core.sent == ["one", "four"]
        await core.finish()

    run(scenario)


@pytest.mark.parametrize(("status", "shown"), [("stopped", True), ("done", False)])
def test_only_a_turn_that_was_cut_short_is_followed_by_its_changes(status, shown):
    async def scenario(core, _model, told):
        before = Timeline({})
        after = Timeline({"d": 1000, "t": [{"tt": 7, "sg": [{"d": 1000, "m": {"text": "Hi"}}]}]})
        reply = Reply("Added", "chat", status, 1, changes=before.diff(after))
        core.tell(notices.TurnStarted(1, "chat", "add a title"))
        core.tell(notices.TurnEnded(1, status, reply))
        item = [m["item"] for m in told if m["kind"] == "item"][-1]
        assert ("Hi" in item["changes"]) is shown

    run(scenario)


@pytest.mark.parametrize("length_ms", [1000, 2000])
def test_an_export_is_marked_where_the_timeline_changed_while_it_ran(length_ms):
    async def scenario(core, model, told):
        draft = {"d": 1000, "t": [{"tt": 0, "sg": [{"d": 1000, "m": {"src": "a.mp4"}}]}]}
        edited = {"d": length_ms, "t": [{"tt": 0, "sg": [{"d": length_ms, "m": {"src": "a.mp4"}}]}]}
        export = SimpleNamespace(
            draft=draft, path=Path("a.mp4"), size_bytes=1, duration_ms=1000, notes=("No font.",)
        )
        core.tell(notices.TimelineRead(Timeline(edited)))
        core.tell(notices.ExportProgress("job", "processing", 50.0))
        core.tell(notices.ExportEnded("job", export))
        shown = [m["export"] for m in told if m["kind"] == "export"][-1]
        assert shown["outdated"] is (edited != draft)
        assert shown["notes"] == ["No font."]
        core.tell(notices.TimelineRead(Timeline(draft)))
        assert not model.exports.state.outdated

    run(scenario)


def test_a_message_that_never_became_a_turn_is_shown_with_its_reason():
    async def scenario(core, model, told):
        core.refuse = TurnFailed("The studio is gone.")
        model.send("hello")
        await settled()
        item = next(m["item"] for m in told if m["kind"] == "item")
        assert (item["text"], item["status"]) == ("hello", "failed")
        assert item["problem"]["what"] == "The studio is gone."
        assert queue(told) == []

    run(scenario)


def test_an_empty_message_is_refused():
    async def scenario(core, model, _told):
        with pytest.raises(InputError):
            model.send(" \n")
        assert core.sent == []

    run(scenario)


def test_with_nobody_looking_what_was_queued_is_not_sent():
    async def scenario(core, model, told):
        model.send("one")
        model.send("two")
        await settled()
        await model.detach(told.append)
        await core.finish()
        assert core.sent == ["one"]

    run(scenario)


def test_text_is_told_in_deltas_of_at_most_thirty_a_second():
    async def scenario(core, model, told):
        model.send("one")
        await settled()
        for end in range(1, 501):
            core.tell(notices.TurnProgress(1, "x" * end, ""))
        await core.finish()
        deltas = [message for message in told if message["kind"] == "delta"]
        assert len(deltas) <= 3
        assert "".join(delta["add"] for delta in deltas) == "x" * 500

    run(scenario)


def items(told):
    return [message["item"] for message in told if message["kind"] == "item"]


def test_the_last_message_is_sent_again_once_on_a_backend_that_cannot_undo():
    async def scenario(core, model, _told):
        model.send("one")
        await settled()
        with pytest.raises(InputError, match="being worked on"):
            model.retry(1)
        await core.finish("stopped")
        cell = asyncio.create_task(core.chat("from a cell"))
        await settled()
        await core.finish()
        await cell
        with pytest.raises(InputError, match="Only the last"):
            model.retry(1)
        busy = asyncio.create_task(core.busy.acquire())
        await settled()
        model.retry(2)
        with pytest.raises(InputError, match="on its way"):
            model.retry(2)
        core.busy.release()
        await busy
        await settled()
        assert core.sent == ["one", "from a cell", "from a cell"]
        await core.finish()
        assert len(core.sent) == 3

    run(scenario)


def test_a_text_that_waits_for_its_turn_is_given_back_when_it_is_taken_off():
    async def scenario(core, model, told):
        core.tell(
            notices.TimelineRead(
                Timeline({"t": [{"tt": 7, "sg": [{"d": 9, "m": {"text": "Hi"}}]}]})
            )
        )
        model.send("one")
        await settled()
        waiting = asyncio.create_task(model.retext(1, 1, "Hello"))
        await settled()
        assert queue(told) == ["Change the text “Hi” to “Hello”."]
        assert await model.stop() == ["Change the text “Hi” to “Hello”."]
        with pytest.raises(InputError, match="taken off"):
            await waiting

    run(scenario)


def test_what_else_there_is_to_know_comes_with_the_reply():
    async def scenario(core, _model, told):
        core.tell(notices.TurnStarted(1, "chat", "hello"))
        reply = Reply("Hi", "chat", "done", 1, notes=("A new session was started.",))
        core.tell(notices.TurnEnded(1, "done", reply))
        assert items(told)[-1]["notes"] == ["A new session was started."]

    run(scenario)


def test_a_selection_that_is_no_longer_there_is_empty():
    async def scenario(core, model, told):
        core.tell(notices.TimelineRead(Timeline({"t": [{"tt": 7, "sg": [{"d": 9, "id": "a"}]}]})))
        model.select([(1, 1), (7, 7)])
        assert model.selection == [(1, 1)]
        core.tell(notices.TimelineRead(Timeline({"t": [{"tt": 7, "sg": [{"d": 9, "id": "b"}]}]})))
        assert model.selection == []
        assert told[-1] == {"kind": "selection", "selection": [], "reveal": False}

    run(scenario)
