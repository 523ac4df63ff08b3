"""The timeline widget in a real notebook: seen, zoomed, selected both ways, saved."""

import json
import re

import pytest
from playwright.sync_api import expect

import mediakit
from browser.deeds import axe_findings, both_hosts
from browser.hosts import ARTIFACTS

# One Jupyter server for all of them: they stay together on one worker.
pytestmark = pytest.mark.browser

DASH = " \u2013 "
CAPTIONS = """1
00:00:00,000 --> 00:00:01,500
Watch this to the end

2
00:00:01,600 --> 00:00:02,600
这是一个中文字幕

3
00:00:02,600 --> 00:00:04,000
مرحبا بالعالم
"""
MADE = """%load_ext nemo_nb
import nemo_nb
s = nemo_nb.connect()
_ = s.upload({photo!r}, {clip!r}, {captions!r})
t = s.timeline()
t"""
WIDGET = "import nemo_nb\nw = nemo_nb.Timeline.from_draft({draft}).widget()\nw"


def draft(segments=5000, tracks=5, ms=1500):
    """Tracks of texts, each a second and a half long."""
    each = segments // tracks
    rows = [
        [{"id": f"{track}-{at}", "d": ms, "m": {"text": f"{track}.{at}"}} for at in range(each)]
        for track in range(tracks)
    ]
    return {
        "t": [{"tt": 7, "m": {"title": f"Lane {at}"}, "sg": row} for at, row in enumerate(rows)]
    }


@pytest.fixture
def made(photo, tmp_path):
    """A cell that shows a photo and a clip with sound under three captions."""
    clip = mediakit.clip(tmp_path / "clip.mp4", frames=40, fps=20, hz=440, size=(320, 180))
    captions = tmp_path / "captions.srt"
    captions.write_text(CAPTIONS, "utf-8")
    return MADE.format(photo=str(photo), clip=str(clip), captions=str(captions))


def widget(notebook, index=0):
    return notebook.output(index).locator(".nmp-timeline")


def lane(shown, name):
    return shown.get_by_role("listbox", name=re.compile(f"^{name}: "))


def current(shown, name):
    return lane(shown, name).get_by_role("option")


def painted(shown):
    """The colours on the lanes' canvas: how many, and the share that is not transparent."""
    script = """canvas => {
        const { width, height } = canvas;
        const data = canvas.getContext('2d').getImageData(0, 0, width, height).data;
        const seen = new Set();
        let filled = 0;
        for (let at = 0; at < data.length; at += 4) {
            if (data[at + 3] === 0) continue;
            filled += 1;
            seen.add(`${data[at] >> 4},${data[at + 1] >> 4},${data[at + 2] >> 4}`);
        }
        return [seen.size, filled / (width * height)];
    }"""
    return shown.locator(".nmp-tl-stage canvas").evaluate(script)


def shoot(shown, name):
    ARTIFACTS.mkdir(exist_ok=True)
    shown.screenshot(path=ARTIFACTS / f"{name}.png", animations="disabled")


@both_hosts
def test_a_timeline_is_seen_with_its_pictures(open_notebook, made):
    notebook = open_notebook(made)
    notebook.run(0)
    shown = widget(notebook)
    expect(shown.locator("[data-segments]")).to_have_attribute("data-segments", "video:2 text:3")
    expect(lane(shown, "Video")).to_have_accessible_name("Video: 2 segments")
    picture = shown.locator(".nmp-tl-still img")
    expect(picture).to_be_visible()
    expect(picture).to_have_attribute("alt", re.compile("Watch this to the end"))
    # The photo's colours on the lane.
    notebook.page.wait_for_function(
        """canvas => {
            const data = canvas.getContext('2d')
                .getImageData(0, 0, canvas.width, canvas.height).data;
            const seen = new Set();
            for (let at = 0; at < data.length; at += 4)
                seen.add(`${data[at] >> 4},${data[at + 1] >> 4},${data[at + 2] >> 4}`);
            return seen.size > 40;
        }""",
        arg=shown.locator(".nmp-tl-stage canvas").element_handle(),
    )
    shoot(shown, f"timeline-light-{notebook.host}")
    assert axe_findings(notebook.page) == []
    notebook.theme("JupyterLab Dark")
    shoot(shown, f"timeline-dark-{notebook.host}")
    assert axe_findings(notebook.page) == []
    notebook.theme("JupyterLab Light")
    assert notebook.errors == []


def test_what_is_selected_here_is_selected_there(open_notebook):
    show = WIDGET.format(draft=draft(20, 2))
    notebook = open_notebook(
        show,
        "print(w.selection.text.tolist())",
        "rows = w.timeline.segments\nw.select(rows[rows.text.isin(['0.8', '1.9'])])",
        "import pytest, nemo_nb.errors\nwith pytest.raises(nemo_nb.errors.InputError):\n"
        "    w.select([99])\nw.select(w.timeline.captions.head(1))",
    )
    notebook.run(0)
    shown = widget(notebook)
    expect(shown.get_by_text("Click a segment")).to_be_visible()
    box = lane(shown, "Lane 1").bounding_box()
    tenth = box["width"] / 10.5
    notebook.page.mouse.click(box["x"] + 3.5 * tenth, box["y"] + box["height"] / 2)
    expect(current(shown, "Lane 1")).to_have_attribute("aria-selected", "true")
    expect(current(shown, "Lane 1")).to_have_accessible_name(f"1.3 (0:04.5{DASH}0:06)")
    expect(shown.locator(".nmp-tl-label")).to_have_text("1.3")
    keys = notebook.page.keyboard
    keys.down("Control")
    notebook.page.mouse.click(box["x"] + 5.5 * tenth, box["y"] + box["height"] / 2)
    keys.up("Control")
    expect(shown.get_by_text("2 selected")).to_be_visible()
    notebook.run(1)
    expect(notebook.output(1)).to_contain_text("['1.3', '1.5']")

    notebook.run(2)
    expect(current(shown, "Lane 0")).to_have_accessible_name(f"0.8 (0:12{DASH}0:13.5)")
    expect(current(shown, "Lane 0")).to_have_attribute("aria-selected", "true")
    expect(shown.get_by_role("option", selected=True).filter(has_text="1.9")).to_have_count(1)
    notebook.run(1)
    expect(notebook.output(1)).to_contain_text("['0.8', '1.9']")
    notebook.run(3)
    expect(shown.locator(".nmp-tl-label")).to_have_text("0.0")
    assert notebook.errors == []


def test_the_keyboard_does_it_all(open_notebook):
    notebook = open_notebook(WIDGET.format(draft=draft(20, 2)), "w.selection.text.tolist()")
    notebook.run(0)
    shown = widget(notebook)
    keys = notebook.page.keyboard
    slider = shown.get_by_role("slider", name="Position")
    slider.focus()
    keys.press("End")
    expect(slider).to_have_attribute("aria-valuetext", "0:15 / 0:15")
    keys.press("Home")
    keys.press("ArrowRight")
    expect(slider).not_to_have_attribute("aria-valuetext", re.compile("^0:00 "))
    keys.press("Tab")
    expect(lane(shown, "Lane 0")).to_be_focused()
    keys.press("ArrowRight")
    expect(current(shown, "Lane 0")).to_have_accessible_name(f"0.1 (0:01.5{DASH}0:03)")
    keys.press("ArrowDown")
    expect(lane(shown, "Lane 1")).to_be_focused()
    expect(current(shown, "Lane 1")).to_have_accessible_name(re.compile("^1.1 "))
    keys.press("End")
    keys.press("Shift+ArrowLeft")
    keys.press("Enter")
    expect(slider).to_have_attribute("aria-valuetext", "0:12 / 0:15")
    for _ in range(6):
        keys.press("+")
    expect(shown.get_by_role("button", name="Fit")).not_to_have_attribute("aria-disabled", "true")
    shoot(shown, "timeline-zoomed-light")
    assert axe_findings(notebook.page) == []
    keys.press("0")
    expect(shown.get_by_role("button", name="Fit")).to_have_attribute("aria-disabled", "true")
    # None of these keys was the notebook's: it has one cell that shows the widget still.
    notebook.run(1)
    expect(notebook.output(1)).to_contain_text("['1.8', '1.9']")
    assert notebook.errors == []


def test_five_thousand_segments_zoom_and_scroll(open_notebook):
    notebook = open_notebook(WIDGET.format(draft=draft(5000, 5)), width=1400)
    notebook.run(0)
    shown = widget(notebook)
    expect(lane(shown, "Lane 4")).to_have_accessible_name("Lane 4: 1000 segments")
    assert shown.locator("*").count() < 400
    colours, share = painted(shown)
    assert share > 0.8
    box = lane(shown, "Lane 2").bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    notebook.page.mouse.move(*middle)
    before = shown.locator(".nmp-tl-stage").get_attribute("title")
    assert "zoom in to see them" in before
    notebook.page.keyboard.down("Control")
    for _ in range(30):
        notebook.page.mouse.wheel(0, -120)
    notebook.page.keyboard.up("Control")
    notebook.page.mouse.move(middle[0] + 1, middle[1])
    # What lay under the pointer lies there still: the middle of 1,000 segments.
    expect(shown.locator(".nmp-tl-stage")).to_have_attribute(
        "title", re.compile(r"^2\.(49\d|50\d) ")
    )
    assert painted(shown)[0] > colours
    for _ in range(10):
        notebook.page.mouse.wheel(400, 0)
    notebook.page.mouse.move(*middle)
    expect(shown.locator(".nmp-tl-stage")).not_to_have_attribute(
        "title", re.compile(r"^2\.(49\d|50\d) ")
    )
    shoot(shown, "timeline-5000-light")
    shown.get_by_role("button", name="Fit").click()
    lane(shown, "Lane 3").focus()
    notebook.page.keyboard.press("End")
    expect(current(shown, "Lane 3")).to_have_accessible_name(re.compile("^3.999 "))
    assert notebook.errors == []


def test_many_lanes_scroll_and_a_narrow_cell_works(open_notebook):
    notebook = open_notebook(WIDGET.format(draft=draft(120, 30)))
    notebook.run(0)
    notebook.page.set_viewport_size({"width": 700, "height": 1000})
    shown = widget(notebook)
    overflow = shown.evaluate("el => el.scrollWidth - el.clientWidth")
    assert overflow <= 0
    first = lane(shown, "Lane 0")
    first.focus()
    for _ in range(29):
        notebook.page.keyboard.press("ArrowDown")
    last = lane(shown, "Lane 29")
    expect(last).to_be_focused()
    box, scroll = last.bounding_box(), shown.locator(".nmp-tl-scroll").bounding_box()
    assert scroll["y"] <= box["y"]
    assert box["y"] + box["height"] <= scroll["y"] + scroll["height"] + 1
    shoot(shown, "timeline-narrow-light")
    assert axe_findings(notebook.page) == []
    assert notebook.errors == []


def test_a_saved_notebook_shows_the_timeline_without_its_kernel(open_notebook, made):
    # The picture comes later than the widget, as it does on a busy machine.
    late = "from nemo_nb.notebook.widgets import timeline\ntimeline._POSTER_WAIT_S = 0"
    notebook = open_notebook(f"{made[:-1]}\n{late}\nt")
    notebook.run(0)
    expect(widget(notebook).locator(".nmp-tl-still img")).to_be_visible()
    saved = notebook.output(0).locator(".nmp-saved")
    expect(saved).to_be_hidden()
    expect(saved.locator("img")).to_have_count(1)
    later = notebook.reopened_without_kernel()
    book = json.loads(later.file.read_text("utf-8"))
    assert "nmv_" not in json.dumps(book)
    saved = later.output(0).locator(".nmp-saved")
    expect(saved.get_by_role("img").first).to_be_visible()
    expect(saved.locator("img")).to_have_attribute("alt", re.compile("Timeline .2 tracks."))
    expect(saved.get_by_role("table")).to_contain_text("这是一个中文字幕")
    expect(later.output(0).get_by_text("model not found")).to_be_hidden()
    later.screenshot_page("timeline-saved-light")


def test_a_reloaded_page_and_a_cell_run_again(open_notebook):
    count = """from ipywidgets import Widget
print("widgets:", sum(type(w).__name__ == "TimelineWidget" for w in Widget.widgets.values()))"""
    show = WIDGET.format(draft=draft(20, 2))
    notebook = open_notebook(show, count, "w.select([3])")
    notebook.run(0)
    notebook.run(2)
    expect(widget(notebook).locator(".nmp-tl-label")).to_have_text("0.3")
    notebook.save()
    notebook.page.reload()
    expect(widget(notebook).locator(".nmp-tl-label")).to_have_text("0.3", timeout=60_000)
    for _ in range(3):
        notebook.run(0)
    expect(widget(notebook).get_by_text("Click a segment")).to_be_visible()
    notebook.run(1)
    expect(notebook.output(1)).to_contain_text("widgets: 1")
    assert notebook.errors == []


def test_a_kernel_that_was_restarted_is_told_of(open_notebook):
    notebook = open_notebook(WIDGET.format(draft=draft(20, 2)))
    notebook.run(0)
    shown = widget(notebook)
    expect(lane(shown, "Lane 1")).to_be_visible()
    notebook.restart()
    expect(shown.get_by_text("The kernel was restarted")).to_be_visible()
    expect(shown.get_by_role("button", name="Reconnect")).to_be_visible()
    # It can still be looked at.
    lane(shown, "Lane 0").focus()
    notebook.page.keyboard.press("End")
    expect(shown.locator(".nmp-tl-label")).to_have_text("0.9")
    assert axe_findings(notebook.page) == []
    shoot(shown, "timeline-restarted-light")
