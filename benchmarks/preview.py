"""How soon a picture is there, and how awake the notebook stays while a render runs.

``seek``: a still at a random time of a 1080p clip, exact and of the key frame before it, against
``ffmpeg -ss`` writing a JPEG; the clip is open, as it is while somebody drags a slider. ``fresh``
is a key frame that has not been looked at before; otherwise the last ones are kept.
``awake``: how late a timer of 5 ms fires in this process's event loop while a 1080p render
runs nowhere, in threads of this process, and in the studio's own process.

    python benchmarks/preview.py [--seconds 30] [--rounds 9] [--only seek awake]
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from kit.contest import contest, report
from kit.media import FPS, HEIGHT, WIDTH, make_clip

from nemo_nb.errors import RenderCancelled
from nemo_nb.studio.engine import Engine
from nemo_nb.studio.render import keyframes
from nemo_nb.studio.render.encode import render
from nemo_nb.studio.render.formats import Order

SECTIONS = ("seek", "awake")
GOALS = {
    "seek": "0.4 exact, 0.1 key frame",
    "awake": "no later in the studio's process than in threads",
}
_PANEL_WIDTH = 640
_SEEKS = 5
_TICK_S = 0.005


def draft_of(seconds: int) -> dict:
    text = {"s": 1000, "d": seconds * 1000 - 2000, "m": {"text": "A caption on every frame"}}
    return {
        "m": {"width": WIDTH, "height": HEIGHT, "fps": FPS},
        "t": [
            {"tt": 0, "sg": [{"d": seconds * 1000, "m": {"src": "clip.mp4"}}]},
            {"tt": 7, "sg": [text]},
        ],
    }


def seek(source: Path, seconds: int, rounds: int) -> None:
    if not shutil.which("ffmpeg"):
        print("  ffmpeg is not on the PATH: apt-get install ffmpeg")
        return
    engine, draft, assets = Engine(), draft_of(seconds), {"clip.mp4": source}
    picked = random.Random(7)

    def times() -> list[float]:
        return [picked.uniform(0, seconds - 0.1) for _ in range(_SEEKS)]

    def stills(width: int | None, *, exact: bool) -> None:
        for at in times():
            engine.frame(draft, assets, round(at * 1000), width, exact=exact)

    def command_line() -> None:
        for at in times():
            where = ["-ss", f"{at:.3f}", "-i", str(source), "-frames:v", "1", "-q:v", "3"]
            command = ["ffmpeg", "-v", "error", "-y", *where, str(source.with_suffix(".jpg"))]
            subprocess.run(command, check=True)

    def fresh() -> None:
        with patch.object(keyframes, "_KEPT_BYTES", 0):
            stills(_PANEL_WIDTH, exact=False)

    stills(None, exact=True)
    stills(_PANEL_WIDTH, exact=False)
    runs = {
        "ffmpeg -ss": command_line,
        "exact": lambda: stills(None, exact=True),
        "key frame": lambda: stills(_PANEL_WIDTH, exact=False),
        "key frame, fresh": fresh,
    }
    print(f"  {_SEEKS} stills each time")
    report(contest(runs, rounds), "ffmpeg -ss")
    engine.close()


def awake(source: Path, seconds: int, rounds: int) -> None:
    draft, assets, engine = draft_of(seconds), {"clip.mp4": source}, Engine()

    def in_threads(out: Path, cancelled: Callable[[], bool]) -> None:
        render(draft, assets, out, cancelled=cancelled)

    def in_the_studio(out: Path, cancelled: Callable[[], bool]) -> None:
        engine.render(
            draft, assets, out, Order(), films=None, progress=lambda _: None, cancelled=cancelled
        )

    runs = {"nothing": None, "threads": in_threads, "studio's process": in_the_studio}
    found: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(rounds):
        for name in sorted(runs, reverse=bool(turn % 2)):
            found[name] += _lateness_while(runs[name], source.with_suffix(".out.mp4"))
    for name, late in found.items():
        late.sort()
        p50, p99 = late[len(late) // 2], late[len(late) * 99 // 100]
        print(f"  {name:18} p50 {p50:6.2f} ms, p99 {p99:6.2f} ms, worst {late[-1]:6.2f} ms")


def _lateness_while(run: Callable[[Path, Callable[[], bool]], None] | None, out: Path) -> list:
    over = threading.Event()

    def work() -> None:
        try:
            while run is not None and not over.is_set():
                run(out, over.is_set)
        except RenderCancelled:
            pass

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(1.5)  # until it draws
    late = asyncio.run(_lateness(3.0))
    over.set()
    thread.join()
    return late


async def _lateness(for_s: float) -> list[float]:
    late = []
    end = time.perf_counter() + for_s
    while (begun := time.perf_counter()) < end:
        await asyncio.sleep(_TICK_S)
        late.append(max(0.0, time.perf_counter() - begun - _TICK_S) * 1000)
    return late


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=SECTIONS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "clip.mp4")
        make_clip(source, given.seconds)
        for name in given.only:
            print(f"{name}: {given.rounds} rounds; goal {GOALS[name]}", flush=True)
            {"seek": seek, "awake": awake}[name](source, given.seconds, given.rounds)


if __name__ == "__main__":
    main()
