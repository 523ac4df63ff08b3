"""Every (call, fault, attempt) has one outcome; this is the whole table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemo_nb.wire.retry import READS, REPEATABLE, Call, Fault, Step, Verdict, verdict

UNCLEAR = (Fault.RESET, Fault.TIMED_OUT, Fault.CUT, Fault.SERVER_ERROR, Fault.UNREADABLE)
CHANGING = tuple(call for call in Call if call not in REPEATABLE)


def expected(call, fault, attempt, anonymous):  # noqa: PLR0911 - the table, row by row
    """PROTOCOL.md's rules once more, written the other way round: fault first."""
    if fault in UNCLEAR and call in CHANGING:
        return Step.RECONCILE
    if fault is Fault.UNREADABLE:
        return Step.RAISE
    if fault in UNCLEAR:
        return Step.RETRY if attempt < 3 else Step.RAISE
    if fault is Fault.NOT_CONNECTED:
        return Step.RETRY if attempt < (2 if call is Call.CHAT else 3) else Step.RAISE
    if attempt > 1:
        return Step.RAISE
    if fault is Fault.RATE_LIMITED:
        return Step.RETRY
    if fault is Fault.BAD_TOKEN and anonymous and call is not Call.TOKEN:
        return Step.RENEW_TOKEN
    if fault is Fault.NO_CLIENT_ID and call is Call.TOKEN:
        return Step.NEW_CLIENT_ID
    if fault is Fault.SESSION_LOST and call not in (Call.TOKEN, Call.SESSION, Call.CREDITS):
        return Step.NEW_SESSION
    return Step.RAISE


@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize("attempt", [1, 2, 3, 4])
@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("call", list(Call))
def test_the_whole_table(call, fault, attempt, anonymous):
    found = verdict(call, [fault] * attempt, anonymous=anonymous)
    assert found.step is expected(call, fault, attempt, anonymous)


def test_what_changes_something_is_named():
    assert set(CHANGING) == {Call.CHAT, Call.UPLOAD, Call.SUBMIT, Call.STUDIO_DEED}
    assert Call.POLL in READS


@pytest.mark.parametrize("second", list(Fault))
@pytest.mark.parametrize("first", list(Fault))
def test_a_message_is_sent_twice_at_most(first, second):
    step = verdict(Call.CHAT, [first, second], anonymous=True).step
    assert step in (Step.RAISE, Step.RECONCILE)


def test_one_mishap_does_not_keep_another_from_being_mended():
    # A connection that had gone stale, and then a token that had: as after a night's sleep.
    stale = verdict(Call.STATE, [Fault.RESET, Fault.BAD_TOKEN], anonymous=True)
    assert stale.step is Step.RENEW_TOKEN
    busy = verdict(Call.STATE, [Fault.BAD_TOKEN, Fault.RATE_LIMITED], anonymous=True)
    assert busy == Verdict(Step.RETRY, 30.0)
    again = verdict(Call.STATE, [Fault.BAD_TOKEN, Fault.RESET, Fault.BAD_TOKEN], anonymous=True)
    assert again.step is Step.RAISE


@given(st.sampled_from(Call), st.lists(st.sampled_from(Fault), min_size=8), st.booleans())
def test_every_call_comes_to_an_end(call, faults, anonymous):
    steps = [verdict(call, faults[:n], anonymous=anonymous).step for n in range(1, 9)]
    again = (Step.RETRY, Step.RENEW_TOKEN, Step.NEW_CLIENT_ID)
    assert any(step not in again for step in steps)


def test_the_wait_after_a_rate_limit():
    limited = [Fault.RATE_LIMITED]
    assert verdict(Call.CHAT, limited) == Verdict(Step.RETRY, 30.0)
    assert verdict(Call.CHAT, limited, retry_after_s=5.0) == Verdict(Step.RETRY, 5.0)
    assert verdict(Call.CHAT, limited, rate_wait_s=0.0) == Verdict(Step.RETRY, 0.0)
    assert verdict(Call.CHAT, limited, retry_after_s=3600.0).step is Step.RAISE


def test_short_waits_grow_and_respect_the_setting():
    resets = [Fault.RESET, Fault.RESET]
    assert [verdict(Call.STATE, resets[:n]).wait_s for n in (1, 2)] == [0.5, 1.0]
    assert verdict(Call.STATE, resets, rate_wait_s=0.1).wait_s == 0.1
