"""The five skills as a notebook uses them: a session on the embedded studio."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

import nemo_nb as nemo
from nemo_nb.studio import launch
from skills.seeing import Film

QUICK = {"quality": "low", "resolution": "320x180"}
"""How a film is exported where its words need not be read."""


@pytest.fixture(scope="session")
def workspace(tmp_path_factory):
    """One studio for all tests of this process: starting one takes a second."""
    folder = tmp_path_factory.mktemp("skills")
    yield folder
    for studio in launch.running():
        if studio.workspace == folder.resolve():
            studio.stop()


@pytest.fixture
def skill(workspace, tmp_path, monkeypatch):
    """Return a function that opens a session of a skill on some files."""
    monkeypatch.chdir(tmp_path)
    opened = []

    def start(name, *files, **more):
        session = nemo.connect("local", skill=name, workspace=workspace, poll_s=0.02, **more)
        opened.append(session)
        if files:
            session.upload(*files)
        return session

    yield start
    for session in opened:
        session.close()


@pytest.fixture
def dated(tmp_path):
    """Return a function that writes a textured photo of one colour, taken at some time."""

    def write(name, color, taken=None, size=(320, 180)):
        rows, columns = np.mgrid[0 : size[1], 0 : size[0]]
        texture = 30 * np.sin(columns / 7) * np.sin(rows / 5)
        pixels = np.clip(np.array(color) + texture[..., None], 0, 255).astype(np.uint8)
        exif = Image.Exif()
        if taken is not None:
            exif.get_ifd(0x8769)[0x9003] = taken
        path = tmp_path / name
        Image.fromarray(pixels).save(path, exif=exif, quality=95)
        return path

    return write


@pytest.fixture
def film(skill, tmp_path):  # noqa: ARG001 - exports land where the session works
    """Return a function that exports a session, or one of its timelines, and decodes it."""
    made = []

    def watch(session, timeline=None, **wish):
        path = tmp_path / f"film{len(made)}.mp4"
        made.append(session.export(path, timeline=timeline, **(QUICK | wish)))
        return Film(path)

    watch.exports = made
    return watch
