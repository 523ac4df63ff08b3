"""A real Jupyter server on loopback, and notebooks in it as a person handles them.

The same server shows a notebook in JupyterLab and in Notebook 7: a `Notebook` does the same
in either, so that a test is written once and run in both.
"""

import contextlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]
ARTIFACTS = ROOT / "artifacts"
STATIC = ROOT / "nemo_nb" / "notebook" / "widgets" / "static"

HOSTS = {"lab": "lab/tree/{}?reset&", "notebook7": "notebooks/{}?"}
"""Where each front end shows a notebook; its address goes on with a query."""

SERVER_START_S = 60
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
)
# Neither a news popup nor a save that a test did not ask for.
SETTINGS = {
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

# On a busy machine anything may take its time; what is there is seen at once all the same.
expect.set_options(timeout=30_000)


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

    def write(self, name: str, *cells: str) -> Path:
        """A new notebook of code cells."""
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        book = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
        book.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
        file = self.folder / name
        nbformat.write(book, file)
        return file

    def shut_kernels(self) -> None:
        for running in self.ask("sessions"):
            self.ask(f"sessions/{running['id']}", "DELETE")


@contextlib.contextmanager
def jupyter(home: Path):
    """A server whose settings, kernels and data all live under *home*."""
    folder = home / "notebooks"
    folder.mkdir()
    (home / "temporary").mkdir()
    for name, values in SETTINGS.items():
        file = home / "settings" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values), "utf-8")
    token, port = secrets.token_hex(16), free_port()
    env = {
        **os.environ,
        "HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "TMPDIR": str(home / "temporary"),
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
    url = f"http://127.0.0.1:{port}"
    with program(command, f"{url}/api/status?token={token}", home / "server.log", env):
        yield Server(url, token, folder)


@contextlib.contextmanager
def program(command: list[str], url: str, log: Path, env: dict[str, str] | None = None):
    """A server of its own process, there as soon as *url* answers."""
    with log.open("w") as output:
        process = subprocess.Popen(command, env=env, stdout=output, stderr=output)
        try:
            end = time.monotonic() + SERVER_START_S
            while not _answers(url):
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"no server started:\n{log.read_text('utf-8')[-3000:]}")
                time.sleep(0.1)
            yield process
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(url):
    try:
        with urllib.request.urlopen(url, timeout=1):
            return True
    except OSError:
        return False


@contextlib.contextmanager
def chromium():
    """One browser context: what a host loads of its own comes from the network only once."""
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if path is None:
        raise RuntimeError("There is no Chromium here. Install it: apt-get install chromium")
    if not (STATIC / "panel.js").is_file():
        raise RuntimeError("The front end is not built. Run: make setup")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        try:
            yield launched.new_context()
        finally:
            launched.close()


@dataclass
class Notebook:
    """One notebook, open in a host."""

    page: Page
    file: Path
    host: str = "lab"
    errors: list[str] = field(default_factory=list)

    @classmethod
    def opened(cls, server: Server, page: Page, file: Path, host: str) -> "Notebook":
        """Open *file* on *page* and wait for its kernel."""
        notebook = cls(page, file, host)
        page.on("pageerror", notebook._note_error)
        page.on("console", notebook._note)
        address = HOSTS[host].format(urllib.parse.quote(file.name))
        page.goto(f"{server.url}/{address}token={server.token}")
        notebook.wait_ready()
        return notebook

    def _note_error(self, error):
        # Notebook 7.6 trips over settings that it does not have; a widget's code is a blob.
        if self.host == "lab" or "blob:" in (error.stack or "blob:"):
            self.errors.append(str(error))

    def _note(self, message):
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def wait_ready(self) -> None:
        """Wait for the cells and for a kernel that waits for them."""
        self.page.wait_for_selector(f"{ACTIVE} .jp-Notebook .jp-Cell", timeout=60_000)
        self.page.wait_for_function(KERNEL_IDLE, timeout=60_000)

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
        self.page.wait_for_function(script, arg=[index, before], timeout=30_000)
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

    def restart(self) -> None:
        """The round arrow of the notebook's toolbar, and "Restart" in the dialog."""
        button = "[data-command='notebook:restart-kernel']"
        self.page.locator(f"{ACTIVE} {button}").first.click()
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        # The indicator says "idle" until the old kernel is seen to be gone.
        status = f"{ACTIVE} .jp-Notebook-ExecutionIndicator"
        self.page.wait_for_selector(f"{status}:not([data-status='idle'])", timeout=10_000)
        self.page.wait_for_function(KERNEL_IDLE, timeout=60_000)

    def clear_output(self, index: int) -> None:
        """By the menu, as a person does."""
        self.cell(index).locator(".cm-content").click()
        self.page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Edit$")).click()
        self.page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Clear Cell Output$")).click()

    def is_busy(self, index: int) -> bool:
        return "*" in self.prompt(index)

    def save(self) -> str:
        with self.page.expect_response(
            lambda answer: answer.request.method == "PUT" and "/api/contents/" in answer.url
        ):
            self.page.keyboard.press("Control+s")
        clean = "() => !document.querySelector('.lm-TabBar-tab.jp-mod-dirty')"
        self.page.wait_for_function(clean, timeout=20_000)
        return self.file.read_text("utf-8")

    def reload(self) -> None:
        self.page.reload()
        self.wait_ready()

    def reopened_without_kernel(self) -> "Notebook":
        """Save, and open a copy of the file, whose kernel knows nothing."""
        self.save()
        copy = self.file.with_name(f"copy-of-{self.file.name}")
        shutil.copy(self.file, copy)
        self.page.goto(self.page.url.replace(self.file.name, copy.name))
        self.page.wait_for_selector(f"{ACTIVE} .jp-Notebook .jp-Cell", timeout=60_000)
        return Notebook(self.page, copy, self.host)

    def screenshot_page(self, name: str) -> None:
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=self._picture(name), animations="disabled")

    def screenshot(self, name: str, index: int = 0) -> None:
        self.screenshot_of(self.panel(index), name)

    def screenshot_of(self, shown: Any, name: str) -> None:
        ARTIFACTS.mkdir(exist_ok=True)
        shown.screenshot(path=self._picture(name), animations="disabled")

    def _picture(self, name: str) -> Path:
        return ARTIFACTS / f"{name}{'' if self.host == 'lab' else f'-{self.host}'}.png"

    def theme(self, name: str) -> None:
        """Choose "JupyterLab Light" or "JupyterLab Dark" by the menu, as a person does."""
        self.page.locator(".lm-MenuBar-itemLabel", has_text="Settings").click()
        self.page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Theme$")).hover()
        self.page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{name}$")).click()
        light = "true" if "Light" in name else "false"
        themed = f"body[data-jp-theme-light='{light}']"
        self.page.wait_for_selector(themed, state="attached")
