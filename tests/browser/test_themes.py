"""Light and dark, wide and narrow: every widget takes the notebook's colours and room."""

import pytest
from playwright.sync_api import expect

from browser.deeds import CONNECT, add_files, axe_findings, say

pytestmark = pytest.mark.browser

WIDGETS = """frame = pd.DataFrame({{"start_ms": [0, 1500], "end_ms": [1400, 3000], "text": {0}}})
{1} = nemo_nb.Timeline.from_captions(frame)"""
TWO = "\n".join(
    [
        "import pandas as pd",
        WIDGETS.format(["Watch to the end", "Grüße, 世界"], "a"),
        WIDGETS.format(["Watch it all", "Grüße, 世界"], "b"),
    ]
)
PLAYER = "nemo_nb.compare(a, b, names=['bold', 'clean']).player()"
ROOTS = (".nmp-panel", ".nmp-timeline", ".nmp-player")

CUT = """el => {
    const { left, right } = el.getBoundingClientRect();
    return [...el.querySelectorAll('button, input, select, textarea, video')]
        .filter(one => one.checkVisibility() && !one.closest('[role=listbox]'))
        .map(one => [one.outerHTML.slice(0, 120), one.getBoundingClientRect()])
        .filter(([, box]) => box.width > 1 && (box.left < left - 1 || box.right > right + 1))
        .map(([html]) => html);
}"""
BACKGROUND = """el => {
    const probe = document.createElement('i');
    probe.style.color = 'var(--jp-layout-color1)';
    document.body.append(probe);
    const wanted = getComputedStyle(probe).color;
    probe.remove();
    return [getComputedStyle(el).backgroundColor, wanted];
}"""


@pytest.mark.parametrize(
    "host", ["lab", pytest.param("notebook7", marks=pytest.mark.slow)], indirect=True
)
def test_axe_finds_nothing_in_any_widget_in_either_theme(open_notebook, photo):
    notebook = open_notebook(CONNECT, TWO, "s.timeline()", PLAYER, height=2400)
    page = notebook.page
    notebook.run(0)
    panel = notebook.panel()
    add_files(panel, photo)
    expect(panel.locator("img.nmp-still")).to_be_visible()
    say(panel, 'add a title "Hi" for 2 seconds')
    expect(panel.locator(".nmp-reply").last).not_to_be_empty()
    for cell in (1, 2, 3):
        notebook.run(cell)
    expect(page.locator(".nmp-player")).to_contain_text("Watch it all")
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        if theme != "JupyterLab Light":
            notebook.theme(theme)
        name = theme.split()[1].lower()
        for root in ROOTS:
            shown = page.locator(root).last
            found, wanted = shown.evaluate(BACKGROUND)
            assert found == wanted, f"{root} is not in the colours of {theme}"
            notebook.screenshot_of(shown, f"theme-{root[5:]}-{name}")
            assert axe_findings(page, root) == []
    notebook.theme("JupyterLab Light")


def test_no_widget_is_wider_than_a_narrow_cell(open_notebook, photo):
    notebook = open_notebook(CONNECT, TWO, "s.timeline()", PLAYER, height=2400)
    page = notebook.page
    page.set_viewport_size({"width": 640, "height": 2400})
    notebook.run(0)
    add_files(notebook.panel(), photo)
    expect(notebook.panel().locator("img.nmp-still")).to_be_visible()
    for cell in (1, 2, 3):
        notebook.run(cell)
    expect(page.locator(".nmp-player")).to_contain_text("Watch it all")
    for root in ROOTS:
        shown = page.locator(root).last
        assert shown.evaluate("el => el.scrollWidth - el.clientWidth") <= 0, root
        # Nothing that can be pressed lies outside, where it would be cut off.
        assert shown.evaluate(CUT) == [], root
        notebook.screenshot_of(shown, f"narrow-{root[5:]}")
