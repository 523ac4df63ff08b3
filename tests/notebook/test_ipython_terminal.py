"""A real IPython in a real terminal: what a person sees who types into it."""

import os
import re
import sys

import pexpect
import pytest

import mediakit

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture
def ipython(tmp_path, isolated_home):
    mediakit.photo(tmp_path / "photo.png")
    env = os.environ | {
        "IPYTHONDIR": str(isolated_home / "ipython"),
        "TERM": "xterm",
        "PROMPT_TOOLKIT_NO_CPR": "1",
        "PYTHONWARNINGS": "ignore",
    }
    options = ["--no-banner", "--no-confirm-exit", "--colors=NoColor"]
    child = pexpect.spawn(
        sys.executable,
        ["-m", "IPython", *options, "--TerminalInteractiveShell.term_title=False"],
        env=env,
        cwd=str(tmp_path),
        encoding="utf-8",
        timeout=30,
        dimensions=(40, 110),
    )
    try:
        yield Typist(child)
    finally:
        child.close(force=True)


class Typist:
    """Types lines, and reads what stands on the screen after each."""

    def __init__(self, child):
        self.child = child
        self.count = 1
        self._prompt()

    def _prompt(self):
        self.child.expect_exact(f"In [{self.count}]:")
        return ESCAPES.sub("", self.child.before)

    def run(self, line):
        self.child.send(f"{line}\r")
        self.count += 1
        return self._prompt()

    def tab(self, start, rest):
        """Press Tab behind *start*, wait for the *rest* of the word, and take the line back."""
        self.child.send(f"{start}\t")
        self.child.expect_exact(rest)
        self.child.send("\x15")


def test_a_session_without_a_notebook(ipython, tmp_path):
    ipython.run("import nemo_nb as nemo")
    ipython.run("%load_ext nemo_nb")
    ipython.tab("%nemo exp", "ort")
    ipython.tab("%nemo export --qual", "ity")
    ipython.tab("%nemo upload pho", "to.png")

    assert "Ready: embedded studio" in ipython.run("session = nemo.connect()")
    assert re.search(r"photo\.png +image", ipython.run("%nemo upload photo.png"))
    shown = ipython.run("session.chat('add a title \"Hi there\" for 2 seconds')")
    assert shown.count("Added the title") == 1
    assert "<Reply, done, " in shown
    assert ipython.run("session").count("<Session on this machine") == 1
    assert "of 100 credits available" in ipython.run("session.credits()")

    ipython.child.send("session.export('out.mp4')\r")
    ipython.child.expect("Rendering")
    ipython.child.send("\x03")
    ipython.child.expect("KeyboardInterrupt")
    ipython.count += 1
    assert "Rendering" not in ipython._prompt()
    assert not (tmp_path / "out.mp4").exists()
