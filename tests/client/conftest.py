"""Sessions on a scripted server, and on real embedded studios."""

import asyncio
import io
import threading

import av
import numpy as np
import pytest
import uvicorn
from PIL import Image

from clientkit import KNOBS, TOKEN, Scripted
from nemo_nb import loop
from nemo_nb.backend import Backend
from nemo_nb.blocking import Session
from nemo_nb.ledger import Ledger
from nemo_nb.redact import Secret
from nemo_nb.session import AsyncSession
from nemo_nb.settings import load
from nemo_nb.skills import skill_named
from nemo_nb.wire.client import ServerSession


@pytest.fixture(scope="session")
def movie(tmp_path_factory):
    """The bytes of a real MP4: 0.4 s, 64x36."""
    path = tmp_path_factory.mktemp("movie") / "movie.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        for shade in range(10):
            picture = np.full((36, 64, 3), shade * 20, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode())
    return path.read_bytes()


@pytest.fixture(scope="session")
def png():
    """The bytes of a small real picture."""
    target = io.BytesIO()
    Image.new("RGB", (6, 4)).save(target, "PNG")
    return target.getvalue()


@pytest.fixture
def scripted(movie):
    """A running scripted server."""
    script = Scripted(movie=movie)
    config = uvicorn.Config(
        script.app(), port=0, log_config=None, lifespan="off", ws="none", access_log=False
    )
    server = uvicorn.Server(config)
    started = threading.Event()

    async def serve():
        await asyncio.sleep(0)
        config.load()
        server.lifespan = config.lifespan_class(config)
        await server.startup()
        port = server.servers[0].sockets[0].getsockname()[1]
        script.url = f"http://127.0.0.1:{port}"
        started.set()
        await server.main_loop()
        await server.shutdown()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert started.wait(10)
    yield script
    server.should_exit = True
    server.force_exit = True
    thread.join(10)


@pytest.fixture
def connect(scripted):
    """Return a blocking session on the scripted server, by default on a session it has."""
    made = []

    def make(knobs=None, *, fresh=False, **options):
        settings = load(scripted.url, token=TOKEN, env={}, **(KNOBS | (knobs or {})))
        backend = Backend(settings, scripted.url, Secret(TOKEN), Ledger())
        if not fresh:
            scripted.sessions.append("session-1")
            options["server"] = ServerSession("session-1", "task-1")

        async def start():
            return AsyncSession(backend, skill=skill_named("caption-ab"), **options)

        # Made where it lives: on the background loop, as connect() does.
        session = Session(loop.run(start))
        made.append(session)
        return session

    yield make
    for session in made:
        session.close()
