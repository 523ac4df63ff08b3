"""Bytes of an event stream → typed events, against httpx-sse and against `json.loads` alone.

    python benchmarks/stream.py [--events 2000] [--rounds 101]

The three are run in turns, many times a few milliseconds each. A ratio is the median of those of
the rounds, each against the floor of its own round, so that what else the machine does cancels
out; events a second are those of the best round. "floor" parses the same payloads with nothing
around it; httpx-sse stops at the parsed JSON, ours goes on to typed events. Needs
`pip install httpx-sse`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator

import httpx
from httpx_sse import EventSource

from nemo_nb.wire import events, sse


def payload(index: int, size: int) -> str:
    """Return one ADK delta as the wire has it: *size* bytes in one line."""
    event = {
        "content": {"parts": [{"text": ""}], "role": "model"},
        "partial": True,
        "invocationId": f"e-{index:08d}",
        "author": "nemo_agent",
        "actions": {"stateDelta": {}},
        "id": f"{index:08d}",
        "timestamp": 1753900000.25,
    }
    bare = len(json.dumps(event, separators=(",", ":")))
    event["content"]["parts"][0]["text"] = "word " * ((size - bare) // 5) + "x" * (
        (size - bare) % 5
    )
    return json.dumps(event, separators=(",", ":"))


def chunked(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


def ours(chunks: list[bytes]) -> int:
    decoder = sse.Decoder()
    count = 0
    for chunk in chunks:
        for raw in decoder.feed(chunk):
            count += len(events.read(raw))
    for raw in decoder.close():
        count += len(events.read(raw))
    return count


class Body(httpx.SyncByteStream):
    def __init__(self, chunks: list[bytes]) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._chunks)


def theirs(chunks: list[bytes]) -> int:
    response = httpx.Response(
        200, headers={"content-type": "text/event-stream"}, stream=Body(chunks)
    )
    return sum(1 for event in EventSource(response).iter_sse() if event.json())


def floor(payloads: list[str]) -> int:
    return sum(1 for text in payloads if json.loads(text))


def peak_mb(work: Callable[[], int]) -> float:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def measure(count: int, size: int, chunk: int, rounds: int) -> None:
    payloads = [payload(index, size) for index in range(count)]
    body = "".join(f"data: {text}\n\n" for text in payloads).encode()
    chunks = chunked(body, chunk) if chunk else [f"data: {text}\n\n".encode() for text in payloads]
    contestants: dict[str, Callable[[], int]] = {
        "nemo_nb": lambda: ours(chunks),
        "httpx-sse": lambda: theirs(chunks),
        "floor": lambda: floor(payloads),
    }
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, work in contestants.items():
            began = time.perf_counter()
            assert work() == count
            times[name].append(time.perf_counter() - began)
    cut = f"{chunk} B chunks" if chunk else "one event a chunk"
    print(f"\n{count} events of {size} B, {cut}")
    for name, work in contestants.items():
        pairs = zip(times[name], times["floor"], strict=True)
        ratio = statistics.median(mine / base for mine, base in pairs)
        print(
            f"  {name:10} {count / min(times[name]):10,.0f} events/s   {ratio:5.2f} x floor"
            f"   peak {peak_mb(work):7.2f} MB"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=101)
    asked = parser.parse_args()
    measure(asked.events, 200, 0, asked.rounds)
    measure(asked.events, 200, 65_536, asked.rounds)
    measure(max(1, asked.events // 20), 4_000, 4_096, asked.rounds)
    measure(1, 16 << 20, 8_192, max(3, asked.rounds // 5))


if __name__ == "__main__":
    main()
