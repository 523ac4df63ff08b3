import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nemo_nb.wire.events import (
    Heartbeat,
    Other,
    StreamError,
    TextDelta,
    TextFinal,
    Thought,
    ToolCall,
    ToolResult,
    Unreadable,
    read,
    read_object,
)
from nemo_nb.wire.sse import ServerSentEvent

SETTINGS = settings(max_examples=60, deadline=None)


def typed(value):
    return read(ServerSentEvent(value if isinstance(value, str) else json.dumps(value)))


def adk(*parts, **rest):
    return {"author": "a", "content": {"role": "model", "parts": list(parts)}, **rest}


@pytest.mark.parametrize(
    ("value", "events"),
    [
        (adk({"text": "Hel"}, partial=True), [TextDelta("Hel", "a")]),
        (adk({"text": "Hello"}), [TextFinal("Hello", "a")]),
        (adk({"text": "Hel"}, {"text": "lo"}), [TextFinal("Hello", "a")]),
        (
            adk({"text": "hm", "thought": True}, {"text": "Yes"}),
            [Thought("hm"), TextFinal("Yes", "a")],
        ),
        (
            adk(
                {"text": "On it."}, {"functionCall": {"id": "1", "name": "trim", "args": {"s": 5}}}
            ),
            [TextFinal("On it.", "a"), ToolCall("1", "trim", {"s": 5})],
        ),
        (
            adk({"functionResponse": {"id": "1", "name": "trim", "response": {"ok": True}}}),
            [ToolResult("1", "trim", {"ok": True})],
        ),
        (adk({"function_call": {"id": "1", "name": "trim"}}), [ToolCall("1", "trim", {})]),
        (
            adk({"function_response": {"name": "trim", "response": None}}),
            [ToolResult("", "trim", None)],
        ),
        ({"type": "text", "content": "Hi"}, [TextDelta("Hi", "")]),
        ({"type": "tool_call", "name": "t", "args": {"a": 1}}, [ToolCall("", "t", {"a": 1})]),
        ({"type": "tool_result", "name": "t", "result": [1]}, [ToolResult("", "t", [1])]),
        ({"type": "heartbeat"}, [Heartbeat()]),
        ({"type": "error", "message": "bad"}, [StreamError(None, "bad")]),
        ({"type": "error", "code": 2001, "message": "no"}, [StreamError(2001, "no")]),
        ({"errorCode": "SAFETY", "errorMessage": "no"}, [StreamError("SAFETY", "no")]),
        ({"error_code": "500", "error_message": "no"}, [StreamError(500, "no")]),
        ({"error": "boom"}, [StreamError(None, "boom")]),
        ({"error": {"code": 1001, "message": "token"}}, [StreamError(1001, "token")]),
        ({"code": 2001, "message": "no credits"}, [StreamError(2001, "no credits")]),
        (
            adk({"text": "Half"}, errorCode="MAX_TOKENS"),
            [TextFinal("Half", "a"), StreamError("MAX_TOKENS", "")],
        ),
    ],
)
def test_what_each_frame_means(value, events):
    assert typed(value) == events


@pytest.mark.parametrize(
    "value",
    [
        {"turnComplete": True},
        {"actions": {"stateDelta": {"x": 1}}},
        {"errorCode": "STOP"},
        {"code": 0, "data": {}},
        {"type": "new_kind", "x": 1},
        adk({"inlineData": {"mimeType": "image/png", "data": "AA=="}}),
        adk({"fileData": {"fileUri": "gs://x"}}),
        adk({"text": ""}),
        {"author": "user", "content": {"parts": [{"text": "my own words"}]}},
        {"content": {"parts": "odd"}},
        {"content": None},
    ],
)
def test_what_is_no_answer_is_kept_as_other(value):
    (event,) = typed(value)
    assert isinstance(event, Other)
    assert event.raw == value


@pytest.mark.parametrize(
    "sse",
    [
        ServerSentEvent("ping", comment=True),
        ServerSentEvent(event="heartbeat"),
        ServerSentEvent('{"x": 1}', event="heartbeat"),
        ServerSentEvent(""),
        ServerSentEvent("  "),
    ],
)
def test_heartbeats(sse):
    assert read(sse) == [Heartbeat()]


@pytest.mark.parametrize(
    "data", ["NaN", "[1]", '"text"', "[DONE]", '{"a":', "1" * 5000, "[" * 99999]
)
def test_what_is_no_object_is_unreadable(data):
    assert typed(data) == [Unreadable(data)]


def test_a_nan_inside_an_object_is_read():
    (event,) = typed('{"type": "tool_call", "name": "t", "args": {"volume": NaN}}')
    assert event.name == "t"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ('{"error": "he said "no""}', 'he said "no"'),
        ('{"error": "first line', "first line"),
        ('{"error": "two\nlines"}', "two\nlines"),
    ],
)
def test_the_error_frame_that_is_no_json(data, message):
    assert typed(data) == [StreamError(None, message)]


def test_the_raw_object_stays_within_reach():
    value = adk({"text": "Hi"}, new_key=1)
    assert typed(value)[0].raw == value


@SETTINGS
@given(st.text())
def test_any_text_gives_events(data):
    assert typed(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = st.sampled_from(
    (
        "type",
        "content",
        "parts",
        "text",
        "partial",
        "author",
        "thought",
        "functionCall",
        "function_response",
        "name",
        "args",
        "id",
        "error",
        "errorCode",
        "error_message",
        "code",
        "message",
        "response",
        "data",
    )
)
objects = st.recursive(
    json_values,
    lambda inner: st.dictionaries(KEYS, inner, max_size=5) | st.lists(inner, max_size=3),
)


@SETTINGS
@given(st.dictionaries(KEYS, objects, max_size=6))
def test_any_object_gives_events(value):
    assert read_object(value)
