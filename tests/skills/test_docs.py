"""Every message and every line of Python in docs/skills.md works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import mediakit
import nemo_nb as nemo
from nemo_nb import samples
from nemo_nb.settings import data_dir
from nemo_nb.skills import SKILLS
from nemo_nb.studio import launch

PAGE = (Path(__file__).parents[2] / "docs" / "skills.md").read_text("utf-8")
NOT_UNDERSTOOD = ("did not understand", "没有听懂", "Nothing was changed", "什么都没有改")
GIVEN = {
    "caption-generator-from-photo": ("photo.jpg",),
    "image-to-video-capcut": ("one.jpg", "two.jpg", "three.jpg"),
    "video-prompt-generation": (),
    "caption-ab": ("clip.mp4",),
    "free-image-editing": ("photo.jpg",),
}


def sections():
    """Yield the skill of each section and its text; the part before the first has none."""
    for part in re.split(r"^## ", PAGE, flags=re.MULTILINE):
        named = re.match(r".*`([a-z-]+)`\n", part)
        yield (named[1] if named else None), part


def blocks(language):
    return [
        pytest.param(name, found, id=f"{name}-{number}")
        for name, part in sections()
        for number, found in enumerate(re.findall(rf"```{language}\n(.*?)```", part, re.DOTALL))
    ]


@pytest.fixture
def files(tmp_path, dated):
    """What the page speaks of, small, in the working directory."""
    with Image.open(samples.photo("cat")) as image:
        image.convert("RGB").save(tmp_path / "photo.jpg")
    for day, (name, color) in enumerate(
        (("one", (200, 60, 60)), ("two", (60, 180, 60)), ("three", (60, 60, 200))), start=1
    ):
        dated(f"{name}.jpg", color, f"2024:05:0{day} 10:00:00")

    def draw(n):
        rows, columns = np.mgrid[0:180, 0:320]
        wave = 90 + 40 * np.sin((columns + 3 * n) / 40) + rows / 6
        return np.dstack([wave, wave, wave]).astype(np.uint8)

    mediakit.clip(tmp_path / "clip.mp4", frames=90, draw=draw, hz=330)
    return tmp_path


def test_the_page_tells_of_all_five_in_both_languages():
    named = [name for name, _ in sections() if name]
    assert named == list(SKILLS)
    for name, part in sections():
        messages = re.findall(r"```text\n(.*?)```", part, re.DOTALL)
        assert name is None or any(re.search(r"[\u4e00-\u9fff]", one) for one in messages)
        assert name is None or any(one.isascii() for one in messages)


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(("name", "block"), blocks("text"))
def test_the_messages_are_understood_and_do_something(skill, name, block):
    session = skill(name, *GIVEN[name])
    for message in block.strip().splitlines():
        before = session.timeline().draft, session.variants.keys()
        reply = session.chat(message)
        assert not any(words in reply.text for words in NOT_UNDERSTOOD), message
        asked = reply.text.rstrip().endswith(("?", "？"))  # noqa: RUF001 - a Chinese mark
        # Films, or a table of what was measured.
        told = bool(reply.exports) or "**" in reply.text
        changed = (session.timeline().draft, session.variants.keys()) != before
        assert asked or told or changed, message


@pytest.mark.parametrize(("name", "block"), blocks("python"))
def test_the_python_runs(files, monkeypatch, name, block):
    monkeypatch.chdir(files)
    told = {"nemo": nemo}
    exec(compile(block, name or "first", "exec"), told)  # noqa: S102 - our own page
    told["session"].close()
    for studio in launch.running():
        if studio.workspace.is_relative_to(data_dir()):
            studio.stop()
    exported = re.findall(r'export\("([\w.]+)"', block)
    assert exported
    assert all((files / path).stat().st_size > 5000 for path in exported)
