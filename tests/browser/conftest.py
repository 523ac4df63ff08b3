"""What the browser tests share: a Jupyter server, a slow cloud, Chromium, open notebooks."""

import re
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from browser.hosts import ARTIFACTS, Notebook, chromium, free_port, jupyter, program

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    with jupyter(tmp_path_factory.mktemp("jupyter")) as running:
        yield running


@pytest.fixture(scope="session")
def start_api(tmp_path_factory):
    """Start a cloud of ours (a script that takes a port); returns its URL."""
    with ExitStack() as stack:

        def start(script):
            port, log = free_port(), tmp_path_factory.mktemp("api") / f"{script}.log"
            url = f"http://127.0.0.1:{port}"
            stack.enter_context(
                program([sys.executable, str(HERE / script), str(port)], f"{url}/", log)
            )
            return url

        yield start


@pytest.fixture(scope="session")
def slow_api(start_api):
    """The URL of a cloud whose answers take their time (slow_api.py)."""
    return start_api("slow_api.py")


_browsing = ExitStack()
_contexts = []


@pytest.fixture
def browser():
    """Chromium, the same for all browser tests that follow one another."""
    if not _contexts:
        _contexts.append(_browsing.enter_context(chromium()))
    return _contexts[0]


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem):
    # Its event loop runs in this thread as long as it lives, and other tests have their own.
    if nextitem is None or HERE not in nextitem.path.parents:
        _browsing.close()
        _contexts.clear()


@pytest.fixture
def host(request):
    """The front end of this test: JupyterLab, unless it is parametrised (`both_hosts`)."""
    return getattr(request, "param", "lab")


@pytest.fixture
def open_notebook(server, browser, host, request):
    """Open a new notebook of the given cells; a failing test leaves a picture of the page."""
    with ExitStack() as stack:
        opened = []

        def open_it(*cells, width=1280, height=1000):
            name = re.sub(r"\W+", "-", f"{request.node.name}-{len(opened)}") + ".ipynb"
            file = server.write(name, *cells)
            page = browser.new_page()
            stack.callback(page.close)
            page.set_viewport_size({"width": width, "height": height})
            opened.append(page)
            return Notebook.opened(server, page, file, host)

        failed_before = request.session.testsfailed
        yield open_it
        if request.session.testsfailed > failed_before:
            ARTIFACTS.mkdir(exist_ok=True)
            for number, page in enumerate(opened):
                page.screenshot(path=ARTIFACTS / f"failed-{request.node.name}-{number}.png")
        # Every notebook has a kernel, and a kernel its own studio: none of them outlives its test.
        server.shut_kernels()


@pytest.fixture(scope="session")
def photo(tmp_path_factory):
    """A photo-like picture: a sun over hills."""
    path = tmp_path_factory.mktemp("photos") / "sunset.jpg"
    width, height = 1600, 900
    picture = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(picture)
    for y in range(height):
        share = y / height
        draw.line([(0, y), (width, y)], (250 - int(60 * share), 140 + int(60 * share), 110))
    draw.ellipse([1050, 260, 1290, 500], fill=(255, 226, 150))
    draw.polygon([(0, 900), (0, 620), (420, 430), (900, 760), (900, 900)], fill=(70, 60, 96))
    draw.polygon([(600, 900), (1150, 520), (1600, 740), (1600, 900)], fill=(48, 44, 78))
    picture.save(path, quality=92)
    return path
