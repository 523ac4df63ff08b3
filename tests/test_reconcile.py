import asyncio
from collections import Counter
from types import SimpleNamespace

import pytest

from nemo_nb import reconcile
from nemo_nb.errors import ApiError, SessionLost, StudioGone, Unreachable
from nemo_nb.timeline.timeline import Timeline

BEFORE = Timeline({"t": []})
AFTER = Timeline({"t": [{"tt": 0, "sg": [{"d": 1000, "m": {"src": "a.mp4"}}]}]})


class Server:
    """A project whose reads give one answer after the other."""

    def __init__(self, *answers, studio=False, reconcile_s=30.0):
        self.backend = SimpleNamespace(settings=SimpleNamespace(reconcile_s=reconcile_s))
        self.studio = studio
        self.answers = list(answers)
        self.timeline, self.state, self.reads = BEFORE, {}, 0

    @property
    def media(self):
        return self.state.get("video_infos", [])

    async def is_studio(self):
        return self.studio

    async def read(self):
        self.reads += 1
        answer = self.answers.pop(0) if self.answers else BEFORE
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, dict):
            self.state = answer
        else:
            self.timeline = answer
        return self.timeline


@pytest.fixture
def waits(monkeypatch):
    waited = []

    async def sleep(seconds):
        waited.append(seconds)

    # In this module alone: other threads of the process have event loops that sleep.
    monkeypatch.setattr(reconcile, "asyncio", SimpleNamespace(sleep=sleep))
    return waited


def after_a_break(server):
    return asyncio.run(reconcile.after_a_break(server, BEFORE))


def test_thirty_seconds_then_every_sixty_five_answers_at_most(waits):
    assert after_a_break(Server()) is None
    assert waits == [30, 60, 60, 60, 60]


def test_the_first_change_ends_it(waits):
    assert after_a_break(Server(BEFORE, AFTER)) is AFTER
    assert waits == [30, 60]


def test_a_change_beside_the_timeline_counts(waits):
    server = Server({"variants": [{"name": "a", "draft": {}}]})
    assert after_a_break(server) is BEFORE
    assert waits == [30]


def test_an_answer_that_does_not_come_is_waited_for(waits):
    assert after_a_break(Server(Unreachable("down"), AFTER)) is AFTER
    assert waits == [30, 60]


@pytest.mark.parametrize("error", [StudioGone("stopped"), Unreachable("served, and stopped")])
def test_a_studio_that_is_gone_is_told_at_once(waits, error):
    with pytest.raises(Unreachable):
        after_a_break(Server(error, studio=True))
    assert waits == [0]


def test_a_studio_that_lives_is_looked_at_at_once_and_not_for_minutes(waits):
    assert after_a_break(Server(studio=True)) is None
    assert waits == [0, 1, 1, 1, 1]


def test_silence_is_read_three_times(waits):
    server = Server()
    assert asyncio.run(reconcile.after_silence(server, BEFORE)) is BEFORE
    assert server.reads == 3
    assert waits == [1, 1]


def test_silence_ends_with_the_first_change(waits):
    server = Server(BEFORE, AFTER)
    assert asyncio.run(reconcile.after_silence(server, BEFORE)) is AFTER
    assert (server.reads, waits) == (2, [1])


def test_silence_is_looked_into_past_reads_that_fail(waits):
    server = Server(Unreachable("down"), ApiError("down", status=502), AFTER)
    assert asyncio.run(reconcile.after_silence(server, BEFORE)) is AFTER
    assert waits == [1, 1]


@pytest.mark.parametrize("error", [StudioGone("stopped"), SessionLost("gone")])
def test_silence_is_not_looked_into_where_there_is_nothing_to_see(waits, error):
    with pytest.raises(type(error)):
        asyncio.run(reconcile.after_silence(Server(error), BEFORE))
    assert waits == []


def test_a_session_that_was_lost_is_no_change(waits):
    with pytest.raises(SessionLost):
        after_a_break(Server(SessionLost("gone")))
    assert waits == [30]


def test_new_media_is_counted_by_name(waits):
    one, two = {"filename": "a.png", "n": 1}, {"filename": "a.png", "n": 2}
    server = Server({"video_infos": [one]}, {"video_infos": [one, two]})
    found = asyncio.run(reconcile.new_media(server, Counter(["a.png"]), 1))
    assert found == [two]
    assert waits == [1]
