"""Small media for tests, made here: photos, numbered clips, tones; and eyes to read them back.

Colours are RGB triples 0-255, times ms, rates Hz, sizes (width, height) in pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

from nemo_nb.studio.render.preview import Stills

SIZE = (320, 180)
RATE = 48_000
LEVEL_STEP = 6
"""Frame n of a numbered clip is flat grey with luma 16 + 6 n (up to 36 frames)."""

# Display matrices, ISO/IEC 14496-12: x' = a x + c y, y' = b x + d y, y pointing down.
_ONE = 1 << 16
_CLOCKWISE = {
    90: (0, _ONE, 0, -_ONE, 0, 0, 0, 0, 1 << 30),
    180: (-_ONE, 0, 0, 0, -_ONE, 0, 0, 0, 1 << 30),
    270: (0, -_ONE, 0, _ONE, 0, 0, 0, 0, 1 << 30),
}


def photo(path, color=(200, 40, 40), size=SIZE, **save):
    """Write a photo of one colour; the format follows the extension."""
    Image.new("RGB", size, color).save(path, **save)
    return Path(path)


def halves(path, left=(220, 30, 30), right=(30, 30, 220), size=SIZE, **save):
    """Write a photo whose left and right halves differ."""
    image = Image.new("RGB", size, left)
    image.paste(right, (size[0] // 2, 0, size[0], size[1]))
    image.save(path, **save)
    return Path(path)


def numbered(n):
    """Return the grey level (luma) of frame *n* of a numbered clip."""
    return 16 + LEVEL_STEP * n


def numbered_frame(n, size=SIZE):
    """Return frame *n* of a numbered clip as planes (Y, U, V)."""
    width, height = size
    return (
        np.full((height, width), numbered(n), np.uint8),
        np.full((height // 2, width // 2), 128, np.uint8),
        np.full((height // 2, width // 2), 128, np.uint8),
    )


def clip(
    path,
    *,
    frames: int = 30,
    fps: float = 30,
    size=SIZE,
    draw: Callable[[int], np.ndarray] | None = None,
    hz: float | None = None,
    amplitude: float = 0.5,
    rotation: int = 0,
    times_ms: Sequence[int] | None = None,
    gop: int = 12,
    pix_fmt: str = "yuv420p",
    matrix: int = 1,
    full_range: bool = False,
    aspect: Fraction | None = None,
    start: int = 0,
    faststart: bool = False,
    b_frames: int = 0,
):
    """Write an H.264 clip, numbered unless *draw* gives RGB frames (h, w, 3) by number.

    *hz* adds a stereo tone for the length of the clip, *rotation* the degrees clockwise that
    a player must turn it by, as phones write it, *times_ms* the frames' own times (variable
    frame rate). *matrix* 1 is BT.709, 5 BT.601; *aspect* the shape of a pixel; *start* the
    number of frames by which the time stamps begin late; *faststart* puts an MP4's index first;
    *b_frames* stand between two that others refer to.
    """
    rate = Fraction(fps).limit_denominator(1001)
    container = av.open(str(path), "w", options={"movflags": "+faststart"} if faststart else {})
    options = {"preset": "ultrafast", "qp": "8", "bf": str(b_frames), "b_strategy": "0"}
    stream = container.add_stream("libx264", rate=rate, options=options)
    stream.width, stream.height = size
    stream.pix_fmt = pix_fmt
    context = stream.codec_context
    context.gop_size = gop
    context.colorspace = matrix
    context.color_range = 2 if full_range else 1
    if aspect is not None:
        context.sample_aspect_ratio = aspect
    if times_ms is not None:
        stream.codec_context.time_base = Fraction(1, 1000)
        frames = len(times_ms)
    if rotation:
        stream.set_display_matrix(_CLOCKWISE[rotation])
    sound = container.add_stream("aac", rate=RATE, layout="stereo") if hz else None
    length_s = frames / float(rate) if times_ms is None else (times_ms[-1] + 100) / 1000
    for n in range(frames):
        frame = _frame(n, size, draw, pix_fmt, matrix, 2 if full_range else 1)
        frame.pts = n + start if times_ms is None else times_ms[n]
        frame.time_base = 1 / rate if times_ms is None else Fraction(1, 1000)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
    if sound is not None:
        _write_tone(container, sound, sine(hz, length_s, amplitude))
    container.close()
    return Path(path)


def alpha_clip(path, rgba, codec="qtrle", pix_fmt="argb", *, frames=2, fps=10):
    """Write a clip of one RGBA picture, shape (h, w, 4), in a codec that keeps alpha."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=fps)
        stream.width, stream.height = rgba.shape[1], rgba.shape[0]
        stream.pix_fmt = pix_fmt
        for n in range(frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgba), format="rgba")
            frame = frame.reformat(format=pix_fmt)
            frame.pts, frame.time_base = n, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return Path(path)


def _frame(n, size, draw, pix_fmt="yuv420p", matrix=1, color_range=1):
    if draw is not None:
        rgb = av.VideoFrame.from_ndarray(np.ascontiguousarray(draw(n)), format="rgb24")
        return rgb.reformat(format=pix_fmt, dst_colorspace=matrix, dst_color_range=color_range)
    frame = av.VideoFrame(*size, "yuv420p")
    for plane, values in zip(frame.planes, numbered_frame(n, size), strict=True):
        view = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
        view[: values.shape[0], : values.shape[1]] = values
    return frame


def sine(hz, seconds, amplitude=0.5, rate=RATE, channels=2):
    """Return a tone as float32, shape (channels, samples)."""
    at = np.arange(round(seconds * rate)) / rate
    wave = (amplitude * np.sin(2 * np.pi * hz * at)).astype(np.float32)
    return np.tile(wave, (channels, 1))


def tone(path, hz=440, ms=1000, *, amplitude=0.5, rate=RATE, channels=2):
    """Write a tone; .wav .mp3 .m4a or .aac by the extension."""
    codec = {".wav": "pcm_s16le", ".mp3": "libmp3lame"}.get(Path(path).suffix, "aac")
    container = av.open(str(path), "w", format="adts" if Path(path).suffix == ".aac" else None)
    layout = "mono" if channels == 1 else "stereo"
    stream = container.add_stream(codec, rate=rate, layout=layout)
    _write_tone(container, stream, sine(hz, ms / 1000, amplitude, rate, channels))
    container.close()
    return Path(path)


def wave(path, samples, *, start_ms=0, size=(64, 36)):
    """Write a numbered MP4 clip whose AAC sound is *samples*, shape (2, n), from *start_ms*."""
    frames = min(36, max(1, round((start_ms / 1000 + samples.shape[1] / RATE) * 12)))
    container = av.open(str(path), "w")
    picture = container.add_stream("libx264", rate=12, options={"preset": "ultrafast"})
    picture.width, picture.height = size
    picture.pix_fmt = "yuv420p"
    sound = container.add_stream("aac", rate=RATE, layout="stereo")
    for n in range(frames):
        frame = _frame(n, size, None)
        frame.pts, frame.time_base = n, Fraction(1, 12)
        container.mux(picture.encode(frame))
    container.mux(picture.encode(None))
    _write_tone(container, sound, samples, start=start_ms * RATE // 1000)
    container.close()
    return Path(path)


def second_sound_track(source, target):
    """The clip *source* with its sound twice."""
    with av.open(str(source)) as one, av.open(str(target), "w") as two:
        made = [two.add_stream_from_template(stream) for stream in one.streams]
        again = two.add_stream_from_template(one.streams.audio[0])
        for packet in one.demux():
            if packet.dts is None:
                continue
            kind = packet.stream.type
            packet.stream = made[packet.stream.index]
            two.mux(packet)
            if kind == "audio":
                packet.stream = again
                two.mux(packet)


def _write_tone(container, stream, samples, start=0):
    channels, total = samples.shape
    layout = "mono" if channels == 1 else "stereo"
    for at in range(0, total, 1024):
        block = np.ascontiguousarray(samples[:, at : at + 1024])
        frame = av.AudioFrame.from_ndarray(block, "fltp", layout)
        frame.sample_rate = stream.rate
        frame.pts = start + at
        frame.time_base = Fraction(1, stream.rate)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def segment(path, d=1000, **meta):
    """Return a draft's segment that plays *path* for *d* ms."""
    return {"d": d, "m": {"src": Path(path).name, **meta}}


def words(start, d, text="HELLO", **meta):
    """Return a draft's text segment."""
    return {"s": start, "d": d, "m": {"text": text, **meta}}


def timeline(*segments, text=(), audio=(), over=(), size=SIZE, fps=30):
    """Return a draft: a video track, and a text, an audio and an upper video track if given."""
    tracks = [(0, segments), (0, over), (7, text), (1, audio)]
    return {
        "m": {"width": size[0], "height": size[1], "fps": fps},
        "t": [{"tt": kind, "sg": list(given)} for kind, given in tracks if given],
    }


def frames_of(path):
    """Return the decoded frames of *path*: a list of (seconds, RGB array (h, w, 3))."""
    with av.open(str(path)) as container:
        return [
            (frame.time, frame.to_ndarray(format="rgb24", src_colorspace="ITU709"))
            for frame in container.decode(video=0)
        ]


def lumas_of(path):
    """Return the mean luma (limited range) of each decoded frame."""
    levels = []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            plane = frame.planes[0]
            view = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
            levels.append(float(view[: frame.height, : frame.width].mean()))
    return levels


def sound_of(path):
    """Return the decoded sound of *path*: float32, shape (channels, samples)."""
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
        blocks = [
            block.to_ndarray()
            for frame in container.decode(audio=0)
            for block in resampler.resample(frame)
        ]
    return np.concatenate(blocks, axis=1) if blocks else np.zeros((2, 0), np.float32)


def pitch(samples, rate=RATE):
    """Return the loudest frequency in Hz of one channel."""
    window = np.hanning(samples.size)
    spectrum = np.abs(np.fft.rfft(samples * window, 1 << 17))
    return float(np.argmax(spectrum) * rate / (1 << 17))


def rms(samples):
    """Return the root mean square of *samples*."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if samples.size else 0.0


def psnr(a, b):
    """Return the peak signal-to-noise ratio of two 8-bit pictures, in dB."""
    error = np.mean(np.square(np.asarray(a, np.float64) - np.asarray(b, np.float64)))
    return float("inf") if error == 0 else float(10 * np.log10(255**2 / error))


def render_frame(draft, assets, at_ms, width=None):
    """Return the picture that an export of *draft* shows at *at_ms*, as RGB."""
    with closing(Stills()) as stills:
        return stills.still(draft, assets, at_ms, width=width)
