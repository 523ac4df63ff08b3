"""How far the films of the comparison player drift apart, beside two bare <video> elements.

A minute of two real films in Chromium. The bare pair is started in one go and left alone; the
player steers. Their runs take turns on the same machine. `clocks` is the difference of the
media clocks in ms, read at every animation frame; `frames` that of the frames on screen.

Run: python benchmarks/player.py [--runs 2] [--seconds 60] [--films a.mp4 b.mp4]
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import nemo_nb
from nemo_nb import samples

STATIC = Path(nemo_nb.__file__).parent / "notebook" / "widgets" / "static"
CLIPS = 7
MODES = ("Side by side", "One at a time", "Wipe", "Difference")
FLAGS = ("--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required")

# The kernel's end of the comm, in the page: what `compare.py` answers.
PAGE = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="compare.css">
<body><div id="bare"><video src="0.mp4" preload="auto" width="400"></video>
<video src="1.mp4" preload="auto" muted width="400"></video></div><div id="player"></div>
<script type="module">
import widget from "./compare.js";
const bytes = await Promise.all([0, 1].map(async n => (await fetch(`${n}.mp4`)).arrayBuffer()));
const names = ["A", "B"];
const film = (n) => ({film: n + 1, status: "ready", progress: 100, fps: 30, problem: null,
  video: {video: n + 1, name: "film.mp4", size_bytes: bytes[n].byteLength, duration_ms: 63000}});
const starts = Array.from({length: 20}, (_, n) => n * 3000);
const answers = {
  hello_player: () => [{width: 1280, height: 720, fps: 30, blind: false, votes: 0, ballots: [],
    voter: "me",
    variants: names.map((name, n) => ({name, duration_ms: 63000, film: film(n),
      cues: starts.map(at => ({start_ms: at, end_ms: at + 2000, text: `Cue ${at} ${name}`,
        style: name, role: "caption"}))})),
    groups: starts.map((at, n) => ({start_ms: at, end_ms: at + 2000, cues: [[n], [n]],
      alike: [0, 1]}))}, []],
  video: ({video}) => [{total_bytes: bytes[video - 1].byteLength},
    [new DataView(bytes[video - 1])]],
};
let hear = () => {};
const model = {
  get: () => "en", on: (kind, listener) => { if (kind === "msg:custom") hear = listener; },
  off() {}, widget_manager: {},
  send(message) {
    const [data, buffers] = answers[message.kind](message);
    queueMicrotask(() => hear({kind: "answer", to: message.id, ok: true, data}, buffers));
  },
};
const {signal} = new AbortController();
const made = await widget();
await made.initialize({model, signal});
await made.render({model, el: document.getElementById("player"), signal});
</script>"""

READY = """root => {
    const films = [...document.querySelectorAll(`${root} video`)];
    return films.length === 2 && films.every(film => film.readyState === 4);
}"""

MEASURE = """async ([root, seconds]) => {
    const films = [...document.querySelectorAll(`${root} video`)];
    const shown = [0, 0], clocks = [], frames = [], late = [];
    let isOver = false;
    films.forEach((film, index) => {
        const note = (_, { mediaTime }) => {
            shown[index] = mediaTime * 1000;
            if (!isOver) film.requestVideoFrameCallback(note);
        };
        film.requestVideoFrameCallback(note);
    });
    const before = films.map(film => film.getVideoPlaybackQuality());
    if (root === "#bare") for (const film of films) film.play();
    else document.querySelector(".nmp-player [aria-label=Play]").click();
    // From the moment that both run: a start is no drift.
    while (films.some(film => film.currentTime < 0.2)) await new Promise(requestAnimationFrame);
    const begin = performance.now(), end = begin + seconds * 1000;
    while (performance.now() < end) {
        await new Promise(requestAnimationFrame);
        clocks.push((films[1].currentTime - films[0].currentTime) * 1000);
        frames.push(shown[1] - shown[0]);
        if (Math.abs(clocks.at(-1)) > 40) late.push(Math.round(performance.now() - begin));
    }
    isOver = true;
    if (root === "#bare") for (const film of films) film.pause();
    else document.querySelector(".nmp-player [aria-label=Pause]")?.click();
    const dropped = films.map((film, index) =>
        film.getVideoPlaybackQuality().droppedVideoFrames - before[index].droppedVideoFrames);
    return { clocks, frames, late, dropped, played: films.map(film => film.currentTime) };
}"""


def render(folder: Path) -> None:
    """Render two variants of a cut of a minute, as the player has them rendered."""
    session = nemo_nb.connect("local", workspace=folder / "studio")
    clip = samples.clip(folder / "clip.mp4").read_bytes()
    session.upload(*[(f"clip{number}.mp4", clip) for number in range(CLIPS)])
    words = [(at, at + 2000, f"Cue at {at // 1000} s") for at in range(0, 60_000, 3000)]
    ab = session.ab("bold yellow captions", "boxed captions", names=["A", "B"], captions=words)
    for number, timeline in enumerate(ab.variants.values()):
        path = folder / f"{number}.mp4"
        session.export(path, timeline=timeline, resolution="540p", quality="medium")
    session.close()


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its own name
        pass


def told(values: list[float]) -> dict[str, float]:
    off = sorted(map(abs, values))
    at = {"median": 0.5, "p95": 0.95, "p99": 0.99}
    found = {name: off[int(len(off) * share)] for name, share in at.items()}
    return {name: round(value, 1) for name, value in {**found, "max": off[-1]}.items()}


def run(page: Any, root: str, mode: str, seconds: float) -> dict[str, Any]:
    rewind = (
        "root => { for (const f of document.querySelectorAll(`${root} video`)) f.currentTime = 0; }"
    )
    if root == "#player":
        page.get_by_role("button", name=mode, exact=True).click()
        rewind = """() => {
            const bar = document.querySelector(".nmp-ab-seek");
            bar.value = 0;
            bar.dispatchEvent(new Event("input"));
        }"""
    page.evaluate(rewind, root)
    page.wait_for_timeout(500)
    found = page.evaluate(MEASURE, [root, seconds])
    return {
        "what": mode or "bare pair",
        "clocks": told(found["clocks"]),
        "frames": told(found["frames"]),
        "over_40_ms": round(len(found["late"]) / len(found["clocks"]), 4),
        "over_40_ms_at_s": sorted({at // 1000 for at in found["late"]}),
        "dropped": found["dropped"],
        "reads": len(found["clocks"]),
    }


def main() -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # only this needs it

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=1)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--films", nargs=2, type=Path)
    options.add_argument("--modes", nargs="*", default=MODES[:2], choices=MODES)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.films:
            for number, film in enumerate(given.films):
                shutil.copy(film, folder / f"{number}.mp4")
        else:
            render(folder)
        for file in ("compare.js", "compare.css"):
            shutil.copy(STATIC / file, folder)
        (folder / "index.html").write_text(PAGE, "utf-8")
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        path = shutil.which("chromium") or shutil.which("google-chrome")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
            page = browser.new_page(viewport={"width": 1280, "height": 1200})
            page.goto(f"http://127.0.0.1:{server.server_port}/index.html")
            for root in ("#bare", "#player"):
                page.wait_for_function(READY, arg=root)
            for _ in range(given.runs):
                for root, mode in [("#bare", ""), *(("#player", mode) for mode in given.modes)]:
                    print(json.dumps(run(page, root, mode, given.seconds)), flush=True)
            browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
