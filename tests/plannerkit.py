"""A server with a model's manners on a real socket: what Ollama, llama.cpp and clouds answer."""

import asyncio
import json
import threading

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route


def completion(content, **more):
    """Return a chat completion as OpenAI's API has it."""
    message = {"role": "assistant", "content": content}
    choice = {"index": 0, "message": message, "finish_reason": "stop"} | more
    return {"id": "c1", "object": "chat.completion", "model": "tiny", "choices": [choice]}


class ModelServer:
    """Answers ``POST /v1/chat/completions``.

    Attributes:
        answers: What is said: text, or a whole response.
        formats: The kinds of ``response_format`` that are taken; None: any.
        refusal: The HTTP status for others.
        bodies, keys: What has been asked.
        hangs: Whether nothing is answered; `left` is set when the caller hangs up.
    """

    def __init__(self):
        self.answers = []
        self.formats = None
        self.refusal = 400
        self.bodies = []
        self.keys = []
        self.hangs = False
        self.asked = threading.Event()
        self.left = threading.Event()
        self.url = ""

    def says(self, *intents):
        """Answer with these intents once."""
        self.answers.append(json.dumps({"intents": list(intents)}))

    async def complete(self, request):
        body = await request.json()
        self.bodies.append(body)
        self.keys.append(request.headers.get("authorization"))
        self.asked.set()
        if self.hangs:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            self.left.set()
            return Response()
        kind = body.get("response_format", {}).get("type")
        if self.formats is not None and kind not in self.formats:
            error = {"message": f"response_format {kind} is not supported", "code": self.refusal}
            return JSONResponse({"error": error}, status_code=self.refusal)
        answer = self.answers.pop(0)
        return answer if isinstance(answer, Response) else JSONResponse(completion(answer))

    async def stolen(self, request):
        self.keys.append(f"stolen {request.headers.get('authorization')}")
        return JSONResponse(completion('{"intents": []}'))

    def app(self):
        return Starlette(
            routes=[
                Route("/v1/chat/completions", self.complete, methods=["POST"]),
                Route("/elsewhere", self.stolen, methods=["GET", "POST"]),
            ]
        )


def running(server):
    """Serve *server* until the generator is closed."""
    config = uvicorn.Config(
        server.app(), port=0, log_config=None, lifespan="off", ws="none", access_log=False
    )
    web, started = uvicorn.Server(config), threading.Event()

    async def serve():
        config.load()
        web.lifespan = config.lifespan_class(config)
        await web.startup()
        server.url = f"http://127.0.0.1:{web.servers[0].sockets[0].getsockname()[1]}"
        started.set()
        await web.main_loop()
        await web.shutdown()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert started.wait(10)
    yield server
    web.should_exit = web.force_exit = True
    thread.join(10)


def redirect(status=307):
    return RedirectResponse("/elsewhere", status)


def endless():
    async def chunks():
        while True:
            await asyncio.sleep(0)  # who hangs up is heard then
            yield b"x" * 65_536

    return StreamingResponse(chunks(), media_type="application/json")
