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


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda draft: draft["m"].update(height=320), "B is 320x320, A 320x180."),
        (lambda draft: draft["m"].update(fps=25), "B has 25 frames a second, A 30."),
        (lambda draft: draft["m"].update(loudness=-20), "mixed to different levels"),
        (lambda draft: draft["t"].append({"tt": 9, "sg": [{"d": 5}]}), "The other tracks of B"),
    ],
)
def test_what_is_seen_in_no_picture_of_one_size_is_told(base, change, told):
    certificate = nemo_nb.compare(base, edited(base, change)).only_captions_differ(every_ms=9000)
    assert not certificate
    assert told in certificate.text


def test_another_name_of_a_track_and_soft_captions_are_no_difference(base):
    def restyle(draft):
        draft["t"][0]["m"] = {"title": "Pictures"}
        style = {"shadow": "#000000", "shadow_blur": 60, "fade_ms": 400, "animation": "slide-up"}
        draft["t"][1]["sg"][0]["m"]["style"] = style

    certificate = nemo_nb.compare(base, edited(base, restyle)).only_captions_differ()
    assert certificate, certificate.text
    assert certificate.text.startswith("Only the captions of A and B differ: ")


def test_the_same_twice_is_said_to_be_the_same(base):
    certificate = nemo_nb.compare(base, base).only_captions_differ(every_ms=9000)
    assert certificate
    assert certificate.text.startswith("A and B do not differ, nor do their captions")


def test_another_file_of_the_same_name_is_told(base):
    infos = [{"filename": name, "file_type": "image", "hash": "0"} for name in base.media["name"]]
    other = nemo_nb.Timeline(base.draft, media=infos, frames=base.require_frames())
    certificate = nemo_nb.compare(base, other).only_captions_differ(every_ms=9000)
    assert "is another file in B than in A" in certificate.text


def test_words_without_a_picture_cannot_be_certified():
    words = nemo_nb.Timeline.from_draft({})
    with pytest.raises(NotSupported):
        nemo_nb.compare(words, words).only_captions_differ()


def test_without_frames_it_cannot_be_told(base):
    bare = nemo_nb.Timeline.from_draft(base.draft)
    with pytest.raises(NotSupported):
        nemo_nb.compare(bare, bare).only_captions_differ()
