"""People who talk to a real studio over HTTP, and an agent of few words for it."""

import json
import threading
import time
import uuid

import httpx

from nemo_nb.errors import RenderCancelled
from nemo_nb.studio.agent.turn import Outcome, Step
from nemo_nb.studio.edits_text import add_text
from nemo_nb.studio.engine import Engine

SKILL = {
    "X-Skill-Source": "caption-ab",
    "X-Skill-Version": "1.0.0",
    "X-Skill-Platform": "test",
}
HOSTS = {"public.test": ["93.184.216.34"], "loop.test": ["127.0.0.1"]}


class Person(httpx.Client):
    """Somebody with a token; short words for the endpoints."""

    def __init__(self, url, token, **headers):
        auth = {"Authorization": f"Bearer {token}"} if token else {}
        # verify: plain HTTP on loopback needs no certificates, and loading them takes a while.
        super().__init__(base_url=url, headers=auth | SKILL | headers, timeout=30, verify=False)

    def session(self, language="en"):
        body = {"task_name": "project", "language": language}
        answer = self.post("/api/tasks/me/with-session/nemo_agent", json=body)
        return answer.json()["data"]["session_id"]

    def upload(self, sid, *files):
        parts = [("files", file) for file in files]
        return self.post(f"/api/upload-video/nemo_agent/me/{sid}", files=parts)

    def state(self, sid):
        answer = self.get(f"/api/state/nemo_agent/me/{sid}/latest")
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]["state"]

    def say(self, sid, text):
        answer = self.post("/run_sse", json=message(sid, text))
        assert answer.status_code == 200, answer.text
        return events(answer.content)

    def submit(self, sid, job="render_1", draft=None, **output):
        body = {
            "id": job,
            "sessionId": sid,
            "draft": draft or self.state(sid)["draft"],
            "output": {"format": "mp4", "quality": "low"} | output,
        }
        return self.post("/api/render/proxy/lambda", json=body)

    def job(self, job="render_1"):
        return self.get(f"/api/render/proxy/lambda/{job}").json()["data"]

    def finished(self, job="render_1"):
        return until(lambda: (told := self.job(job))["status"] in ENDED and told)


ENDED = ("completed", "failed", "cancelled")


def message(sid, text):
    return {
        "app_name": "nemo_agent",
        "user_id": "me",
        "session_id": sid,
        "new_message": {"parts": [{"text": text}]},
    }


def events(body):
    """Return the JSON of each data frame, heartbeats left out."""
    frames = body.decode().split("\n\n")
    assert frames.pop() == ""
    return [json.loads(frame[6:]) for frame in frames if frame.startswith("data: ")]


def until(ready, limit_s=30):
    """Return what *ready* returns once that is true."""
    deadline = time.monotonic() + limit_s
    while not (result := ready()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
    return result


class SmallAgent(Engine):
    """The real studio with an agent of few words.

    ``title …`` adds one, ``undo`` and ``redo`` step, ``wait`` answers when `release` is set.
    Any other text in `failures` raises what stands there.
    """

    def __init__(self):
        self.asked = threading.Event()
        self.release = threading.Event()
        self.failures = {}
        self.projects = []

    def respond(self, message, project, describe):
        self.projects.append(project)
        if message in self.failures:
            raise self.failures[message]
        word, _, rest = message.partition(" ")
        if word == "wait":
            self.asked.set()
            assert self.release.wait(20)
            word, rest = "title", "late"
        if word == "title":
            draft = add_text(project.draft, rest, role="title", start_ms=0, end_ms=1000)
            step = Step("add_title", {"text": rest}, {"ok": True})
            return Outcome(f"Added the title “{rest}”.", draft, steps=(step,))
        if word in ("undo", "redo"):
            return Outcome("Done.", history=word)
        if word == "variants":
            pair = (("A", project.draft), ("B", project.draft))
            return Outcome("Two variants.", variants=pair, suggestions=("compare them",))
        if word == "describe":
            seen = describe(rest)
            record = {"filename": rest, "caption": str(seen), "confidence": 0.5, "by": "test"}
            return Outcome(f"I see {seen}.", analyses=(record,))
        return Outcome(rest)

    def describe(self, path):
        return f"{path.stat().st_size} bytes"


class SlowRenders(SmallAgent):
    """Renders stand at 25 % until `go` is set."""

    def __init__(self):
        super().__init__()
        self.rendering = threading.Event()
        self.go = threading.Event()

    def render(self, draft, assets, out, order, *, progress, cancelled, **options):
        self.rendering.set()
        progress(25.0)
        while not self.go.wait(0.01):
            if cancelled():
                raise RenderCancelled("The render was cancelled.")
        return super().render(
            draft, assets, out, order, progress=progress, cancelled=cancelled, **options
        )


def newcomer(url):
    with Person(url, None) as nobody:
        client = {"X-Client-Id": str(uuid.uuid4())}
        answer = nobody.post("/api/auth/anonymous-token", headers=client)
    assert answer.status_code == 200, answer.text
    return Person(url, answer.json()["data"]["token"])
