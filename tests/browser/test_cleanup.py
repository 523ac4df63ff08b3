"""What a widget takes, it gives back: listeners, timers, memory, tasks."""

import json

import pytest
from playwright.sync_api import expect

from browser.deeds import CONNECT, add_files
from browser.ledger import Ledger

pytestmark = pytest.mark.browser

# What is ours in the kernel, once what nobody needs has been collected.
COUNT = """import asyncio, gc, json, os, tempfile, threading
from ipywidgets.widgets.widget import _instances
from nemo_nb import loop
async def _count_tasks():
    return len(asyncio.all_tasks()) - 1
gc.collect()
print(json.dumps({
    "widgets": len(_instances),
    "comms": len(get_ipython().kernel.comm_manager.comms),
    "tasks": loop.run(_count_tasks),
    "folders": len([name for name in os.listdir(tempfile.gettempdir()) if "nemo" in name]),
    "threads": threading.active_count(),
    "files": len(os.listdir("/proc/self/fd")),
}))"""
# Pools of threads and their pipes come and go with the work.
LOOSE = {"threads": 8, "files": 16}
RUNS = 10
# What a run may leave in the page. JupyterLab 4.6 keeps 100 kB and a few nodes of a run of any
# cell with any widget, and the browser keeps the code of every module; a panel that is not let
# go has hundreds of nodes and listeners.
PAGE_LIMITS_A_RUN = {"Nodes": 30, "JSEventListeners": 30, "JSHeapUsedSize": 500_000}
WIDGETS = {
    "panel": "p = s.panel()\np",
    "timeline": "p = s.timeline().widget()\np",
    "player": """import pandas as pd
frame = pd.DataFrame({"start_ms": [0, 1500], "end_ms": [1400, 3000], "text": ["One", "Two"]})
a, b = (nemo_nb.Timeline.from_captions(frame.assign(text=words)) for words in ("One", "Two"))
p = nemo_nb.compare(a, b, names=["bold", "clean"]).player()
p""",
}


def kernel_counts(notebook, index):
    notebook.run(index)
    return json.loads(notebook.output(index).inner_text())


def page_counts(cdp):
    # What has been collected frees what it held only the next time.
    for _ in range(2):
        cdp.send("HeapProfiler.collectGarbage")
    found = {one["name"]: one["value"] for one in cdp.send("Performance.getMetrics")["metrics"]}
    return {name: found[name] for name in PAGE_LIMITS_A_RUN}


def assert_level(before, after):
    grown = {name: after[name] - before[name] for name in before}
    assert {name: by for name, by in grown.items() if by > LOOSE.get(name, 0)} == {}


def test_a_cell_run_ten_times_more_keeps_memory_level(open_notebook, photo):
    notebook = open_notebook(CONNECT, "s", COUNT)
    notebook.run(0)
    add_files(notebook.panel(0), photo)
    expect(notebook.panel(0).locator("img.nmp-still")).to_be_visible()
    # Without the ledger, which would count as well.
    cdp = notebook.page.context.new_cdp_session(notebook.page)
    cdp.send("Performance.enable")

    def run_again(times):
        for _ in range(times):
            notebook.run(1)
            expect(notebook.panel(1).locator("img.nmp-still")).to_be_visible()

    # What is loaded once and for all is loaded by then.
    run_again(1)
    kernel = kernel_counts(notebook, 2)
    # Going from cell to cell makes nodes of JupyterLab's own.
    run_again(2)
    page = page_counts(cdp)
    run_again(RUNS)
    grown = {name: (count - page[name]) / RUNS for name, count in page_counts(cdp).items()}
    assert_level(kernel, kernel_counts(notebook, 2))
    assert {name: by for name, by in grown.items() if by > PAGE_LIMITS_A_RUN[name]} == {}


def test_a_closed_widget_leaves_nothing_in_the_page_nor_in_the_kernel(open_notebook, photo):
    shows = list(WIDGETS.values())
    connect = CONNECT.removesuffix("s") + f"_ = s.upload({str(photo)!r})"
    notebook = open_notebook(connect, COUNT, *shows, "p.close()")
    ledger = Ledger(notebook)
    notebook.run(0)
    for index, kind in enumerate(WIDGETS, start=2):
        shown = notebook.output(index).locator(f".nmp-{kind}")
        # Once for what is loaded once and for all.
        for again in (False, True):
            if again:
                kernel, page = kernel_counts(notebook, 1), ledger.settled()
            notebook.run(index)
            expect(shown).to_have_attribute("data-connection", "ready")
            ledger.settled()
            notebook.run(5)
            expect(shown).to_have_count(0)
        assert ledger.settled() == page, kind
        assert_level(kernel, kernel_counts(notebook, 1))
    assert ledger.entries() == {}
    assert notebook.errors == []


@pytest.mark.slow
def test_a_view_that_goes_takes_its_listeners_along(open_notebook, photo):
    connect = CONNECT.removesuffix("s") + f"_ = s.upload({str(photo)!r})"
    notebook = open_notebook(connect, *WIDGETS.values(), "p")
    ledger = Ledger(notebook)
    notebook.run(0)
    for index, kind in enumerate(WIDGETS, start=1):
        notebook.run(index)
        shown = notebook.output(index).locator(f".nmp-{kind}")
        expect(shown).to_have_attribute("data-connection", "ready")
        if kind != "player":
            expect(shown.locator("img").first).to_be_visible()
        alone = ledger.settled()
        notebook.run(4)
        expect(notebook.output(4).locator(f".nmp-{kind}")).to_be_visible()
        ledger.settled()
        notebook.clear_output(4)
        expect(notebook.output(4).locator(f".nmp-{kind}")).to_have_count(0)
        assert ledger.settled() == alone, kind
        expect(shown).to_be_visible()
