"""Ears for tests: FFmpeg's own loudness meter, sounds read whole, signals that resemble things.

Blocks are float32 of shape (2, n) at 48 kHz.
"""

from __future__ import annotations

from contextlib import closing
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.filter import Graph

from nemo_nb.studio.render.blocks import RATE
from nemo_nb.studio.render.sounds import Sound


def sound(path, start=0, d=1000, in_ms=0, speed=1.0, volume=1.0, **more):
    """Return a Sound that plays *path*."""
    return Sound(Path(path).name, start, d, in_ms, speed, volume, **more)


def read_whole(source, seconds, block=4096):
    """Return *seconds* of *source*, read in blocks."""
    total = round(seconds * RATE)
    with closing(source):
        parts = [source.read(min(block, total - at)) for at in range(0, total, block)]
    return np.concatenate(parts, axis=1)


def ebur128(samples):
    """Return (integrated LUFS, true peak dBTP) as FFmpeg's filter measures them."""
    graph = Graph()
    nodes = [
        graph.add_abuffer(
            sample_rate=RATE, format="fltp", layout="stereo", time_base=Fraction(1, RATE)
        ),
        graph.add("ebur128", "metadata=1:peak=true"),
        graph.add("abuffersink"),
    ]
    graph.link_nodes(*nodes).configure()
    said = {}
    for at in range(0, samples.shape[1], 4800):
        block = np.ascontiguousarray(samples[:, at : at + 4800])
        frame = av.AudioFrame.from_ndarray(block, "fltp", "stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
        graph.push(frame)
        said = _last(graph) or said
    peak = max(float(said[f"lavfi.r128.true_peaks_ch{channel}"]) for channel in (0, 1))
    return float(said["lavfi.r128.I"]), db(peak)


def _last(graph):
    said = {}
    try:
        while True:
            said = graph.pull().metadata or said
    except av.error.BlockingIOError:
        return said


def through_aac(path, samples, bits_per_s=160_000):
    """Return *samples* as they come back from AAC."""
    write(path, samples, codec="aac", bit_rate=bits_per_s)
    with av.open(str(path)) as container:
        blocks = [frame.to_ndarray() for frame in container.decode(audio=0)]
    return np.concatenate(blocks, axis=1)


def write(path, samples, *, codec="pcm_f32le", rate=RATE, layout="stereo", bit_rate=None):
    """Write float samples, shape (channels, n), as *codec*."""
    fmt = {"pcm_f32le": "flt", "pcm_s16le": "s16"}.get(codec, "fltp")
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        if bit_rate:
            stream.bit_rate = bit_rate
        for at in range(0, samples.shape[1], 1024):
            block = samples[:, at : at + 1024]
            if fmt == "s16":
                block = (block * 32767).astype(np.int16)
            if fmt != "fltp":
                block = block.T.reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), fmt, layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return Path(path)


def db(amplitude):
    """Return *amplitude* in dB; full scale is 0."""
    return float(20 * np.log10(max(amplitude, 1e-9)))


def level(samples):
    """Return the root mean square of *samples* in dB."""
    return db(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


def amplitude_at(samples, hz):
    """Return the amplitude of *hz* in one channel."""
    window = np.hanning(samples.size)
    at = np.arange(samples.size) / RATE
    return float(abs(np.sum(samples * window * np.exp(-2j * np.pi * hz * at))) * 2 / window.sum())


def stereo(channel):
    """Return a block with *channel* on both sides."""
    return np.stack([channel, channel]).astype(np.float32)


def speech(seconds, loudest=0.3, seed=1):
    """Return something with the syllables, band and crest of a voice."""
    rng = np.random.default_rng(seed)
    at = np.arange(round(seconds * RATE)) / RATE
    voice = sum(np.sin(2 * np.pi * 140 * k * at + k * k) / k for k in range(1, 25))
    syllables = np.clip(np.sin(2 * np.pi * 3.7 * at) + 0.3, 0, 1) ** 2
    channel = (voice + 0.3 * rng.standard_normal(at.size)) * syllables
    return stereo(loudest * channel / np.abs(channel).max())


def noise(seconds, rms=0.1, seed=1):
    """Return pink noise, both channels on their own."""
    rng = np.random.default_rng(seed)
    size = round(seconds * RATE)
    spectrum = np.fft.rfft(rng.standard_normal((2, size)))
    pink = np.fft.irfft(spectrum / np.sqrt(np.arange(1, spectrum.shape[1] + 1)), size)
    return (pink * rms / np.sqrt(np.mean(np.square(pink)))).astype(np.float32)


def drums(seconds, loudest=0.5, seed=1):
    """Return hits half a second apart with silence between: all peaks, little power."""
    rng = np.random.default_rng(seed)
    channel = np.zeros(round(seconds * RATE))
    at = np.arange(12_000)
    for begin in range(0, channel.size - at.size, 24_000):
        hit = np.exp(-at / 900) * np.sin(2 * np.pi * 60 * at / RATE)
        hit += 0.8 * np.exp(-at / 200) * rng.standard_normal(at.size)
        channel[begin : begin + at.size] += hit
    return stereo(loudest * channel / np.abs(channel).max())
