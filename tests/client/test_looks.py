"""What lint says of pixels, on frames of a real studio."""

import numpy as np
import pytest

import nemo_nb
from nemo_nb.captions.looks import looks_of
from nemo_nb.studio import launch


@pytest.fixture
def timeline(tmp_path):
    """Builds a 9:16 timeline of one grey photo under texts ``(start, end, text, style)``."""
    session = nemo_nb.connect("local", workspace=tmp_path)
    session.upload(np.full((640, 360, 3), 0x76, np.uint8))
    base = session.timeline()

    def build(*texts):
        draft = base.draft
        draft["m"].update(width=360, height=640)
        segments = [
            {
                "id": f"c{number}",
                "s": start,
                "d": end - start,
                "m": {"text": text, "role": "caption", "style": style},
            }
            for number, (start, end, text, style) in enumerate(texts)
        ]
        draft["t"].append({"tt": 7, "id": "tx", "sg": segments})
        return base.with_draft(draft)

    yield build
    session.close()
    for studio in launch.running():
        studio.stop()


PLAIN = {"color": "#ffffff", "shadow": "", "stroke": "", "box": "", "size": 9, "weight": 700}


def test_white_on_a_middle_grey_agrees_with_the_hand_calculation(timeline):
    (look,) = looks_of(timeline((0, 900, "WHITE", PLAIN))).values()
    # White on #767676 is 4.54; a level of grey more or less, by 8-bit video, is 0.06.
    assert look.contrast == pytest.approx(4.54, abs=0.12)


def test_a_profile_of_pixels(timeline):
    dim = PLAIN | {"color": "#909090"}
    boxed = PLAIN | {"box": "#000000", "position": "middle"}
    told = timeline((0, 900, "Dim", dim), (900, 1800, "Boxed", boxed)).lint("wcag")
    assert told["cue"].tolist() == [1]
    assert told["rule"].tolist() == ["contrast"]
    assert told.loc[0, "value"] < 2
    assert told.attrs["not_checked"] == []


def test_the_interfaces_zones(timeline):
    shown = timeline((0, 900, "Low", PLAIN), (900, 1800, "Mid", PLAIN | {"position": "middle"}))
    told = shown.lint("reels")
    assert told["cue"].tolist() == [1]
    assert told["rule"].tolist() == ["safe_area"]


def test_a_cue_beside_another_is_measured_alone(timeline):
    both = looks_of(timeline((0, 900, "First", PLAIN), (0, 900, "Second", PLAIN)))
    alone = looks_of(timeline((0, 900, "First", PLAIN)))
    assert both[1].top == pytest.approx(alone[1].top, abs=0.01)
    assert both[2].bottom < both[1].top


def test_without_frames_the_rules_of_pixels_are_said_to_be_unchecked():
    bare = nemo_nb.Timeline.from_draft(
        {"t": [{"tt": 7, "sg": [{"s": 0, "d": 900, "m": {"text": "x"}}]}]}
    )
    assert bare.lint("wcag").attrs["not_checked"] == ["contrast"]
    assert bare.lint("netflix").attrs["not_checked"] == []


def test_metrics_hold_what_was_measured(timeline):
    one = timeline((0, 900, "WHITE", PLAIN))
    other = timeline((0, 900, "WHITE", PLAIN | {"box": "#000000"}))
    metrics = nemo_nb.compare(one, other).metrics
    assert metrics["contrast_min"].tolist() == [
        pytest.approx(4.54, abs=0.12),
        pytest.approx(21, abs=2),
    ]
    assert metrics.loc["A", "area_mean"] < metrics.loc["B", "area_mean"] < 0.3
