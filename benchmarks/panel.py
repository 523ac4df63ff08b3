"""The panel in JupyterLab: how fast words reach the page, how big it is, how smooth it scrolls.

    python benchmarks/panel.py [--events 120] [--rounds 3]

A server on loopback sends numbered words; an observer on the page notes when each is in the
DOM. Contenders take turns in one notebook: the panel (while the words also stream into the cell
that asked), plain `print` in a cell, and a bare anywidget that is sent one custom message a
word. The latter two read the same stream with httpx and do nothing else. Needs Chromium.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import statistics
import sys
import tempfile
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
# The notebooks that the browser tests drive.
sys.path.insert(0, str(ROOT / "tests"))

from browser.hosts import (  # noqa: E402 - the path comes first
    STATIC,
    Notebook,
    chromium,
    free_port,
    jupyter,
    program,
)

GOAL_KB, GOAL_GZIP_KB = 120, 40
BURST = 2_000
SEGMENTS = 5_000
FRAME_MS = 16.7

SETUP = """%load_ext nemo_nb
import anywidget, httpx, itertools, json, nemo_nb
s = nemo_nb.connect({url!r})
numbers = itertools.count(1)

def words(text):
    body = {{"new_message": {{"parts": [{{"text": text}}]}}}}
    with httpx.stream("POST", "{url}/run_sse", json=body, timeout=60) as answer:
        for line in answer.iter_lines():
            if line.startswith("data: "):
                event = json.loads(line[6:])
                if event["partial"]:
                    yield event["content"]["parts"][0]["text"]

def panel(text):
    s.chat(text)

def printed(text):
    for word in words(text):
        print(word, end="", flush=True)

def bare(text):
    for word in words(text):
        widget.send(word)

def go(how, count, per_second):
    how(f"stream {{count}} {{per_second}} {{how.__name__}}{{next(numbers)}}")

class Bare(anywidget.AnyWidget):
    _esm = '''export default {{ render({{ model, el }}) {{
        el.className = "bare";
        model.on("msg:custom", word => el.append(word));
    }} }}'''

widget = Bare()
s"""
TIMELINE = """track = [{{"d": 1500, "m": {{"text": f"cue {{n}}"}}}} for n in range({each})]
nemo_nb.Timeline.from_draft({{"t": [{{"tt": 7, "sg": track}}] * 5}}).widget()"""
CONTENDERS = {
    "panel": ".nmp-panel .nmp-reply",
    "printed": ".jp-Cell[data-windowed-list-index='{index}'] .jp-OutputArea-output",
    "bare": ".bare",
}
# Notes when each word of that name is first seen in the last of those places. The clock is the
# machine's, as the server's is.
WATCH = """([place, name]) => {
    window.seen?.stop();
    const times = [];
    const look = () => {
        const now = performance.timeOrigin + performance.now();
        const text = [...document.querySelectorAll(place)].at(-1)?.textContent ?? '';
        const at = text.lastIndexOf(`${name}.`);
        const found = at < 0 ? 0 : parseInt(text.slice(at + name.length + 1)) + 1;
        while (times.length < found) times.push(now);
    };
    const observer = new MutationObserver(look);
    observer.observe(document.querySelector('.jp-Notebook'),
        { childList: true, characterData: true, subtree: true });
    window.seen = { times, stop: () => observer.disconnect() };
}"""
# Adds up what our script does between two frames: frame callbacks, and what hears the mouse.
METER = """() => {
    window.spent = 0;
    const metered = what => typeof what !== 'function' ? what : function (...args) {
        const begun = performance.now();
        try {
            return what.apply(this, args);
        } finally {
            window.spent += performance.now() - begun;
        }
    };
    const { requestAnimationFrame: frame } = window;
    window.requestAnimationFrame = what => frame.call(window, metered(what));
    const add = EventTarget.prototype.addEventListener;
    EventTarget.prototype.addEventListener = function (type, what, options) {
        const heard = /^(wheel|scroll|pointer|mouse)/.test(type) ? metered(what) : what;
        return add.call(this ?? window, type, heard, options);
    };
    window.meter = () => {
        const frames = [];
        let running = true;
        const tick = () => {
            // Of the frame before: its callbacks came after this one.
            frames.push(window.spent);
            window.spent = 0;
            if (running) frame.call(window, tick);
        };
        window.spent = 0;
        frame.call(window, tick);
        return () => { running = false; return frames.slice(1); };
    };
}"""


class Bench:
    """One notebook whose cells are the contenders."""

    def __init__(self, notebook: Notebook, url: str, events: int) -> None:
        self.notebook = notebook
        self.url = url
        self.events = events
        self.runs = 0

    def stream(self, contender: str, *, burst: bool) -> list[float]:
        """Return for each word the ms from the server to the page."""
        self.runs += 1
        name = f"{contender}{self.runs}"
        count = BURST if burst else self.events
        index = 2 + 2 * list(CONTENDERS).index(contender) + burst
        place = CONTENDERS[contender].format(index=index)
        self.notebook.page.evaluate(WATCH, [place, name])
        self.notebook.run(index)
        done = f"() => window.seen.times.length >= {count}"
        self.notebook.page.wait_for_function(done, timeout=60_000)
        times: list[float] = self.notebook.page.evaluate("() => window.seen.times")
        with urllib.request.urlopen(f"{self.url}/sent/{name}") as answer:
            sent = json.loads(answer.read())
        if burst:
            # jupyter_server drops what comes faster than 3,000 messages in 3 s.
            self.notebook.page.wait_for_timeout(3_000)
            return [times[-1] - sent[0]]
        return [there - begun for begun, there in zip(sent, times, strict=True)]


def cells(url: str, events: int, pace: int) -> list[str]:
    runs = [f"go({name}, {n}, {s})" for name in CONTENDERS for n, s in ((events, pace), (BURST, 0))]
    return [SETUP.format(url=url), "widget", *runs, TIMELINE.format(each=SEGMENTS // 5)]


def percentile(values: list[float], share: float) -> float:
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def measure_words(bench: Bench, rounds: int, pace: int) -> None:
    paced: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    burst: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    for turn in range(rounds + 1):
        # The order alternates, so that no side always runs on the warmer machine.
        for name in sorted(CONTENDERS, reverse=bool(turn % 2)):
            for times, is_burst in ((paced, False), (burst, True)):
                found = bench.stream(name, burst=is_burst)
                # The first round is to warm up.
                if turn > 0:
                    times[name] += found
    print(f"server event → DOM, {pace} events a second, {bench.events} a round; burst of {BURST}")
    for name in CONTENDERS:
        print(
            f"  {name:8} p50 {percentile(paced[name], 0.5):6.0f} ms"
            f"  p95 {percentile(paced[name], 0.95):6.0f} ms"
            f"  burst complete {statistics.median(burst[name]):6.0f} ms"
        )


def measure_frames(notebook: Notebook, index: int) -> None:
    page = notebook.page
    page.evaluate(METER)
    notebook.run(index)
    shown = notebook.output(index).locator(".nmp-timeline")
    lane = shown.get_by_role("listbox").first
    lane.wait_for(state="attached")
    lane.scroll_into_view_if_needed()
    box: Any = shown.locator("canvas").last.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def wheel(dx: int, dy: int, times: int) -> None:
        for _ in range(times):
            page.mouse.wheel(dx, dy)

    def zoom(dy: int, times: int) -> None:
        page.keyboard.down("Control")
        wheel(0, dy, times)
        page.keyboard.up("Control")

    print(f"timeline of {SEGMENTS} segments, script a frame")
    for name, act in {
        "zoom": lambda: (zoom(-60, 120), zoom(60, 120)),
        "scroll": lambda: (zoom(-60, 40), wheel(90, 0, 150), wheel(-90, 0, 150)),
    }.items():
        stop = page.evaluate_handle("() => window.meter()")
        act()
        page.wait_for_timeout(100)
        frames = [ms for ms in stop.evaluate("stop => stop()") if ms > 0]
        over = sum(ms > FRAME_MS for ms in frames) / len(frames)
        print(
            f"  {name:8} p50 {percentile(frames, 0.5):5.1f} ms  p95 {percentile(frames, 0.95):5.1f}"
            f" ms  most {max(frames):5.1f} ms  over {FRAME_MS} ms: {over:.1%} of {len(frames)}"
        )


def show_sizes() -> None:
    print(f"bundles (goal: at most {GOAL_KB} kB minified, {GOAL_GZIP_KB} kB gzipped)")
    for file in sorted(STATIC.glob("*.js")):
        code = file.read_bytes()
        small, packed = len(code) / 1000, len(gzip.compress(code, 9)) / 1000
        verdict = "ok" if small <= GOAL_KB and packed <= GOAL_GZIP_KB else "over"
        print(f"  {file.name:12} {small:6.1f} kB  {packed:5.1f} kB gzipped  {verdict}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--per-second", type=int, default=50)
    asked = parser.parse_args()
    show_sizes()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        script = Path(__file__).parent / "kit" / "paced_api.py"
        command = [sys.executable, str(script), str(port)]
        stack.enter_context(program(command, f"{url}/", home / "api.log"))
        server = stack.enter_context(jupyter(home))
        page = stack.enter_context(chromium()).new_page()
        page.set_viewport_size({"width": 1280, "height": 1600})
        book = cells(url, asked.events, asked.per_second)
        notebook = Notebook.opened(server, page, server.write("panel.ipynb", *book), "lab")
        notebook.run(0)
        notebook.run(1)
        measure_words(Bench(notebook, url, asked.events), asked.rounds, asked.per_second)
        measure_frames(notebook, len(book) - 1)
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
