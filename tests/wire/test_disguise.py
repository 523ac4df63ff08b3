import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemo_nb.wire.disguise import Disguise, replaced

SID = "f3a4ccd7043d411b"
API = "http://127.0.0.1:8787"


@pytest.fixture
def disguise():
    made = Disguise(["nmv_usr_secret/1"], {API: "http://api-1.invalid"})
    made.learn_from_body(json.dumps({"data": {"session_id": SID, "task_id": 41, "user_id": "me"}}))
    return made


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'{{"session_id": "{SID}"}}', '{"session_id": "SESSION-1"}'),
        (f"Session not found: {SID}.", "Session not found: SESSION-1."),
        (f"x{SID}", f"x{SID}"),
        ('{"taskId":41}', '{"taskId":"TASK-1"}'),
        ('"it took 41 s"', '"it took 41 s"'),
        ('{"user_id": "me"}', '{"user_id": "me"}'),
        (
            json.dumps(json.dumps({"session_id": SID})),
            json.dumps(json.dumps({"session_id": "SESSION-1"})),
        ),
        (f"{API}/media/{SID}/a.png?w=2", "http://api-1.invalid/media/SESSION-1/a.png?w=2"),
        ("http:\\/\\/127.0.0.1:8787\\/x", "http://api-1.invalid/x"),
        ("http://127.0.0.1:9999/x", "http://127.0.0.1:9999/x"),
        ("you said nmv_usr_secret/1!", "you said ***!"),
        ("?t=nmv_usr_secret%2F1", "?t=***"),
        ("an unknown nmv_usr_abcdefgh", "an unknown ***"),
    ],
)
def test_ids_and_secrets_become_placeholders(disguise, text, expected):
    assert disguise.text(text) == expected


@pytest.mark.parametrize(
    "url", ["https://cdn/a.mp4?Sig=abc&Exp=1", r"https://cdn/a.mp4?Sig=abc\u0026Exp=1"]
)
def test_the_query_of_another_server_is_hashed_whole_and_once(disguise, url):
    hidden = disguise.text(f'{{"url": "{url}"}}')
    assert "abc" not in hidden
    assert "Exp" not in hidden
    assert hidden.startswith('{"url": "https://cdn/a.mp4?q=')
    assert disguise.text(hidden) == hidden


@pytest.mark.parametrize(
    ("url", "body", "learnt"),
    [
        ("/api/state/nemo_agent/me/s1/latest", "", "/api/state/nemo_agent/me/SESSION-1/latest"),
        ("/api/upload-video/nemo_agent/me/s1", "", "/api/upload-video/nemo_agent/me/SESSION-1"),
        ("/studio/v1/sessions/s1/frame?at_ms=0", "", "/studio/v1/sessions/SESSION-1/frame?at_ms=0"),
        ("/api/render/proxy/lambda/r1/cancel", "", "/api/render/proxy/lambda/RENDER-1/cancel"),
        ("/api/render/proxy/r1/download", "", "/api/render/proxy/RENDER-1/download"),
        ("/api/render/proxy/lambda", '{"id": "r1"}', "/api/render/proxy/lambda"),
    ],
)
def test_a_path_tells_ids_of_any_length(url, body, learnt):
    disguise = Disguise()
    disguise.learn_from_request(f"{API}{url}", body)
    assert disguise.url(url) == learnt
    if body:
        assert disguise.body(body) == '{"id": "RENDER-1"}'


def test_each_id_has_a_placeholder_of_its_own_and_keeps_it():
    disguise = Disguise()
    for sid in ("aaaaaaaaaa", "bbbbbbbbbb", "aaaaaaaaaa"):
        disguise.learn(sid, "SESSION")
    assert disguise.text("aaaaaaaaaa bbbbbbbbbb") == "SESSION-1 SESSION-2"
    disguise.learn_from_body('{"session_id": "SESSION-1"}')
    assert disguise.text("SESSION-1") == "SESSION-1"


@given(st.lists(st.text("ab-", max_size=6)))
def test_pieces_keep_their_number_and_together_say_the_same(pieces):
    disguise = Disguise(["ab-ab"])
    found = disguise.pieces(pieces)
    assert len(found) == len(pieces)
    assert "".join(found) == "".join(pieces).replace("ab-ab", "***")


def test_what_spans_pieces_stands_where_it_begins():
    find = lambda _: [(1, 5, "X"), (6, 6, "Y")]  # noqa: E731
    assert replaced(["ab", "cd", "", "efg"], find) == ["aX", "", "", "fYg"]
