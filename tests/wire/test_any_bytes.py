"""Bytes → server-sent events → typed events → turn: any bytes, cut anywhere, mean one thing."""

import itertools
import json

from hypothesis import given
from hypothesis import strategies as st

from nemo_nb.wire import events, sse
from nemo_nb.wire.turn import Turn

ENDS = st.sampled_from(["\n", "\r\n", "\r"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
EVENTS = st.one_of(
    st.builds(
        lambda text, partial, author: {
            "author": author,
            "partial": partial,
            "content": {"parts": [{"text": text}]},
        },
        TEXTS,
        st.booleans(),
        st.sampled_from(["agent", "helper", "user"]),
    ),
    st.builds(lambda text: {"type": "text", "content": text}, TEXTS),
    st.builds(lambda name: {"type": "tool_call", "name": name, "args": {}}, TEXTS),
    st.builds(lambda code: {"code": code, "message": "no"}, st.integers(-5, 5000)),
    st.builds(lambda text: {"error": text}, TEXTS),
    st.dictionaries(TEXTS, TEXTS | st.integers() | st.none(), max_size=3),
)


@st.composite
def streams(draw):
    """A stream as servers and gateways write it, with noise in between, in bytes."""
    pieces = []
    for _ in range(draw(st.integers(0, 6))):
        end = draw(ENDS)
        frame = json.dumps(draw(EVENTS), ensure_ascii=draw(st.booleans()))
        pieces.append(f"data: {frame}{end}{end}".encode())
        if draw(st.booleans()):
            pieces.append(draw(st.binary(max_size=12)) + b"\n\n")
        if draw(st.booleans()):
            pieces.append(f": ping{end}".encode())
    return b"".join(pieces)


def turn_of(chunks):
    decoder, turn = sse.Decoder(), Turn()
    for chunk in chunks:
        for raw in decoder.feed(chunk):
            for event in events.read(raw):
                turn.feed(event)
    for raw in decoder.close():
        for event in events.read(raw):
            turn.feed(event)
    turn.finish()
    return turn


def told(turn):
    return (turn.text, turn.tools, turn.errors, turn.clean)


@given(streams() | st.binary(max_size=120), st.lists(st.integers(0, 500), max_size=8))
def test_the_pieces_do_not_matter(body, cuts):
    places = sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})
    pieces = [body[a:b] for a, b in itertools.pairwise(places)]
    whole = told(turn_of([body]))
    assert told(turn_of(pieces)) == whole
    assert told(turn_of(body[at : at + 1] for at in range(len(body)))) == whole


@given(st.lists(TEXTS.filter(str.strip), min_size=1, max_size=6), ENDS)
def test_what_was_said_is_what_is_read(texts, end):
    frames = [{"author": "a", "content": {"parts": [{"text": text}]}} for text in texts]
    body = "".join(f"data: {json.dumps(frame)}{end}{end}" for frame in frames).encode()
    turn = turn_of([body])
    assert turn.text == "\n\n".join(text.strip() for text in texts)
    assert turn.clean
