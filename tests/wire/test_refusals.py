"""An answer that is no success → one class a row of PROTOCOL.md's table, and what it says."""

import pickle

import pytest

from nemo_nb.errors import (
    ApiError,
    BadToken,
    EditRefused,
    FileTooLarge,
    MissingClientId,
    NoCredits,
    NotSupported,
    PlanBlocked,
    ProtocolError,
    RateLimited,
    SessionLost,
    TurnFailed,
    UnsupportedFile,
)
from nemo_nb.skills import skill_named
from nemo_nb.wire.events import StreamError
from nemo_nb.wire.refusals import Asked, refusal, stream_error
from nemo_nb.wire.retry import Call

CODES = {
    1001: BadToken,
    1002: SessionLost,
    2001: NoCredits,
    4001: UnsupportedFile,
    4002: FileTooLarge,
    402: PlanBlocked,
    403: PlanBlocked,
    405: NotSupported,
    409: EditRefused,
    429: RateLimited,
    501: NotSupported,
    7: ApiError,
    -1: ApiError,
}
STATUSES = {
    400: (ApiError, 400),
    401: (BadToken, 1001),
    402: (PlanBlocked, 402),
    403: (PlanBlocked, 403),
    404: (ApiError, 404),
    409: (EditRefused, 409),
    413: (FileTooLarge, 4002),
    415: (UnsupportedFile, 4001),
    422: (ApiError, 422),
    429: (RateLimited, 429),
    500: (ApiError, None),
    503: (ApiError, None),
    302: (ProtocolError, None),
}


def asked(call=Call.CREDITS, *, anonymous=False, user_id="anon_7/x"):
    return Asked(
        call,
        "GET /x",
        anonymous,
        user_id,
        "https://nemo.example",
        skill_named("caption-ab"),
        {"a.mp4": 612_000_000},
    )


def whole(error):
    """Whether an error says what happened, and what to do, in sentences, and can be kept."""
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (type(copy), vars(copy), str(copy)) == (type(error), vars(error), str(error))
    return error.what.endswith(".") and bool(error.fix) and error.endpoint == "GET /x"


@pytest.mark.parametrize("anonymous", [True, False])
@pytest.mark.parametrize("message", ["the words", ""])
@pytest.mark.parametrize(("code", "kind"), CODES.items())
def test_a_code_of_the_envelope(code, kind, message, anonymous):
    for status in (200, 400):
        body = {"code": code, "message": message}
        error = refusal(status, body, asked(anonymous=anonymous)).error
        assert type(error) is kind
        assert (error.code, error.status) == (code, status)
        assert whole(error)
        assert ("the words" in str(error)) == bool(message)
        if not message and kind not in (ApiError, NotSupported, EditRefused):
            assert error.why


@pytest.mark.parametrize(("status", "row"), STATUSES.items())
def test_a_status_without_a_code(status, row):
    error = refusal(status, None, asked()).error
    assert (type(error), error.code) == row
    assert error.status == status
    assert whole(error)


@pytest.mark.parametrize(
    ("wait_s", "words"),
    [
        (0.4, "Wait 1 s "),
        (90, "Wait 90 s "),
        (1000, "Wait 17 minutes "),
        (86_400, "Wait 24 hours "),
    ],
)
def test_a_rate_limit_says_how_long_to_wait(wait_s, words):
    refused = refusal(429, {"code": 429}, asked(), retry_after_s=wait_s)
    assert refused.retry_after_s == wait_s
    assert words in str(refused.error)
    assert whole(refused.error)


def test_a_network_that_had_its_starter_tokens_is_told_of_another_way():
    error = refusal(429, {"code": 429}, asked(Call.TOKEN), retry_after_s=90).error
    assert isinstance(error, RateLimited)
    assert "starter token" in str(error)
    assert "Wait 90 s" in error.fix
    assert "NEMO_TOKEN" in error.fix
    assert whole(error)


def test_a_failure_without_a_code_has_none():
    error = refusal(200, {"success": False, "error": "no such thing"}, asked()).error
    assert (type(error), error.code) == (ApiError, None)
    assert "no such thing" in str(error)
    assert "code" not in error.what


def test_a_lost_session_of_adk_is_no_missing_route():
    lost = refusal(404, {"detail": "Session not found: abc"}, asked()).error
    assert isinstance(lost, SessionLost)
    assert not isinstance(refusal(404, {"detail": "Not Found"}, asked()).error, SessionLost)


def test_a_missing_client_id_is_one_only_where_a_token_is_asked_for():
    body = {"code": 400, "message": "no"}
    assert isinstance(refusal(400, body, asked(Call.TOKEN)).error, MissingClientId)
    assert type(refusal(400, body, asked(Call.UPLOAD)).error) is ApiError


@pytest.mark.parametrize(
    ("code", "kind"), [(2001, NoCredits), (402, PlanBlocked), (403, PlanBlocked)]
)
def test_the_register_link_keeps_the_work(code, kind):
    link = "https://nemo.example/register"
    body = {"code": code}
    assert f"{link}?bind=anon_7%2Fx" in str(refusal(200, body, asked(anonymous=True)).error)
    unknown = refusal(200, body, asked(anonymous=True, user_id=None)).error
    assert str(unknown).endswith(link)
    own = refusal(200, body, asked()).error
    assert "register?" not in str(own)
    assert own.fix == kind.default_fix


def test_a_plan_is_not_about_credits():
    told = str(refusal(200, {"code": 402}, asked()).error)
    assert "Register or upgrade your plan to unlock export." in told
    assert "not the credits" in told


def test_a_file_too_large_has_its_size_and_the_limit():
    told = str(refusal(413, None, asked(Call.UPLOAD)).error)
    assert "a.mp4 has 612.0 MB" in told
    assert "500 MB" in told


@pytest.mark.parametrize(("code", "kind"), [*CODES.items(), ("X", TurnFailed), (None, TurnFailed)])
def test_a_code_in_the_stream_is_the_same_row(code, kind):
    event = StreamError(code=code, message="the words", raw={})
    error = stream_error(event, asked(), reply="so far")
    assert type(error) is (TurnFailed if code in (7, -1) else kind)
    assert error.reply == "so far"
    assert whole(error)
    assert "the words" in str(error)


@pytest.mark.parametrize("body", [{}, {"code": 0}, {"success": True, "data": {}}, {"code": "0"}])
def test_a_success_is_no_refusal(body):
    assert refusal(200, body, asked()) is None


def test_only_the_servers_words_are_quoted_and_short():
    long = {"code": 7, "message": "so\nmany " + "words " * 200, "debug": "/srv/secret/path"}
    told = str(refusal(200, long, asked()).error)
    assert len(told) < 500
    assert "so many words" in told
    assert "/srv" not in told
