"""A scripted backend on a real socket, for what an embedded studio never does."""

import json
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

TOKEN = "nmv_usr_for_the_scripted_server"
KNOBS = {"poll_s": 0.01, "reconcile_s": 0.01, "retry_wait_s": 0.0, "render_timeout_s": 5.0}


def draft_of(*texts):
    """Return a draft of one clip with a caption for each text."""
    captions = [
        {
            "id": f"c{index}",
            "s": index * 1000,
            "d": 1000,
            "m": {"text": text, "role": "caption"},
        }
        for index, text in enumerate(texts)
    ]
    clip = {"id": "s1", "s": 0, "d": 6000, "m": {"src": "clip.mp4", "title": "clip.mp4"}}
    return {
        "d": 6000,
        "m": {"width": 320, "height": 180, "fps": 30},
        "t": [{"tt": 0, "id": "v1", "sg": [clip]}, {"tt": 7, "id": "x1", "sg": captions}],
    }


def said(text, *, partial=False, **more):
    """Return an event in which the agent speaks."""
    event = {"author": "agent", "partial": partial, "content": {"parts": [{"text": text}]}, **more}
    return f"data: {json.dumps(event)}\n\n".encode()


class Cut(Exception):
    """Raised in a script to break the connection."""


Script = Callable[["Scripted"], AsyncIterator[bytes]]


@dataclass
class Scripted:
    """What the server holds, and what it does next."""

    draft: dict = field(default_factory=draft_of)
    infos: list = field(default_factory=lambda: [{"filename": "clip.mp4", "file_type": "video"}])
    chats: list[Script] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    sessions: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    uploads: list[tuple[str, bytes]] = field(default_factory=list)
    upload_answers: list[int] = field(default_factory=list)
    keeps_uploads: bool = True
    # Whether uploads are counted and thrown away, so that size is no matter.
    swallows: bool = False
    swallowed: list[int] = field(default_factory=list)
    refusals: list[dict] = field(default_factory=list)
    # Session → its own draft and media; without them all sessions share the ones above.
    drafts: dict[str, dict] | None = None
    pools: dict[str, list] = field(default_factory=dict)
    talking_to: str = ""
    balance: dict = field(default_factory=lambda: {"available": 90, "frozen": 10, "total": 100})
    submitted: list[dict] = field(default_factory=list)
    outcomes: list[list[dict]] = field(default_factory=list)
    downloads: list[Response] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    slow_cancel: Callable | None = None
    states_read: int = 0
    # What is answered to reads of the state before the state itself is.
    state_answers: list[Response] = field(default_factory=list)
    # What the state holds beside draft and media.
    beside: dict = field(default_factory=dict)
    tokens_given: int = 0
    gives_tokens: bool = True
    bearers: list[str] = field(default_factory=list)
    url: str = ""
    movie: bytes = b""
    closed_runs: threading.Event = field(default_factory=threading.Event)
    _renders: dict[str, list[dict]] = field(default_factory=dict)

    def gone(self, session_id):
        if session_id in self.sessions and session_id not in self.lost:
            return None
        return JSONResponse({"code": 1002, "message": "session not found"})

    async def start_session(self, request: Request) -> Response:
        body = await request.json()
        self.languages.append(body["language"])
        self.sessions.append(f"session-{len(self.sessions) + 1}")
        data = {"session_id": self.sessions[-1], "task_id": "task-1"}
        return JSONResponse({"code": 0, "data": data})

    async def token(self, _request: Request) -> Response:
        self.tokens_given += self.gives_tokens
        given = {"token": f"nmv_anon_{self.tokens_given:06}", "user_id": "anon_1"}
        return JSONResponse({"code": 0, "data": given if self.gives_tokens else {}})

    async def claim(self, request: Request) -> Response:
        refused = self.gone((await request.json())["session_id"])
        return refused or JSONResponse({"code": 0, "data": {"claim_token": "clm_0123456789"}})

    async def run(self, request: Request) -> Response:
        self.bearers.append(request.headers["authorization"])
        body = await request.json()
        refused = self.gone(body["session_id"])
        if refused:
            return refused
        if self.refusals:
            refusal = self.refusals.pop(0)
            return refusal if isinstance(refusal, Response) else JSONResponse(refusal)
        self.talking_to = body["session_id"]
        self.messages.append(body["new_message"]["parts"][0]["text"])
        script = self.chats.pop(0)

        async def stream():
            try:
                async for chunk in script(self):
                    yield chunk
            finally:
                self.closed_runs.set()

        return StreamingResponse(stream(), media_type="text/event-stream")

    async def state(self, request: Request) -> Response:
        self.states_read += 1
        if self.state_answers:
            return self.state_answers.pop(0)
        refused = self.gone(request.path_params["sid"])
        if refused:
            return refused
        state = {"draft": self.draft, "video_infos": self.infos} | self.beside
        if self.drafts is not None:
            sid = request.path_params["sid"]
            state = {"draft": self.drafts.get(sid, {}), "video_infos": self.pools.get(sid, [])}
        return JSONResponse({"code": 0, "data": {"state": state}})

    async def upload(self, request: Request) -> Response:
        refused = self.gone(request.path_params["sid"])
        if refused:
            return refused
        sid, files = request.path_params["sid"], []
        if request.headers["content-type"] == "application/json":
            for url in (await request.json())["urls"]:
                self.uploads.append((url, b""))
                files.append({"filename": url.rpartition("/")[2], "file_type": "video"})
            return self._uploaded(sid, files)
        if self.swallows:
            sizes = [len(chunk) async for chunk in request.stream()]
            self.swallowed.append(sum(sizes))
            return self._uploaded(sid, [{"filename": "swallowed.mp4", "file_type": "video"}])
        async with request.form() as form:
            for file in form.getlist("files"):
                self.uploads.append((file.filename, await file.read()))
                record = {"filename": file.filename, "file_type": "image", "width": 6, "height": 4}
                files.append(record)
        return self._uploaded(sid, files)

    def _uploaded(self, sid, files):
        if self.drafts is not None:
            pool = self.pools.setdefault(sid, [])
            pool += [file | {"cdn_url": f"{self.url}/{file['filename']}"} for file in files]
            self.drafts[sid] = draft_of()
        elif self.keeps_uploads:
            self.infos += files
        if self.upload_answers:
            return Response("a gateway's page", self.upload_answers.pop(0))
        return JSONResponse({"code": 0, "data": {"files": files}})

    async def credits(self, _request: Request) -> Response:
        return JSONResponse({"code": 0, "data": self.balance})

    async def submit(self, request: Request) -> Response:
        body = await request.json()
        self.submitted.append(body)
        done = [{"status": "completed", "progress": 100, "output": {"url": f"{self.url}/cdn.mp4"}}]
        self._renders[body["id"]] = self.outcomes.pop(0) if self.outcomes else done
        return JSONResponse({"id": body["id"], "status": "pending", "progress": 0})

    async def render(self, request: Request) -> Response:
        answers = self._renders.get(request.path_params["rid"])
        if answers is None:
            return JSONResponse({"detail": "no such job"}, status_code=404)
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer if isinstance(answer, Response) else JSONResponse(answer)

    async def cancel(self, request: Request) -> Response:
        if self.slow_cancel is not None:
            await self.slow_cancel()
        self.cancelled.append(request.path_params["rid"])
        return JSONResponse({"code": 0})

    async def file(self, _request: Request) -> Response:
        if self.downloads:
            return self.downloads.pop(0)
        return Response(self.movie, media_type="video/mp4")

    def app(self) -> Starlette:
        render = "/api/render/proxy/lambda"
        return Starlette(
            routes=[
                Route(
                    "/api/tasks/me/with-session/nemo_agent", self.start_session, methods=["POST"]
                ),
                Route("/api/auth/anonymous-token", self.token, methods=["POST"]),
                Route("/api/auth/claim-token", self.claim, methods=["POST"]),
                Route("/run_sse", self.run, methods=["POST"]),
                Route("/api/state/nemo_agent/me/{sid}/latest", self.state),
                Route("/api/upload-video/nemo_agent/me/{sid}", self.upload, methods=["POST"]),
                Route("/api/credits/balance/simple", self.credits),
                Route(render, self.submit, methods=["POST"]),
                Route(f"{render}/{{rid}}", self.render),
                Route(f"{render}/{{rid}}/cancel", self.cancel, methods=["POST"]),
                Route("/api/render/proxy/{rid}/download", self.file),
                Route("/cdn.mp4", self.file),
            ]
        )
