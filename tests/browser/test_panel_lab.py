"""The panel in a real notebook, on the embedded studio and on a slow cloud."""

import re

import pytest
from playwright.sync_api import expect

from browser.deeds import CONNECT, add_files, axe_findings, both_hosts, cloud, drag_files, say

# One Jupyter server for all of them: they stay together on one worker.
pytestmark = pytest.mark.browser

TOKEN = re.compile(r"nmv_[a-z]+_|Bearer ")


def expect_segments(panel, kind, count):
    """So many segments of *kind* are on the timeline; they are painted, so it says how many."""
    strip = panel.locator("[data-segments]")
    expect(strip).to_have_attribute("data-segments", re.compile(rf"\b{kind}:{count}\b"))


def cues(panel):
    """The texts listed beside the picture."""
    return panel.locator(".nmp-cue")


@both_hosts
def test_from_a_photo_to_a_playing_video(open_notebook, photo):
    notebook = open_notebook(CONNECT)
    notebook.run(0)
    panel = notebook.panel()
    log = panel.get_by_role("log")
    expect(panel.get_by_text("on this machine")).to_be_visible()
    expect(panel.get_by_role("button", name="Export")).to_be_disabled()
    expect(panel.get_by_role("button", name="Stop")).to_have_count(0)
    notebook.screenshot("panel-empty-light")

    add_files(panel, photo)
    expect_segments(panel, "video", 1)
    expect(log.get_by_text("sunset.jpg")).to_be_visible()
    expect(panel.locator("img.nmp-still")).to_be_visible()

    say(panel, 'add a title "Hi" for 2 seconds')
    expect(cues(panel)).to_have_text(re.compile("Hi"))
    expect(log.locator(".nmp-reply").last).not_to_be_empty()
    expect(panel.get_by_role("button", name="Stop")).to_have_count(0)
    notebook.screenshot("panel-draft-light")

    panel.get_by_role("button", name="Export").click()
    video = panel.locator("video")
    expect(video).to_be_visible(timeout=90_000)
    ready = "video => video.readyState >= 2 && video.videoWidth > 0 && video.duration > 2"
    notebook.page.wait_for_function(ready, arg=video.element_handle())
    video.evaluate("video => { video.muted = true; return video.play(); }")
    playing = "video => video.currentTime > 0.3"
    notebook.page.wait_for_function(playing, arg=video.element_handle())
    video.evaluate("video => video.pause()")
    expect(panel.get_by_role("link", name="Download")).to_have_attribute(
        "download", re.compile("mp4")
    )
    notebook.screenshot("panel-exported-light")

    assert axe_findings(notebook.page) == []
    notebook.theme("JupyterLab Dark")
    notebook.screenshot("panel-exported-dark")
    assert axe_findings(notebook.page) == []
    notebook.theme("JupyterLab Light")
    saved = notebook.save()
    assert not TOKEN.search(saved)
    assert "text/html" in saved
    assert notebook.errors == []


def test_a_narrow_cell_stacks_the_panel(open_notebook, photo):
    notebook = open_notebook(CONNECT)
    notebook.run(0)
    notebook.page.set_viewport_size({"width": 700, "height": 1300})
    panel = notebook.panel()
    drop = drag_files(panel.get_by_role("log"), (photo.name, photo.read_bytes()))
    expect(panel.get_by_text("Drop to add them")).to_be_visible()
    drop()
    expect(panel.get_by_text("Drop to add them")).to_be_hidden()
    expect_segments(panel, "video", 1)
    expect(panel.locator("img.nmp-still")).to_be_visible()
    overflow = panel.evaluate("panel => panel.scrollWidth - panel.clientWidth")
    assert overflow <= 0
    notebook.screenshot("panel-narrow-light")


def test_what_a_reply_quotes_neither_runs_nor_becomes_a_formula(open_notebook, slow_api):
    evil = (
        "echo <img src=x onerror=alert(1)><script>alert(2)</script> [link](javascript:alert(3)) "
        "![spy](http://127.0.0.1:9/spy.png) from $5 to $6 **bold**"
    )
    notebook = open_notebook(cloud(slow_api), f"s.chat({evil!r})", "s.history.text")
    dialogs = []
    notebook.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for cell in range(3):
        notebook.run(cell)
    output = notebook.output(1)
    expect(output.locator("strong")).to_have_text("bold")
    expect(output).to_contain_text("<img src=x onerror=alert(1)><script>alert(2)</script>")
    expect(output).to_contain_text("from $5 to $6")
    expect(output.locator("img, a[href^='javascript']")).to_have_count(0)
    expect(notebook.panel().locator(".nmp-reply")).to_contain_text("from $5 to $6")
    assert dialogs == []
    assert notebook.errors == []


def test_a_chinese_session_is_spoken_to_in_chinese(open_notebook, photo):
    notebook = open_notebook(CONNECT.replace("connect()", 'connect(language="zh")'))
    notebook.run(0)
    panel = notebook.panel()
    add_files(panel, photo)
    expect_segments(panel, "video", 1)
    panel.get_by_role("textbox", name="消息").fill("加标题“你好”")
    panel.get_by_role("button", name="发送").click()
    expect(cues(panel)).to_have_text(re.compile("你好"))
    expect(panel.get_by_role("button", name="导出")).to_be_enabled()
    notebook.screenshot("panel-chinese-light")


@both_hosts
def test_a_saved_notebook_shows_the_conversation_without_its_kernel(open_notebook, photo):
    notebook = open_notebook(CONNECT)
    notebook.run(0)
    panel = notebook.panel()
    add_files(panel, photo)
    expect_segments(panel, "video", 1)
    say(panel, 'add a title "Kept" for 2 seconds')
    expect_segments(panel, "text", 1)
    panel.get_by_role("button", name="Export").click()
    expect(panel.locator("video")).to_be_visible(timeout=90_000)
    saved = notebook.output(0).locator(".nmp-saved")
    expect(saved).to_contain_text("Kept")
    expect(saved).to_be_hidden()
    expect(saved.locator("img")).to_have_count(1)
    later = notebook.reopened_without_kernel()
    saved = later.output(0).locator(".nmp-saved")
    expect(saved).to_be_visible()
    expect(saved.locator("img")).to_be_visible()
    expect(saved.get_by_role("table")).to_contain_text("Kept")
    expect(later.output(0)).to_contain_text('add a title "Kept" for 2 seconds')
    missing = later.output(0).get_by_text("model not found")
    expect(missing).to_have_count(1)
    expect(missing).to_be_hidden()
    expect(saved).to_be_visible()
    later.screenshot_page("panel-saved-light")


def test_a_file_that_is_no_media_is_refused_in_words(open_notebook, tmp_path):
    notes = tmp_path / "notes.txt"
    notes.write_text("not a film")
    notebook = open_notebook(CONNECT)
    notebook.run(0)
    panel = notebook.panel()
    add_files(panel, notes)
    expect(panel.get_by_role("group").filter(has_text="notes.txt")).to_be_visible()
    notebook.screenshot("panel-refused-light")


TITLED = (
    CONNECT.removesuffix("s")
    + "_ = s.upload({!r}); _ = s.chat('add a title \"Hi\"')\np = s.panel()\np"
)


def test_a_text_is_changed_in_place_taken_back_and_made_again(open_notebook, photo):
    notebook = open_notebook(TITLED.format(str(photo)), "s.timeline().captions.text.tolist()")
    notebook.run(0)
    panel = notebook.panel()
    log = panel.get_by_role("log")
    expect(cues(panel)).to_have_text(re.compile("Hi"))
    lane = panel.get_by_role("listbox", name=re.compile(": 1 segment$")).last
    lane.focus()
    lane.press("F2")
    box = panel.get_by_role("textbox", name="Text of the segment")
    box.fill("Hello")
    box.press("Enter")
    expect(cues(panel)).to_have_text(re.compile("Hello"))
    expect(log).to_contain_text("Changed “Hi” to “Hello”.")
    undo, redo = (panel.get_by_role("button", name=name, exact=True) for name in ("Undo", "Redo"))
    expect(redo).to_have_attribute("aria-disabled", "true")
    undo.click()
    expect(cues(panel)).to_have_text(re.compile("Hi"))
    expect(log).to_contain_text("Undone:")
    log.focus()
    notebook.page.keyboard.press("Control+Shift+Z")
    expect(cues(panel)).to_have_text(re.compile("Hello"))
    notebook.screenshot("panel-edited-light")
    notebook.run(1)
    expect(notebook.output(1)).to_contain_text("['Hello']")
    assert notebook.errors == []


def test_what_is_selected_is_rows_in_python_and_back(open_notebook, photo):
    notebook = open_notebook(
        TITLED.format(str(photo)),
        "p.selection.text.tolist()",
        "p.select(s.timeline().segments.query('kind == \"video\"'))",
    )
    notebook.run(0)
    panel = notebook.panel()
    expect_segments(panel, "text", 1)
    lanes = panel.get_by_role("listbox", name=re.compile(": 1 segment$"))
    lanes.last.focus()
    lanes.last.press(" ")
    expect(lanes.last.get_by_role("option")).to_have_attribute("aria-selected", "true")
    notebook.run(1)
    expect(notebook.output(1)).to_contain_text("['Hi']")
    notebook.run(2)
    expect(lanes.first.get_by_role("option")).to_have_attribute("aria-selected", "true")
    expect(lanes.last.get_by_role("option")).to_have_attribute("aria-selected", "false")


def test_the_last_message_is_sent_again_on_the_timeline_as_it_was(open_notebook, photo):
    notebook = open_notebook(CONNECT)
    notebook.run(0)
    panel = notebook.panel()
    log = panel.get_by_role("log")
    add_files(panel, photo)
    expect_segments(panel, "video", 1)
    say(panel, 'add a title "Once"')
    expect(cues(panel)).to_have_count(1)
    panel.get_by_role("button", name="Send again").click()
    expect(log).to_contain_text("Undone:")
    expect(log.locator(".nmp-asked")).to_have_count(2)
    expect(panel.get_by_role("button", name="Send again")).to_be_enabled()
    expect(cues(panel)).to_have_count(1)
    box = panel.get_by_role("textbox", name="Message")
    box.focus()
    box.press("ArrowUp")
    expect(box).to_have_value('add a title "Once"')
    box.press("ArrowDown")
    expect(box).to_have_value("")
    panel.get_by_role("button", name="Edit message").click()
    expect(box).to_have_value('add a title "Once"')


def test_a_picture_is_exported_and_shown(open_notebook, photo):
    notebook = open_notebook(CONNECT)
    notebook.run(0)
    panel = notebook.panel()
    add_files(panel, photo)
    expect_segments(panel, "video", 1)
    panel.get_by_role("combobox", name="Format").select_option("png")
    panel.get_by_role("button", name="Export").click()
    shown = panel.get_by_role("img", name="Exported picture")
    expect(shown).to_be_visible(timeout=90_000)
    expect(panel.get_by_role("link", name="Download")).to_have_attribute(
        "download", re.compile("png$")
    )
    notebook.screenshot("panel-picture-light")
