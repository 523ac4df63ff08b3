"""The hunt for the token: after every kind of work and failure, nothing shows it.

The servers here echo it wherever a server can: in errors, bodies, headers, the timeline, the
stream, addresses, and in pieces. The one place it may be is the cache file of DESIGN.
"""

import json
import logging
import pickle
import textwrap
import threading
import traceback
from urllib.parse import quote

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from starlette.responses import JSONResponse, RedirectResponse, Response

import nemo_nb
from clientkit import KNOBS, draft_of, said
from nemo_nb.errors import NemoError
from nemo_nb.ledger import Ledger
from nemo_nb.notebook import tracebacks
from nemo_nb.notebook.widgets.panel import Panel
from nemo_nb.settings import load
from nemo_nb.wire.auth import CACHE_NAME
from nemo_nb.wire.token_store import TokenStore

# Of no known shape, so that it is found by what it is and not by how it looks.
TOKEN = "q7Kd/Wm2+xYz-hunted_0451"
ESCAPED = "".join(f"\\u{ord(char):04x}" for char in TOKEN)
FORMS = (TOKEN, quote(TOKEN, safe=""), TOKEN.replace("/", "\\/"))
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


def shown_in(text):
    """Return which forms of the token are in *text*."""
    return [form for form in FORMS if form in text]


@pytest.fixture(autouse=True)
def everything_logged(caplog, tmp_path, monkeypatch):
    """Every logger of every library at DEBUG, looked through at the end."""
    monkeypatch.chdir(tmp_path)
    caplog.set_level(logging.DEBUG)
    yield
    formatter = logging.Formatter("%(name)s %(message)s")
    for record in caplog.get_records("call"):
        # The server of these tests logs in the same process.
        if not record.name.startswith("uvicorn"):
            assert not shown_in(formatter.format(record)), record.name


@pytest.fixture
def hostile(scripted):
    """A server that echoes the token in its timeline, its media and its answers."""
    scripted.draft = draft_of(f"Your token is {TOKEN}", TOKEN)
    scripted.draft["m"]["title"] = TOKEN
    scripted.infos = [{"filename": f"{TOKEN}.mp4", "file_type": "video", "cdn_url": f"/x?{TOKEN}"}]
    return scripted


@pytest.fixture
def session(hostile):
    session = nemo_nb.connect(hostile.url, token=TOKEN, name="hunt", **KNOBS)
    yield session
    session.close()


def answers(*chunks, draft=None):
    async def script(server):
        for chunk in chunks:
            yield chunk
        if draft is not None:
            server.draft = draft

    return script


def refusals():
    """Every way of PROTOCOL.md to refuse, each quoting the token."""
    said_so = f"I was sent Bearer {TOKEN}"
    codes = (1001, 2001, 4001, 4002, 402, 403, 429, 500, 7)
    yield from ({"code": code, "message": said_so} for code in codes)
    yield {"detail": said_so, "code": 9}
    yield {"success": False, "error": {"message": said_so}}


def sse(value):
    return f"data: {value if isinstance(value, str) else json.dumps(value)}\n\n".encode()


STREAMS = {
    "an error": [sse({"errorCode": "X", "errorMessage": f"no {TOKEN}"})],
    "an error frame": [sse({"error": f"no {TOKEN}"})],
    "a code": [sse({"code": 2001, "message": TOKEN})],
    "no JSON": [sse(f"{{broken {TOKEN}"), said("fine")],
    "a tool": [
        sse({"content": {"parts": [{"functionCall": {"name": TOKEN, "args": {TOKEN: TOKEN}}}]}}),
        said("fine"),
    ],
    "words": [said(f"You are {TOKEN}")],
    "halves": [said(TOKEN[:9], partial=True), said(TOKEN[9:], partial=True)],
    "escapes": [sse(f'{{"content": {{"parts": [{{"text": "{ESCAPED}"}}]}}}}')],
    "suggestions": [said("fine", actions={"stateDelta": {"suggestions": [TOKEN]}})],
    "nothing": [],
}


def every_face(error):
    """Return an error in every way in which one is looked at."""
    yield repr(error)
    yield str(error)
    yield str(vars(error))
    yield str(error.args)
    yield "".join(traceback.format_exception(error))
    yield repr(pickle.loads(pickle.dumps(error)).__dict__)  # noqa: S301 - our own bytes
    if error.reply is not None:
        yield from every_side(error.reply)


def every_side(reply):
    yield repr(reply)
    yield str(reply)
    yield str([reply.tools, reply.suggestions, reply.notes])
    yield "" if reply.changes is None else reply.changes.to_csv()
    yield "" if reply.timeline is None else json.dumps(reply.timeline.draft)
    yield pickle.dumps(reply).decode("latin-1")


def files_under(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def no_file_holds_it(*folders, but=()):
    for folder in folders:
        for path in files_under(folder):
            if path.name not in but:
                assert not shown_in(path.read_bytes().decode("latin-1")), path


@pytest.mark.parametrize("name", STREAMS)
def test_no_stream_shows_it(hostile, session, isolated_home, tmp_path, name):
    hostile.chats = [answers(*STREAMS[name]), answers(*STREAMS[name], draft=draft_of(TOKEN))]
    for _ in range(2):
        try:
            faces = list(every_side(session.chat("hello")))
        except NemoError as error:
            faces = list(every_face(error))
        assert not [face for face in faces if shown_in(face)]
    for frame in (session.history, session.events, session.timeline().media):
        assert not shown_in(frame.to_csv())
        assert not shown_in(frame.to_string())
    told = session.events["text"].str.cat()
    assert not shown_in(told) or name == "halves"
    assert not shown_in(repr(session) + repr(session.aio.backend) + str(vars(session.aio)))
    no_file_holds_it(isolated_home, tmp_path)


@pytest.mark.parametrize(
    "refusal", list(refusals()), ids=lambda body: str(body.get("code", "error"))
)
def test_no_refusal_shows_it(hostile, session, isolated_home, refusal):
    hostile.refusals = [refusal, refusal]
    with pytest.raises(NemoError) as caught:
        session.chat("hello")
    assert not [face for face in every_face(caught.value) if shown_in(face)]
    assert not shown_in(session.history.to_csv())
    no_file_holds_it(isolated_home)


def test_a_token_in_a_message_is_not_sent_and_not_kept(hostile, session):
    hostile.chats = [answers(said("fine"))]
    session.chat(f"my token is {TOKEN}, is that right?")
    assert hostile.messages == ["my token is ***, is that right?"]
    assert not shown_in(session.history.to_csv())


def test_no_timeline_shows_it(session):
    session.upload(("a.png", PNG))
    timeline = session.timeline()
    sides = [
        timeline.summary(),
        repr(timeline),
        json.dumps(timeline.draft),
        timeline.captions.to_csv(),
        timeline.segments.to_csv(),
        timeline.tracks.to_csv(),
        timeline.media.to_csv(),
        timeline.to_srt(),
        str(timeline._repr_html_()),
        pickle.dumps(timeline).decode("latin-1"),
    ]
    assert "***" in timeline.summary() + timeline.to_srt()
    assert not [side for side in sides if shown_in(side)]


def test_no_export_shows_it(session, hostile, isolated_home, tmp_path):
    echo = {"X-Echo": TOKEN, "ETag": TOKEN}
    hostile.outcomes = [
        [{"status": "failed", "error": f"no {TOKEN}", "output": {"url": f"/x?t={TOKEN}"}}],
        [{"status": "failed", "error": TOKEN}],
        [{"status": "completed", "output": {"url": f"{hostile.url}/cdn.mp4?t={TOKEN}"}}],
        [{"status": "completed", "output": {"url": f"{hostile.url}/cdn.mp4"}}],
    ]
    session.upload(("a.png", PNG))
    with pytest.raises(NemoError) as caught:
        session.export("one.mp4")
    assert not [face for face in every_face(caught.value) if shown_in(face)]
    hostile.downloads = [
        RedirectResponse(f"{hostile.url}/cdn.mp4?again={TOKEN}", headers=echo),
        Response(hostile.movie, headers=echo),
    ]
    exports = [session.export("two.mp4"), session.export("three.mp4")]
    hostile.outcomes = [
        [{"status": "completed", "output": {"url": f"http://127.0.0.1:9/{TOKEN}"}}],
    ]
    hostile.downloads = [
        JSONResponse({"message": TOKEN}, status, headers=echo) for status in (401, 403, 404, 500)
    ] * 3
    with pytest.raises(NemoError) as caught:
        session.export("four.mp4")
    assert not [face for face in every_face(caught.value) if shown_in(face)]
    shown = [repr(export) + str(export.url) + str(export.draft) for export in exports]
    shown += [pickle.dumps(export.standing()).decode("latin-1") for export in exports]
    shown += [nemo_nb.jobs().to_csv(), repr(Ledger().jobs())]
    assert not [text for text in shown if shown_in(text)]
    no_file_holds_it(isolated_home, tmp_path)


@pytest.mark.parametrize("mode", ["Plain", "Context", "Verbose", "Minimal"])
def test_no_traceback_of_ipython_shows_it(hostile, mode, monkeypatch):
    shell = InteractiveShell.instance()
    tracebacks.register(shell)
    lines = []
    monkeypatch.setattr(shell, "_showtraceback", lambda *shown: lines.extend(shown[2]))
    shell.run_line_magic("xmode", mode)
    hostile.refusals = list(refusals())
    settings = ", ".join(f"{key}={value}" for key, value in KNOBS.items())
    monkeypatch.setenv("NEMO_API_URL", hostile.url)
    monkeypatch.setenv("NEMO_TOKEN", TOKEN)
    try:
        shell.run_cell(f"import nemo_nb\nsession = nemo_nb.connect({settings})")
        for source in (
            "session.chat('hello')",
            "session.chat('hello', on_event=lambda event: 1 / 0)",
            "session.aio.backend.settings.nonsense",
            "nemo_nb.connect('http://127.0.0.1:9', token='theirs-0451-x', retry_wait_s=0)",
        ):
            hostile.chats = [answers(said("fine"))]
            done = shell.run_cell(source)
            assert done.error_in_exec is not None, source
    finally:
        shell.run_cell("session.close()")
        shell.run_line_magic("xmode", "Context")
        InteractiveShell.clear_instance()
    assert lines
    assert not shown_in("\n".join(lines))
    assert "theirs-0451-x" not in "\n".join(lines)


def test_no_widget_shows_it(hostile, session, monkeypatch):
    if not Panel._esm:
        monkeypatch.setattr(Panel, "_esm", "export default {}")
    heard, came = [], threading.Condition()

    def hear(content, _buffers=None):
        with came:
            heard.append(content)
            came.notify_all()

    def ask(kind):
        panel._handle_custom_msg({"id": kind, "kind": kind, "at_ms": 0, "width": 64}, [])
        with came:
            assert came.wait_for(lambda: any(one.get("to") == kind for one in heard), 30)

    panel = Panel(session)
    panel.send = hear
    bundle = [panel._repr_mimebundle_()]
    hostile.chats = [answers(*chunks) for chunks in STREAMS.values()]
    for name in STREAMS:
        try:
            session.chat(f"hello, {name}")
        except NemoError:
            continue
    hostile.refusals = list(refusals())
    with pytest.raises(NemoError):
        session.chat("hello")
    for kind in ("hello", "refresh", "frame", "nonsense"):
        ask(kind)
    bundle.append(panel._repr_mimebundle_())
    state = panel.get_state()
    panel.close()
    assert heard
    assert not shown_in(json.dumps(heard, default=str))
    assert not shown_in(json.dumps(state, default=str))
    assert not shown_in(json.dumps(bundle, default=str))


def test_no_cassette_shows_it(hostile, tmp_path):
    hostile.chats = [answers(*chunks) for name, chunks in STREAMS.items() if name != "escapes"]
    hostile.refusals = list(refusals())
    with (
        nemo_nb.record("hunt.jsonl"),
        nemo_nb.connect(hostile.url, token=TOKEN, **KNOBS) as session,
    ):
        for _ in range(30):
            try:
                session.chat("hello")
            except (NemoError, IndexError):
                continue
        session.upload(("a.png", PNG))
        session.export("out.mp4")
    assert len((tmp_path / "hunt.jsonl").read_text().splitlines()) > 50
    no_file_holds_it(tmp_path)


@pytest.mark.anyio
async def test_an_anonymous_token_is_in_the_one_file_of_the_cache(isolated_home, tmp_path):
    home = isolated_home / ".config" / "nemovideo"
    with_token = {"token": TOKEN, "user_id": "anon_1", "renew_at": 4e9, "client_id": "x"}
    await TokenStore(home / CACHE_NAME).save("https://a:443", with_token)
    assert shown_in((home / CACHE_NAME).read_text())
    no_file_holds_it(isolated_home, tmp_path, but=(CACHE_NAME,))
    assert [path.name for path in files_under(isolated_home)] == [CACHE_NAME]


def test_settings_and_backends_neither_show_nor_pickle_it():
    settings = load("cloud", token=TOKEN, env={})
    assert not shown_in(repr(settings) + str(settings))
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(settings)


NOTEBOOK = """
import nemo_nb, os, logging, sys
logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)
%load_ext nemo_nb
session = nemo_nb.connect(poll_s=0.01, reconcile_s=0.01, retry_wait_s=0)
---
session
---
session.chat("hello")
---
session.chat("again")
---
session.chat("once more")
---
%xmode Verbose
session.chat("and fail loudly")
---
session.timeline()
---
session.history
---
session.events
---
session.export("out.mp4")
---
%nemo status
---
nemo_nb.jobs()
---
session, session.aio, session.aio.backend
"""


@pytest.mark.slow
def test_no_saved_notebook_shows_it(hostile, tmp_path, monkeypatch, isolated_home):
    nbclient = pytest.importorskip("nbclient")
    monkeypatch.setenv("NEMO_API_URL", hostile.url)
    monkeypatch.setenv("NEMO_TOKEN", TOKEN)
    hostile.chats = [
        answers(*STREAMS["words"]),
        answers(*STREAMS["a tool"]),
        answers(*STREAMS["an error"]),
    ]
    hostile.refusals = []
    cells = [
        nbformat.v4.new_code_cell(textwrap.dedent(cell).strip()) for cell in NOTEBOOK.split("---")
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = nbclient.NotebookClient(
        notebook,
        kernel_name="python3",
        allow_errors=True,
        store_widget_state=True,
        resources={"metadata": {"path": str(tmp_path)}},
        timeout=120,
    )
    client.execute()
    saved = tmp_path / "saved.ipynb"
    nbformat.write(notebook, saved)
    text = saved.read_text()
    assert "You are ***" in text
    assert "httpcore" in text
    assert "nemo_nb" in json.dumps(notebook.metadata.get("widgets", "nemo_nb"))
    assert not shown_in(text)
    no_file_holds_it(tmp_path, isolated_home)
