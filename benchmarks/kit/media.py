"""Media to render: about as hard to encode as a film, and the same at every run."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

WIDTH, HEIGHT, FPS = 1920, 1080, 30


def make_clip(path: Path, seconds: int) -> None:
    """Write a moving, finely textured 1080p30 clip with sound."""
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
            chroma = luma[::2, ::2] // 16
            for plane, values in zip(frame.planes, (luma, 118 + chroma, 140 - chroma), strict=True):
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


def make_photos(folder: Path, count: int, size: tuple[int, int] = (4000, 2250)) -> list[Path]:
    """Write JPEGs of the size that a phone takes, cropped to 16:9."""
    paths: list[Path] = []
    for number in range(count):
        rng = np.random.default_rng(number)
        coarse = rng.integers(0, 255, (9 * 6, 16 * 6, 3), dtype=np.uint8)
        image = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
        grain = rng.integers(0, 12, (size[1], size[0], 1), dtype=np.uint8)
        pixels = np.clip(np.asarray(image).astype(np.int16) + grain, 0, 255).astype(np.uint8)
        paths.append(folder / f"photo{number}.jpg")
        Image.fromarray(pixels).save(paths[-1], quality=90)
    return paths
