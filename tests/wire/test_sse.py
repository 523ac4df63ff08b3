import itertools
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nemo_nb.wire.sse import Decoder, ServerSentEvent


def decode(*chunks):
    decoder = Decoder()
    events = [event for chunk in chunks for event in decoder.feed(chunk)]
    return events + decoder.close()


def data(*chunks):
    return [event.data for event in decode(*chunks)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_any_of_the_three_line_ends(end):
    stream = end.join((b"event: a", b"id: 7", b"data: 1", b"data: 2", b"", b"data: 3", b"", b""))
    assert decode(stream) == [ServerSentEvent("1\n2", "a", "7"), ServerSentEvent("3", "", "7")]


def test_no_other_character_ends_a_line():
    text = "a\u2028b\u2029c\x85d\x0be\x0cf"
    assert data(f"data: {text}\n\n".encode()) == [text]


def test_a_carriage_return_at_a_chunks_end_is_not_two_line_ends():
    assert data(b"data: 1\r", b"\ndata: 2\r", b"\n\r", b"\n") == ["1\n2"]


def test_a_byte_order_mark_loses_no_event():
    assert data(b"\xef", b"\xbb", b"\xbfdata: 1\n\n") == ["1"]


def test_a_last_event_without_a_blank_line_is_kept():
    assert data(b"data: 1\n\ndata: 2") == ["1", "2"]
    assert data(b"data: 1\n\ndata: 2\n") == ["1", "2"]


def test_a_comment_is_told_at_once_and_leaves_the_event_whole():
    decoder = Decoder()
    assert decoder.feed(b"data: 1\n: ping\n") == [ServerSentEvent("ping", comment=True)]
    assert decoder.feed(b"data: 2\n\n") == [ServerSentEvent("1\n2")]


def test_empty_data_is_an_event():
    assert decode(b"data:\n\ndata\n\nevent: heartbeat\n\n") == [
        ServerSentEvent(),
        ServerSentEvent(),
        ServerSentEvent(event="heartbeat"),
    ]


def test_only_one_space_after_the_colon_is_dropped():
    assert data(b"data:1\n\ndata:  2\n\n") == ["1", " 2"]


def test_unknown_fields_and_stray_blank_lines_are_nothing():
    assert decode(b"\n\nretry: 10\nfoo: bar\nid: 1\n\n") == []


def test_bytes_that_are_no_utf8_are_replaced():
    assert data(b"data: \xff1\n\n") == ["\ufffd1"]


STREAM = (
    '\ufeff: hi\r\ndata: {"t":"Grüße \U0001f600\u2028"}\r\n\r\ndata: 1\rdata: 2\r\r'
    "event: heartbeat\n\nid: x\ndata: ä"
).encode()


def test_every_single_split_point_gives_the_same_events():
    whole = decode(STREAM)
    assert len(whole) == 5
    for at in range(len(STREAM) + 1):
        assert decode(STREAM[:at], STREAM[at:]) == whole
    assert decode(*(STREAM[at : at + 1] for at in range(len(STREAM)))) == whole


@settings(deadline=None)
@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=8))
def test_any_bytes_in_any_split(stream, cuts):
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    chunks = [stream[a:b] for a, b in itertools.pairwise(places)]
    assert decode(*chunks) == decode(stream)


def test_a_huge_event_in_small_chunks_is_joined_once():
    # Joining at each chunk would copy 16 MB two thousand times; here it is kept in pieces.
    size = 16 << 20
    payload = b"x" * (8 << 10)
    decoder = Decoder()
    tracemalloc.start()
    try:
        decoder.feed(b"data: ")
        for _ in range(size // len(payload)):
            assert decoder.feed(payload) == []
        assert len(decoder._open_line) == 1 + size // len(payload)
        (event,) = decoder.feed(b"\n\n")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(event.data) == size
    assert peak < 6 * size
