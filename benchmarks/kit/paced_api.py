"""A cloud that streams numbered words at a given pace and remembers when it sent each.

Run as a program with a port. The message "stream 150 50 a" is answered with 150 words, a.0 to
a.149, 50 a second (0: as fast as they go); `/sent/a` then tells when, in ms since 1970.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request  # noqa: TC002 - beside its siblings
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

sent: dict[str, list[float]] = {}


def data(**fields: Any) -> JSONResponse:
    return JSONResponse({"code": 0, "data": fields})


def event(text: str, *, partial: bool = True) -> str:
    content = {"role": "model", "parts": [{"text": text}]}
    return f"data: {json.dumps({'author': 'nemo', 'partial': partial, 'content': content})}\n\n"


async def run_sse(request: Request) -> StreamingResponse:
    text = (await request.json())["new_message"]["parts"][0]["text"]
    _, count, per_second, name = text.split()
    times = sent[name] = []

    async def words() -> AsyncIterator[str]:
        begun = time.perf_counter()
        for number in range(int(count)):
            if int(per_second):
                due = begun + number / int(per_second)
                await asyncio.sleep(max(0, due - time.perf_counter()))
            times.append(time.time() * 1000)
            yield event(f"{name}.{number} ")
        yield event("".join(f"{name}.{number} " for number in range(int(count))), partial=False)

    return StreamingResponse(words(), media_type="text/event-stream")


async def token(_request: Request) -> JSONResponse:
    return data(token="nmv_usr_benchmark0123456789", credits=100, user_id="anon_1")


async def session(_request: Request) -> JSONResponse:
    return data(session_id="s1", task_id="t1")


async def state(_request: Request) -> JSONResponse:
    track = {"tt": 0, "m": {"title": "Video"}, "sg": [{"d": 4000, "m": {"src": "cat.jpg"}}]}
    return data(state={"draft": {"d": 4000, "t": [track]}, "video_infos": []})


async def credits_left(_request: Request) -> JSONResponse:
    return data(available=73, frozen=0, total=100)


async def when(request: Request) -> JSONResponse:
    return JSONResponse(sent[request.path_params["name"]])


async def alive(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


app = Starlette(
    routes=[
        Route("/", alive),
        Route("/sent/{name}", when),
        Route("/api/auth/anonymous-token", token, methods=["POST"]),
        Route("/api/tasks/me/with-session/nemo_agent", session, methods=["POST"]),
        Route("/api/state/nemo_agent/me/s1/latest", state),
        Route("/api/credits/balance/simple", credits_left),
        Route("/run_sse", run_sse, methods=["POST"]),
    ]
)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
