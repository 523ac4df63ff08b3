"""Texts that would cover each other get rows of their own."""

from __future__ import annotations

import numpy as np
import pytest

import mediakit
from mediakit import render_frame
from nemo_nb.models import Canvas
from nemo_nb.studio.render.stacking import stacked
from nemo_nb.studio.render.words import Words
from nemo_nb.timeline.styles import TextStyle

CANVAS = Canvas(1920, 1080, 30)


def rows(*texts):
    words = [
        Words(text, TextStyle(position=place), start, end) for text, place, start, end in texts
    ]
    return [one.row for one in stacked(words, CANVAS)]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([("a", "top", 0, 10), ("b", "bottom", 0, 10)], [0, 0]),
        ([("a", "bottom", 0, 10), ("b", "bottom", 10, 20)], [0, 0]),
        ([("a", "bottom", 0, 10), ("b", "bottom", 5, 20)], [0, 1]),
        ([("late", "bottom", 5, 20), ("early", "bottom", 0, 10)], [1, 0]),
        # The third begins when the first has gone, and the second stays where it is.
        ([("a", "top", 0, 10), ("b", "top", 5, 20), ("c", "top", 12, 30)], [0, 1, 0]),
        ([("name", "bottom-left", 0, 10), ("short", "bottom", 0, 10)], [0, 0]),
        ([("a name and a profession", "bottom-left", 0, 10), ("w" * 60, "bottom", 0, 10)], [0, 1]),
        ([("左下角的名字和职业说明", "bottom-left", 0, 10), ("字" * 30, "bottom", 0, 10)], [0, 1]),
        ([("left", "bottom-left", 0, 10), ("right", "bottom-right", 0, 10)], [0, 0]),
    ],
)
def test_rows(texts, expected):
    assert rows(*texts) == expected


@pytest.mark.parametrize("place", ["top", "middle", "bottom"])
def test_no_letter_covers_another(tmp_path, place):
    photo = mediakit.photo(tmp_path / "grey.png", (128, 128, 128), size=(640, 360))
    style = {"position": place, "shadow": "", "stroke": "", "size": 8}

    def shown(*texts):
        words = [mediakit.words(0, 1000, text, style=style | color) for text, color in texts]
        draft = mediakit.timeline(
            mediakit.segment(photo, motion="none"), text=words, size=(640, 360)
        )
        frame = render_frame(draft, {photo.name: photo}, 500)
        return np.asarray(frame, np.int16)

    white = ("HHHH", {"color": "#ffffff"})
    alone, together = shown(white), shown(white, ("HHHH", {"color": "#000000"}))
    bright = (alone.min(axis=2) > 200).sum()
    assert bright > 300
    assert (together.min(axis=2) > 200).sum() == bright
    dark = (together.max(axis=2) < 50).sum()
    assert abs(dark - bright) < bright * 0.1
