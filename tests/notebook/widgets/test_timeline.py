"""The timeline widget on the embedded studio, spoken to as the front end speaks to it."""

import asyncio
import base64
import io
import re
import threading

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from PIL import Image

import mediakit
import nemo_nb
from nemo_nb import loop
from nemo_nb.errors import ConfigError, InputError
from nemo_nb.notebook.widgets.protocol import PROTOCOL
from nemo_nb.notebook.widgets.saved import SavedOutput
from nemo_nb.notebook.widgets.timeline import TimelineWidget
from nemo_nb.studio import launch
from nemo_nb.timeline.timeline import Timeline
from widgetkit import FrontEnd

PATIENCE_S = 60


@pytest.fixture(autouse=True)
def built():
    """Widgets can be made without `npm run build`: what they send is what is looked at."""
    with pytest.MonkeyPatch.context() as patch:
        if not TimelineWidget.is_built():
            patch.setattr(TimelineWidget, "_esm", "export default {}")
        yield


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder = tmp_path_factory.mktemp("session")
    clip = mediakit.clip(folder / "clip.mp4", frames=36, gop=12, hz=440)
    made = nemo_nb.connect("local", workspace=folder / "studio")
    made.upload(str(clip))
    yield made
    made.close()
    for studio in launch.running():
        studio.stop()


@pytest.fixture
def timeline(session):
    return session.timeline()


def texts(*words):
    cues = [{"d": 1000, "m": {"text": word}} for word in words]
    return Timeline.from_draft({"t": [{"tt": 7, "sg": cues}]})


@pytest.fixture
def show():
    """Make widgets that end with the test; the front end of each."""
    made = []

    def make(timeline):
        made.append(timeline.widget())
        return FrontEnd(made[-1])

    yield make
    for widget in made:
        widget.close()


def test_a_view_starts_from_the_timeline(show, timeline):
    front = show(timeline)
    told, _ = front.ask("hello_timeline", protocol=PROTOCOL)
    assert told["selection"] == []
    assert told["editable"] is False
    assert told["timeline"]["previews"] is True
    assert told["timeline"]["tracks"][0]["segments"][0]["label"] == "clip.mp4"
    refused, _ = front.ask("hello_timeline", protocol=PROTOCOL + 1)
    assert "Reload the page" in refused["fix"]


def test_pictures_and_sound_are_of_exactly_that_draft(show, session, timeline):
    session.chat('add a title "Later" for 1 second')
    front = show(timeline)
    facts, (sheet,) = front.ask("thumbnails", count=6, width=64)
    assert facts["times_ms"] == [100, 300, 500, 700, 900, 1100]
    with Image.open(io.BytesIO(bytes(sheet))) as image:
        assert image.size == (facts["columns"] * 64, -(-6 // facts["columns"]) * 36)
        # The frames are grey, and no title stands on the first.
        assert image.crop((0, 0, 64, 36)).convert("L").getextrema()[1] < 60
    wave, _ = front.ask("waveform", buckets=40)
    assert wave["duration_ms"] == 1200
    assert max(wave["peaks"]) > 0.05
    for exact in (False, True):
        _, (picture,) = front.ask("frame", at_ms=99_999, width=160, exact=exact)
        with Image.open(io.BytesIO(bytes(picture))) as image:
            assert (image.format, image.size) == ("JPEG", (160, 90))


def test_sizes_are_held_within_bounds(show, timeline):
    front = show(timeline)
    facts, _ = front.ask("thumbnails", count=0, width=1)
    assert (len(facts["times_ms"]), facts["width"]) == (1, 16)
    wave, _ = front.ask("waveform", buckets=0)
    assert len(wave["peaks"]) == 1


def test_a_draft_without_a_studio_has_no_pictures_and_says_so(show):
    front = show(texts("one"))
    told, _ = front.ask("hello_timeline", protocol=PROTOCOL)
    assert told["timeline"]["previews"] is False
    assert "no thumbnails" in front.ask("thumbnails", count=4, width=64)[0]["what"]
    assert "no waveform" in front.ask("waveform", buckets=4)[0]["what"]
    refused, _ = front.ask("frame", at_ms=0, width=160, exact=True)
    assert "no picture" in refused["what"]


def test_it_is_a_copy_and_says_where_to_edit(show):
    front = show(texts("one"))
    refused, _ = front.ask("cue_text", track=1, segment=1, text="other")
    assert "is a copy" in refused["what"]
    assert "session.panel()" in refused["fix"]


def test_a_click_is_seen_in_python(show):
    front = show(texts("one", "two", "three"))
    assert front.widget.selection.empty
    assert list(front.widget.selection.columns) == list(front.widget.timeline.segments.columns)
    front.ask("select", segments=[[1, 3], [1, 2], [7, 1]])
    assert front.widget.selection.text.tolist() == ["two", "three"]
    assert front.of("selection") == []
    told, _ = front.ask("hello_timeline", protocol=PROTOCOL)
    assert told["selection"] == [(1, 2), (1, 3)]


def test_python_selects_and_shows_it(show):
    front = show(texts("one", "two", "three"))
    rows = front.widget.timeline.captions
    front.widget.select(rows[rows.text != "two"])
    wanted = {"kind": "selection", "selection": [(1, 1), (1, 3)], "reveal": True}
    assert front.of("selection") == [wanted]
    assert front.widget.selection.text.tolist() == ["one", "three"]
    with pytest.raises(InputError, match="no row 9"):
        front.widget.select([9])
    front.widget.select(None)
    assert front.widget.selection.empty


def test_no_trait_tells_where_anything_is(show, timeline):
    state = show(timeline).widget.get_state()
    own = {name: value for name, value in state.items() if not name.startswith("_")}
    assert own.keys() == {"protocol_version", "language", "layout", "tabbable", "tooltip"}
    assert own["language"] == ""


def test_without_its_front_end_it_says_how_to_build_it(monkeypatch):
    monkeypatch.setattr(TimelineWidget, "_esm", "")
    with pytest.raises(ConfigError, match="has not been built"):
        TimelineWidget(texts("one"))


def test_closing_twice_ends_what_is_asked(timeline, monkeypatch):
    began, go = threading.Event(), threading.Event()
    widget = timeline.widget()
    front = FrontEnd(widget)

    def slow(*_):
        began.set()
        go.wait(PATIENCE_S)

    monkeypatch.setattr("nemo_nb.notebook.widgets.timeline.present", slow)
    request = {"id": "1", "kind": "select", "segments": []}
    widget._handle_custom_msg(request, [])
    assert began.wait(PATIENCE_S)
    widget.close()
    widget.close()
    go.set()
    assert loop.run(_idle, widget)
    assert front.of("answer") == []


async def _idle(widget):
    for task in list(widget._tasks):
        await asyncio.gather(task, return_exceptions=True)
    return not widget._tasks


@pytest.fixture
def cell(monkeypatch):
    """Run a cell in what looks like a kernel; what it displayed."""
    shell = InteractiveShell.instance()
    shell.kernel = object()
    parents = {"metadata": {"cellId": "a"}, "header": {"msg_id": "1"}}
    monkeypatch.setattr(shell, "get_parent", lambda: parents, raising=False)
    nemo_nb.load_ipython_extension(shell)

    def run(source, run="1", **names):
        parents["header"] = {"msg_id": run}
        shell.push(names)
        with capture_output() as captured:
            shell.run_cell(source).raise_error()
        return captured.outputs

    yield run
    InteractiveShell.clear_instance()


def test_a_timeline_is_shown_as_a_widget_and_as_what_stays(cell, timeline):
    saved, shown = [output.data for output in cell("t", t=timeline)]
    if "text/html" not in saved:
        saved, shown = shown, saved
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert shown["text/plain"] == ""
    assert "text/html" not in shown
    html = saved["text/html"]
    assert re.search(
        r'<img src="data:image/jpeg;base64,[^"]+" alt="A picture of it. Timeline', html
    )
    data = re.search(r"base64,([^\"]+)", html)[1]
    with Image.open(io.BytesIO(base64.b64decode(data))) as image:
        assert image.width == 480
    assert "nmv_" not in html
    assert "127.0.0.1" not in html
    assert saved["text/plain"] == timeline.summary()


def test_a_poster_that_takes_its_time_comes_later(cell, timeline, monkeypatch):
    monkeypatch.setattr("nemo_nb.notebook.widgets.timeline._POSTER_WAIT_S", 0)
    came, htmls = threading.Event(), []
    monkeypatch.setattr(
        SavedOutput, "update", lambda _, html, text: (htmls.append((html, text)), came.set())
    )
    shown = [output.data for output in cell("t", t=timeline)]
    assert not any("<img" in data.get("text/html", "") for data in shown)
    assert came.wait(PATIENCE_S)
    (html, text) = htmls[0]
    assert 'src="data:image/jpeg;base64,' in html
    assert text == timeline.summary()


def test_running_a_cell_again_closes_what_it_showed(cell):
    first, second = texts("one"), texts("two")
    names = {"first": first, "second": second}
    cell("a, b = first.widget(), second.widget()\ndisplay(a, b)", run="1", **names)
    shell = InteractiveShell.instance()
    a, b = shell.user_ns["a"], shell.user_ns["b"]
    assert None not in (a.comm, b.comm)
    cell("c = first.widget()", run="2", **names)
    assert (a.comm, b.comm) == (None, None)
    assert shell.user_ns["c"].comm is not None
    shell.user_ns["c"].close()


@pytest.mark.usefixtures("cell")
def test_a_terminal_gets_the_line():
    shell = InteractiveShell.instance()
    shell.kernel = None
    data, _ = shell.display_formatter.format(texts("one"))
    assert data["text/plain"] == texts("one").summary()
    assert "application/vnd.jupyter.widget-view+json" not in data
