"""`%nemo` and `%%nemo` in a notebook: typed, completed, answered."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_session_without_a_line_of_python(open_notebook, photo):
    notebook = open_notebook(
        "%load_ext nemo_nb\n%nemo connect local",
        f"%nemo upload {photo}",
        '%%nemo\nadd a title "Hi" for 2 seconds',
        "%nemo status",
        "%nemo --help",
        "%nemo cre",
    )
    for cell in range(5):
        notebook.run(cell)
    expect(notebook.output(0)).to_contain_text("Ready: embedded studio")
    expect(notebook.output(1)).to_contain_text("sunset.jpg")
    expect(notebook.output(2)).to_contain_text("Hi")
    expect(notebook.output(3)).to_contain_text("sunset.jpg")
    expect(notebook.output(4)).to_contain_text("upload")
    notebook.screenshot_page("magics-light")
    notebook.cell(5).locator(".cm-content").click()
    notebook.page.keyboard.press("End")
    notebook.page.keyboard.press("Tab")
    expect(notebook.page.locator(".jp-Completer")).to_contain_text("credits")
    notebook.page.keyboard.press("Enter")
    expect(notebook.cell(5).locator(".cm-content")).to_contain_text("%nemo credits")
    assert notebook.errors == []
