"""Each of the five skills: from the message to the finished 1080p MP4 of fifteen seconds.

    python benchmarks/skills.py [--seconds 15] [--rounds 1]

The studio runs as `connect()` starts it; photos are of the size that a phone takes, the clip is
1080p30. Uploads are done before the clock starts. "message" is the chat turn with all that is
measured and drawn in it, "film" the export to a file that is checked to play. Caption A/B makes
three films: each variant's own, and both side by side. CPU time counts this process and the one
that renders: half of it is the least that two idle cores would take. Goal: under 60 s each on two
cores.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kit.media import make_clip
from PIL import Image

import nemo_nb as nemo
from nemo_nb import samples
from nemo_nb.blocking import Session
from nemo_nb.media.probe import probe
from nemo_nb.studio import launch

GOAL_S = 60
PHONE = (4000, 2660)
NAMES = ("cat", "coffee", "rocket", "astronaut")


@dataclass(frozen=True)
class Run:
    """One skill: its message, what it is given, and how its films are made."""

    skill: str
    message: str
    files: tuple[str, ...] = ()
    films: Callable[[Session, Path], list[Path]] = lambda session, folder: [
        _film(session, folder / "film.mp4")
    ]


def _film(session: Session, path: Path, timeline: object = None) -> Path:
    return session.export(path, timeline=timeline).path


def _three(session: Session, folder: Path) -> list[Path]:
    variants = session.variants
    made = [
        _film(session, folder / f"{number}.mp4", timeline)
        for number, timeline in enumerate(variants.values())
    ]
    both = nemo.compare(*variants.values(), names=list(variants)).layout()
    return [*made, _film(session, folder / "both.mp4", both)]


def runs(seconds: int) -> tuple[Run, ...]:
    return (
        Run(
            "caption-generator-from-photo",
            f"show the photo for {seconds} seconds, generate a caption for this photo",
            ("cat.jpg",),
        ),
        Run(
            "image-to-video-capcut",
            f"make a {seconds}-second slideshow of my photos with transitions and music",
            tuple(f"{name}.jpg" for name in NAMES),
        ),
        Run(
            "video-prompt-generation",
            f"generate a video prompt for a {seconds}-second product showcase, cinematic lighting",
        ),
        Run(
            "caption-ab",
            'test two caption styles with the words "But first, coffee" and compare them',
            ("clip.mp4",),
            _three,
        ),
        Run(
            "free-image-editing",
            f"show the photo for {seconds} seconds, remove the background, make it a bit brighter "
            "and add the text 'Hello'",
            ("astronaut.jpg",),
        ),
    )


def _busy() -> float:
    """Return the CPU seconds of this process and its children; of living ones on Linux alone."""
    spent = os.times()
    total = spent.user + spent.system + spent.children_user + spent.children_system
    for listed in Path("/proc/self/task").glob("*/children"):
        for child in listed.read_text().split():
            fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def once(run: Run, media: Path, workspace: Path, seconds: int) -> tuple[float, float, str]:
    """Return the seconds of the message and of the films, and what came out."""
    with (
        tempfile.TemporaryDirectory() as folder,
        nemo.connect("local", skill=run.skill, workspace=workspace, poll_s=0.1) as session,
    ):
        if run.files:
            session.upload(*(media / name for name in run.files))
        began = time.perf_counter()
        session.chat(run.message)
        answered = time.perf_counter()
        paths = run.films(session, Path(folder))
        done = time.perf_counter()
        infos = [probe(path) for path in paths]
        for info in infos:
            assert abs(info.duration_ms - seconds * 1000) < 100, (run.skill, info)
        sizes = ", ".join(f"{info.width}x{info.height}" for info in infos)
    return answered - began, done - answered, sizes


def make_media(folder: Path, seconds: int) -> None:
    for name in NAMES:
        with Image.open(samples.photo(name)) as photo:
            large = photo.convert("RGB").resize(PHONE, Image.Resampling.LANCZOS)
        large.save(folder / f"{name}.jpg", quality=90)
    make_clip(folder / "clip.mp4", seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--rounds", type=int, default=1)
    asked = parser.parse_args()
    worst = 0.0
    with tempfile.TemporaryDirectory() as root:
        media = Path(root) / "media"
        media.mkdir()
        make_media(media, asked.seconds)
        print(f"{'skill':30}{'message':>9}{'film':>9}{'in all':>9}{'CPU':>9}  {'load':>5}  out")
        for run in runs(asked.seconds):
            times: list[tuple[float, float]] = []
            sizes, busy = "", _busy()
            for number in range(asked.rounds):
                # A workspace of its own: nothing is copied from an earlier film.
                workspace = Path(root) / f"{run.skill}-{number}"
                said, filmed, sizes = once(run, media, workspace, asked.seconds)
                times.append((said, filmed))
                for studio in launch.running():
                    studio.stop()
            said, filmed = (statistics.median(one) for one in zip(*times, strict=True))
            worst = max(worst, said + filmed)
            load, busy = os.getloadavg()[0], (_busy() - busy) / asked.rounds
            print(
                f"{run.skill:30}{said:7.1f} s{filmed:7.1f} s{said + filmed:7.1f} s{busy:7.1f} s"
                f"  {load:5.1f}  {sizes}",
                flush=True,
            )
    print(f"slowest {worst:.1f} s, goal {GOAL_S} s, {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
