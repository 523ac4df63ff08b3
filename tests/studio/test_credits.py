import contextlib

import pytest

import mediakit
from nemo_nb.studio.accounts import Terms
from nemo_nb.studio.credits import EDITING, GENERATION
from nemo_nb.studio.engine import Engine
from studiokit import Person, SmallAgent, events, message, newcomer, until

PROMPT = "generate a video prompt for a 3-second sunrise over a lake"


@pytest.fixture
def paid(make_studio):
    """Start a studio where every user has so many credits; return it and its owner."""
    with contextlib.ExitStack() as stack:

        def make(credit, engine=None):
            studio = make_studio(engine=engine or SmallAgent(), terms=Terms(credit))
            owner = stack.enter_context(Person(studio.url, studio.token.reveal()))
            return studio, owner

        yield make


def filled(person, photo):
    sid = person.session()
    assert person.upload(sid, ("cat.jpg", photo)).status_code == 200
    return sid


def left(person):
    data = person.get("/api/credits/balance/simple").json()["data"]
    assert data["frozen"] == 0
    return data["available"], data["total"]


def test_editing_costs_50_once_a_session_and_nothing_else_costs_anything(paid, photo):
    _, owner = paid(120)
    sid = filled(owner, photo)
    owner.say(sid, "hello")
    owner.say(sid, "describe cat.jpg")
    assert left(owner) == (120, 120)
    owner.say(sid, "title One")
    assert left(owner) == (120 - EDITING, 120)
    owner.say(sid, "title One")  # the same message, sent again
    owner.say(sid, "undo")
    owner.say(sid, "redo")
    owner.say(sid, "variants")
    owner.submit(sid)
    owner.submit(sid)  # the same id
    assert left(owner) == (120 - EDITING, 120)
    other = filled(owner, photo)
    owner.say(other, "title Two")
    assert left(owner) == (120 - 2 * EDITING, 120)


def test_a_copy_belongs_to_its_session(paid, photo):
    _, owner = paid(50)
    sid = filled(owner, photo)
    copies = [
        owner.post(f"/studio/v1/sessions/{sid}/fork", json={}).json()["data"]["session_id"]
        for _ in range(2)
    ]
    for one in (*copies, sid):
        assert "errorCode" not in owner.say(one, "title Mine")[-1]
    assert left(owner) == (0, 50)


def test_out_of_credits_is_2001_and_changes_nothing(paid, photo):
    _, owner = paid(60)
    first, second = filled(owner, photo), filled(owner, photo)
    owner.say(first, "title One")
    before = owner.state(second)
    refusal = owner.say(second, "title Two")[-1]
    assert refusal["errorCode"] == "2001"
    assert "costs 50 credits, and 10 of 60 are left" in refusal["errorMessage"]
    assert "--credits" in refusal["errorMessage"]
    assert owner.state(second) == before
    assert left(owner) == (10, 60)
    # What is free still works, and so does the session that is paid for.
    assert "errorCode" not in owner.say(second, "hello")[-1]
    assert "errorCode" not in owner.say(first, "title More")[-1]


def test_a_balance_survives_restarts_and_a_larger_gift_tops_up(paid, photo):
    studio, owner = paid(60)
    owner.say(filled(owner, photo), "title One")
    for credit, rest in ((60, 10), (200, 150), (20, 0)):
        studio.stop()
        studio, owner = paid(credit)
        assert left(owner) == (rest, credit)


def test_everybody_has_credits_of_their_own(paid, photo):
    studio, owner = paid(70)
    owner.say(filled(owner, photo), "title One")
    with newcomer(studio.url) as stranger:
        assert left(stranger) == (70, 70)
        stranger.say(filled(stranger, photo), "title Two")
        assert left(stranger) == (20, 70)
    assert left(owner) == (20, 70)


def test_without_terms_everything_is_free(owner, filled):
    owner.say(filled, "title One")
    assert left(owner) == (100, 100)


def test_one_studio_serves_its_owner_on_other_terms(make_studio, photo):
    studio = make_studio(engine=SmallAgent())
    token = studio.token_for(Terms(50))
    assert token == studio.token_for(Terms(50)) != studio.token
    with Person(studio.url, token.reveal()) as counted:
        sid = filled(counted, photo)
        counted.say(sid, "title One")
        assert left(counted) == (0, 50)
        with Person(studio.url, studio.token.reveal()) as free:
            assert "errorCode" not in free.say(filled(free, photo), "title Two")[-1]


def test_hanging_up_before_the_edit_costs_nothing(paid, photo):
    agent = SmallAgent()
    studio, owner = paid(50, agent)
    sid = filled(owner, photo)
    with owner.stream("POST", "/run_sse", json=message(sid, "wait")):
        assert agent.asked.wait(20)
    until(lambda: not studio.core.lock(sid).locked())
    agent.release.set()
    owner.say(sid, "hello")
    assert left(owner) == (50, 50)


def test_a_generated_film_costs_100_once_and_is_told_in_two_stages(paid):
    _, owner = paid(250, Engine())
    sid = owner.session()
    stream = owner.say(sid, PROMPT)
    assert left(owner) == (250 - GENERATION, 250)
    tools = [
        (part["functionResponse"]["name"], part["functionResponse"]["response"])
        for event in stream
        for part in event.get("content", {}).get("parts", [])
        if "functionResponse" in part
    ]
    (raw, finish) = tools[-2:]
    assert raw[0] == "generate_video"
    assert raw[1]["duration_ms"] == 3000
    assert finish[0] == "finish_video"
    assert finish[1]["music"] == 1
    said = stream[-1]["content"]["parts"][0]["text"]
    assert "two stages: first the raw video" in said
    owner.say(sid, PROMPT)
    assert left(owner) == (250 - GENERATION, 250)
    owner.say(sid, "generate a video prompt for a 3-second cat in a workshop")
    assert left(owner) == (250 - 2 * GENERATION, 250)
    state = owner.state(sid)
    refusal = owner.say(sid, "generate a video prompt for a 3-second train in the snow")[-1]
    assert refusal["errorCode"] == "2001"
    assert owner.state(sid) == state


def test_two_messages_at_once_pay_once(paid, photo):
    _, owner = paid(50)
    sid = filled(owner, photo)
    with (
        owner.stream("POST", "/run_sse", json=message(sid, "title One")) as one,
        owner.stream("POST", "/run_sse", json=message(sid, "title Two")) as two,
    ):
        for answer in (one, two):
            assert "errorCode" not in events(answer.read())[-1]
    assert left(owner) == (0, 50)


@pytest.mark.parametrize("credit", [0, 49.5])
def test_who_has_less_than_it_costs_gets_nothing_edited(paid, tmp_path, credit):
    _, owner = paid(credit)
    sid = filled(owner, mediakit.photo(tmp_path / "a.jpg", size=(64, 48)).read_bytes())
    assert owner.say(sid, "title One")[-1]["errorCode"] == "2001"
    assert left(owner) == (credit, credit)
