"""A real google-adk server behind the vendor's endpoints; no model, an agent with a script.

Run as a program with the path of an MP4: prints its port and serves until its input ends. What
the agent does is the first word of the message. ``/tests/runs`` tells what reached it.
"""

import asyncio
import itertools
import json
import logging
import sys
import tempfile
from pathlib import Path

import uvicorn
from google.adk.agents import BaseAgent
from google.adk.cli.fast_api import get_fast_api_app
from google.adk.cli.service_registry import get_service_registry
from google.adk.cli.utils.base_agent_loader import BaseAgentLoader
from google.adk.events import Event, EventActions
from google.adk.sessions import InMemorySessionService
from google.genai import types
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse
from starlette.routing import Route

APP, USER = "nemo_agent", "me"
USERS_TOKEN = "nmv_usr_of_the_adk_tests"
HUGE = 16 << 20
SEPARATORS = "one\u2028two\u2029three\u0085four"
WHERE = {"app_name": APP, "user_id": USER}

sessions = InMemorySessionService()
runs = {"messages": [], "aborted": [], "finished": []}
tokens = {USERS_TOKEN}


def draft_of(*titles):
    """Return a draft of one clip, with a title for each text."""
    segments = [
        {"id": f"x{n}", "s": 0, "d": 3000, "m": {"text": text, "role": "title"}}
        for n, text in enumerate(titles)
    ]
    clip = {"id": "s1", "s": 0, "d": 6000, "m": {"src": "clip.mp4", "title": "clip.mp4"}}
    tracks = [{"tt": 0, "id": "v1", "sg": [clip]}]
    if segments:
        tracks.append({"tt": 7, "id": "t1", "m": {"title": "Text"}, "sg": segments})
    return {"d": 6000, "m": {"width": 320, "height": 180, "fps": 30}, "t": tracks}


# -- the agent ------------------------------------------------------------------------------


class Turn:
    """The events of one invocation, as ADK makes them."""

    def __init__(self, ctx):
        self.ctx = ctx
        self.titles = list(ctx.session.state.get("titles", []))

    def event(self, *parts, partial=False, **more):
        content = types.Content(role="model", parts=list(parts)) if parts else None
        return Event(
            invocation_id=self.ctx.invocation_id,
            author=APP,
            partial=partial,
            content=content,
            **more,
        )

    def text(self, text, *, partial=False):
        return self.event(types.Part(text=text), partial=partial)

    def call(self, name, **args):
        return self.event(
            types.Part(function_call=types.FunctionCall(id=f"call-{name}", name=name, args=args))
        )

    def result(self, name, **response):
        answer = types.FunctionResponse(id=f"call-{name}", name=name, response=response)
        return self.event(types.Part(function_response=answer))

    def titled(self, title):
        """Return the event that puts a title onto the timeline."""
        self.titles.append(title)
        delta = {"titles": self.titles, "draft": draft_of(*self.titles)}
        return self.event(actions=EventActions(state_delta=delta))


async def title(turn, words):
    yield turn.event(types.Part(text="The user wants a title.", thought=True), partial=True)
    yield turn.call("add_title", text=words)
    yield turn.result("add_title", ok=True)
    yield turn.titled(words)
    yield turn.text("Added the ", partial=True)
    yield turn.text("title.", partial=True)
    yield turn.text("Added the title.")


async def silent(turn, words):
    yield turn.call("add_title", text=words)
    yield turn.result("add_title", ok=True)
    yield turn.titled(words)


async def nothing(turn, _words):
    yield turn.event(actions=EventActions(state_delta={"looked": True}))


async def finals(turn, _words):
    yield turn.text("First I ", partial=True)
    yield turn.text("look.", partial=True)
    yield turn.text("First I look.")
    yield turn.call("inspect")
    yield turn.result("inspect", ok=True)
    yield turn.text("Then I tell.")


async def separators(turn, _words):
    yield turn.text(SEPARATORS)


async def huge(turn, _words):
    yield turn.text("x" * HUGE)


async def generate(turn, _words):
    yield turn.call("generate_video", prompt="a city")
    yield turn.result("generate_video", ok=True)
    yield turn.call("add_bgm", style="lo-fi")
    yield turn.result("add_bgm", ok=True)
    yield turn.titled("Urban Dreams")
    yield turn.text("Your clip has music and a title.")


async def noise(turn, words):
    yield turn.titled(words)
    yield turn.text("Added the title. I encountered a temporary issue, please try again.")


async def refuses(turn, _words):
    yield turn.text("Let me see", partial=True)
    yield turn.event(error_code="SAFETY", error_message="blocked by a rule")


async def crashes(turn, _words):
    yield turn.text("Let me see", partial=True)
    raise RuntimeError('the "renderer" broke\nin two lines')


async def waits(turn, _words):
    """Say something, then be silent for as long as the connection stands."""
    yield turn.text("Working", partial=True)
    await asyncio.Event().wait()


async def thinks(_turn, _words):
    """Be silent from the beginning."""
    await asyncio.Event().wait()
    yield None


async def edits(turn, words):
    """Edit first, then talk for long: a break finds the edit done and the words missing."""
    yield turn.titled(words)
    for number in itertools.count():
        yield turn.text(f"word{number} ", partial=True)
        await asyncio.sleep(0.005)


async def talks(turn, _words):
    """Talk for long and edit nothing."""
    for number in itertools.count():
        yield turn.text(f"word{number} ", partial=True)
        await asyncio.sleep(0.005)


SCRIPTS = {
    "title": title,
    "silent": silent,
    "nothing": nothing,
    "finals": finals,
    "separators": separators,
    "huge": huge,
    "generate": generate,
    "noise": noise,
    "refuses": refuses,
    "crashes": crashes,
    "waits": waits,
    "thinks": thinks,
    "edits": edits,
    "talks": talks,
}


class Scripted(BaseAgent):
    """Does what the first word of the message says, and counts."""

    async def _run_async_impl(self, ctx):
        message = ctx.user_content.parts[0].text
        runs["messages"].append(message)
        word, _, rest = message.partition(" ")
        try:
            async for event in SCRIPTS[word](Turn(ctx), rest):
                yield event
        except (asyncio.CancelledError, GeneratorExit):
            runs["aborted"].append(message)
            raise
        runs["finished"].append(message)


class Loader(BaseAgentLoader):
    def __init__(self):
        self._agent = Scripted(name=APP)

    def load_agent(self, agent_name):
        if agent_name != APP:
            raise ValueError(agent_name)
        return self._agent

    def list_agents(self):
        return [APP]


# -- the vendor's endpoints -----------------------------------------------------------------


def data(**fields):
    return JSONResponse({"code": 0, "data": fields})


class Gate:
    """The gateway: nothing but the token request passes without a token and attribution."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            request = Request(scope)
            path = request.url.path
            given = request.headers.get("authorization", "").removeprefix("Bearer ")
            attributed = all(
                request.headers.get(f"x-skill-{name}") for name in ("source", "version", "platform")
            )
            open_to_all = path.startswith(("/api/auth/anonymous-token", "/tests/"))
            if not open_to_all and given not in tokens:
                await JSONResponse({"code": 1001, "message": "bad token"})(scope, receive, send)
                return
            if not path.startswith("/tests/") and not attributed:
                await JSONResponse({"code": 402}, 402)(scope, receive, send)
                return
        await self.app(scope, receive, send)


async def anonymous_token(request):
    if not request.headers.get("x-client-id"):
        return JSONResponse({"code": 400, "message": "X-Client-Id is missing"}, 400)
    token = f"nmv_anon_{len(tokens):06d}"
    tokens.add(token)
    return data(token=token, credits=100, user_id="anon_1", expires_at=4102444800)


async def with_session(request):
    body = await request.json()
    state = {"draft": {}, "video_infos": [], "language": body["language"]}
    made = await sessions.create_session(**WHERE, state=state)
    return data(session_id=made.id, task_id=f"task-{made.id}")


async def _session(request):
    return await sessions.get_session(**WHERE, session_id=request.path_params["sid"])


async def upload(request):
    session = await _session(request)
    if session is None:
        return JSONResponse({"code": 1002})
    infos = []
    async with request.form() as form:
        for file in form.getlist("files"):
            content = await file.read()
            info = {"filename": file.filename, "file_type": "video", "size": len(content)}
            infos.append(info | {"duration": 6.0, "fps": 30, "width": 320, "height": 180})
    known = session.state["video_infos"] + infos
    delta = {"video_infos": known, "draft": draft_of(*session.state.get("titles", []))}
    actions = EventActions(state_delta=delta)
    await sessions.append_event(session, Event(author="user", actions=actions))
    return data(files=infos, session_state_applied=True)


async def state(request):
    session = await _session(request)
    return JSONResponse({"code": 1002}) if session is None else data(state=dict(session.state))


async def credits_left(_request):
    return data(available=90, frozen=10, total=100)


async def claim(request):
    body = await request.json()
    return data(claim_token=f"clm_{body['task_id']}", expires_in=600)


async def submit(request):
    body = await request.json()
    jobs[body["id"]] = {"polls": 0, "draft": body["draft"]}
    return JSONResponse({"success": True, "data": {"id": body["id"], "status": "pending"}})


async def render(request):
    job = jobs.get(request.path_params["rid"])
    if job is None:
        return JSONResponse({"detail": "no such job"}, 404)
    job["polls"] += 1
    if job["polls"] < 3:
        return data(status="processing", progress=job["polls"] * 40)
    return data(status="completed", progress=100, outputUrl=f"{request.base_url}cdn/movie.mp4")


async def cancel(request):
    jobs.pop(request.path_params["rid"], None)
    return data()


async def movie(_request):
    return FileResponse(MOVIE, media_type="video/mp4")


async def told(_request):
    return JSONResponse(runs | {"jobs": sorted(jobs)})


async def forget(request):
    """Lose a session, as a restarted backend does."""
    await sessions.delete_session(**WHERE, session_id=request.path_params["sid"])
    return data()


jobs = {}
MOVIE = Path(sys.argv[1]) if len(sys.argv) > 1 else None
RENDER = "/api/render/proxy/lambda"
ROUTES = [
    Route("/api/auth/anonymous-token", anonymous_token, methods=["POST"]),
    Route("/api/tasks/me/with-session/nemo_agent", with_session, methods=["POST"]),
    Route("/api/auth/claim-token", claim, methods=["POST"]),
    Route("/api/upload-video/nemo_agent/me/{sid}", upload, methods=["POST"]),
    Route("/api/credits/balance/simple", credits_left),
    Route("/api/state/nemo_agent/me/{sid}/latest", state),
    Route(RENDER, submit, methods=["POST"]),
    Route(f"{RENDER}/{{rid}}", render),
    Route(f"{RENDER}/{{rid}}/cancel", cancel, methods=["POST"]),
    Route("/cdn/movie.mp4", movie),
    Route("/tests/runs", told),
    Route("/tests/forget/{sid}", forget, methods=["POST"]),
]


def app(folder):
    get_service_registry().register_session_service("tests", lambda _uri, **_rest: sessions)
    made = get_fast_api_app(
        agents_dir=folder,
        agent_loader=Loader(),
        session_service_uri="tests://",
        use_local_storage=False,
        web=False,
    )
    made.router.routes[:0] = ROUTES
    return Gate(made)


async def main(folder):
    # ADK logs each crash that a test asks for.
    logging.disable(logging.CRITICAL)
    config = uvicorn.Config(
        app(folder), port=0, log_config=None, lifespan="off", ws="none", access_log=False
    )
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    port = server.servers[0].sockets[0].getsockname()[1]
    sys.stdout.write(json.dumps({"port": port}) + "\n")
    sys.stdout.flush()
    loop = asyncio.get_running_loop()
    ended = loop.run_in_executor(None, sys.stdin.read)
    serving = asyncio.create_task(server.main_loop())
    await ended
    server.should_exit = server.force_exit = True
    await serving
    await server.shutdown()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as empty:
        asyncio.run(main(empty))
