"""The comparison player in a real JupyterLab: real films, in step, and votes that arrive."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

import mediakit
from browser.deeds import axe_findings, both_hosts

# One Jupyter server for all of them: they stay together on one worker.
pytestmark = pytest.mark.browser

MAKE = """import nemo_nb as nemo
session = nemo.connect("local")
session.upload({photo!r})
words = [(200, 1200, "Hello there"), (1400, 2400, "Look at that sun"), (2500, 2900, "Bye")]
ab = session.ab("bold yellow captions", "boxed captions", names=["Zebra", "Quokka"],
                captions=words)
"""
PLAIN = """import nemo_nb as nemo
import pandas as pd
def cues(*texts):
    starts = range(0, 2000 * len(texts), 2000)
    return pd.DataFrame({"start_ms": starts, "end_ms": [s + 1800 for s in starts], "text": texts})
ab = nemo.compare(cues("Hello big world", "The same", "Good bye <b>now</b>"),
                  cues("Hello small world", "The same", "See you soon"), names=["Zebra", "Quokka"])
"""
NAMES = ("Zebra", "Quokka")
SHOW = "ab.player(films={films!r})"
FILMED = """() => {
    const films = [...document.querySelectorAll(".nmp-player video:not([hidden])")];
    return films.length === 2 && films.every(film => film.readyState >= 3);
}"""
# The frame that each film shows, as the browser tells it, and as its clock has it.
FRAMES = """() => [...document.querySelectorAll(".nmp-player video")].flatMap(
    film => [film.dataset.frame, String(Math.floor(film.currentTime * 30 + 0.02))])"""
CLOCKS = """() => [...document.querySelectorAll(".nmp-player video")].map(
    film => film.currentTime)"""
LOUD = """() => String([...document.querySelectorAll(".nmp-player video")].map(
    film => !film.muted && film.volume === 1))"""
LAYERS = """() => [...document.querySelectorAll(".nmp-player .nmp-ab-cell")].map(
    cell => cell.dataset.layer ?? null)"""


def _moving(number):
    """A picture with a block that moves to the right."""
    picture = np.full((180, 320, 3), (60, 90, 130), np.uint8)
    picture[60:120, number : number + 60] = (230, 190, 90)
    return picture


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Two films of six seconds, each with a tone of its own."""
    folder = tmp_path_factory.mktemp("films")
    options = {"frames": 180, "fps": 30, "size": (320, 180), "draw": _moving}
    return {
        name: str(mediakit.clip(folder / f"{name}.mp4", hz=hz, **options))
        for name, hz in zip(NAMES, (440, 660), strict=True)
    }


def player_of(notebook, index=1):
    return notebook.output(index).locator(".nmp-player")


def picture(notebook, name):
    path = notebook._picture(f"player-{name}")
    player_of(notebook).screenshot(path=path, animations="disabled")


def stage_of(player):
    return player.get_by_role("group", name="Picture")


def wait_on_frame(page, number):
    """Wait until both films stand on this one frame."""
    page.wait_for_function(f"number => ({FRAMES})().every(one => one === number)", arg=str(number))


def test_two_rendered_films_play_in_step_and_come_back(open_notebook, photo):
    notebook = open_notebook(MAKE.format(photo=str(photo)), "ab.player()", height=1150)
    page = notebook.page
    notebook.run(0)
    notebook.run(1)
    player = player_of(notebook)
    expect(player.get_by_text("Hello there").first).to_be_visible()
    page.wait_for_function(FILMED, timeout=120_000)
    picture(notebook, "side-light")

    # Standing still, all show the same frame; after a step the next one.
    stage_of(player).focus()
    page.keyboard.press("]")
    wait_on_frame(page, 6)
    page.keyboard.press(".")
    wait_on_frame(page, 7)

    # Playing, both clocks move on together; paused, they stand on one frame again.
    page.keyboard.press(" ")
    page.wait_for_function("() => document.querySelector('.nmp-player video').currentTime > 1")
    expect(player.get_by_role("button", name="Pause")).to_be_visible()
    one, other = page.evaluate(CLOCKS)
    assert abs(one - other) < 0.25
    page.keyboard.press(" ")
    expect(player.get_by_role("button", name="Play")).to_be_visible()
    page.wait_for_function(f"() => new Set(({FRAMES})()).size === 1")
    assert notebook.errors == []

    # The page loaded anew, the kernel still there: the films are back.
    notebook.save()
    notebook.reload()
    page.wait_for_function(FILMED, timeout=60_000)

    # Reopened with no kernel that knows it: pictures, captions and metrics.
    copy = notebook.reopened_without_kernel()
    # After a reload, the notebook of before is opened along with it.
    current = page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab.lm-mod-current")
    expect(current).to_contain_text("copy-of")
    saved = copy.output(1)
    expect(saved.locator("img[alt^='Zebra at']").first).to_be_visible()
    expect(saved.get_by_text("Aligned captions (3)")).to_be_visible()
    expect(saved.locator(".nmp-player")).to_have_count(0)
    copy.screenshot_page("player-saved")
    assert not re.search(r"nmv_[a-z]+_|nemo-player-", copy.file.read_text("utf-8"))


def test_switch_wipe_and_difference(open_notebook, films):
    notebook = open_notebook(PLAIN, SHOW.format(films=films))
    page = notebook.page
    notebook.run(0)
    notebook.run(1)
    player = player_of(notebook)
    page.wait_for_function(FILMED)

    # One at a time: a key brings the other to the front, and its sound.
    player.get_by_role("button", name="One at a time").click()
    assert page.evaluate(LAYERS) == ["0", None]
    page.wait_for_function(f"() => ({LOUD})() === 'true,false'")
    stage_of(player).focus()
    page.keyboard.press("x")
    assert page.evaluate(LAYERS) == [None, "0"]
    page.wait_for_function(f"() => ({LOUD})() === 'false,true'")
    expect(player.get_by_role("status")).to_have_text("Quokka is heard")
    picture(notebook, "switch-light")

    player.get_by_role("button", name="Wipe").click()
    divider = player.get_by_role("slider", name="Divider")
    box = divider.bounding_box()
    frame = player.locator(".nmp-ab-pictures").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] * 0.3, box["y"] + 60)
    page.mouse.up()
    expect(divider).to_have_attribute("aria-valuenow", "30")
    page.keyboard.press("PageUp")
    expect(divider).to_have_attribute("aria-valuenow", "40")
    picture(notebook, "wipe-light")
    assert axe_findings(page) == []

    player.get_by_role("button", name="Difference").click()
    top = player.locator(".nmp-ab-cell[data-layer='1']")
    assert top.evaluate("cell => getComputedStyle(cell).mixBlendMode") == "difference"
    player.get_by_label("Amplify").select_option("4")
    notebook.theme("JupyterLab Dark")
    picture(notebook, "difference-dark")
    assert axe_findings(page) == []
    notebook.theme("JupyterLab Light")
    assert notebook.errors == []


def test_blind_votes_arrive_and_no_name_is_seen_before_the_end(open_notebook, films):
    notebook = open_notebook(PLAIN, SHOW.format(films=films), "ab.votes")
    page = notebook.page
    notebook.run(0)
    notebook.run(1)
    player = player_of(notebook)
    page.wait_for_function(FILMED)
    player.get_by_role("button", name="Blind vote").click()
    expect(player.get_by_text("1 of 2")).to_be_visible()
    shown = player.evaluate("player => player.outerHTML")
    assert not [name for name in NAMES if name in shown]
    picture(notebook, "blind-light")
    assert axe_findings(page) == []
    page.keyboard.press("1")
    expect(player.get_by_text("2 of 2", exact=True)).to_be_visible()
    page.keyboard.press("ArrowRight")
    end = player.get_by_role("region", name="Blind vote")
    expect(end.get_by_text("All cues are voted on.")).to_be_visible()
    expect(end.get_by_text("ab.preferences()")).to_be_visible()
    expect(player.get_by_text("2 votes so far")).to_be_visible()
    picture(notebook, "reveal-light")

    notebook.run(2)
    rows = notebook.output(2).locator("tbody tr")
    expect(rows).to_have_count(2)
    first, second = (row.split()[1:] for row in rows.all_inner_texts())
    assert [first[0], first[1], first[4]] == ["me", "1", first[2]]
    assert [second[0], second[1], second[4]] == ["me", "3", second[3]]

    notebook.theme("JupyterLab Dark")
    picture(notebook, "reveal-dark")
    assert axe_findings(page) == []
    notebook.theme("JupyterLab Light")
    assert notebook.errors == []

    # The page loaded anew, the kernel still there: the votes are back.
    notebook.save()
    notebook.reload()
    expect(player_of(notebook).get_by_text("2 votes so far")).to_be_visible()


@both_hosts
def test_captions_without_films_play_on_a_plain_stage(open_notebook):
    notebook = open_notebook(PLAIN, "ab.player()")
    notebook.run(0)
    notebook.run(1)
    page, player = notebook.page, player_of(notebook)
    expect(player.get_by_text("Only the captions are played")).to_be_visible()
    expect(player.locator("mark").first).to_have_text("big")
    stage_of(player).focus()
    page.keyboard.press("]")
    expect(player.locator(".nmp-ab-said").first).to_have_text("Good bye <b>now</b>")
    page.keyboard.press("[")
    page.keyboard.press(" ")
    position = player.get_by_role("slider", name="Position")
    page.wait_for_function(
        "bar => Number(bar.value) > 300", arg=position.element_handle(), timeout=20_000
    )
    page.keyboard.press(" ")
    picture(notebook, "captions-light")
    assert axe_findings(page) == []
    page.set_viewport_size({"width": 560, "height": 1300})
    overflow = player.evaluate("player => player.scrollWidth - player.clientWidth")
    assert overflow <= 0
    picture(notebook, "narrow-light")
    assert notebook.errors == []


def test_running_the_cell_again_leaves_one_player(open_notebook):
    count = "from nemo_nb.notebook.widgets import compare; [*map(len, compare._shown._of.values())]"
    notebook = open_notebook(PLAIN, "ab.player(blind=True)", count)
    notebook.run(0)
    for _ in range(3):
        notebook.run(1)
    expect(player_of(notebook)).to_have_count(1)
    expect(player_of(notebook).get_by_text("1 of 2")).to_be_visible()
    notebook.run(2)
    assert "[1]" in notebook.output(2).inner_text()
    assert notebook.errors == []


def test_a_restarted_kernel_is_told_and_what_is_there_plays_on(open_notebook):
    notebook = open_notebook(PLAIN, "ab.player()")
    notebook.run(0)
    notebook.run(1)
    player = player_of(notebook)
    expect(player.locator("mark").first).to_be_visible()
    notebook.restart()
    expect(player.get_by_text("The kernel was restarted.")).to_be_visible()
    stage_of(player).focus()
    notebook.page.keyboard.press("]")
    expect(player.locator(".nmp-ab-said").first).to_have_text("Good bye <b>now</b>")
