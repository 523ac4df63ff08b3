"""A page that is loaded anew, a kernel that is started anew, a conversation in two places."""

import re

import pytest
from playwright.sync_api import expect

from browser.deeds import axe_findings, both_hosts, cloud, say

pytestmark = pytest.mark.browser


@both_hosts
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


@both_hosts
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


@both_hosts
def test_a_restarted_kernel_is_told_and_the_cell_run_again_brings_a_panel(open_notebook, slow_api):
    notebook = open_notebook(cloud(slow_api))
    notebook.run(0)
    panel = notebook.panel()
    say(panel, "quick hello")
    expect(panel.locator(".nmp-reply")).to_have_text(re.compile("word2"))
    notebook.restart()
    banner = panel.locator(".nmp-banner")
    expect(banner).to_contain_text("kernel was restarted")
    # What was said stays readable; to reconnect is offered, and says honestly that it cannot.
    expect(panel.get_by_role("log")).to_contain_text("quick hello")
    notebook.screenshot("panel-restarted-light")
    panel.get_by_role("button", name="Reconnect").click()
    expect(banner).to_contain_text("nothing to reconnect to")
    assert axe_findings(notebook.page, ".nmp-panel") == []
    notebook.run(0)
    expect(banner).to_be_hidden()
    say(panel, "quick again")
    expect(panel.locator(".nmp-reply").last).to_have_text(re.compile("word2"))


@both_hosts
def test_two_views_of_one_panel_live_and_go_alone(open_notebook, slow_api):
    notebook = open_notebook(
        cloud(slow_api).removesuffix("s"), "p = s.panel()\np", "p", "p.close()"
    )
    for cell in range(3):
        notebook.run(cell)
    first, second = notebook.panel(1), notebook.panel(2)
    say(second, "quick hello")
    for panel in (first, second):
        expect(panel.locator(".nmp-reply")).to_have_text(re.compile("word2"))
    # A draft in one is not written into the other.
    first.get_by_role("textbox", name="Message").fill("mine")
    expect(second.get_by_role("textbox", name="Message")).to_have_value("")
    notebook.clear_output(2)
    expect(notebook.panel(2)).to_have_count(0)
    say(first, "quick again")
    expect(first.locator(".nmp-reply")).to_have_count(2)
    notebook.run(3)
    expect(first).to_have_count(0)
