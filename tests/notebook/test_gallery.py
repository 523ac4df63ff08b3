"""Every object as it is shown: escaped, readable in any theme and to any reader, and as text."""

import re
from html.parser import HTMLParser

import pandas as pd
import pytest

import mediakit
from nemo_nb.studio import launch

NASTY = "<img src=x onerror=alert(1)>"
MADE = f"""
from pathlib import Path
session.upload(("photo {NASTY}.png", Path("photo.png").read_bytes()))
reply = session.chat('add captions "{NASTY}" from 0 to 1 second')
exported = session.export("out.mp4", quality="low", resolution=(160, 90))
pending = session.export("later.mp4", quality="low", resolution=(160, 90), wait=False)
ab = session.ab("bold yellow captions", "clean white captions", names=["{NASTY}", "B"],
                captions=[(0, 900, "One {NASTY}"), (1000, 1900, "Two")])
result = ab.results(views=[5200, 5160], clicks=[312, 377])
for cue, winner in enumerate((0, 1, 0)):
    ab.vote(cue, *ab.names, ab.names[winner])
"""
SHOWN = (
    "session",
    "reply",
    "exported",
    "pending",
    "session.timeline()",
    "session.credits()",
    "ab",
    "ab.only_captions_differ()",
    "result",
    "result.plot()",
    "result.power",
    "result.srm",
    "ab.preferences()",
    "ab.plot()",
    "nemo.sample_size(0.06, lift=0.1)",
    "%nemo history",
    "%nemo jobs",
    "%nemo upload photo.png",
)


class Page(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, html):
        super().__init__()
        self.elements = []
        self.styles = ""
        self._in_style = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self._in_style = tag == "style"
        self.styles += dict(attrs).get("style") or ""

    def handle_endtag(self, tag):
        self._in_style = self._in_style and tag != "style"

    def handle_data(self, data):
        self.styles += data if self._in_style else ""


def check_html(html):
    page = Page(html)
    for tag, attributes in page.elements:
        assert tag != "script"
        assert not [name for name in attributes if name.startswith("on")]
        if tag == "img":
            assert attributes["alt"]
            assert attributes["src"].startswith(("data:", "out"))
        if tag == "th":
            assert attributes["scope"] in ("row", "col")
        if tag in ("video", "audio", "progress"):
            assert attributes["aria-label"]
        if tag == "svg":
            assert attributes["role"] == "img"
            assert attributes["aria-label"]
    for color in re.findall(r"(?:^|[;{\s])color:([^;}]+)", page.styles):
        assert color.strip() in ("inherit", "currentColor") or "var(--jp" in color


def check_text(text):
    assert text.strip()
    assert "\x1b" not in text
    assert " object at 0x" not in text
    assert not [studio for studio in launch.running() if studio.token.reveal() in text]


@pytest.fixture
def made(cell, tmp_path):
    mediakit.photo(tmp_path / "photo.png")
    cell("%load_ext nemo_nb")
    cell("session = nemo.connect(workspace='studio')")
    cell(MADE)
    yield cell
    cell("pending.wait()")
    cell("session.close()")


def check_notebook(made):
    for source in SHOWN:
        outputs = made(source)
        assert outputs, source
        # A widget's own words stand in the output before it.
        check_text("\n".join(output.data["text/plain"] for output in outputs))
        for output in outputs:
            # nbconvert needs Inkscape for it, and so fails to make LaTeX.
            assert "image/svg+xml" not in output.data
            if "text/html" in output.data:
                check_html(output.data["text/html"])


def check_terminal(made):
    for source in SHOWN:
        *_, shown = made(source)
        check_text(shown.data["text/plain"])
        assert max(map(len, shown.data["text/plain"].splitlines())) < 400, source


def check_plain_python(names):
    for source in SHOWN:
        if not source.startswith("%"):
            text = repr(eval(source, names))  # noqa: S307 - the lines above
            check_text(text)
            assert "render_" not in text


# One test: to make all these things takes longer than to look at them.
def test_in_a_notebook_in_a_terminal_and_in_plain_python(made, shell, monkeypatch):
    monkeypatch.setattr("nemo_nb.notebook.widgets.panel.Panel._esm", "export default {}")
    check_notebook(made)
    made("frames = [ab.metrics, ab.lint(), ab.captions, session.history, result.table]")
    assert {type(frame) for frame in shell.user_ns["frames"]} == {pd.DataFrame}
    assert "duration_ms" in made("session.history")[-1].data["text/plain"]
    monkeypatch.delattr(shell, "kernel")
    check_terminal(made)
    check_plain_python(shell.user_ns)
