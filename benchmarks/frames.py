"""Frames, diff and alignment at size, beside pandas.json_normalize on the same draft.

Run: python benchmarks/frames.py
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import pandas as pd

from nemo_nb.captions.align import aligned, cues_of
from nemo_nb.timeline.frames import captions_frame, segments_frame, tracks_frame
from nemo_nb.timeline.timeline import Timeline

SEGMENTS = 100_000
RUNS = 5


def draft_of(count: int, shift_ms: int = 0) -> dict[str, Any]:
    """Return a draft as the studio writes it: half clips, half captions."""
    half = count // 2
    clips = [
        {
            "id": f"v{i}",
            "s": i * 1000,
            "d": 1000,
            "m": {"src": "clip.mp4", "title": "clip.mp4", "in": i, "volume": 1.0},
        }
        for i in range(half)
    ]
    return {
        "d": half * 1000,
        "m": {"title": "bench", "width": 1920, "height": 1080},
        "t": [
            {"tt": 0, "id": "v", "m": {"title": "Video"}, "sg": clips},
            {"tt": 7, "id": "x", "m": {"title": "Text"}, "sg": cues(half, shift_ms)},
        ],
    }


def cues(count: int, shift_ms: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "s": i * 1000 + shift_ms,
            "d": 900,
            "m": {
                "text": f"Caption number {i}",
                "role": "caption",
                "style": {"preset": "clean-white"},
            },
        }
        for i in range(count)
    ]


def interleaved(*tasks: Callable[[], object]) -> list[float]:
    """Return the median seconds of each task, run in turns: a busy machine slows all alike."""
    taken: list[list[float]] = [[] for _ in tasks]
    for _ in range(RUNS):
        for task, times in zip(tasks, taken, strict=True):
            began = time.perf_counter()
            task()
            times.append(time.perf_counter() - began)
    return [statistics.median(times) for times in taken]


def frames(draft: dict[str, Any]) -> pd.DataFrame:
    segments = segments_frame(draft)
    tracks_frame(draft, segments)
    return segments


def main() -> None:
    draft = draft_of(SEGMENTS)
    ours, theirs, captions = interleaved(
        lambda: frames(draft),
        lambda: pd.json_normalize(draft["t"], record_path="sg", meta="tt", record_prefix="sg."),
        lambda: captions_frame(segments_frame(draft)),
    )
    print(f"{SEGMENTS:,} segments, median of {RUNS} interleaved runs")
    print(f"  tracks and segments    {ours:.3f} s")
    print(f"  pandas.json_normalize  {theirs:.3f} s   ratio {theirs / ours:.1f}")
    print(f"  segments and captions  {captions:.3f} s")
    print("cues     diff, all moved   align two variants")
    for count in (1_000, 10_000, 100_000):
        before = Timeline.from_draft({"t": [{"tt": 7, "sg": cues(count)}]})
        after = Timeline.from_draft({"t": [{"tt": 7, "sg": cues(count, shift_ms=50)}]})
        one, two = cues_of(before.captions, 0), cues_of(after.captions, 1)
        began = time.perf_counter()
        changes = before.diff(after)
        diffed = time.perf_counter()
        groups = aligned([one, two])
        done = time.perf_counter()
        if len(changes) != count or len(groups) != count:
            raise SystemExit("the results are wrong")
        print(f"{count:>7,}  {diffed - began:>10.3f} s   {done - diffed:>14.3f} s")


if __name__ == "__main__":
    main()
