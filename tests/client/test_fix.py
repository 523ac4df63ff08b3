"""Mended captions written back to a real studio, and taken back."""

import numpy as np
import pytest

import nemo_nb
from nemo_nb.studio import launch

CUES = """1
00:00:00,000 --> 00:00:02,400
When the rain stopped at last, we went to look

2
00:00:02,400 --> 00:00:02,900
- Found him!
- Where?
"""


@pytest.fixture
def session(tmp_path):
    opened = nemo_nb.connect("local", workspace=tmp_path / "studio")
    opened.upload(*(np.full((90, 160, 3), grey, np.uint8) for grey in (90, 120)))
    (tmp_path / "words.srt").write_text(CUES)
    opened.upload(tmp_path / "words.srt")
    yield opened
    opened.close()
    for studio in launch.running():
        studio.stop()


def test_a_mended_timeline_is_applied_and_undone(session):
    before = session.timeline()
    fixed, done = before.fix("netflix")
    assert set(done["rule"]) == {"line_length", "gap", "reading_speed"}
    applied = session.apply(fixed)
    told = applied.lint("netflix")
    assert told.empty, told.to_string()
    ids = [segment["id"] for segment in applied.draft["t"][-1]["sg"]]
    assert ids == [segment["id"] for segment in before.draft["t"][-1]["sg"]]
    assert applied.captions["end_ms"].tolist() == [2333, 3400]
    assert session.timeline().draft == applied.draft
    assert session.undo().draft == before.draft
