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


def test_letters_nobody_can_see_are_measured_all_the_same(timeline):
    (look,) = looks_of(timeline((0, 400, "HIDDEN", PLAIN | {"color": "#767676"}))).values()
    assert look.contrast == pytest.approx(1, abs=0.05)
    assert look.area > 0.005


@pytest.mark.parametrize(
    "moving",
    [
        {"animation": "typewriter"},
        {"animation": "words", "exit": "slide-down"},
        {"animation": "pop", "fade_ms": 300, "color": "#fff"},
        {"animation": "slide-left", "box": "no colour"},
    ],
)
def test_a_text_that_moves_is_measured_as_it_rests(timeline, moving):
    still, moved = (
        looks_of(timeline((0, 700, "WHITE ON GREY", PLAIN | more)))[1] for more in ({}, moving)
    )
    assert moved == still


def test_the_colour_of_spoken_words_counts(timeline):
    shown = timeline((0, 700, "spoken words", PLAIN | {"karaoke": "word", "highlight": "#808080"}))
    assert looks_of(shown)[1].contrast < 1.3
    boxed = PLAIN | {"karaoke": "word", "highlight": "#ffffff", "highlight_box": "#000000"}
    look = looks_of(timeline((0, 700, "spoken words", boxed)))[1]
    assert look.contrast == pytest.approx(4.54, abs=0.12), "the words not yet spoken"


def test_a_cut_between_two_samples_counts(timeline):
    style = PLAIN | {"color": "#909090"}
    shown = timeline((0, 1000, "Over a cut", style))
    draft = shown.draft
    # From 600 to 700 ms there is no picture: black.
    (photo,) = draft["t"][0]["sg"]
    draft["t"][0]["sg"] = [{**photo, "s": 0, "d": 600}, {**photo, "id": "b", "s": 700, "d": 300}]
    assert looks_of(shown.with_draft(draft))[1].contrast < 1.5
    draft["t"][0]["sg"] = [{**photo, "s": 600, "d": 100}]
    assert looks_of(shown.with_draft(draft))[1].contrast < 1.5


def test_a_draft_with_other_keys_is_measured_likewise(timeline):
    shown = timeline((0, 500, "WHITE", PLAIN))
    draft = shown.draft
    (segment,) = draft["t"][-1]["sg"]
    segment["meta"] = segment.pop("m")
    segment["start"] = segment.pop("s")
    draft["t"][-1]["sg"] = [{"d": 0}, segment]
    assert looks_of(shown.with_draft(draft)) == {2: looks_of(shown)[1]}


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
