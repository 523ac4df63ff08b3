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
)
from nemo_nb.wire.turn import Turn

NOISE = "I encountered a temporary issue. Please try again later."


def turn_of(*events, finish=True):
    turn = Turn()
    for event in events:
        turn.feed(event)
    if finish:
        turn.finish()
    return turn


def test_a_final_that_repeats_its_deltas_is_shown_once():
    turn = turn_of(TextDelta("Hel", "a"), TextDelta("lo", "a"), TextFinal("Hello", "a"))
    assert turn.text == "Hello"
    assert turn.clean


def test_a_final_takes_the_place_of_deltas_that_differ():
    assert turn_of(TextDelta("Helo", "a"), TextFinal("Hello!", "a")).text == "Hello!"


def test_several_finals_are_kept_in_order():
    turn = turn_of(TextFinal("One.", "a"), TextDelta("Tw", "a"), TextFinal("Two.", "a"))
    assert turn.text == "One.\n\nTwo."


def test_equal_finals_are_both_kept():
    assert turn_of(TextFinal("Done.", "a"), TextFinal("Done.", "a")).text == "Done.\n\nDone."


def test_authors_are_kept_apart():
    turn = turn_of(TextDelta("A1", "a"), TextDelta("B1", "b"), TextFinal("A!", "a"))
    assert turn.text == "A!\n\nB1"
    assert turn.dangling


def test_the_answer_is_the_same_whatever_the_framing():
    call, result = ToolCall("1", "trim", {}), ToolResult("1", "trim", {})
    whole = turn_of(TextFinal("On it.", "a"), call, result, TextFinal("Done.", "a"))
    both = turn_of(
        TextDelta("On ", "a"),
        TextDelta("it.", "a"),
        TextFinal("On it.", "a"),
        call,
        result,
        TextDelta("Done.", "a"),
        TextFinal("Done.", "a"),
    )
    deltas = turn_of(TextDelta("On it.", ""), call, result, TextDelta("Done.", ""))
    late = turn_of(
        TextDelta("On it.", "a"), call, result, TextDelta("Done.", "a"), TextFinal("Done.", "a")
    )
    assert whole.text == both.text == deltas.text == late.text == "On it.\n\nDone."


def test_thoughts_and_tools_stay_out_of_the_answer():
    turn = turn_of(
        Thought("hmm"),
        ToolCall("1", "trim", {"s": 5}),
        Heartbeat(),
        ToolResult("1", "trim", {"ok": True}),
        Other({}),
        TextFinal("Done.", "a"),
    )
    assert turn.text == "Done."
    assert [(tool.name, tool.args, tool.result, tool.done) for tool in turn.tools] == [
        ("trim", {"s": 5}, {"ok": True}, True)
    ]
    assert turn.clean


def test_a_call_told_twice_is_one_call():
    turn = turn_of(ToolCall("1", "trim", {}), ToolCall("1", "trim", {"s": 5}))
    assert [tool.args for tool in turn.tools] == [{"s": 5}]


def test_results_find_their_calls_by_name_where_there_is_no_id():
    turn = turn_of(
        ToolCall("", "trim", {"n": 1}),
        ToolCall("", "trim", {"n": 2}),
        ToolResult("", "trim", "first"),
    )
    assert [tool.result for tool in turn.tools] == ["first", None]
    assert [tool.args for tool in turn.unanswered_calls] == [{"n": 2}]


@pytest.mark.parametrize(
    "events",
    [
        [TextFinal("Hi", "a"), ToolCall("1", "trim", {})],
        [TextDelta("Hi", "a")],
        [],
        [TextFinal("Hi", "a"), StreamError(None, "boom")],
    ],
)
def test_an_end_that_proves_nothing_is_not_clean(events):
    assert not turn_of(*events).clean


def test_a_cut_turn_is_not_clean():
    assert not turn_of(TextFinal("Hi", "a"), finish=False).clean


@pytest.mark.parametrize(
    ("errors", "told"),
    [
        ([StreamError("X", "boom"), StreamError(None, "boom")], [StreamError("X", "boom")]),
        (
            [StreamError("X", "boom"), StreamError(None, "wrapped: boom!")],
            [StreamError("X", "boom")],
        ),
        ([StreamError("X", ""), StreamError(None, "boom")], [StreamError("X", "boom")]),
        ([StreamError(None, "boom"), StreamError(7, "boom")], [StreamError(7, "boom")]),
        ([StreamError(1, "a"), StreamError(2, "b")], [StreamError(1, "a"), StreamError(2, "b")]),
    ],
)
def test_one_failure_told_twice_counts_once(errors, told):
    assert list(turn_of(*errors).errors) == told


def test_two_failures_apart_are_two():
    turn = turn_of(StreamError("X", "boom"), TextFinal("Hi", "a"), StreamError("X", "boom"))
    assert len(turn.errors) == 2


def test_unreadable_data_is_no_part_of_the_answer():
    turn = turn_of(Unreadable("x"), TextFinal("Done.", "a"), Unreadable("y"))
    assert turn.text == "Done."
    assert turn.clean


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"Done. {NOISE}", "Done."),
        (f"Done!\n\n{NOISE}", "Done!"),
        (f"Your title is there ✨ {NOISE}", "Your title is there ✨"),
        (f"Done ✔️{NOISE}", "Done ✔️"),
        (f"He says, {NOISE}", f"He says, {NOISE}"),
        (NOISE, NOISE),
        (f'The caption is "{NOISE}"', f'The caption is "{NOISE}"'),
        (
            "Done, but I encountered a temporary issue here.",
            "Done, but I encountered a temporary issue here.",
        ),
        (f"{NOISE}\n\nThen it worked.", f"{NOISE}\n\nThen it worked."),
    ],
)
def test_trailing_noise_after_a_reply_is_dropped(said, shown):
    assert turn_of(TextFinal(said, "a")).text == shown


def test_noise_in_a_final_of_its_own_is_dropped():
    assert turn_of(TextFinal("Done.", "a"), TextFinal(NOISE, "a")).text == "Done."


def test_a_blank_final_does_not_wipe_what_was_said():
    assert turn_of(TextDelta("Hi", "a"), TextFinal("\n", "a")).text == "Hi"


def test_begin_starts_over():
    turn = turn_of(TextFinal("Hi", "a"), StreamError(None, "boom"))
    turn.begin()
    assert (turn.text, turn.errors, turn.finished, turn.tools) == ("", (), False, ())


pieces = st.lists(st.text(min_size=1, max_size=5).filter(str.strip), min_size=1, max_size=8)


@settings(deadline=None)
@given(pieces)
def test_deltas_in_any_pieces_give_the_final(parts):
    whole = "".join(parts)
    with_final = turn_of(*(TextDelta(part, "a") for part in parts), TextFinal(whole, "a"))
    assert with_final.text == turn_of(*(TextDelta(part, "a") for part in parts)).text
