"""The studio's renders against ffmpeg's command line and moviepy, with the same x264 settings.

Sections: ``captions`` (a clip with 20 captions, against drawtext, and against decoding and
encoding alone), ``moviepy`` (the same on a shorter clip), ``slideshow`` (against zoompan and
xfade), ``again`` (an export after one caption changed) and ``memory`` (peak of a render, and
of one four times as long). Contenders run in turns; ratios are to the first of a section, with
their interval over the rounds. CPU time is given because it hardly feels other load.

moviepy wants an older Pillow than nemo_nb has, so it lives in an environment of its own:
``python -m venv .venv-bench && .venv-bench/bin/pip install moviepy``, or the interpreter that
``BENCH_MOVIEPY`` names.

    python benchmarks/render.py [--seconds 60] [--rounds 7] [--only captions again …]
"""

from __future__ import annotations

import argparse
import os
import queue
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Any

import av
from kit.contest import contest, report
from kit.media import FPS, HEIGHT, WIDTH, make_clip, make_photos

from nemo_nb.studio.render.encode import AUDIO_BITS_PER_S, QUALITIES, render
from nemo_nb.studio.render.formats import Order
from nemo_nb.studio.render_process import RenderProcess

SECTIONS = ("captions", "moviepy", "slideshow", "again", "memory")
CAPTIONS = 20
CAPTION = "Caption number {}: the quick brown fox"
X264 = QUALITIES["high"]
FONT = Path(__import__("nemo_nb").__file__).parent / "studio/render/fonts/NotoSans-600.ttf"
MOVIEPY = Path(
    os.environ.get("BENCH_MOVIEPY", Path(__file__).parent.parent / ".venv-bench/bin/python")
)
GOALS = {"captions": 1.02, "moviepy": 6.0, "slideshow": 0.8, "again": 5.0, "memory": 450}


def spans(seconds: int) -> list[tuple[float, float]]:
    """Return when each caption shows, s."""
    step = seconds / CAPTIONS
    return [(n * step + 0.2, n * step + 0.2 + step * 0.7) for n in range(CAPTIONS)]


def captioned(seconds: int, last: str = "") -> dict[str, Any]:
    """Return the draft: the clip with 20 captions; *last* is added to the last of them."""
    captions = [
        {
            "s": round(a * 1000),
            "d": round((b - a) * 1000),
            "m": {"text": CAPTION.format(n) + (last if n == CAPTIONS - 1 else "")},
        }
        for n, (a, b) in enumerate(spans(seconds))
    ]
    return {
        "m": {"width": WIDTH, "height": HEIGHT, "fps": FPS, "loudness": "as-is"},
        "t": [
            {"tt": 0, "sg": [{"d": seconds * 1000, "m": {"src": "clip.mp4"}}]},
            {"tt": 7, "sg": captions},
        ],
    }


def ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments], check=True)


def encoding() -> list[str]:
    options = [part for key, value in X264.items() for part in (f"-{key}", value)]
    audio = ["-c:a", "aac", "-b:a", str(AUDIO_BITS_PER_S)]
    fixed = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "60", "-movflags", "+faststart"]
    return [*fixed, *options, *audio]


def drawtext(source: Path, out: Path, seconds: int) -> None:
    texts = ",".join(
        f"drawtext=fontfile={FONT}:text='{CAPTION.format(n)}':fontsize=54:fontcolor=white"
        f":borderw=4:x=(w-tw)/2:y=h-150:enable='between(t,{a:.3f},{b:.3f})'".replace(
            f"number {n}:", f"number {n}\\:"
        )
        for n, (a, b) in enumerate(spans(seconds))
    )
    ffmpeg("-i", str(source), "-vf", texts, *encoding(), str(out))


def encode_only(source: Path, out: Path) -> None:
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
        video = target.add_stream("libx264", rate=FPS, options=dict(X264))
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


def captions(folder: Path, seconds: int, rounds: int) -> None:
    source, out = folder / "clip.mp4", folder / "out.mp4"
    make_clip(source, seconds)
    runs = {
        "nemo_nb": lambda: render(captioned(seconds), {source.name: source}, out),
        "decode and encode only": lambda: encode_only(source, folder / "bare.mp4"),
    }
    base = "decode and encode only"
    if shutil.which("ffmpeg"):
        base = "ffmpeg drawtext"
        runs[base] = lambda: drawtext(source, folder / "drawn.mp4", seconds)
    else:
        print("  ffmpeg is not on the PATH: apt-get install ffmpeg")
    report(contest(runs, rounds), base)


def moviepy(folder: Path, seconds: int, rounds: int) -> None:
    if not MOVIEPY.exists():
        print(f"  moviepy is not there ({MOVIEPY}); the first lines of this file say how")
        return
    seconds = max(5, seconds // 6)
    source = folder / "clip.mp4"
    make_clip(source, seconds)
    code = folder / "burn.py"
    code.write_text(
        f"""
from moviepy import CompositeVideoClip, TextClip, VideoFileClip
clip = VideoFileClip({str(source)!r})
texts = [
    TextClip(font={str(FONT)!r}, text={CAPTION!r}.format(n), font_size=54, color="white",
             stroke_color="black", stroke_width=4)
    .with_position(("center", 900)).with_start(a).with_end(b)
    for n, (a, b) in enumerate({spans(seconds)!r})
]
CompositeVideoClip([clip, *texts]).write_videofile(
    {str(folder / "moviepy.mp4")!r}, codec="libx264", preset={X264["preset"]!r}, audio_codec="aac",
    ffmpeg_params=["-crf", {X264["crf"]!r}], logger=None,
)
"""
    )
    runs = {
        "nemo_nb": lambda: render(captioned(seconds), {source.name: source}, folder / "out.mp4"),
        "moviepy": lambda: subprocess.run([str(MOVIEPY), str(code)], check=True),
    }
    report(contest(runs, rounds), "nemo_nb")


def slideshow(folder: Path, seconds: int, rounds: int) -> None:
    if not shutil.which("ffmpeg"):
        print("  ffmpeg is not on the PATH: apt-get install ffmpeg")
        return
    each, fade = 3, 0.5
    photos = make_photos(folder, max(2, seconds // 6))
    fading = {"transition": {"kind": "dissolve", "ms": round(fade * 1000)}}
    segments = [
        {"d": each * 1000, "m": {"src": photo.name, **(fading if n else {})}}
        for n, photo in enumerate(photos)
    ]
    draft = {
        "m": {"width": WIDTH, "height": HEIGHT, "fps": FPS},
        "t": [{"tt": 0, "sg": segments}],
    }

    def zoompan() -> None:
        frames = round((each + fade) * FPS)
        inputs = [part for photo in photos for part in ("-i", str(photo))]
        zooms = [
            f"[{n}:v]zoompan=z='1+0.12*on/{frames}':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2'"
            f":d={frames}:s={WIDTH}x{HEIGHT}:fps={FPS}[z{n}]"
            for n in range(len(photos))
        ]
        joins, last = [], "z0"
        for n in range(1, len(photos)):
            joins.append(f"[{last}][z{n}]xfade=duration={fade}:offset={n * each - fade / 2}[j{n}]")
            last = f"j{n}"
        silence = ["-f", "lavfi", "-i", "anullsrc=r=48000:cl=stereo", "-shortest"]
        ffmpeg(
            *inputs,
            *silence[:4],
            "-filter_complex",
            ";".join([*zooms, *joins]),
            *("-map", f"[{last}]", "-map", f"{len(photos)}:a", "-t", str(each * len(photos))),
            *encoding(),
            str(folder / "zoompan.mp4"),
        )

    runs = {
        "nemo_nb": lambda: render(draft, {p.name: p for p in photos}, folder / "slides.mp4"),
        "zoompan and xfade": zoompan,
    }
    report(contest(runs, rounds), "zoompan and xfade")


def again(folder: Path, seconds: int, rounds: int) -> None:
    source, films = folder / "clip.mp4", folder / "films"
    make_clip(source, seconds)
    films.mkdir(exist_ok=True)
    assets = {source.name: source}
    render(captioned(seconds), assets, films / "first.mp4", films=films)
    counter = iter(range(1000))

    def changed() -> None:
        number = next(counter)
        render(captioned(seconds, f" {number}"), assets, films / f"{number}.mp4", films=films)

    runs = {
        "all of it": lambda: render(captioned(seconds), assets, folder / "full.mp4"),
        "one caption changed": changed,
    }
    report(contest(runs, rounds), "one caption changed")


def memory(folder: Path, seconds: int, _rounds: int) -> None:
    for length in (max(5, seconds // 4), seconds):
        source, out = folder / "clip.mp4", folder / "out.mp4"
        make_clip(source, length)
        process = RenderProcess()
        peaks: list[int] = []

        def noted(_percent: float, process: RenderProcess = process, peaks: Any = peaks) -> None:
            peaks.append(process.peak_bytes)

        assets = {source.name: source}
        process.render(captioned(length), assets, out, Order(), None, noted, lambda: False)
        process.close()
        print(f"  {length:4} s of 1080p30: peak {max(peaks) / 1e6:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=SECTIONS)
    given = parser.parse_args()
    sections = {
        "captions": captions,
        "moviepy": moviepy,
        "slideshow": slideshow,
        "again": again,
        "memory": memory,
    }
    for name in given.only:
        print(f"{name}: {given.seconds} s, {given.rounds} rounds; goal {GOALS[name]}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            sections[name](Path(folder), given.seconds, given.rounds)


if __name__ == "__main__":
    main()
