"""Ordinals without a noun, places to go, and other forms that count."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("message", "order"),
    [
        ("swap the first photo with the second", "213"),
        ("swap the first photo with the last", "321"),
        ("首尾两张照片对调", "321"),
        ("前两张对调", "213"),
        ("move the last one to the front", "312"),
        ("move photo 1 to position 2", "213"),
        ("put photo 1 after photo 2", "213"),
        ("move photo 3 after photo 1", "132"),
        ("put the third photo between the first and the second", "132"),
        ("把第三张放到第二张前面", "132"),
        ("reverse the order of the photos", "321"),
        ("flip the order of the first two photos", "213"),
        ("show the photos backwards", "321"),
    ],
)
def test_photos_go_where_they_are_told(ask, message, order):
    outcome = ask(message, "photos")
    assert outcome.draft is not None, outcome.reply
    sources = [segment["m"]["src"] for segment in outcome.draft["t"][0]["sg"]]
    assert sources == [f"photo{number}.jpg" for number in order]


def test_two_that_are_the_only_ones_need_no_numbers(ask, missing):
    swapped = ask("swap the clips", "two_clips")
    assert missing(swapped.draft, ["p1.src:second.mp4", "p2.src:clip.mp4"]) == []
    asked = ask("swap the photos", "photos")
    assert asked.draft is None
    assert "Which two" in asked.reply


@pytest.mark.parametrize(
    ("message", "facts"),
    [
        ("cut the 1st 2 seconds", ["d:10000", "p1.in:2000"]),
        ("3秒后剪掉", ["d:3000"]),
        ("片头2秒剪掉", ["d:10000", "p1.in:2000"]),
        ("make it four by three", ["canvas:1440x1080"]),
    ],
)
def test_other_counts(ask, missing, message, facts):
    outcome = ask(message, "clip")
    assert missing(outcome.draft, facts) == [], outcome.reply
