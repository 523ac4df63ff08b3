import logging

import pytest

from nemo_nb.studio.accounts import AnonymousRules
from studiokit import SKILL, Person, newcomer

BALANCE = "/api/credits/balance/simple"


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer nmv_usr_wrong", "Basic dXNlcjpwYXNz"]
)
def test_without_a_good_token_every_answer_is_1001(studio, header):
    with Person(studio.url, None) as nobody:
        if header is not None:
            nobody.headers["Authorization"] = header
        for path in (BALANCE, "/media/x/y.jpg", "/renders/a.mp4", "/studio/v1/capabilities"):
            answer = nobody.get(path)
            assert (answer.status_code, answer.json()["code"]) == (401, 1001)


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1", "127.0.0.1:1", "localhost.evil.test"])
def test_a_rebound_host_name_is_turned_away(owner, host):
    answer = owner.get(BALANCE, headers={"Host": host})
    assert answer.status_code == 421


def test_localhost_on_the_right_port_is_fine(owner, studio):
    port = studio.url.rpartition(":")[2]
    assert owner.get(BALANCE, headers={"Host": f"localhost:{port}"}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.test", "null", "https://127.0.0.1", ""])
def test_a_foreign_page_is_turned_away(owner, origin):
    assert owner.get(BALANCE, headers={"Origin": origin}).status_code == 403


def test_a_page_of_the_studio_itself_is_not_foreign(owner, studio):
    assert owner.get(BALANCE, headers={"Origin": studio.url}).status_code == 200


def test_nobody_is_invited_by_cors(owner):
    asking = {"Origin": "http://evil.test", "Access-Control-Request-Method": "POST"}
    answer = owner.options(BALANCE, headers=asking)
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_answers_say_little_and_forbid_much(owner):
    headers = owner.get(BALANCE).headers
    assert "server" not in headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_a_token_does_only_what_its_scopes_allow(make_studio):
    studio = make_studio(anonymous=AnonymousRules(scopes=("read",)))
    with newcomer(studio.url) as reader:
        assert reader.get(BALANCE).status_code == 200
        answer = reader.post("/api/tasks/me/with-session/nemo_agent", json={})
        assert (answer.status_code, answer.json()["code"]) == (403, 403)
        assert "write" in answer.json()["message"]


def test_unknown_addresses_and_methods_are_refused_in_the_envelope(owner):
    assert owner.get("/nothing").json()["code"] == 404
    assert owner.get("/run_sse").json()["code"] == 405


@pytest.mark.parametrize(
    "body",
    [b" ", b"[]", b"{", b'{"language": NaN}', b'{"language": "\\ud800"}', b"[" * 100_000, b"\xff"],
)
def test_a_body_that_is_no_json_object_is_refused(owner, body):
    answer = owner.post(
        "/api/tasks/me/with-session/nemo_agent",
        content=body,
        headers={"Content-Type": "application/json"},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, 422)


def test_a_field_of_the_wrong_type_is_named(owner):
    answer = owner.post("/api/tasks/me/with-session/nemo_agent", json={"language": 3})
    assert "'language'" in answer.json()["message"]


def test_an_endless_json_body_is_cut_off(owner):
    def spaces():
        for _ in range(20):
            yield b" " * 1_000_000

    answer = owner.post("/api/auth/claim-token", content=spaces())
    assert answer.status_code == 413


def test_a_failure_of_the_studio_is_answered_and_logged_without_the_token(
    owner, studio, monkeypatch, caplog
):
    token = studio.token.reveal()

    def broken(*_):
        raise RuntimeError(f"no disk for {token}")

    monkeypatch.setattr(studio.core.accounts, "credits", broken)
    with caplog.at_level(logging.DEBUG):
        answer = owner.get(BALANCE)
    assert (answer.status_code, answer.json()["code"]) == (500, 500)
    assert token not in answer.text
    assert "no disk for ***" in caplog.text
    assert token not in caplog.text


def test_no_token_reaches_the_log(owner, studio, caplog, photo):
    with caplog.at_level(logging.DEBUG):
        sid = owner.session()
        owner.upload(sid, ("cat.jpg", photo))
        owner.say(sid, "title hello")
        owner.get("/nothing", headers=SKILL)
        with newcomer(studio.url) as somebody:
            somebody.get(BALANCE)
            assert somebody.headers["authorization"][7:] not in caplog.text
    assert studio.token.reveal() not in caplog.text


def test_requests_are_not_logged_into_the_hosts_log(owner, caplog):
    with caplog.at_level(logging.INFO):
        owner.get(BALANCE)
    assert [record for record in caplog.records if record.name.startswith("uvicorn")] == []
