"""Whether only captions differ, on frames of a real studio."""

import numpy as np
import pytest

import nemo_nb
from nemo_nb.errors import NotSupported
from nemo_nb.studio import launch


@pytest.fixture
def base(tmp_path):
    """A timeline of one photo with a caption."""
    session = nemo_nb.connect("local", workspace=tmp_path)
    ramp = np.linspace(40, 200, 320, dtype=np.uint8)
    session.upload(np.dstack([np.tile(ramp, (180, 1))] * 3))
    timeline = session.timeline()
    draft = timeline.draft
    draft["m"].update(width=320, height=180)
    draft["t"].append(
        {"tt": 7, "id": "tx", "sg": [{"id": "c", "s": 500, "d": 1500, "m": {"text": "Words"}}]}
    )
    yield timeline.with_draft(draft)
    session.close()
    for studio in launch.running():
        studio.stop()


def edited(timeline, change):
    draft = timeline.draft
    change(draft)
    return timeline.with_draft(draft)


def test_other_captions_on_the_same_cut(base):
    def restyle(draft):
        draft["t"][1]["sg"][0]["m"] = {"text": "Others\nentirely", "style": {"position": "top"}}

    certificate = nemo_nb.compare(base, edited(base, restyle)).only_captions_differ()
    assert certificate
    assert certificate.frames >= 5
    assert certificate.frame.empty
    assert "identical" in certificate.text
    again = nemo_nb.compare(base, edited(base, restyle)).only_captions_differ()
    assert again.digest == certificate.digest


def test_another_picture_is_told_with_its_place(base):
    def darker(draft):
        draft["t"][0]["sg"][0]["m"]["motion"] = "none"

    certificate = nemo_nb.compare(base, edited(base, darker)).only_captions_differ()
    assert not certificate
    told = certificate.frame
    assert set(told["variant"]) == {"B"}
    assert told["share"].between(0, 1).all()
    assert (told["level_max"] > 0).all()
    assert "pictures of B and A" in certificate.text
    assert "% of the picture" in certificate.text


def test_another_length_or_sound_is_told(base):
    def longer(draft):
        draft["t"][0]["sg"][0]["d"] += 1000
        draft["t"].append({"tt": 1, "sg": [{"s": 0, "d": 500, "m": {"src": "x.wav"}}]})

    other = edited(base, longer)
    told = nemo_nb.compare(
        base, edited(other, lambda draft: draft["t"].pop())
    ).only_captions_differ()
    assert "B runs 4 s, A 3 s" in told.text


def test_without_frames_it_cannot_be_told(base):
    bare = nemo_nb.Timeline.from_draft(base.draft)
    with pytest.raises(NotSupported):
        nemo_nb.compare(bare, bare).only_captions_differ()
