import pandas as pd

from nemo_nb.history import EventLog, history_frame
from nemo_nb.ledger import TurnRow
from nemo_nb.wire import events as ev


def test_an_empty_history_has_its_columns():
    frame = history_frame([])
    assert list(frame) == [
        "turn",
        "role",
        "action",
        "text",
        "started_at",
        "duration_ms",
        "status",
    ]
    assert isinstance(frame["started_at"].dtype, pd.DatetimeTZDtype)
    assert list(EventLog().frame()) == ["turn", "seq", "kind", "text", "tool", "at_ms"]


def test_a_turn_is_a_question_and_an_answer():
    row = TurnRow(1, "chat", "add a title", "Done.", "2026-01-01T10:00:00.250+00:00", 900, "done")
    frame = history_frame([row])
    assert frame["role"].tolist() == ["user", "agent"]
    assert frame["text"].tolist() == ["add a title", "Done."]
    assert frame["started_at"][0] == pd.Timestamp("2026-01-01T10:00:00.250Z")
    assert frame["duration_ms"].isna().tolist() == [True, False]
    assert frame["duration_ms"][1] == 900
    assert str(frame["duration_ms"].dtype) == "Int64"


def test_events_keep_order_kind_and_tool():
    log = EventLog()
    log.begin(1)
    for event in (
        ev.Heartbeat(),
        ev.ToolCall("c1", "add_title", {"text": "Hi"}),
        ev.ToolResult("c1", "add_title", {"ok": True}),
        ev.TextDelta("Do", "agent"),
        ev.TextFinal("Done.", "agent"),
    ):
        log.add(event)
    log.begin(2)
    log.add(ev.StreamError(2001, "no credits"))
    frame = log.frame()
    assert frame["kind"].tolist() == [
        "heartbeat",
        "tool_call",
        "tool_result",
        "text",
        "final",
        "error",
    ]
    assert frame["turn"].tolist() == [1, 1, 1, 1, 1, 2]
    assert frame["seq"].tolist() == [1, 2, 3, 4, 5, 1]
    assert frame["tool"].tolist()[1:3] == ["add_title", "add_title"]
    assert frame["text"].tolist()[3:] == ["Do", "Done.", "no credits"]
    assert (frame["at_ms"] >= 0).all()
