"""The panel in a real JupyterLab, on the embedded studio and on a slow cloud."""

import base64
import re
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

# One JupyterLab for all of them: they stay together on one worker.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CONNECT = "%load_ext nemo_nb\nimport nemo_nb\ns = nemo_nb.connect()\ns"
AXE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"
TOKEN = re.compile(r"nmv_[a-z]+_|Bearer ")


@pytest.fixture(scope="module")
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


def cloud(url):
    return CONNECT.replace("connect()", f"connect({url!r})")


def add_files(panel, *paths):
    panel.locator("input[type=file]").set_input_files([str(path) for path in paths])


def drop_file(panel, path):
    """Drag a file over the panel and let it go there."""
    script = """([name, data]) => {
        const bytes = Uint8Array.from(atob(data), char => char.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], name));
        return transfer;
    }"""
    data = base64.b64encode(path.read_bytes()).decode()
    transfer = panel.page.evaluate_handle(script, [path.name, data])
    log = panel.get_by_role("log")
    log.dispatch_event("dragenter", {"dataTransfer": transfer})
    expect(panel.get_by_text("Drop to add them")).to_be_visible()
    log.dispatch_event("drop", {"dataTransfer": transfer})
    expect(panel.get_by_text("Drop to add them")).to_be_hidden()


def say(panel, text):
    box = panel.get_by_role("textbox", name="Message")
    box.fill(text)
    box.press("Enter")


def segments(panel, kind):
    return panel.locator(f".nmp-lane.nmp-{kind} .nmp-segment")


def axe_findings(page):
    """What axe-core finds wrong in the panel: rule, and the elements it names."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("() => axe.run('.nmp-panel')")
    return [(rule["id"], [n["html"] for n in rule["nodes"]]) for rule in found["violations"]]


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
    expect(segments(panel, "video")).to_have_count(1)
    expect(log.get_by_text("sunset.jpg")).to_be_visible()
    expect(panel.locator("img.nmp-still")).to_be_visible()

    say(panel, 'add a title "Hi" for 2 seconds')
    expect(segments(panel, "text")).to_have_text("Hi")
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
    drop_file(panel, photo)
    expect(segments(panel, "video")).to_have_count(1)
    expect(panel.locator("img.nmp-still")).to_be_visible()
    overflow = panel.evaluate("panel => panel.scrollWidth - panel.clientWidth")
    assert overflow <= 0
    notebook.screenshot("panel-narrow-light")


def test_stop_ends_a_turn_of_a_busy_cell_at_once(open_notebook, slow_api):
    notebook = open_notebook(cloud(slow_api), "r = s.chat('talk'); r.status")
    notebook.run(0)
    panel = notebook.panel()
    notebook.run(1, wait=False)
    expect(panel.get_by_role("log")).to_contain_text("word3")
    assert notebook.is_busy(1)
    panel.get_by_role("button", name="Stop").click()
    expect(panel.get_by_role("button", name="Stop")).to_have_count(0)
    notebook.wait_done(1)
    expect(notebook.output(1)).to_contain_text("'stopped'")
    expect(panel.get_by_role("log")).to_contain_text("Stopped")


def test_stop_interrupts_a_kernel_that_does_not_answer(open_notebook, slow_api):
    deaf = """import asyncio, nemo_nb
from nemo_nb.notebook.widgets.model import PanelModel
PanelModel.stop = lambda self: asyncio.sleep(60)
"""
    notebook = open_notebook(cloud(slow_api).replace("import nemo_nb", deaf), "s.chat('talk')")
    notebook.run(0)
    panel = notebook.panel()
    notebook.run(1, wait=False)
    expect(panel.get_by_role("log")).to_contain_text("word3")
    panel.get_by_role("button", name="Stop").click()
    notebook.wait_done(1)
    expect(notebook.output(1)).to_contain_text("KeyboardInterrupt")
    expect(panel.get_by_role("button", name="Stop")).to_have_count(0)


def test_the_toolbars_square_stops_a_cell_in_short_and_the_next_turn_works(open_notebook, slow_api):
    notebook = open_notebook(cloud(slow_api), "s.chat('talk')", "s.chat('quick one')")
    notebook.run(0)
    notebook.run(1, wait=False)
    output = notebook.output(1)
    expect(output).to_contain_text("word3")
    notebook.interrupt()
    notebook.wait_done(1)
    expect(output).to_contain_text("Stopped.")
    expect(output).to_contain_text("KeyboardInterrupt")
    expect(output).not_to_contain_text("blocking.py")
    notebook.run(2)
    expect(notebook.output(2)).to_contain_text("word0 word1 word2")


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


@pytest.mark.parametrize(
    "busy",
    [
        "import time\nfor _ in range(600): time.sleep(0.1)",
        "import asyncio\nawait asyncio.sleep(60)",
    ],
    ids=["blocking", "await"],
)
def test_a_turn_of_the_panel_runs_and_stops_while_a_cell_is_busy(open_notebook, slow_api, busy):
    notebook = open_notebook(cloud(slow_api), busy)
    notebook.run(0)
    panel = notebook.panel()
    log = panel.get_by_role("log")
    notebook.run(1, wait=False)
    say(panel, "talk")
    expect(log).to_contain_text("word3")
    say(panel, "quick one")
    expect(log.get_by_text("Queued")).to_be_visible()
    notebook.screenshot("panel-running-light")
    panel.get_by_role("button", name="Stop").click()
    expect(panel.get_by_role("button", name="Stop")).to_have_count(0)
    assert notebook.is_busy(1)
    box = panel.get_by_role("textbox", name="Message")
    expect(box).to_have_value("quick one")
    box.press("Enter")
    expect(log.locator(".nmp-reply").last).to_have_text(re.compile("word0 word1 word2"))
    assert notebook.errors == []


def test_a_chinese_session_is_spoken_to_in_chinese(open_notebook, photo):
    notebook = open_notebook(CONNECT.replace("connect()", 'connect(language="zh")'))
    notebook.run(0)
    panel = notebook.panel()
    add_files(panel, photo)
    expect(segments(panel, "video")).to_have_count(1)
    panel.get_by_role("textbox", name="消息").fill("加标题“你好”")
    panel.get_by_role("button", name="发送").click()
    expect(segments(panel, "text")).to_have_text("你好")
    expect(panel.get_by_role("button", name="导出")).to_be_enabled()
    notebook.screenshot("panel-chinese-light")


def test_a_reloaded_page_gets_the_conversation_back(open_notebook, slow_api):
    notebook = open_notebook(cloud(slow_api))
    notebook.run(0)
    panel = notebook.panel()
    say(panel, "quick hello")
    expect(panel.locator(".nmp-reply")).to_have_text(re.compile("word2"))
    say(panel, "talk on")
    expect(panel.get_by_role("log")).to_contain_text("word5")
    notebook.save()
    notebook.page.reload()
    log = panel.get_by_role("log")
    expect(log).to_contain_text("quick hello", timeout=60_000)
    expect(panel.get_by_role("button", name="Stop")).to_be_visible()
    expect(log).to_contain_text("word40")
    panel.get_by_role("button", name="Stop").click()
    expect(panel.get_by_role("button", name="Stop")).to_have_count(0)


def test_a_saved_notebook_shows_the_conversation_without_its_kernel(open_notebook, photo):
    notebook = open_notebook(CONNECT)
    notebook.run(0)
    panel = notebook.panel()
    add_files(panel, photo)
    expect(segments(panel, "video")).to_have_count(1)
    say(panel, 'add a title "Kept" for 2 seconds')
    expect(segments(panel, "text")).to_have_count(1)
    panel.get_by_role("button", name="Export").click()
    expect(panel.locator("video")).to_be_visible(timeout=90_000)
    saved = notebook.output(0).locator(".nmp-saved")
    expect(saved).to_contain_text("Kept")
    expect(saved).to_be_hidden()
    expect(saved.locator("img")).to_have_count(1)
    later = notebook.reopened_without_kernel()
    saved = later.output(0).locator(".nmp-saved")
    expect(saved).to_be_visible()
    expect(saved.get_by_role("img")).to_be_visible()
    expect(later.output(0)).to_contain_text('add a title "Kept" for 2 seconds')
    missing = later.output(0).get_by_text("model not found")
    expect(missing).to_have_count(1)
    expect(missing).to_be_hidden()
    expect(saved).to_be_visible()
    later.screenshot_page("panel-saved-light")


def test_two_cells_and_a_cell_run_again_show_one_conversation(open_notebook, slow_api):
    count = """from ipywidgets import Widget
print("panels:", sum(type(w).__name__ == "Panel" for w in Widget.widgets.values()))"""
    notebook = open_notebook(cloud(slow_api), "s", count)
    notebook.run(0)
    say(notebook.panel(), "quick hello")
    expect(notebook.panel().locator(".nmp-reply")).to_have_text(re.compile("word2"))
    notebook.run(1)
    expect(notebook.panel(1).get_by_role("log")).to_contain_text("quick hello")
    say(notebook.panel(1), "quick again")
    expect(notebook.panel(0).get_by_role("log")).to_contain_text("quick again")
    notebook.run(1)
    expect(notebook.panel(1).get_by_role("log")).to_contain_text("quick again")
    notebook.run(2)
    expect(notebook.output(2)).to_contain_text("panels: 2")


def test_a_file_that_is_no_media_is_refused_in_words(open_notebook, tmp_path):
    notes = tmp_path / "notes.txt"
    notes.write_text("not a film")
    notebook = open_notebook(CONNECT)
    notebook.run(0)
    panel = notebook.panel()
    add_files(panel, notes)
    expect(panel.get_by_role("group").filter(has_text="notes.txt")).to_be_visible()
    notebook.screenshot("panel-refused-light")
