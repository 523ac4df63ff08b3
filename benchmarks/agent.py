"""From a message to the agent's answer: p50 and p95 over everyday messages, no network, no frames.

What the first event waits for is this answer; the rest is the server's own few milliseconds.
Run: ``python benchmarks/agent.py``.
"""

# ruff: noqa: RUF001 - Chinese messages use Chinese punctuation
from __future__ import annotations

import statistics
import time

from nemo_nb.models import MediaInfo
from nemo_nb.studio import edits
from nemo_nb.studio.agent.agent import Project, respond

CLIP = MediaInfo("clip.mp4", "video", "mp4", 12_000, 1920, 1080, 30.0, has_audio=True)
MESSAGES = (
    "trim the first 3 seconds, add lo-fi music at 30% and put 'Urban Dreams' on top for 3 s",
    "make it a bit brighter, more contrast and warmer",
    "剪掉前三秒，加30%音量的低保真音乐，顶部加标题“Urban Dreams”显示3秒",
    "fade out the music over the last three seconds",
    "bold yellow captions at the top",
    "what is the weather like today",
    "freeze the last frame for 2 seconds",
    "the one before too",
)
ROUNDS = 60


def main() -> None:
    """Print the percentiles in ms; the first answer, which loads the lexicon, by itself."""
    draft = edits.add_media(edits.new_draft(), CLIP)
    taken: list[float] = []
    for number in range(ROUNDS * len(MESSAGES)):
        message = MESSAGES[number % len(MESSAGES)]
        recent = (MESSAGES[(number - 1) % len(MESSAGES)],)
        started = time.perf_counter()
        respond(message, Project(draft, (CLIP,), "en", recent), lambda _: None)
        taken.append((time.perf_counter() - started) * 1000)
    cuts = statistics.quantiles(taken[1:], n=100)
    print(f"first {taken[0]:.1f} ms, p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms")


if __name__ == "__main__":
    main()
