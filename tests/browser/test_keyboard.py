"""Without a mouse, without sight, without motion."""

import re

import pytest
from playwright.sync_api import expect

from browser.deeds import CONNECT, add_files, both_hosts, cloud, say

pytestmark = pytest.mark.browser

# Everything that Tab should reach, in the order of the page.
TABBABLE = """root => [...root.querySelectorAll(
    'a[href], button, input, select, textarea, video, audio, summary, [tabindex]')]
    .filter(el => el.tabIndex >= 0 && !el.disabled && el.checkVisibility({
        visibilityProperty: true }))"""
NAME = """el => [el.localName, el.getAttribute('role'), el.getAttribute('aria-label')
    || el.title || el.textContent.trim().slice(0, 40)].filter(Boolean).join(' ')"""
NAMES = f"root => ({TABBABLE})(root).map({NAME})"
# How an element and what is around it look: a ring may be drawn by the label of a field.
LOOKS = """el => {
    const looks = [];
    for (let at = el, up = 0; at && up < 3; at = at.parentElement, up += 1) {
        const { outlineStyle, outlineWidth, outlineColor, boxShadow, borderColor } =
            getComputedStyle(at);
        looks.push(outlineStyle === 'none' ? '' : `${outlineStyle} ${outlineWidth} ${outlineColor}`,
            boxShadow, borderColor);
    }
    return looks.join(' | ');
}"""


def focused_name(page):
    return page.evaluate(f"() => ({NAME})(document.activeElement)")


def is_within(page, root):
    return page.evaluate(
        "root => document.querySelector(root).contains(document.activeElement)", root
    )


@both_hosts
def test_tab_reaches_everything_in_the_panel_and_shows_where_it_is(open_notebook, photo):
    notebook = open_notebook(CONNECT)
    page = notebook.page
    notebook.run(0)
    panel = notebook.panel()
    add_files(panel, photo)
    expect(panel.locator("img.nmp-still")).to_be_visible()
    say(panel, 'add a title "Hi" for 2 seconds')
    expect(panel.locator(".nmp-reply").last).not_to_be_empty()
    expect(panel.get_by_role("button", name="Stop")).to_have_count(0)
    panel.get_by_role("textbox", name="Message").fill("more")
    page.evaluate("() => document.activeElement.blur()")

    wanted = panel.evaluate(NAMES)
    before = panel.evaluate(f"root => ({TABBABLE})(root).map({LOOKS})")
    panel.evaluate(f"root => ({TABBABLE})(root)[0].focus({{ focusVisible: true }})")
    reached, unseen = [], []
    while is_within(page, ".nmp-panel") and len(reached) <= len(wanted):
        name = focused_name(page)
        if page.evaluate(f"() => ({LOOKS})(document.activeElement)") == before[len(reached)]:
            unseen.append(name)
        if not reached:
            notebook.screenshot("keyboard-focus-first")
        reached.append(name)
        page.keyboard.press("Tab")
    assert reached == wanted
    assert unseen == []
    # And back again: no trap.
    page.keyboard.press("Shift+Tab")
    assert is_within(page, ".nmp-panel")


def test_a_turn_is_asked_stopped_and_asked_again_by_keys_alone(open_notebook, slow_api):
    notebook = open_notebook(cloud(slow_api))
    page = notebook.page
    notebook.run(0)
    panel = notebook.panel()
    log = panel.get_by_role("log")
    box = panel.get_by_role("textbox", name="Message")
    box.focus()
    page.keyboard.type("talk first")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("talk second")
    expect(box).to_have_value("talk first\ntalk second")
    page.keyboard.press("Enter")
    expect(log).to_contain_text("word3")
    page.keyboard.press("Tab")
    expect(panel.get_by_role("button", name="Stop")).to_be_focused()
    page.keyboard.press("Space")
    expect(panel.get_by_role("button", name="Stop")).to_have_count(0)
    # Whoever pressed what has gone is not left nowhere.
    expect(box).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box).to_have_value("talk first\ntalk second")
    page.keyboard.press("Control+a")
    page.keyboard.type("quick one")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.press("Control+z")
    expect(box).to_have_value("quick one")
    page.keyboard.press("Enter")
    expect(log.locator(".nmp-reply").last).to_have_text(re.compile("word0 word1 word2"))
    # None of these keys has reached the notebook.
    assert page.locator(".jp-Notebook .jp-Cell").count() == 1


def test_a_screen_reader_hears_start_and_end_and_no_word_between(open_notebook, slow_api):
    notebook = open_notebook(cloud(slow_api))
    page = notebook.page
    notebook.run(0)
    panel = notebook.panel()
    panel.evaluate("""panel => {
        window.heard = [];
        for (const live of panel.querySelectorAll('[role=status], [role=alert], [aria-live]')) {
            if (live.getAttribute('aria-live') === 'off') continue;
            new MutationObserver(() => window.heard.push(live.textContent))
                .observe(live, { childList: true, characterData: true, subtree: true });
        }
    }""")
    say(panel, "quick one")
    expect(panel.locator(".nmp-reply").last).to_have_text(re.compile("word2"))
    page.wait_for_function("() => window.heard.length >= 2")
    assert page.evaluate("() => window.heard") == ["Working on your message", "Answer ready"]
    say(panel, "talk")
    expect(panel.get_by_role("log")).to_contain_text("word30")
    panel.get_by_role("button", name="Stop").click()
    expect(panel.get_by_role("button", name="Stop")).to_have_count(0)
    page.wait_for_function("() => window.heard.length >= 4")
    heard = page.evaluate("() => window.heard")
    assert len(heard) == 4
    assert "word" not in " ".join(heard)


def test_nothing_moves_for_those_who_asked_for_that(open_notebook, slow_api):
    notebook = open_notebook(cloud(slow_api))
    notebook.run(0)
    panel = notebook.panel()
    say(panel, "talk")
    expect(panel.get_by_role("log")).to_contain_text("word3")
    moving = "panel => panel.getAnimations({ subtree: true }).map(one => one.animationName ?? 'x')"
    assert panel.evaluate(moving) != []
    notebook.page.emulate_media(reduced_motion="reduce")
    assert panel.evaluate(moving) == []
    assert (
        panel.evaluate("""panel => [panel, ...panel.querySelectorAll('*')].filter(el =>
        parseFloat(getComputedStyle(el).transitionDuration) > 0.01
        || getComputedStyle(el).scrollBehavior === 'smooth').map(el => el.className)""")
        == []
    )
