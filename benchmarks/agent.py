"""Message → first event, over HTTP and Server-Sent Events, as a client on this machine sees it.

    python benchmarks/agent.py [--rounds 40]

The studio runs as `connect()` starts it, in a thread of this process; the client keeps its
connection. Everyday messages are sent in turns with ``GET capabilities``, the least that a call
to this server costs, so that what else the machine does hits both. "cold" is the very first
message of a fresh process, "warm" the ones after it; "heavy" are messages that look at pictures
or draw some before they answer. The first event only says that the message is being read, so the
first that tells of the work is told as well. Goal: p50 under 30 ms, p95 under 100 ms.
"""

# ruff: noqa: RUF001 - Chinese messages use Chinese punctuation
from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import httpx
from kit.media import make_photos

from nemo_nb.studio import launch

EVERYDAY = (
    "trim the first 100 ms, add lo-fi music at 30% and put 'Urban Dreams' on top for 1 s",
    "make it a bit brighter, more contrast and warmer",
    "顶部加标题“Urban Dreams”显示1秒，再加30%音量的低保真音乐",
    "fade out the music over the last second",
    "bold yellow captions at the top",
    "what is the weather like today",
    "undo",
    "the one before too",
)
HEAVY = (
    "generate a caption for this photo and overlay it as a short video",
    "remove the background, adjust brightness, and put 'Hello' on it",
    'test two caption styles with the words "But first, coffee" and compare them',
    "turn my photos into a slideshow video with transitions and music",
    "generate a video prompt for a fox in the snow, 12 seconds",
)
SKILL = {
    "X-Skill-Source": "caption-ab",
    "X-Skill-Version": "1.0.0",
    "X-Skill-Platform": "benchmark",
}


class Taken(NamedTuple):
    """Ms from the message to its first event, to the first that tells of the work, to the end."""

    first: float
    deed: float
    end: float

    def __str__(self) -> str:
        return f"first {self.first:6.1f} ms, deed or word {self.deed:7.1f}, end {self.end:7.1f}"


class Client:
    """One keep-alive connection to a studio, with a stopwatch."""

    def __init__(self, studio: launch.Studio) -> None:
        headers = SKILL | {"Authorization": f"Bearer {studio.token.reveal()}"}
        self._http = httpx.Client(base_url=studio.url, headers=headers, timeout=120, verify=False)

    def session(self, photo: Path) -> str:
        body = {"task_name": "project", "language": "en"}
        answer = self._http.post("/api/tasks/me/with-session/nemo_agent", json=body)
        sid = answer.json()["data"]["session_id"]
        with photo.open("rb") as file:
            files = {"files": (photo.name, file, "image/jpeg")}
            self._http.post(f"/api/upload-video/nemo_agent/me/{sid}", files=files)
        return sid

    def floor(self) -> float:
        """Return the ms of the least call there is."""
        began = time.perf_counter()
        self._http.get("/studio/v1/capabilities").raise_for_status()
        return (time.perf_counter() - began) * 1000

    def say(self, sid: str, text: str) -> Taken:
        """Send a message and wait for all of its answer."""
        body = {
            "app_name": "nemo_agent",
            "user_id": "me",
            "session_id": sid,
            "new_message": {"parts": [{"text": text}]},
        }
        first = deed = 0.0
        began = time.perf_counter()
        with self._http.stream("POST", "/run_sse", json=body) as answer:
            answer.raise_for_status()
            for event in answer.iter_lines():
                if not event.startswith("data: {") or event == "data: {}":
                    continue  # what ends an event, and heartbeats
                now = (time.perf_counter() - began) * 1000
                first = first or now
                if not deed and '"thought":true' not in event:
                    deed = now
        return Taken(first, deed, (time.perf_counter() - began) * 1000)


def line(name: str, values: Iterable[float]) -> str:
    ranked = sorted(values)
    cuts = statistics.quantiles(ranked, n=20, method="inclusive")
    return (
        f"  {name:34} p50 {statistics.median(ranked):7.1f} ms   p95 {cuts[-1]:7.1f} ms"
        f"   max {ranked[-1]:7.1f} ms   n {len(ranked)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    print(f"load average {', '.join(f'{one:.1f}' for one in os.getloadavg())}")
    with tempfile.TemporaryDirectory() as folder:
        (photo,) = make_photos(Path(folder), 1, (1600, 900))
        studio = launch.start(Path(folder) / "studio")
        client = Client(studio)
        try:
            sid = client.session(photo)
            client.floor()
            print(f"  cold: {client.say(sid, EVERYDAY[0])}")
            floors: list[float] = []
            taken: list[Taken] = []
            for _ in range(rounds):
                for message in EVERYDAY:
                    floors.append(client.floor())
                    taken.append(client.say(sid, message))
            print(line("floor: GET capabilities", floors))
            print(line("warm: to the first event", (one.first for one in taken)))
            print(line("warm: to the first deed or word", (one.deed for one in taken)))
            print(line("warm: to the end of the answer", (one.end for one in taken)))
            for text in HEAVY:
                print(f"  heavy: {client.say(client.session(photo), text)}   {text[:44]}")
        finally:
            studio.stop()
    print(f"load average {', '.join(f'{one:.1f}' for one in os.getloadavg())}")


if __name__ == "__main__":
    main()
