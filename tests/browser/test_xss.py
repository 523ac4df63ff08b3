"""Nothing that a backend, a file name or a caption says ever runs or loads anything.

Every payload of xss_payloads.toml goes through every way that a text can take to the page.
"""

import pytest
from playwright.sync_api import expect

from browser.deeds import cloud, drag_files
from browser.hosts import ARTIFACTS, ROOT
from browser.payloads import GROUPS, PAYLOADS
from browser.trap import Trap

pytestmark = pytest.mark.browser

BROWSER = str(ROOT / "tests" / "browser")
LOAD = f"import sys; sys.path.insert(0, {BROWSER!r})\nfrom payloads import PAYLOADS\n"
# JupyterLab shows 50 outputs of a cell at most.
BATCH = 40
"""Turns of one cell."""


@pytest.fixture(scope="module")
def hostile_api(start_api):
    return start_api("hostile_api.py")


def batches(template):
    """A cell for each batch of payloads."""
    count = len(PAYLOADS)
    return [template.format(at, min(at + BATCH, count)) for at in range(0, count, BATCH)]


def test_the_corpus_is_as_large_as_promised():
    assert len(PAYLOADS) >= 60


def test_no_word_of_a_turn_runs_or_loads_here_or_in_the_reopened_notebook(
    open_notebook, hostile_api
):
    turns = batches("for n in range({}, {}): s.chat(f'say {{n}} {{PAYLOADS[n]}}')")
    history = "from nemo_nb.notebook.widgets import views\nviews._STATIC_ITEMS = 10_000\ns"
    frames = "display(s.history, s.events, s.history.text.iloc[-1])"
    notebook = open_notebook(LOAD + cloud(hostile_api), *turns, history, frames)
    trap = Trap(notebook)
    for cell in range(len(turns) + 3):
        notebook.run(cell)
    panel = notebook.panel(0)
    expect(panel.locator(".nmp-reply")).to_have_count(len(PAYLOADS))
    # Nor does it become a formula of Jupyter's.
    for cell in range(1, len(turns) + 1):
        expect(notebook.output(cell).locator("mjx-container")).to_have_count(0)
    trap.assert_nothing_caught()
    # A suggestion is offered, and put into the message box as it is.
    offered = panel.locator(".nmp-turn .nmp-chip").last
    offered.click()
    expect(panel.get_by_role("textbox", name="Message")).to_have_value(offered.inner_text())
    ARTIFACTS.mkdir(exist_ok=True)
    panel.screenshot(path=ARTIFACTS / "xss-turns.png")
    later = notebook.reopened_without_kernel()
    saved = later.output(len(turns) + 1).locator(".nmp-saved")
    expect(saved.get_by_text(f"say {BATCH} ")).to_be_visible()
    expect(saved.locator("mjx-container")).to_have_count(0)
    trap.assert_nothing_caught()


def test_no_error_runs_or_loads(open_notebook, hostile_api):
    fails = """from nemo_nb.errors import NemoError
for n in range({}, {}):
    try: s.chat(f'fail {{n}}')
    except NemoError:
        if n % 4 == 0: get_ipython().showtraceback()"""
    notebook = open_notebook(LOAD + cloud(hostile_api), *batches(fails))
    trap = Trap(notebook)
    for cell in range(1 + len(batches(fails))):
        notebook.run(cell)
    expect(notebook.panel().locator(".nmp-problem")).to_have_count(len(PAYLOADS))
    trap.assert_nothing_caught()
    later = notebook.reopened_without_kernel()
    trap.assert_nothing_caught()
    # It would have been caught.
    real = "area => { area.innerHTML = '<img src=x onerror=pwned(1)>'; }"
    later.output(0).evaluate(real)
    with pytest.raises(AssertionError, match=r"image .*/x\n(.|\n)*ran 1\n(.|\n)*handler"):
        trap.assert_nothing_caught()


def test_no_name_or_caption_runs_or_loads(open_notebook, hostile_api, photo):
    show = """import pandas as pd
pd.set_option("display.max_rows", 500, "display.max_colwidth", None)
t = s.timeline()
display(t, t.tracks, t.captions, t.media, t.segments, t.summary(), t.to_srt())"""
    player = """a, b = PAYLOADS[0], PAYLOADS[12]
ab = nemo_nb.compare(t, nemo_nb.Timeline.from_captions(t.captions.iloc[::2]), names=[a, b])
display(ab, ab.captions, ab.metrics, ab.lint("netflix"), nemo_nb.sessions())
ab.player()"""
    named = f"""for name in PAYLOADS[::12]:
    last = nemo_nb.connect("local", name=name)
    last.upload({str(photo)!r})
display(nemo_nb.sessions())
last"""
    notebook = open_notebook(LOAD + cloud(hostile_api), show, player, named)
    trap = Trap(notebook)
    for cell in range(4):
        notebook.run(cell)
    log = notebook.panel().get_by_role("log")
    expect(notebook.output(1).locator(".nmp-timeline")).to_be_visible()
    expect(notebook.output(2).locator(".nmp-player")).to_contain_text(PAYLOADS[0])
    data = photo.read_bytes()
    drag_files(log, *[(f"{n}{name}", data) for n, name in enumerate(GROUPS["names"])])()
    expect(log.get_by_text("7_b onmouseover=pwned(1)_bold.wav")).to_be_visible()
    drag_files(log, ("refuse.jpg", data))()
    expect(notebook.panel().locator(".nmp-problem")).to_be_visible()
    # The current segment's words follow the keys.
    lane = notebook.panel().get_by_role("listbox").nth(1)
    lane.focus()
    for _ in range(30):
        notebook.page.keyboard.press("ArrowRight")
    notebook.screenshot("xss-names")
    trap.assert_nothing_caught()
    notebook.reopened_without_kernel()
    trap.assert_nothing_caught()
