import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from nemo_nb.studio.accounts import AnonymousRules
from studiokit import Person, newcomer

TOKEN = "/api/auth/anonymous-token"


def ask(studio, client_id=None):
    headers = {"X-Client-Id": client_id or str(uuid.uuid4())}
    return httpx.post(f"{studio.url}{TOKEN}", headers=headers)


def test_a_client_gets_a_token_with_100_credits_for_7_days(studio):
    data = ask(studio).json()["data"]
    assert data["token"].startswith("nmv_usr_")
    assert data["user_id"].startswith("anon_")
    left = datetime.fromisoformat(data["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
    with Person(studio.url, data["token"]) as person:
        balance = person.get("/api/credits/balance/simple").json()
    assert balance["data"] == {"available": 100.0, "frozen": 0.0, "total": 100.0}


@pytest.mark.parametrize("headers", [{}, {"X-Client-Id": ""}, {"X-Client-Id": "me"}])
def test_without_a_client_id_the_code_is_400(studio, headers):
    answer = httpx.post(f"{studio.url}{TOKEN}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, 400)
    assert "X-Client-Id" in answer.json()["message"]


def test_a_second_token_for_the_same_client_is_429_however_the_id_is_written(studio):
    client = str(uuid.uuid4())
    assert ask(studio, client).status_code == 200
    answer = ask(studio, client.upper())
    assert (answer.status_code, answer.json()["code"]) == (429, 429)


def test_one_address_gets_ten_tokens(make_studio):
    studio = make_studio(anonymous=AnonymousRules())
    assert [ask(studio).status_code for _ in range(11)] == [200] * 10 + [429]


def test_an_expired_token_is_1001_and_the_client_comes_back_as_the_same_user(make_studio):
    studio = make_studio(anonymous=AnonymousRules(days=0))
    client = str(uuid.uuid4())
    first = ask(studio, client).json()["data"]
    with Person(studio.url, first["token"]) as person:
        answer = person.get("/api/credits/balance/simple")
    assert (answer.status_code, answer.json()["code"]) == (401, 1001)
    assert "expired" in answer.json()["message"]
    assert ask(studio, client).json()["data"]["user_id"] == first["user_id"]


def test_no_token_and_no_client_id_is_stored(make_studio):
    studio = make_studio()
    client = str(uuid.uuid4())
    token = ask(studio, client).json()["data"]["token"]
    studio.stop()
    on_disk = b"".join(p.read_bytes() for p in studio.workspace.rglob("*") if p.is_file())
    assert on_disk
    for secret in (token, client, studio.token.reveal()):
        assert secret.encode() not in on_disk


def test_a_claim_moves_a_session_to_another_user_once(owner, studio):
    with newcomer(studio.url) as guest:
        body = {"task_name": "p", "language": "en"}
        started = guest.post("/api/tasks/me/with-session/nemo_agent", json=body).json()["data"]
        offer = guest.post("/api/auth/claim-token", json=started).json()["data"]
        assert offer["claim_token"].startswith("clm_")
        assert offer["expires_in"] > 0
        taking = {"claim_token": offer["claim_token"]}
        taken = owner.post("/studio/v1/claim", json=taking).json()["data"]
        assert taken == {"session_id": started["session_id"]}
        assert owner.state(started["session_id"])["draft"] == {}
        path = f"/api/state/nemo_agent/me/{started['session_id']}/latest"
        assert guest.get(path).json()["code"] == 1002
        assert owner.post("/studio/v1/claim", json=taking).json()["code"] == 1001


def test_a_claim_needs_the_task_of_the_session(owner):
    body = {"session_id": owner.session(), "task_id": "other"}
    assert owner.post("/api/auth/claim-token", json=body).json()["code"] == 1002
