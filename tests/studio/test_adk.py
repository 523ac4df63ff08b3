import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemo_nb import words
from nemo_nb.studio.adk import PIECE_CHARS, Invocation, frame, passages, pieces


def test_a_frame_is_one_data_line_and_a_blank_one():
    body = frame({"text": "a\nb\r\nc \u2028 猫"})
    assert body.startswith(b"data: {")
    assert body.endswith(b"}\n\n")
    assert body.count(b"\n") == 2
    assert b"\r" not in body
    assert "\u2028 猫".encode() in body
    assert json.loads(body[6:]) == {"text": "a\nb\r\nc \u2028 猫"}


@given(st.text(max_size=200))
def test_deltas_join_to_the_text(text):
    assert "".join(pieces(text)) == text


def test_deltas_never_part_a_grapheme_cluster():
    text = "👩‍👩‍👧‍👦" * 60
    cut = list(pieces(text))
    assert len(cut) > 1
    assert all(words.chars(piece) <= PIECE_CHARS for piece in cut)
    assert sum(words.chars(piece) for piece in cut) == 60


def test_a_call_and_its_response_share_an_id_and_all_events_an_invocation():
    turn = Invocation()
    call, call_id = turn.call("add_title", {"text": "x"})
    response = turn.response(call_id, "add_title", {"ok": True})
    part = call["content"]["parts"][0]["functionCall"]
    assert part == {"id": call_id, "name": "add_title", "args": {"text": "x"}}
    answer = response["content"]["parts"][0]["functionResponse"]
    assert answer == {"id": call_id, "name": "add_title", "response": {"ok": True}}
    assert call["invocationId"] == response["invocationId"]
    assert call["id"] != response["id"]
    assert call["author"] == "nemo_agent"


@pytest.mark.parametrize("text", ["All done.", ""])
def test_the_final_event_holds_the_whole_text_if_there_is_one(text):
    event = Invocation().final(text, ("next",))
    assert event["partial"] is False
    assert event["turnComplete"] is True
    assert event["actions"]["stateDelta"] == {"suggestions": ["next"]}
    assert ("content" in event) == bool(text)


@given(st.text(alphabet="ab. !?\n。 “”", max_size=60), st.integers(1, 6))
def test_passages_join_to_the_text_and_are_no_more_than_wanted(text, count):
    found = passages(text, count)
    assert "".join(found) == text
    assert len(found) <= count
    assert all(found)


def test_a_passage_ends_with_its_sentence_and_not_within_a_line_below():
    assert passages("One. Two! Three.", 3) == ["One.", " Two!", " Three."]
    assert passages("好。再来。", 3) == ["好。", "再来。"]
    assert passages("3.5 s cut. Done", 3) == ["3.5 s cut.", " Done"]
    assert passages("A heading\n\nOne. Two.", 3) == ["A heading\n\nOne. Two."]
