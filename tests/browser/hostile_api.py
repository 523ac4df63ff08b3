"""A backend whose every text is an attack (xss_payloads.toml).

Run as a program with a port. "say N" is answered with payload N in the streamed words, the name
of a tool, the suggestions; "fail N" fails with it. Captions, tracks and files are named by them.
"""

import re
import sys

import uvicorn
from payloads import PAYLOADS
from slow_api import alive, credits_left, data, event, session, token
from starlette.applications import Starlette
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

CUE_MS = 200
FILES = [
    {"filename": text, "file_type": "video", "cdn_url": text, "duration": 1, "hash": text}
    for text in PAYLOADS
]


def draft():
    cues = [
        {"s": n * CUE_MS, "d": CUE_MS, "id": text, "m": {"text": text, "title": text}}
        for n, text in enumerate(PAYLOADS)
    ]
    shots = [{"d": CUE_MS, "m": {"src": text, "title": text}} for text in PAYLOADS]
    tracks = [
        {"tt": 0, "m": {"title": PAYLOADS[0]}, "sg": shots},
        {"tt": 7, "m": {"title": PAYLOADS[12]}, "sg": cues},
    ]
    named = [
        {"tt": 7, "m": {"title": text}, "sg": [cue]}
        for text, cue in zip(PAYLOADS[::12], cues, strict=False)
    ]
    return {"d": CUE_MS * len(cues), "m": {"title": PAYLOADS[0]}, "t": [*tracks, *named]}


async def state(_request):
    return data(state={"draft": draft(), "video_infos": FILES})


async def run_sse(request):
    text = (await request.json())["new_message"]["parts"][0]["text"]
    deed, number = re.match(r"(say|fail) (\d+)", text).groups()
    payload = PAYLOADS[int(number)]

    async def events():
        if deed == "fail":
            yield line({"errorCode": payload, "errorMessage": payload})
            return
        call = {"id": "c", "name": payload, "args": {"text": payload}}
        yield line(said({"functionCall": call}))
        yield line(said({"functionResponse": {**call, "response": {"result": payload}}}))
        # In pieces, as a stream may be cut anywhere.
        third = len(payload) // 3 + 1
        for at in range(0, len(payload), third):
            yield event(payload[at : at + third], partial=True)
        offers = {"actions": {"stateDelta": {"suggestions": [payload]}}}
        yield line(said({"text": payload}) | offers)

    return StreamingResponse(events(), media_type="text/event-stream")


def said(part):
    return {"author": "nemo", "partial": False, "content": {"role": "model", "parts": [part]}}


def line(value):
    return f"data: {JSONResponse(value).body.decode()}\n\n"


async def upload(request):
    form = await request.form()
    names = [file.filename for file in form.getlist("files")]
    if any("refuse" in name for name in names):
        return JSONResponse({"code": 4001, "message": " ".join(PAYLOADS)}, 400)
    added = [{"filename": name, "file_type": "image", "hash": name} for name in names]
    FILES.extend(added)
    return data(files=added)


app = Starlette(
    routes=[
        Route("/", alive),
        Route("/api/auth/anonymous-token", token, methods=["POST"]),
        Route("/api/tasks/me/with-session/nemo_agent", session, methods=["POST"]),
        Route("/api/state/nemo_agent/me/s1/latest", state),
        Route("/api/upload-video/nemo_agent/me/s1", upload, methods=["POST"]),
        Route("/api/credits/balance/simple", credits_left),
        Route("/run_sse", run_sse, methods=["POST"]),
    ]
)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
