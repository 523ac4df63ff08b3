"""Stop: at once, whoever runs the turn and whatever the kernel is doing."""

import json
import re

import pytest
from playwright.sync_api import expect

from browser.deeds import both_hosts, cloud, say
from browser.hosts import ARTIFACTS

pytestmark = pytest.mark.browser

# After 3 s without an answer the kernel is interrupted, which would end the cell as well.
AT_ONCE_MS = 2500

PRESS = """button => new Promise(done => {
    const begun = performance.now();
    const shown = () => button.isConnected && button.checkVisibility();
    const look = () => shown() ? requestAnimationFrame(look) : done(performance.now() - begun);
    button.click();
    look();
})"""


def press_stop(notebook, panel, case):
    """Press it; how long it took goes into artifacts/stop.json."""
    button = panel.get_by_role("button", name="Stop")
    took_ms = round(button.evaluate(PRESS))
    ARTIFACTS.mkdir(exist_ok=True)
    file = ARTIFACTS / "stop.json"
    times = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    times.setdefault(notebook.host, {})[case] = took_ms
    file.write_text(json.dumps(times, indent=1, sort_keys=True), "utf-8")
    expect(button).to_have_count(0)
    assert took_ms < AT_ONCE_MS


@both_hosts
def test_stop_ends_a_turn_of_a_busy_cell_at_once(open_notebook, slow_api):
    notebook = open_notebook(cloud(slow_api), "r = s.chat('talk'); r.status")
    notebook.run(0)
    panel = notebook.panel()
    notebook.run(1, wait=False)
    expect(panel.get_by_role("log")).to_contain_text("word3")
    assert notebook.is_busy(1)
    press_stop(notebook, panel, "a cell's turn")
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


@both_hosts
@pytest.mark.parametrize(
    ("case", "busy"),
    [
        ("a busy cell", "import time\nfor _ in range(600): time.sleep(0.1)"),
        ("an await cell", "import asyncio\nawait asyncio.sleep(60)"),
    ],
    ids=["blocking", "await"],
)
def test_a_turn_of_the_panel_runs_and_stops_while_a_cell_is_busy(
    open_notebook, slow_api, case, busy
):
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
    press_stop(notebook, panel, f"the panel's turn in {case}")
    assert notebook.is_busy(1)
    box = panel.get_by_role("textbox", name="Message")
    expect(box).to_have_value("quick one")
    box.press("Enter")
    expect(log.locator(".nmp-reply").last).to_have_text(re.compile("word0 word1 word2"))
    assert notebook.errors == []
