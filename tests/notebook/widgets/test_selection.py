import numpy as np
import pandas as pd
import pytest

from nemo_nb.errors import InputError
from nemo_nb.notebook.widgets import selection
from nemo_nb.timeline.timeline import Timeline


def clip(start, **meta):
    return {"s": start, "d": 1000, "m": meta}


@pytest.fixture
def timeline():
    """Rows 0-1 are clips; rows 2-4 texts, of which the last row is the first cue."""
    draft = {
        "t": [
            {"tt": 0, "sg": [clip(0, src="a.mp4"), clip(1000, src="b.mp4")]},
            {"tt": 7, "sg": [clip(1000, text="two"), clip(2000, text="three, and longer")]},
            {"tt": 7, "sg": [clip(0, text="one")]},
        ]
    }
    return Timeline.from_draft(draft)


def test_rows_of_segments_and_of_captions(timeline):
    rows, cues = timeline.segments, timeline.captions
    assert selection.refs_of(rows[rows.kind == "video"], timeline) == [(1, 1), (1, 2)]
    assert selection.refs_of(cues[cues.text == "one"], timeline) == [(3, 1)]
    assert selection.refs_of(rows.loc[3], timeline) == [(2, 2)]
    assert selection.refs_of(cues.iloc[1], timeline) == [(2, 1)]
    assert selection.refs_of(rows.head(0), timeline) == []


def test_masks_over_segments_and_over_captions(timeline):
    rows, cues = timeline.segments, timeline.captions
    assert selection.refs_of(rows.start_ms == 1000, timeline) == [(1, 2), (2, 1)]
    assert selection.refs_of((cues.chars > 3).to_numpy(), timeline) == [(2, 2)]
    assert selection.refs_of([False] * 5, timeline) == []
    with pytest.raises(InputError, match=r"A mask of 4 does not fit.*5 segments and 3 captions"):
        selection.refs_of([True] * 4, timeline)


def test_a_time_that_cannot_be_read_is_in_no_mask():
    odd = Timeline.from_draft({"t": [{"tt": 7, "sg": [{"s": "soon", "d": 9}, clip(0, text="b")]}]})
    assert selection.refs_of(odd.segments.start_ms < 5, odd) == [(1, 2)]


def test_a_mask_over_texts_alone_is_read_by_its_column():
    texts = Timeline.from_draft(
        {"t": [{"tt": 7, "sg": [clip(5000, text="late"), clip(0, text="b")]}]}
    )
    assert selection.refs_of(texts.segments.start_ms == 0, texts) == [(1, 2)]
    assert selection.refs_of(texts.captions.cps < 2, texts) == [(1, 2)]


@pytest.mark.parametrize(
    "chosen", [[0, 4], np.array([4, 0]), pd.Index([0, 4]), (i for i in (4, 0))]
)
def test_row_numbers(timeline, chosen):
    assert selection.refs_of(chosen, timeline) == [(1, 1), (3, 1)]


@pytest.mark.parametrize(
    "chosen", [[(2, 1), (1, 1)], [[1, 1], [2, 1], [2, 1]], np.array([[2, 1], [1, 1]])]
)
def test_pairs(timeline, chosen):
    assert selection.refs_of(chosen, timeline) == [(1, 1), (2, 1)]


def test_one_row_one_pair_and_nothing(timeline):
    assert selection.refs_of(4, timeline) == [(3, 1)]
    assert selection.refs_of((2, 2), timeline) == [(2, 2)]
    assert selection.refs_of(None, timeline) == []
    assert selection.refs_of([], timeline) == []


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ([9], "no row 9 in timeline.segments"),
        ([-1], "no row -1"),
        ([(2, 3)], "no segment 3 on track 2"),
        ([(1, 2, 3)], "is no .track, segment. pair"),
        ([("a", 1)], "'a' is no number"),
        ("one", "'one' names no segments"),
        (1.5, "A float names no segments"),
        ([0, True], "0 is no .track, segment. pair"),
        (pd.DataFrame({"text": ["one"]}), "neither track and segment, nor cue"),
        (pd.DataFrame({"cue": [4]}), "no cue 4"),
        (pd.DataFrame({"track": [1.5], "segment": [1]}), "1.5 is no number"),
    ],
)
def test_what_names_nothing_is_refused_in_words(timeline, chosen, words):
    with pytest.raises(InputError, match=words):
        selection.refs_of(chosen, timeline)


def test_back_to_rows_of_the_timeline(timeline):
    rows = selection.frame_of([[3, 1], [1, 2], [7, 7]], timeline)
    assert rows.index.tolist() == [1, 4]
    assert rows.equals(timeline.segments.loc[[1, 4]])
    assert selection.present([(9, 9), (2, 1)], timeline) == [(2, 1)]
    assert selection.refs_of(rows, timeline) == [(1, 2), (3, 1)]
