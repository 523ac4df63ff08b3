"""A real JupyterLab on loopback, driven with Playwright and the system's Chromium."""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
ARTIFACTS = ROOT / "artifacts"
STATIC = ROOT / "nemo_nb" / "notebook" / "widgets" / "static"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
)
SERVER_START_S = 60
# On a busy machine anything may take its time; what is there is seen at once all the same.
expect.set_options(timeout=30_000)
# Neither a news popup nor a save that a test did not ask for.
LAB_SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}
ACTIVE = ".jp-NotebookPanel:not(.lm-mod-hidden)"
# "idle" is also shown before there is a kernel, and a cell run then is silently dropped.
KERNEL_IDLE = f"""() => {{
    const name = document.querySelector('{ACTIVE} .jp-KernelName')?.textContent.trim();
    const status = document.querySelector('{ACTIVE} .jp-Notebook-ExecutionIndicator')
        ?.dataset.status;
    return name && name !== 'No Kernel' && status === 'idle';
}}"""


@dataclass
class Server:
    """A running Jupyter server."""

    url: str
    token: str
    folder: Path

    def ask(self, path: str, method: str = "GET") -> Any:
        """What the server's own API answers."""
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(f"{self.url}/api/{path}", headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or "null")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(url):
    try:
        with urllib.request.urlopen(url, timeout=1):
            return True
    except OSError:
        return False


def _started(process, url, log, limit_s=SERVER_START_S):
    """Wait for a server that cannot tell by itself when it is there."""
    end = time.monotonic() + limit_s
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > end:
            pytest.fail(f"the server did not start:\n{log.read_text('utf-8')[-3000:]}")
        time.sleep(0.1)


def _ended(process):
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    home = tmp_path_factory.mktemp("jupyter")
    folder = home / "notebooks"
    folder.mkdir()
    for name, values in LAB_SETTINGS.items():
        file = home / "settings" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values), "utf-8")
    token, port = secrets.token_hex(16), _free_port()
    env = {
        **os.environ,
        "HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "NEMO_NB_DATA": str(home / "data"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "jupyter"),
        "JUPYTER_RUNTIME_DIR": str(home / "run"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_TOKEN": token,
    }
    for name in ("JUPYTER_PATH", "NEMO_TOKEN", "NEMO_API_URL", "NEMO_WEB_URL"):
        env.pop(name, None)
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": folder,
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--{name}={value}" for name, value in options.items()]
    log = home / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(command, env=env, stdout=output, stderr=output)
        try:
            url = f"http://127.0.0.1:{port}"
            _started(process, f"{url}/api/status?token={token}", log)
            yield Server(url, token, folder)
        finally:
            _ended(process)


@pytest.fixture(scope="session")
def slow_api(tmp_path_factory):
    """The URL of a cloud whose answers take their time (slow_api.py)."""
    port = _free_port()
    log = tmp_path_factory.mktemp("slow") / "api.log"
    script = Path(__file__).with_name("slow_api.py")
    with log.open("w") as output:
        command = [sys.executable, str(script), str(port)]
        process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            url = f"http://127.0.0.1:{port}"
            _started(process, f"{url}/", log)
            yield url
        finally:
            _ended(process)


@pytest.fixture(scope="module")
def browser():
    """Chromium, gone with its module: its event loop runs in this thread as long as it lives."""
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if path is None:
        pytest.fail("There is no Chromium here. Install it: apt-get install chromium")
    if not (STATIC / "panel.js").is_file():
        pytest.fail("The front end is not built. Run: make setup")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        # One context: JupyterLab's own files come from the network once, not once a test.
        yield launched.new_context()
        launched.close()


@dataclass
class Notebook:
    """One notebook, open in JupyterLab."""

    page: Page
    file: Path
    errors: list[str] = field(default_factory=list)

    def cell(self, index: int) -> Any:
        return self.page.locator(f"{ACTIVE} .jp-Cell[data-windowed-list-index='{index}']")

    def output(self, index: int) -> Any:
        return self.cell(index).locator(".jp-OutputArea")

    def panel(self, index: int = 0) -> Any:
        return self.output(index).locator(".nmp-panel")

    def prompt(self, index: int) -> str:
        return self.cell(index).locator(".jp-InputArea-prompt").inner_text().strip()

    def run(self, index: int, *, wait: bool = True) -> None:
        before = self.prompt(index)
        self.cell(index).locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")
        script = """([index, before]) => {
            const prompt = document.querySelector(
                `.jp-Cell[data-windowed-list-index='${index}'] .jp-InputArea-prompt`);
            return prompt && prompt.textContent.trim() !== before;
        }"""
        self.page.wait_for_function(script, arg=[index, before], timeout=10_000)
        if wait:
            self.wait_done(index)

    def wait_done(self, index: int, timeout_ms: int = 120_000) -> None:
        script = """index => /\\[\\d+\\]/.test(document.querySelector(
            `.jp-Cell[data-windowed-list-index='${index}'] .jp-InputArea-prompt`)?.textContent)"""
        self.page.wait_for_function(script, arg=index, timeout=timeout_ms)

    def interrupt(self) -> None:
        """The square of the notebook's toolbar."""
        button = "[data-command='notebook:interrupt-kernel']"
        self.page.locator(f"{ACTIVE} {button}").first.click()

    def is_busy(self, index: int) -> bool:
        return "*" in self.prompt(index)

    def save(self) -> str:
        self.page.keyboard.press("Control+s")
        dirty = "() => !document.querySelector('.lm-TabBar-tab.jp-mod-dirty')"
        self.page.wait_for_function(dirty, timeout=20_000)
        return self.file.read_text("utf-8")

    def reopened_without_kernel(self) -> "Notebook":
        """Save, and open a copy of the file, whose kernel knows nothing."""
        self.save()
        copy = self.file.with_name(f"copy-of-{self.file.name}")
        shutil.copy(self.file, copy)
        self.page.goto(self.page.url.replace(self.file.name, copy.name))
        self.page.wait_for_selector(f"{ACTIVE} .jp-Notebook .jp-Cell", timeout=60_000)
        return Notebook(self.page, copy)

    def screenshot_page(self, name: str) -> None:
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTIFACTS / f"{name}.png", animations="disabled")

    def screenshot(self, name: str, index: int = 0) -> None:
        ARTIFACTS.mkdir(exist_ok=True)
        self.panel(index).screenshot(path=ARTIFACTS / f"{name}.png", animations="disabled")

    def theme(self, name: str) -> None:
        """Choose "JupyterLab Light" or "JupyterLab Dark" by the menu, as a person does."""
        self.page.locator(".lm-MenuBar-itemLabel", has_text="Settings").click()
        self.page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Theme$")).hover()
        self.page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{name}$")).click()
        light = "true" if "Light" in name else "false"
        themed = f"body[data-jp-theme-light='{light}']"
        self.page.wait_for_selector(themed, state="attached")


@pytest.fixture
def open_notebook(server, browser, request):
    """Open a new notebook of the given cells; a failing test leaves a picture of the page."""
    with ExitStack() as stack:
        opened = []

        def open_it(*cells, width=1280, height=1000):
            name = re.sub(r"\W+", "-", f"{request.node.name}-{len(opened)}") + ".ipynb"
            file = server.folder / name
            kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
            book = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
            book.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
            nbformat.write(book, file)
            page = browser.new_page()
            stack.callback(page.close)
            page.set_viewport_size({"width": width, "height": height})
            notebook = Notebook(page, file)
            page.on("pageerror", lambda error: notebook.errors.append(str(error)))
            page.on("console", lambda message: _note(notebook, message))
            page.goto(f"{server.url}/lab/tree/{name}?reset&token={server.token}")
            page.wait_for_selector(f"{ACTIVE} .jp-Notebook .jp-Cell", timeout=60_000)
            page.wait_for_function(KERNEL_IDLE, timeout=60_000)
            opened.append(notebook)
            return notebook

        failed_before = request.session.testsfailed
        yield open_it
        if request.session.testsfailed > failed_before:
            ARTIFACTS.mkdir(exist_ok=True)
            for number, notebook in enumerate(opened):
                picture = ARTIFACTS / f"failed-{request.node.name}-{number}.png"
                notebook.page.screenshot(path=picture)
        # Every notebook has a kernel, and a kernel its own studio: none of them outlives its test.
        for running in server.ask("sessions"):
            server.ask(f"sessions/{running['id']}", "DELETE")


def _note(notebook, message):
    if message.type == "error":
        notebook.errors.append(f"{message.text} ({message.location.get('url', '')})")
