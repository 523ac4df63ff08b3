import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemo_nb.errors import CassetteBroken
from nemo_nb.wire.cassette import Call, Cassette, Chunk, Connect, Media, dumps, loads
from nemo_nb.wire.parts import Part

CLOUD = Connect("cloud", "https://api.example", anonymous=True, knobs={"poll_s": 1.0})


def of(*calls):
    return Cassette("0.1.0", "2026-11-20T09:00:00+00:00", [CLOUD], list(calls))


def chat(*texts, **more):
    chunks = [Chunk(20 + at, text) for at, text in enumerate(texts)]
    ended = {"ending": "end", "ended_ms": 90} | more
    headers = {"content-type": "text/event-stream"}
    body = {"new_message": {"parts": [{"text": "加标题"}]}}
    return Call(1, 5, "POST", "/run_sse", body, [], 200, headers, 10, chunks=chunks, **ended)


FULL = of(
    chat("data: {", '"a": 1}\n\n'),
    Call(
        2,
        30,
        "GET",
        "/api/x?a=1",
        status=200,
        answered_ms=40,
        value=[{"code": 0}],
        ending="end",
        ended_ms=41,
    ),
    Call(
        3,
        31,
        "GET",
        "https://cdn/x.mp4",
        status=206,
        answered_ms=50,
        media=Media(51, 3, "ab", "AAAA"),
        ending="fault",
        ended_ms=60,
        fault="ReadError",
        why="cut",
    ),
    Call(4, 70, "POST", "/up", parts=[Part("a.mp4", "video/mp4", 7, "ff")], ended_ms=80),
)


def test_what_is_written_is_read():
    assert loads(dumps(FULL)) == FULL


def test_the_file_is_json_lines_in_the_order_of_time():
    lines = [json.loads(line) for line in dumps(FULL).splitlines()]
    assert lines[0]["nemo_nb_cassette"] == 1
    times = [line["at_ms"] for line in lines[1:]]
    assert times == sorted(times)
    assert "加标题" in dumps(FULL)


# What no UTF-8 byte becomes, and what ends a line somewhere.
ODD = st.sampled_from("\udc80\udcff\u2028\u2029\x85\r\n\0")


@given(st.lists(st.text(st.characters() | ODD, min_size=1)))
def test_any_text_survives_lone_surrogates_and_line_ends_included(texts):
    text = dumps(of(chat(*texts)))
    assert [chunk.text for chunk in loads(text).calls[0].chunks] == texts
    text.encode()
    assert text.count("\n") == len(text.splitlines())


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", "PK\x03\x04", '{"nemo_nb_cassette": 1}', "\ud800"]
)
def test_what_is_no_cassette_is_told(text):
    with pytest.raises(CassetteBroken, match=r"demo.jsonl is no recording.*nemo_nb.record"):
        loads(text, "demo.jsonl")


def test_a_newer_cassette_is_told():
    with pytest.raises(CassetteBroken, match="Update nemo_nb"):
        loads('{"nemo_nb_cassette": 2, "connects": [{"new": 1}]}')


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        '{"call": 7, "at_ms": 1, "ends": "end"}',
        '{"call": 1, "at_ms": 1, "ends": "somehow"}',
        '{"call": 1, "at_ms": 1}',
        '{"call": 1, "at_ms": 1, "media": {"x": 1}}',
        '{"at_ms": 1, "asks": "GET /"}',
    ],
)
def test_a_damaged_line_is_named(line):
    text = dumps(of(chat("x")))
    count = text.count("\n")
    with pytest.raises(CassetteBroken, match=f"damaged at line {count + 1}"):
        loads(f"{text}{line}\n")
