import math

import pytest

from nemo_nb.captions.contrast import Look
from nemo_nb.captions.metrics import COLUMNS, covered_ms, metrics, metrics_frame, style_words


def measure(timeline, duration_ms=None):
    return metrics(timeline.captions, duration_ms or timeline.duration_ms)


def test_by_hand(text_timeline):
    timeline = text_timeline(
        (0, 1000, "Hello you"), (1500, 3500, "two\nlonger lines"), (4000, 5000, "end")
    )
    found = measure(timeline, 10_000)
    assert found["cues"] == 3
    assert found["words"] == 6
    assert found["chars"] == 9 + 15 + 3
    assert found["coverage"] == pytest.approx(0.4)
    assert found["cps_mean"] == pytest.approx(27 / 4)
    assert found["cps_max"] == 9
    assert found["wpm"] == pytest.approx(6 * 60 / 4)
    assert found["chars_per_line_max"] == 12
    assert found["lines_max"] == 2
    assert found["duration_ms_min"] == 1000
    assert found["duration_ms_max"] == 2000
    assert found["gap_ms_min"] == 500
    assert found["style"] == "clean-white, bottom"


def test_overlaps_cover_once_and_nothing_covers_before_the_start(text_timeline):
    timeline = text_timeline(
        (-500, 1000, "a"), (500, 2000, "b"), (600, 700, "c"), (3000, 3500, "d")
    )
    assert covered_ms(timeline.captions) == 2500


def test_the_mean_speed_weights_by_time(text_timeline):
    timeline = text_timeline((0, 1000, "x" * 30), (1000, 10_000, "x" * 9))
    found = measure(timeline)
    assert found["cps_mean"] == pytest.approx(3.9)
    assert found["cps_max"] == 30


def test_without_cues(text_timeline):
    found = measure(text_timeline(), 1000)
    assert found["cues"] == found["words"] == found["chars"] == 0
    assert found["coverage"] == 0
    assert math.isnan(found["cps_mean"])
    assert math.isnan(found["flesch"])
    assert found["lines_max"] is None
    assert found["style"] == ""


def test_cues_without_a_length_count_but_have_no_speed(text_timeline):
    found = measure(text_timeline((0, 0, "flash")), 1000)
    assert found["chars"] == 5
    assert math.isnan(found["cps_max"])


def test_the_frame_has_the_columns_and_types(text_timeline):
    frame = metrics_frame(
        {"a": measure(text_timeline((0, 1000, "x"))), "b": measure(text_timeline(), 5)}
    )
    assert frame.index.name == "variant"
    assert frame.index.tolist() == ["a", "b"]
    assert tuple(frame.columns) == COLUMNS
    assert str(frame["lines_max"].dtype) == "Int64"
    assert frame["lines_max"].isna().tolist() == [False, True]
    assert str(frame["cps_mean"].dtype) == "float64"
    assert frame[["contrast_min", "area_mean"]].isna().all(axis=None)


def test_what_was_measured_is_told(text_timeline):
    timeline = text_timeline((0, 1000, "x"), (1000, 2000, "y"), (2000, 3000, "👍"))
    looks = {
        1: Look(7.0, 0, 0, 0.5, 0.2, 0.1, cut_off=False),
        2: Look(3.5, 0, 0, 0.5, 0.2, 0.2, cut_off=False),
        3: Look(None, 0, 0, 0.5, 0.2, 0.3, cut_off=False),
    }
    found = metrics(timeline.captions, 3000, looks)
    assert found["contrast_min"] == 3.5
    assert found["area_mean"] == pytest.approx(0.2)


def test_styles_are_named_with_what_differs(text_timeline):
    assert style_words({"preset": "bold-yellow"}) == "bold-yellow, bottom"
    assert style_words({}, "title") == "headline, top"
    changed = {"preset": "bold-yellow", "color": "#0000ff", "size": 7, "stroke": ""}
    assert style_words(changed) == "bold-yellow, #0000ff, size 7, stroke none, bottom"
    assert "top" in style_words({"preset": "boxed", "position": "top"})
    found = measure(
        text_timeline(
            (0, 1000, "a", "caption", {"preset": "loud"}),
            (1000, 2000, "b", "caption", {"preset": "loud"}),
            (2000, 3000, "c", "title"),
        )
    )
    assert found["style"].count("loud") == 1
    assert "; headline, " in found["style"]
