"""The transcript: what views are told adds up to what a snapshot holds."""

import pytest

from nemo_nb.notebook.widgets.transcript import Transcript


def replay(messages):
    """What a view makes of the notices, by the rules of state.ts."""
    items = {}
    for message in filter(None, messages):
        if message["kind"] == "item":
            items[message["item"]["item"]] = dict(message["item"])
        else:
            item = items[message["item"]]
            assert message["seq"] == item["seq"] + 1
            item["reply"] = message["add"] if message["replace"] else item["reply"] + message["add"]
            item |= {"seq": message["seq"], "progress": message["progress"]}
    return list(items.values())


def test_deltas_add_up_to_the_answer():
    transcript = Transcript()
    told = [transcript.start(1, "chat", "add a title")]
    texts = ("Ti", "Title", "Title added.", "标题已添加")
    told += [transcript.advance(1, text, "Editing") for text in texts]
    assert replay(told) == transcript.snapshot()
    assert transcript.snapshot()[0]["reply"] == "标题已添加"


def test_only_what_was_added_travels_unless_the_text_was_rewritten():
    transcript = Transcript()
    transcript.start(1, "chat", "x")
    transcript.advance(1, "Title", "")
    assert transcript.advance(1, "Title added", "")["add"] == " added"
    rewritten = transcript.advance(1, "Done", "")
    assert (rewritten["add"], rewritten["replace"]) == ("Done", True)


def test_nothing_is_told_where_nothing_changed_or_the_turn_is_unknown():
    transcript = Transcript()
    transcript.start(1, "chat", "x")
    transcript.advance(1, "a", "b")
    assert transcript.advance(1, "a", "b") is None
    assert transcript.advance(2, "a", "b") is None
    assert transcript.end(2, "done") is None


def test_a_turn_runs_until_it_ends():
    transcript = Transcript()
    transcript.start(1, "chat", "x")
    assert transcript.running.text == "x"
    transcript.advance(1, "half a sen", "")
    told = transcript.end(1, "stopped")
    assert transcript.running is None
    assert told["item"]["reply"] == "half a sen"
    assert told["item"]["status"] == "stopped"


def test_files_in_a_row_are_one_item_and_a_turn_between_parts_them():
    transcript = Transcript()
    told = [transcript.add_files(["a.jpg"]), transcript.add_files(["b.jpg"])]
    told.append(transcript.start(1, "chat", "x"))
    told.append(transcript.add_files(["c.jpg"]))
    assert [item.get("names") for item in replay(told)] == [["a.jpg", "b.jpg"], None, ["c.jpg"]]
    assert replay(told) == transcript.snapshot()


@pytest.mark.parametrize("status", ["done", "silent", "failed"])
def test_a_turn_of_the_past_is_whole_and_known(status):
    transcript = Transcript()
    row = {"action": "chat", "text": "a", "reply": "b", "status": status, "started_at_ms": 5}
    transcript.recall(3, row)
    assert transcript.knows(3)
    assert transcript.running is None
    assert transcript.snapshot()[0]["reply"] == "b"
