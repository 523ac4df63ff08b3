"""Every row of the protocol's table of errors, provoked on a real studio, as the client has it."""

import uuid

import httpx
import numpy as np
import pytest

import mediakit
import nemo_nb
from nemo_nb import errors
from nemo_nb.skills import skill_named
from nemo_nb.studio import launch, media_api
from nemo_nb.studio.accounts import AnonymousRules, Terms
from nemo_nb.studio.core import StudioOptions
from nemo_nb.wire import refusals
from nemo_nb.wire.retry import Call
from studiokit import Person, message, newcomer

PICTURE = np.full((36, 64, 3), 90, np.uint8)
TOKEN = "/api/auth/anonymous-token"
LAMBDA = "/api/render/proxy/lambda"


@pytest.fixture
def start(tmp_path):
    started = []

    def make(**options):
        rules = AnonymousRules(per_address=None, scopes=options.pop("scopes", ("*",)))
        chosen = StudioOptions(anonymous=rules, **options)
        started.append(launch.start(tmp_path / "work", options=chosen))
        return started[-1]

    yield make
    for studio in started:
        studio.stop()


@pytest.fixture
def photo(tmp_path):
    return mediakit.photo(tmp_path / "cat.jpg", size=(64, 48)).read_bytes()


def bad_token(studio, _photo):
    with Person(studio.url, "nmv_usr_never_given_out") as nobody:
        return nobody.get("/api/credits/balance/simple")


def lost_session(studio, _photo):
    with newcomer(studio.url) as person:
        return person.post("/run_sse", json=message("gone", "hello"))


def unsupported(studio, _photo):
    with newcomer(studio.url) as person:
        return person.upload(person.session(), ("tool.exe", b"MZ\x90\x00 this is no picture"))


def broken(studio, photo):
    with newcomer(studio.url) as person:
        return person.upload(person.session(), ("cat.jpg", photo[:200]))


def too_large(studio, photo):
    with newcomer(studio.url) as person:
        return person.upload(person.session(), ("cat.jpg", photo))


def no_client_id(studio, _photo):
    return httpx.post(f"{studio.url}{TOKEN}")


def no_attribution(studio, photo):
    with newcomer(studio.url) as person:
        sid = person.session()
        person.upload(sid, ("cat.jpg", photo))
        del person.headers["X-Skill-Platform"]
        return person.submit(sid)


def second_token(studio, _photo):
    client = {"X-Client-Id": str(uuid.uuid4())}
    httpx.post(f"{studio.url}{TOKEN}", headers=client)
    return httpx.post(f"{studio.url}{TOKEN}", headers=client)


def out_of_scope(studio, _photo):
    with newcomer(studio.url) as person:
        return person.post("/api/tasks/me/with-session/nemo_agent", json={})


def another_user(studio, _photo):
    with newcomer(studio.url) as person:
        return person.get(f"/api/state/nemo_agent/anon_else/{person.session()}/latest")


def nothing_to_undo(studio, _photo):
    with newcomer(studio.url) as person:
        return person.post(f"/studio/v1/sessions/{person.session()}/undo")


def unknown_render(studio, _photo):
    with newcomer(studio.url) as person:
        return person.get(f"{LAMBDA}/render_0")


def no_such_method(studio, _photo):
    with newcomer(studio.url) as person:
        return person.get("/run_sse")


def no_message(studio, _photo):
    with newcomer(studio.url) as person:
        return person.post("/run_sse", json=message(person.session(), ""))


def private_address(studio, _photo):
    with newcomer(studio.url) as person:
        path = f"/api/upload-video/nemo_agent/me/{person.session()}"
        return person.post(path, json={"urls": ["http://10.0.0.1/a.jpg"], "source_type": "url"})


TABLE = [
    (bad_token, Call.CREDITS, 1001, errors.BadToken, "valid token"),
    (lost_session, Call.CHAT, 1002, errors.SessionLost, "new session"),
    (unsupported, Call.UPLOAD, 4001, errors.UnsupportedFile, "mp4 mov avi"),
    (broken, Call.UPLOAD, 4001, errors.UnsupportedFile, "mp4 mov avi"),
    (too_large, Call.UPLOAD, 4002, errors.FileTooLarge, "Compress or trim"),
    (no_client_id, Call.TOKEN, 400, errors.MissingClientId, "NEMO_CLIENT_ID"),
    (no_attribution, Call.SUBMIT, 402, errors.PlanBlocked, "Register or upgrade your plan"),
    (second_token, Call.TOKEN, 429, errors.RateLimited, "NEMO_TOKEN"),
    (another_user, Call.STATE, 403, errors.PlanBlocked, "plan"),
    (nothing_to_undo, Call.STUDIO_DEED, 409, errors.EditRefused, "Nothing was changed"),
    (unknown_render, Call.POLL, 404, errors.ApiError, "no render"),
    (no_such_method, Call.CHAT, 405, errors.NotSupported, "embedded studio can"),
    (no_message, Call.CHAT, 422, errors.ApiError, "holds no text"),
    (private_address, Call.UPLOAD, 422, errors.ApiError, "private network"),
]


@pytest.mark.parametrize(("provoke", "call", "code", "error", "words"), TABLE)
def test_a_refusal_has_the_code_of_the_table_and_its_error(
    start, photo, monkeypatch, provoke, call, code, error, words
):
    if provoke is too_large:
        monkeypatch.setattr(media_api, "limit_bytes", lambda _: 100)
    answer = provoke(start(), photo)
    body = answer.json()
    assert body["code"] == code
    assert body["data"] is None
    assert answer.status_code >= 400
    asked = refusals.Asked(
        call,
        "POST /x",
        anonymous=False,
        user_id=None,
        web_url="https://web",
        skill=skill_named("caption-ab"),
        sizes={},
    )
    raised = refusals.refusal(answer.status_code, body, asked).error
    assert type(raised) is error
    assert raised.code == code
    assert words in str(raised)


def test_a_token_beyond_its_scopes_is_the_plan_not_the_credits(start, photo):
    answer = out_of_scope(start(scopes=("read",)), photo)
    assert (answer.status_code, answer.json()["code"]) == (403, 403)


def test_the_public_session_raises_them(start):
    studio = start(terms=Terms(10))
    with pytest.raises(errors.BadToken):
        nemo_nb.connect(studio.url, token="nmv_usr_never_given_out")
    with nemo_nb.connect(studio.url, retry_wait_s=0) as session:
        session.upload(PICTURE)
        with pytest.raises(errors.NoCredits):
            session.chat("add a title 'One'")
        with pytest.raises(errors.EditRefused):
            session.redo()
        with pytest.raises(errors.ApiError, match="private network"):
            session.upload("http://10.0.0.1/a.jpg")
        with studio.core.store.writing() as db:
            db.execute("UPDATE sessions SET user_id = 'somebody else'")
        with pytest.raises(errors.SessionLost, match="array-1"):
            session.timeline()
        # The free token is gone, and this week's is given out.
        with studio.core.store.writing() as db:
            db.execute("UPDATE tokens SET expires_ms = 0")
        with pytest.raises(errors.RateLimited):
            session.credits()


def test_claim_links_are_well_formed_for_copies_too(start):
    studio = start()
    with nemo_nb.connect(studio.url) as session:
        session.upload(PICTURE)
        link = session.link()
        assert link.startswith("https://nemovideo.com/workspace/claim?ct=clm_")
        with session.fork() as copy:
            assert copy.link().startswith("https://nemovideo.com/workspace/claim?ct=clm_")
            assert len(copy.timeline().segments) == 1
