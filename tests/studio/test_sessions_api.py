import pytest

from studiokit import message

SID = "{sid}"
CALLS = [
    ("GET", "/api/state/nemo_agent/me/{sid}/latest", None),
    ("POST", "/api/upload-video/nemo_agent/me/{sid}", {"urls": ["http://public.test/a.jpg"]}),
    ("POST", "/run_sse", message(SID, "title hello")),
    ("GET", "/media/{sid}/cat.jpg", None),
    ("POST", "/studio/v1/sessions/{sid}/undo", {}),
    ("POST", "/studio/v1/sessions/{sid}/redo", {}),
    ("POST", "/studio/v1/sessions/{sid}/fork", {}),
    ("PUT", "/studio/v1/sessions/{sid}/draft", {"draft": {}}),
    ("PUT", "/studio/v1/sessions/{sid}/variants", {"variants": []}),
    ("GET", "/studio/v1/sessions/{sid}/frame?at_ms=0", None),
    ("POST", "/api/auth/claim-token", {"session_id": SID, "task_id": "t"}),
    (
        "POST",
        "/api/render/proxy/lambda",
        {"id": "theirs", "sessionId": SID, "draft": {}, "output": {}},
    ),
]


def call(person, sid, method, path, body):
    filled = body
    if body is not None:
        filled = {key: sid if value == SID else value for key, value in body.items()}
    return person.request(method, path.replace(SID, sid), json=filled)


@pytest.mark.parametrize(("method", "path", "body"), CALLS, ids=lambda value: str(value)[:40])
def test_another_users_session_is_1002_like_one_that_never_was(
    stranger, owner, filled, method, path, body
):
    before = owner.state(filled)
    theirs = call(stranger, filled, method, path, body)
    nobodys = call(stranger, "0" * 32, method, path, body)
    assert (theirs.status_code, theirs.json()) == (nobodys.status_code, nobodys.json())
    assert (theirs.status_code, theirs.json()["code"]) == (404, 1002)
    assert owner.state(filled) == before


def test_an_address_of_another_user_is_refused(stranger):
    sid = stranger.session()
    answer = stranger.get(f"/api/state/nemo_agent/anon_1234/{sid}/latest")
    assert (answer.status_code, answer.json()["code"]) == (403, 403)


def test_a_new_session_has_a_task_and_an_empty_state(owner):
    body = {"task_name": "project", "language": "zh-CN"}
    data = owner.post("/api/tasks/me/with-session/nemo_agent", json=body).json()["data"]
    assert data["task_id"] != data["session_id"]
    assert owner.state(data["session_id"]) == {
        "draft": {},
        "video_infos": [],
        "canvas_config": {"width": 1920, "height": 1080, "ratio": "16:9", "fps": 30.0},
        "generated_media": [],
        "video_analyses": [],
        "variants": [],
        "undo": 0,
        "redo": 0,
    }
