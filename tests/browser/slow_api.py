"""A backend whose turns last until someone stops them: word after word, as a cloud may be.

Run as a program with a port; speaks as much of PROTOCOL.md as a chat needs.
"""

import asyncio
import itertools
import json
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

WORD_S = 0.05
DRAFT = {
    "d": 4000,
    "m": {"width": 1920, "height": 1080},
    "t": [{"tt": 0, "m": {"title": "Video"}, "sg": [{"d": 4000, "m": {"src": "cat.jpg"}}]}],
}


def data(**fields):
    return JSONResponse({"code": 0, "data": fields})


async def token(_request):
    return data(token="nmv_usr_browsertest0123456789", credits=100, user_id="anon_1")


async def session(_request):
    return data(session_id="s1", task_id="t1")


async def state(_request):
    return data(state={"draft": DRAFT, "video_infos": []})


async def credits_left(_request):
    return data(available=73, frozen=0, total=100)


async def run_sse(request):
    body = await request.json()
    text = body["new_message"]["parts"][0]["text"]

    async def words():
        if text.startswith("echo "):
            yield event(text.removeprefix("echo "), partial=False)
            return
        # "quick …" is answered at once; anything else is talked about for ever.
        numbers = range(3) if text.startswith("quick") else itertools.count()
        for number in numbers:
            yield event(f"word{number} ", partial=True)
            await asyncio.sleep(WORD_S)
        yield event("".join(f"word{number} " for number in numbers), partial=False)

    return StreamingResponse(words(), media_type="text/event-stream")


def event(text, *, partial):
    content = {"role": "model", "parts": [{"text": text}]}
    return f"data: {json.dumps({'author': 'nemo', 'partial': partial, 'content': content})}\n\n"


async def alive(_request):
    return PlainTextResponse("ok")


app = Starlette(
    routes=[
        Route("/", alive),
        Route("/api/auth/anonymous-token", token, methods=["POST"]),
        Route("/api/tasks/me/with-session/nemo_agent", session, methods=["POST"]),
        Route("/api/state/nemo_agent/me/s1/latest", state),
        Route("/api/credits/balance/simple", credits_left),
        Route("/run_sse", run_sse, methods=["POST"]),
    ]
)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
