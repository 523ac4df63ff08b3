"""The panel on the embedded studio, spoken to as the front end speaks to it."""

# Waits are on conditions: the loop's thread tells, this one listens.
import asyncio
import gc
import subprocess
import sys
import uuid
import weakref
from contextlib import contextmanager
from pathlib import Path

import pytest

import mediakit
import nemo_nb
from nemo_nb import loop
from nemo_nb.errors import ConfigError, InputError
from nemo_nb.notebook.widgets import base
from nemo_nb.notebook.widgets import panel as panel_module
from nemo_nb.notebook.widgets.incoming import CHUNK_BYTES
from nemo_nb.notebook.widgets.panel import Panel
from nemo_nb.notebook.widgets.protocol import PROTOCOL
from nemo_nb.studio import launch
from widgetkit import FrontEnd

PATIENCE_S = 60


class PanelEnd(FrontEnd):
    def upload(self, path):
        content = path.read_bytes()
        upload = uuid.uuid4().hex
        data, _ = self.ask("upload_begin", upload=upload, name=path.name, size_bytes=len(content))
        assert data == {"chunk_bytes": CHUNK_BYTES}
        for offset in range(0, len(content), CHUNK_BYTES):
            part = content[offset : offset + CHUNK_BYTES]
            self.ask("upload_chunk", upload=upload, offset=offset, buffers=[part])
        return self.ask("upload_end", upload=upload)[0]


@contextmanager
def built_front_end():
    """Panels can be made without `npm run build`: what they send is what is looked at."""
    with pytest.MonkeyPatch.context() as patch:
        if not Panel._esm:
            patch.setattr(Panel, "_esm", "export default {}")
        yield


@pytest.fixture
def session(tmp_path):
    with built_front_end():
        made = nemo_nb.connect("local", workspace=tmp_path / "studio")
        yield made
        made.close()
        for studio in launch.running():
            studio.stop()


@pytest.fixture
def front(session):
    panel = Panel(session)
    yield PanelEnd(panel)
    panel.close()


@pytest.fixture
def photo(tmp_path):
    return mediakit.photo(tmp_path / "cat.jpg")


def eventually(holds):
    """Whether *holds* comes true; what the loop still has in hand is let finish meanwhile."""
    return any(holds() or loop.run(asyncio.sleep, 0.01) for _ in range(200))


def is_ended(message):
    item = message.get("item")
    return isinstance(item, dict) and item["type"] == "turn" and item["status"] != "running"


def test_a_view_starts_from_a_snapshot(front):
    snapshot, _ = front.ask("hello", protocol=PROTOCOL)
    assert snapshot["items"] == []
    assert snapshot["export"]["status"] == "idle"
    assert snapshot["limit_bytes"] == 500_000_000
    assert "srt" in snapshot["accept"]
    assert any("Urban Dreams" in example for example in snapshot["examples"]["en"])
    assert any("标题" in example for example in snapshot["examples"]["zh"])


def test_from_a_photo_to_a_video(front, photo, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert front.upload(photo) == {}
    timeline = front.wait(lambda m: m["kind"] == "timeline" and m["timeline"]["ready"])[0]
    assert timeline["timeline"]["tracks"][0]["segments"][0]["label"] == "cat.jpg"
    assert front.wait(lambda m: m["kind"] == "item")[0]["item"]["names"] == ["cat.jpg"]

    front.ask("send", text='add a title "Hi" for 2 seconds')
    turn = front.wait(is_ended)[0]["item"]
    assert turn["status"] == "done"
    # The reply says what it did.
    assert "Hi" in turn["reply"]
    assert turn["changes"] == ""
    segments = [s for t in front.of("timeline")[-1]["timeline"]["tracks"] for s in t["segments"]]
    assert "Hi" in [segment["label"] for segment in segments]

    _, (picture,) = front.ask("frame", at_ms=500, width=320, exact=True)
    assert bytes(picture[:2]) == b"\xff\xd8"

    front.ask("export", format="mp4")
    export = front.wait(lambda m: m["kind"] == "export" and m["export"]["video"])[0]["export"]
    video = export["video"]
    content = b""
    while len(content) < video["size_bytes"]:
        data, (part,) = front.ask("video", video=video["video"], offset=len(content))
        content += part
        assert data["total_bytes"] == video["size_bytes"]
    assert content == (tmp_path / video["name"]).read_bytes()
    assert not export["outdated"]
    assert "data:image/jpeg" in front.widget._static_html()
    (tmp_path / video["name"]).unlink()
    assert front.ask("video", video=video["video"], offset=0)[0]["fix"] == "Export again."

    front.ask("send", text="trim the first second")
    front.wait(lambda m: m["kind"] == "export" and m["export"]["outdated"])


def test_a_turn_of_a_cell_is_seen_and_adds_up(session, front, photo):
    session.upload(photo)
    session.chat("add a title “Deltas”")
    front.wait(is_ended)
    snapshot, _ = front.ask("hello", protocol=PROTOCOL)
    shown = {}
    for message in front.of("item") + front.of("delta"):
        item = message["item"]
        if isinstance(item, dict):
            shown[item["item"]] = item
    assert list(shown.values()) == snapshot["items"]


def test_every_request_is_answered(front):
    for fields in ({}, {"text": ""}, {"text": 5}):
        error, _ = front.ask("send", **fields)
        assert error["what"]
    assert front.ask("nonsense")[0]["what"]
    assert front.ask("upload_end", upload="unknown")[0]["what"] == "This upload is not known."
    assert front.ask("video", video=1, offset=0)[0]["fix"] == "Export again."
    assert (
        front.ask("frame", at_ms=0, width=100, exact=False)[0]["what"] == "There is no picture yet."
    )


def texts(front):
    tracks = front.of("timeline")[-1]["timeline"]["tracks"]
    return [s["label"] for track in tracks if track["kind"] == "text" for s in track["segments"]]


def steps(front):
    return [item for item in (m["item"] for m in front.of("item")) if item["type"] == "step"]


def titled(session, photo, text="Hi"):
    """A panel of a session that has a title."""
    session.upload(photo)
    session.chat(f"add a title “{text}”")
    panel = Panel(session)
    front = PanelEnd(panel)
    assert eventually(lambda: "selection" in front.ask("hello", protocol=PROTOCOL)[0])
    assert eventually(lambda: panel._model._studio is not None)
    return front


def test_an_edit_is_taken_back_and_made_again_and_told(session, photo):
    front = titled(session, photo)
    assert front.ask("hello", protocol=PROTOCOL)[0]["studio"]["undo"] == 2
    assert front.ask("undo")[0] == {}
    assert texts(front) == []
    assert steps(front)[-1]["what"] == "undo"
    assert "Hi" in steps(front)[-1]["changes"]
    assert (front.of("studio")[-1]["studio"]["undo"], front.of("studio")[-1]["studio"]["redo"]) == (
        1,
        1,
    )
    assert front.ask("redo")[0] == {}
    assert texts(front) == ["Hi"]
    assert "nothing to redo" in front.ask("redo")[0]["what"]
    front.widget.close()


def test_a_message_sent_again_stands_on_what_was_before_it(session, front, photo):
    front.upload(photo)
    front.ask("send", text="add a title “Once”")
    first = front.wait(is_ended)[0]["item"]
    assert front.ask("retry", item=first["item"])[0]["entry"] == 2
    front.wait(lambda m: is_ended(m) and m["item"]["item"] > first["item"])
    assert [step["what"] for step in steps(front)] == ["undo"]
    assert texts(front) == ["Once"]
    assert session.history.text[session.history.role == "user"].tolist() == [
        "add a title “Once”",
        "add a title “Once”",
    ]
    assert "Only the last" in front.ask("retry", item=first["item"])[0]["what"]


def test_what_was_edited_since_is_not_undone_by_sending_again(session, front, photo):
    front.upload(photo)
    front.ask("send", text="add a title “One”")
    item = front.wait(is_ended)[0]["item"]["item"]
    draft = session.timeline().draft
    draft["t"][1]["sg"][0]["m"]["text"] = "By hand"
    session.apply(session.timeline().with_draft(draft))
    front.ask("retry", item=item)
    front.wait(lambda m: is_ended(m) and m["item"]["item"] > item)
    assert steps(front) == []
    assert texts(front) == ["By hand"]


def test_undo_as_a_message_can_be_sent_again_without_harm(session, front, photo):
    front.upload(photo)
    session.chat("add a title “One”")
    session.chat("add a title “Two” at the bottom")
    front.ask("send", text="undo that")
    item = front.wait(lambda m: is_ended(m) and m["item"]["text"] == "undo that")[0]["item"]
    assert texts(front) == ["One"]
    front.ask("retry", item=item["item"])
    front.wait(lambda m: is_ended(m) and m["item"]["item"] > item["item"])
    assert texts(front) == []


def test_a_text_changed_in_place_is_a_turn(session, photo):
    front = titled(session, photo)
    assert front.ask("cue_text", track=2, segment=1, text="Hello")[0] == {}
    assert texts(front) == ["Hello"]
    turn = front.wait(lambda m: is_ended(m) and m["item"]["action"] == "edit")[0]["item"]
    assert (turn["text"], turn["reply"]) == (
        "Change the text “Hi” to “Hello”.",
        "Changed “Hi” to “Hello”.",
    )
    assert "Only the last" in front.ask("retry", item=turn["item"])[0]["what"]
    assert front.ask("cue_text", track=1, segment=1, text="x")[0]["what"] == (
        "There is no such text on the timeline."
    )
    front.widget.close()


def test_what_is_selected_is_rows_in_python_and_back(session, photo, monkeypatch):
    front = titled(session, photo)
    monkeypatch.setattr(panel_module, "running_cell", lambda: "another cell")
    other = PanelEnd(Panel(session))
    assert front.widget.selection.empty
    front.ask("select", segments=[[2, 1]])
    assert front.widget.selection.text.tolist() == ["Hi"]
    assert other.widget.selection.text.tolist() == ["Hi"]
    assert other.of("selection") == [{"kind": "selection", "selection": [(2, 1)], "reveal": False}]
    # Who selected knows: an echo would undo what was selected meanwhile.
    assert front.of("selection") == []
    other.widget.select(session.timeline().segments.query("kind == 'video'"))
    assert front.of("selection")[-1] == {
        "kind": "selection",
        "selection": [(1, 1)],
        "reveal": True,
    }
    assert front.ask("hello", protocol=PROTOCOL)[0]["selection"] == [(1, 1)]
    with pytest.raises(InputError, match="no segment 9"):
        front.widget.select((1, 9))
    front.widget.select(None)
    assert front.widget.selection.empty
    front.widget.close()
    other.widget.close()


def test_a_selected_segment_stays_selected_where_it_moves(session, photo):
    front = titled(session, photo)
    front.ask("select", segments=[[2, 1]])
    draft = session.timeline().draft
    added = {"id": "earlier", "s": 0, "d": 10, "m": {"text": "Earlier"}}
    draft["t"][1]["sg"].insert(0, added)
    session.apply(session.timeline().with_draft(draft))
    assert front.widget.selection.text.tolist() == ["Hi"]
    assert front.of("selection")[-1]["selection"] == [(2, 2)]
    front.widget.close()


def test_the_timeline_is_looked_into(session, photo):
    front = titled(session, photo)
    facts, (sheet,) = front.ask("thumbnails", count=3, width=40)
    assert (len(facts["times_ms"]), facts["width"]) == (3, 40)
    assert bytes(sheet[:2]) == b"\xff\xd8"
    wave, _ = front.ask("waveform", buckets=8)
    assert len(wave["peaks"]) == 8
    front.widget.close()


@pytest.mark.parametrize("kind", ["gif", "png", "webm"])
def test_an_export_has_the_format_that_was_asked_for(front, photo, tmp_path, monkeypatch, kind):
    monkeypatch.chdir(tmp_path)
    front.upload(photo)
    front.ask("export", format=kind)
    export = front.wait(lambda m: m["kind"] == "export" and m["export"]["video"])[0]["export"]
    assert export["video"]["name"].endswith(f".{kind}")
    data, (part,) = front.ask("video", video=export["video"]["video"], offset=0)
    assert part == (tmp_path / export["video"]["name"]).read_bytes()[: len(part)]
    assert data["total_bytes"] == export["video"]["size_bytes"]


def test_a_format_that_nobody_has_is_refused(front):
    assert "no export as 'avi'" in front.ask("export", format="avi")[0]["what"]


def test_what_of_a_file_is_not_used_is_told_with_it(front, tmp_path):
    path = mediakit.clip(tmp_path / "two.mkv", frames=10, fps=10, hz=440, size=(64, 36))
    two = tmp_path / "tracks.mkv"
    mediakit.second_sound_track(path, two)
    assert front.upload(two) == {}
    item = front.wait(lambda m: m["kind"] == "item")[0]["item"]
    assert "2 sound tracks" in item["notes"][0]


def test_the_parts_of_the_front_end_are_handed_out_and_nothing_else(front, monkeypatch, tmp_path):
    monkeypatch.setattr(base, "STATIC", tmp_path)
    (tmp_path / "markdown.js").write_text("export const markdown = 1", "utf-8")
    (tmp_path / "panel.js").write_text("export default 1", "utf-8")
    _, (source,) = front.ask("asset", name="markdown")
    assert bytes(source).endswith(b"export const markdown = 1")
    for name in ("panel", "../markdown", "/etc/passwd", ""):
        assert front.ask("asset", name=name)[0]["what"]


def test_the_session_gives_its_panel(session):
    panel = session.panel()
    assert isinstance(panel, Panel)
    assert panel._core is session.aio
    panel.close()


def test_a_page_of_another_version_is_told_to_reload(front):
    error, _ = front.ask("hello", protocol=99)
    assert "Reload the page" in error["fix"]


def test_a_file_that_is_no_media_is_refused_and_removed(front, tmp_path):
    notes = tmp_path / "notes.txt"
    notes.write_text("not a film")
    assert front.upload(notes)["code"] == 4001
    assert front.widget._incoming._files == {}


def test_an_export_of_nothing_says_why(front):
    front.ask("export", format="mp4")
    export = front.wait(lambda m: m["kind"] == "export" and m["export"]["problem"])[0]["export"]
    assert export["status"] == "failed"
    assert "Upload a photo or a clip first" in export["problem"]["fix"]


def test_traits_hold_nothing_but_words(front, photo, tmp_path):
    front.upload(photo)
    front.ask("send", text="add a title “Secret”")
    front.wait(is_ended)
    state = front.widget.get_state()
    own = {k: v for k, v in state.items() if k not in {"_esm", "_css", "_anywidget_id", "layout"}}
    text = repr(own)
    assert (own["skill"], own["backend"]) == ("Caption A/B", "on this machine")
    for secret in (
        "Secret",
        "cat.jpg",
        str(tmp_path),
        *(s.token.reveal() for s in launch.running()),
    ):
        assert secret not in text


def test_a_new_panel_knows_what_was_said_before(session, photo):
    session.upload(photo)
    session.chat("add a title “Before”")
    panel = Panel(session)
    (item,) = [
        i for i in PanelEnd(panel).ask("hello", protocol=PROTOCOL)[0]["items"] if "text" in i
    ]
    assert (item["text"], item["status"]) == ("add a title “Before”", "done")
    panel.close()


def test_running_the_cell_again_replaces_its_panel(session, monkeypatch):
    monkeypatch.setattr(panel_module, "running_cell", lambda: "cell-1")
    first, second = Panel(session), Panel(session)
    monkeypatch.setattr(panel_module, "running_cell", lambda: "cell-2")
    third = Panel(session)
    assert first.comm is None
    assert second.comm is not None
    assert third.comm is not None
    second.close()
    third.close()


def test_a_closed_panel_leaves_nothing_behind(session, photo):
    panel = Panel(session)
    front = PanelEnd(panel)
    front.upload(photo)
    folder = panel._incoming._folder.name
    panel.close()
    panel.close()
    loop.run(panel._end)
    heard = len(front.heard)
    session.chat("add a title “Nobody looks”")
    assert len(front.heard) == heard
    assert not Path(folder).exists()


def test_a_closed_panel_keeps_no_session_alive(tmp_path):
    with built_front_end():
        session = nemo_nb.connect("local", workspace=tmp_path / "studio")
        Panel(session).close()
        session.close()
        gone = weakref.ref(session.aio)
        del session
        assert eventually(lambda: gc.collect() is not None and gone() is None)
    for studio in launch.running():
        studio.stop()


def test_a_program_with_an_open_panel_ends(tmp_path):
    code = f"""
import nemo_nb
from nemo_nb.notebook.widgets.panel import Panel
from nemo_nb.notebook.widgets.protocol import PROTOCOL
Panel._esm = "export default {{}}"
panel = Panel(nemo_nb.connect("local", workspace={str(tmp_path / "studio")!r}))
"""
    done = subprocess.run([sys.executable, "-c", code], timeout=PATIENCE_S, stderr=-1, check=True)
    assert done.stderr == b""


def test_a_notebook_without_a_kernel_shows_words(session, photo):
    session.upload(photo)
    session.chat("add a title “Static <b>”")
    panel = Panel(session)
    data, _ = panel._repr_mimebundle_()
    panel.close()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert "Static &lt;b&gt;" in data["text/html"]
    assert "Static <b>" in data["text/plain"]


def test_a_session_without_a_word_says_what_it_is(session):
    panel = Panel(session)
    data, _ = panel._repr_mimebundle_()
    panel.close()
    assert "Nemo · Caption A/B · on this machine" in data["text/html"]
    assert "Run the cell to work on it." in data["text/html"]
    assert "<img" not in data["text/html"]


def test_what_is_saved_shows_the_draft_until_there_is_an_export_of_it(session, photo, tmp_path):
    front = titled(session, photo, "Kept")
    model = front.widget._model

    def saved():
        return front.widget._static_html(loop.run(model.still, 64))

    assert 'alt="A picture of the draft. Timeline (2 tracks)' in saved()
    assert "<caption>" in saved()
    session.export(tmp_path / "out.mp4", resolution=(64, 36))
    assert eventually(lambda: model.exports.state.video)
    assert 'alt="First picture of the exported video.' in saved()
    session.undo()
    assert 'alt="A picture of the draft. Timeline (1 track)' in saved()
    front.widget.close()


def test_a_missing_bundle_says_what_to_run(session, monkeypatch):
    monkeypatch.setattr(Panel, "_esm", "")
    with pytest.raises(ConfigError, match="npm ci && npm run build"):
        Panel(session)
