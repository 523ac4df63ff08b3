"""Every example notebook runs from top to bottom on the embedded studio."""

import json
import re
from pathlib import Path

import nbformat
import pytest

from nemo_nb import demo
from nemo_nb.media.probe import probe

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_saved_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)


def test_the_demo_makes_what_it_promises(tmp_path, capsys):
    executed = demo.run(tmp_path)

    videos = {path.name: probe(path) for path in tmp_path.glob("*.mp4")}
    assert {"photo.mp4", "clip-yellow.mp4", "clip-boxed.mp4"} <= videos.keys()
    assert min(videos["photo.mp4"].width, videos["photo.mp4"].height) == 1080
    assert all(info.has_audio for info in videos.values())
    printed = capsys.readouterr().out
    assert "yellow" in printed
    assert "boxed" in printed
    assert str(executed) in printed

    page = executed.with_suffix(".html").read_text("utf-8")
    assert "Meet Chelsea" in page
    saved = json.loads(executed.read_text("utf-8"))
    assert "nmv_" not in json.dumps(saved)


def test_the_caption_notebook_tells_what_it_measured(tmp_path):
    executed = demo.run(tmp_path, "02_ab_captions.ipynb")

    page = executed.with_suffix(".html").read_text("utf-8")
    for told in (
        "Only the captions of clean and boxed differ",
        "contrast_min",
        "Break the line or cut 25 characters.",
        "Cannot tell yet",
        "Do not read this result",
        "Agreement between voters",
    ):
        assert told in page


def test_the_lesson_shows_what_it_teaches(tmp_path):
    executed = demo.run(tmp_path, "03_teaching.ipynb")

    page = executed.with_suffix(".html").read_text("utf-8")
    for told in (
        "show each photo for 4 seconds",  # the words that a wish was read from
        "tool_call",
        "Changed rows: 0",
        "Meet the cup of coffee",
        "reading_speed",
        "Only the captions of yellow and boxed differ",
        "looked every day",
        "Do not read this result",
        "NoCredits",
        "always-valid",
    ):
        assert told in page
    made = {path.name for path in [*tmp_path.glob("*.mp4"), *tmp_path.glob("batch/*.mp4")]}
    assert made >= {"quick.mp4", "cut.mp4", "both.mp4", "cat.mp4", "coffee.mp4", "rocket.mp4"}


def test_the_lesson_hides_its_solutions_until_they_are_asked_for():
    notebook = nbformat.read(demo.notebooks() / "03_teaching.ipynb", as_version=4)
    cells = notebook.cells
    solutions = [cell for cell in cells if "solution" in cell.metadata.get("tags", ())]
    exercises = [cell for cell in cells if re.match(r"\*\*\d\. ", cell.source)]
    assert len(solutions) == len(exercises) == 5
    assert all(cell.metadata["jupyter"]["source_hidden"] for cell in solutions)
