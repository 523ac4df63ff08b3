"""What a cell shows, seen by a real IPython shell on a real studio."""

import re

import pytest
from IPython.utils.capture import capture_output

import mediakit
from nemo_nb import notices
from nemo_nb.notebook import cell_view, display, export_view
from nemo_nb.studio import launch


@pytest.fixture
def session(cell, tmp_path):
    mediakit.photo(tmp_path / "photo.png")
    cell("session = nemo.connect(workspace='studio')")
    cell("session.upload('photo.png');")
    yield
    cell("session.close()")


def markdown(outputs):
    return [output.data["text/markdown"] for output in outputs if "text/markdown" in output.data]


def html(outputs):
    return [output.data["text/html"] for output in outputs if "text/html" in output.data]


@pytest.mark.usefixtures("session")
def test_an_upload_ends_as_a_line_that_can_stay(cell):
    shown = html(cell("frame = session.upload('photo.png')"))
    assert re.search(r"Uploaded photo\.png \(\d+ kB\)", shown[-1])


@pytest.mark.usefixtures("session")
def test_many_files_are_told_in_short(cell):
    cell("from PIL import Image; pictures = [Image.new('RGB', (8, 8))] * 20")
    outputs = html(cell("frame = session.upload(pictures)"))
    assert max(text.count("<progress") for text in outputs) <= 6
    assert "and 15 more (" in outputs[-1]


@pytest.mark.usefixtures("session")
def test_a_turn_streams_as_markdown_and_its_reply_is_not_shown_twice(cell):
    outputs = cell("""session.chat('add a title "Hi" for 1 second')""")
    texts = markdown(outputs)
    assert "Hi" in texts[-1]
    # One place on the page, replaced as it grows: the first carries no update flag.
    assert [bool(output.update) for output in outputs] == [False] + [True] * (len(outputs) - 1)


@pytest.mark.usefixtures("session")
def test_a_reply_shows_itself_in_a_later_cell(cell):
    cell("""reply = session.chat('add a title "Hi" for 1 second')""")
    assert "Hi" in markdown(cell("reply"))[-1]


@pytest.mark.usefixtures("session")
def test_an_export_is_a_player_with_a_poster_and_a_relative_source(cell):
    outputs = cell("session.export('out.mp4', quality='low', resolution=(320, 180))")
    assert any("Saved out.mp4" in text for text in html(outputs))
    player = html(cell("session.export('out.mp4', quality='low', resolution=(320, 180))"))[-1]
    assert 'src="out.mp4"' in player
    assert "data:image/jpeg;base64," in player
    assert "data:video" not in player


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize(
    ("name", "element"),
    [("a.webm", "<video controls"), ("a.gif", '<img src="a.gif"'), ("a.png", '<img src="a.png"')],
)
def test_other_formats_are_shown_as_what_they_are(cell, name, element):
    shown = html(cell(f"session.export('{name}', quality='low', resolution=(160, 90), fps=10)"))
    assert element in shown[-1]
    assert f'href="{name}"' in shown[-1]


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize(
    ("call", "notice", "words"),
    [
        ("session.export('out.mp4')", "ExportProgress", "Export cancelled"),
        ("session.upload('photo.png')", "UploadProgress", "Not uploaded: photo.png"),
    ],
)
def test_an_interrupted_call_leaves_no_bar_behind(cell, shell, call, notice, words):
    cell(f"""import _thread
from nemo_nb.notices import {notice}
def interrupt(what):
    if isinstance(what, {notice}):
        stop()
        _thread.interrupt_main()
stop = session.subscribe(interrupt)""")
    with pytest.raises(KeyboardInterrupt), capture_output() as captured:
        shell.run_cell(call).raise_error()
    assert words in html(captured.outputs)[-1]
    assert "<progress" not in html(captured.outputs)[-1]


@pytest.mark.usefixtures("session")
def test_an_interrupted_wait_leaves_no_bar_either(cell, shell):
    cell("""import _thread
from nemo_nb.notices import ExportProgress
exported = session.export('out.mp4', wait=False)
def interrupt(what):
    if isinstance(what, ExportProgress):
        stop()
        _thread.interrupt_main()
stop = session.subscribe(interrupt)""")
    with pytest.raises(KeyboardInterrupt), capture_output() as captured:
        shell.run_cell("exported.wait()").raise_error()
    # The cell that exported goes on showing how far the render is.
    (place,) = [output.transient for output in captured.outputs if not output.update]
    last = html([output for output in captured.outputs if output.transient == place])[-1]
    assert "<progress" not in last
    assert re.search(r"(Rendering|Waiting to render) \d+ % when the waiting ended", last)
    cell("exported.wait()")


def test_several_renders_have_a_line_each(cell):
    cell("session = nemo.connect(workspace='studio')")
    cell("from PIL import Image; picture = Image.new('RGB', (64, 48), 'red')")
    cell("session.upload(picture, picture)")
    outputs = cell("made = session.export(each=True, quality='low', resolution=(64, 48))")
    assert html(outputs)[-1].count("Saved ") == 2
    cell("session.close()")


@pytest.mark.usefixtures("session")
def test_what_a_backend_says_runs_nothing_and_is_no_formula(cell):
    cell(r"""from nemo_nb.reply import Reply
reply = Reply(r"\<b\> <script>x</script> $1 $2", "chat", "done", suggestions=("<img src=x>",))""")
    (shown,) = cell("reply")
    assert "<script" not in shown.data["text/markdown"]
    assert "<img" not in shown.data["text/markdown"]
    assert "$" not in shown.data["text/markdown"]
    assert shown.data["text/plain"].startswith("<b> ")


@pytest.mark.usefixtures("session")
def test_a_panels_words_are_saved_once_beside_the_widget(cell, monkeypatch):
    monkeypatch.setattr("nemo_nb.notebook.widgets.panel.Panel._esm", "export default {}")
    cell("""session.chat('add a title "Kept" for 1 second')""")
    words, widget = cell("session")
    assert "Kept" in words.data["text/html"]
    assert "Kept" in words.data["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in widget.data
    assert widget.data["text/plain"] == ""


@pytest.mark.usefixtures("session")
def test_a_terminal_has_the_sessions_repr_and_no_panel(cell, shell, monkeypatch):
    monkeypatch.delattr(shell, "kernel")
    (shown,) = cell("session")
    assert set(shown.data) == {"text/plain"}
    assert shown.data["text/plain"].startswith("<Session on this machine: Timeline (1 track)")


@pytest.mark.usefixtures("session")
def test_the_export_of_a_chat_is_shown_with_its_reply(cell):
    outputs = cell("session.chat('export 320x180 mp4')")
    assert "<video" in html(outputs)[-1]
    # The words took the place of the bar.
    assert [bool(output.update) for output in outputs[-2:]] == [True, False]
    assert "Exported" in outputs[-2].data["text/markdown"]


@pytest.mark.usefixtures("session")
def test_a_small_file_elsewhere_is_embedded_and_a_large_one_named(cell, monkeypatch):
    cell("exported = session.export('out.mp4', quality='low', resolution=(320, 180))")
    cell("import os; os.mkdir('below'); os.chdir('below')")
    shown = html(cell("exported"))[-1]
    assert "data:video/mp4;base64," in shown
    assert re.search(r"<figcaption>/.*/out\.mp4 · 320x180", shown)
    monkeypatch.setattr(export_view, "_EMBED_LIMIT_BYTES", 10)
    shown = html(cell("exported"))[-1]
    assert "<video" not in shown
    assert re.search(r"<figcaption>/.*/out\.mp4 · 320x180", shown)


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize("host", ["VSCODE_PID", "COLAB_RELEASE_TAG"])
def test_a_host_that_serves_no_files_gets_the_film_itself(cell, monkeypatch, host):
    monkeypatch.setenv(host, "1")
    shown = html(cell("session.export('out.mp4', quality='low', resolution=(160, 90))"))[-1]
    assert 'src="data:video/mp4;base64,' in shown
    assert 'href="out.mp4"' not in shown


@pytest.mark.usefixtures("session")
def test_a_file_that_is_gone_or_overwritten_is_still_told(cell, tmp_path):
    cell("exported = session.export('out.mp4', quality='low', resolution=(160, 90))")
    (tmp_path / "out.mp4").write_text("no film")
    assert "<video" not in html(cell("exported"))[-1]
    (tmp_path / "out.mp4").unlink()
    assert "not there any more" in html(cell("exported"))[-1]


def test_names_from_outside_are_escaped():
    bar = cell_view.bar('<img src=x onerror="x">', 1, 2)
    assert "<img" not in bar
    assert 'onerror="' not in bar


@pytest.mark.usefixtures("session")
def test_no_token_is_in_anything_shown(cell):
    outputs = cell("session.chat('add a title \"Hi\" for 1 second'); session.timeline()")
    outputs += cell("session.credits()")
    tokens = [studio.token.reveal() for studio in launch.running()]
    assert tokens
    assert not [token for token in tokens if token in str([output.data for output in outputs])]


@pytest.mark.parametrize(
    ("message", "label"), [('add a title "Hi"', "Next: “"), ("加标题“你好”2秒", "接下来可以说")]
)
@pytest.mark.usefixtures("session")
def test_offers_follow_in_the_language_of_the_reply(cell, message, label):
    shown = markdown(cell(f"session.chat({message!r})"))[-1]
    assert label in shown


def test_outside_ipython_nothing_is_presented(monkeypatch):
    monkeypatch.setattr(display, "_shell", lambda: None)
    assert display.presenter() is None


def test_two_cells_at_once_show_each_their_own():
    first, second = [], []
    with notices.watching(first.append):
        with notices.watching(second.append):
            notices.current_watcher()("inner")
        notices.current_watcher()("outer")
    assert (first, second) == (["outer"], ["inner"])
