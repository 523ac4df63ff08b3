"""A studio with a model behind it: who is asked, what is sent, and how a turn ends early."""

import logging

import pytest

from nemo_nb.studio.accounts import AnonymousRules, Terms
from nemo_nb.studio.planner_choice import chosen
from plannerkit import ModelServer, running
from studiokit import Person, events, message, until

KEY = "sk-planner-0123456789"
ODD = "lop the opening tick off would ya"
TRIM = {"intent": "trim", "words": "the opening tick", "edge": "first", "length_ms": 1000}


@pytest.fixture
def server():
    yield from running(ModelServer())


@pytest.fixture
def person(make_studio, server, photo):
    choice = chosen({"NEMO_PLANNER_KEY": KEY}, server.url, "tiny:1b")
    studio = make_studio(
        planner=choice, heartbeat_s=0.02, anonymous=AnonymousRules(per_address=None)
    )
    with Person(studio.url, studio.token.reveal()) as owner:
        owner.studio = studio
        owner.sid = owner.session()
        assert owner.upload(owner.sid, ("cat.jpg", photo)).status_code == 200
        yield owner


def said(stream):
    return stream[-1]["content"]["parts"][0]["text"]


def test_the_model_reads_what_the_grammar_does_not(person, server, caplog):
    server.says(TRIM)
    with caplog.at_level(logging.DEBUG):
        stream = person.say(person.sid, ODD)
    assert "Understood by the model tiny:1b" in said(stream)
    state = person.state(person.sid)
    assert state["draft"]["d"] == 2000
    assert state["undo"] == 2
    assert KEY not in caplog.text + str(stream) + str(state)
    assert server.keys == [f"Bearer {KEY}"]


def test_the_grammar_comes_first(person, server):
    person.say(person.sid, "trim the first second")
    assert not server.bodies
    assert person.state(person.sid)["draft"]["d"] == 2000


def test_a_model_that_talks_nonsense_changes_nothing(person, server):
    server.answers += ["I would love to help!"] * 3
    before = person.state(person.sid)
    stream = person.say(person.sid, ODD)
    assert "tiny:1b was no help" in said(stream)
    after = person.state(person.sid)
    assert (after["draft"], after["undo"]) == (before["draft"], before["undo"])


def test_stopping_the_turn_stops_the_model(person, server):
    server.hangs = True
    with person.stream("POST", "/run_sse", json=message(person.sid, ODD)) as answer:
        lines = answer.iter_lines()
        # Signs of life while the model thinks.
        until(lambda: next(lines) == "event: heartbeat")
        assert server.asked.wait(10)
    assert server.left.wait(10)
    until(lambda: not person.studio.core.lock(person.sid).locked())
    assert person.state(person.sid)["draft"]["d"] == 3000
    server.hangs = False
    server.says(TRIM)
    person.say(person.sid, ODD)
    assert person.state(person.sid)["draft"]["d"] == 2000


def test_stopping_the_studio_stops_the_model(person, server):
    server.hangs = True
    with person.stream("POST", "/run_sse", json=message(person.sid, ODD)) as answer:
        assert server.asked.wait(10)
        person.studio.stop()
        assert not any(event.get("turnComplete") for event in events(answer.read()))
    assert server.left.wait(10)


def test_an_edit_by_the_model_is_paid_for_like_any_other(make_studio, server, photo, tmp_path):
    studio = make_studio(
        workspace=tmp_path / "paid", planner=chosen({}, server.url, "tiny"), terms=Terms(50)
    )
    server.says(TRIM)
    with Person(studio.url, studio.token.reveal()) as owner:
        sid = owner.session()
        owner.upload(sid, ("cat.jpg", photo))
        owner.say(sid, ODD)
        balance = owner.get("/api/credits/balance/simple").json()["data"]
    assert balance["available"] == 0
