"""Rendering a 1080p30 clip, with and without captions, against decoding and encoding alone.

All use the same x264 settings, thread type and AAC track, and each decodes in one thread and
encodes in another. "No captions" shows what the compositor and the mixer cost; "captions"
adds drawing and blending them, and what their sharp edges cost the encoder. Runs are
interleaved so that other load on the machine hits all alike; ratios are to "encode only",
with the range over the rounds, and CPU time is given because it hardly feels other load.

    python benchmarks/render.py [--seconds 20] [--rounds 5]
"""

from __future__ import annotations

import argparse
import queue
import statistics
import tempfile
import threading
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from nemo_nb.studio.render.encode import AUDIO_BITS_PER_S, QUALITIES, render_mp4

WIDTH, HEIGHT, FPS = 1920, 1080, 30
CAPTION = "Caption number {}: the quick brown fox\njumps over the lazy dog again"


def make_clip(path: Path, seconds: int) -> None:
    """Write a moving, finely textured clip with sound: about as hard to encode as a film."""
    noise = np.random.default_rng(7).normal(0, 22, (HEIGHT // 4 + 80, WIDTH // 4 + 400))
    coarse = np.kron(noise, np.ones((4, 4)))
    ramp = np.linspace(60, 190, coarse.shape[1])
    ground = np.clip(coarse * 0.6 + ramp, 16, 235).astype(np.uint8)
    grain = np.random.default_rng(8).integers(0, 6, ground.shape, dtype=np.uint8)
    ground += grain
    with av.open(str(path), "w") as target:
        video = target.add_stream("libx264", rate=FPS, options={"preset": "veryfast", "crf": "18"})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.codec_context.colorspace = video.codec_context.color_range = 1
        audio = target.add_stream("aac", rate=48_000, layout="stereo")
        for n in range(seconds * FPS):
            frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
            shift = (n * 3) % 1200, (n * 2) % 280
            luma = ground[shift[1] : shift[1] + HEIGHT, shift[0] : shift[0] + WIDTH]
            for plane, values in zip(
                frame.planes,
                (luma, 118 + luma[::2, ::2] // 16, 140 - luma[::2, ::2] // 16),
                strict=True,
            ):
                rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
                rows[: values.shape[0], : values.shape[1]] = values
            frame.pts, frame.time_base = n, Fraction(1, FPS)
            target.mux(video.encode(frame))
        target.mux(video.encode(None))
        wave = 0.2 * np.sin(np.arange(seconds * 48_000) * 2 * np.pi * 220 / 48_000)
        for at in range(0, wave.size, 1024):
            block = np.tile(wave[at : at + 1024].astype(np.float32), (2, 1))
            sound = av.AudioFrame.from_ndarray(block, "fltp", "stereo")
            sound.sample_rate, sound.pts, sound.time_base = 48_000, at, Fraction(1, 48_000)
            target.mux(audio.encode(sound))
        target.mux(audio.encode(None))


def encode_only(source: Path, out: Path, options: dict[str, str]) -> None:
    """Decode in a thread, encode here: the least that any burn-in has to do."""
    frames: queue.Queue[av.VideoFrame | None] = queue.Queue(8)

    def decode() -> None:
        with av.open(str(source)) as container:
            container.streams.video[0].thread_type = "AUTO"
            for frame in container.decode(video=0):
                frame.pict_type = 0
                frames.put(frame)
        frames.put(None)

    with (
        av.open(str(source)) as sound,
        av.open(str(out), "w", options={"movflags": "+faststart"}) as target,
    ):
        video = target.add_stream("libx264", rate=FPS, options=options)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.codec_context.thread_type = "AUTO"
        video.codec_context.gop_size = 2 * FPS
        audio = target.add_stream("aac", rate=48_000, layout="stereo")
        audio.bit_rate = AUDIO_BITS_PER_S
        thread = threading.Thread(target=decode)
        thread.start()
        heard = sound.decode(audio=0)
        while (frame := frames.get()) is not None:
            target.mux(video.encode(frame))
            while (block := next(heard, None)) is not None:
                target.mux(audio.encode(block))
                if block.time > frame.time:
                    break
        target.mux(video.encode(None))
        target.mux(audio.encode(None))
        thread.join()


def captioned(seconds: int) -> dict[str, Any]:
    """Return the draft: the clip with a two-line caption two seconds in every three."""
    captions = [
        {"s": s * 1000 + 500, "d": 2000, "m": {"text": CAPTION.format(s // 3 + 1)}}
        for s in range(0, seconds - 2, 3)
    ]
    return {
        "m": {"width": WIDTH, "height": HEIGHT, "fps": FPS},
        "t": [
            {"tt": 0, "sg": [{"d": seconds * 1000, "m": {"src": "clip.mp4"}}]},
            {"tt": 7, "sg": captions},
        ],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder, "clip.mp4"), Path(folder, "out.mp4")
        make_clip(source, given.seconds)
        media = {"clip.mp4": source}
        draft = captioned(given.seconds)
        plain = {**draft, "t": draft["t"][:1]}
        runs = {
            "encode only": lambda: encode_only(source, out, dict(QUALITIES["high"])),
            "no captions": lambda: render_mp4(plain, media, out),
            "captions": lambda: render_mp4(draft, media, out),
        }
        wall: dict[str, list[float]] = {name: [] for name in runs}
        cpu: dict[str, list[float]] = {name: [] for name in runs}
        for turn in range(given.rounds):
            # The order alternates, so that no side always runs on the warmer machine.
            for name in sorted(runs, reverse=bool(turn % 2)):
                begun = time.perf_counter(), time.process_time()
                runs[name]()
                wall[name].append(time.perf_counter() - begun[0])
                cpu[name].append(time.process_time() - begun[1])
    base = statistics.median(wall["encode only"]), statistics.median(cpu["encode only"])
    print(f"{given.seconds} s of 1080p30, medians of {given.rounds} rounds")
    for name in runs:
        took, busy = statistics.median(wall[name]), statistics.median(cpu[name])
        ratios = [b / a for a, b in zip(wall["encode only"], wall[name], strict=True)]
        print(
            f"{name:12} {took:6.2f} s, ratio {took / base[0]:.2f} "
            f"({min(ratios):.2f} to {max(ratios):.2f}); "
            f"CPU {busy:6.2f} s, ratio {busy / base[1]:.2f}"
        )


if __name__ == "__main__":
    main()
