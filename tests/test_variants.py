import copy

import pandas as pd
import pytest

from nemo_nb.errors import InputError
from nemo_nb.timeline.draft import read_tracks
from nemo_nb.variants import read_cues, with_cues

DRAFT = {
    "t": [
        {"tt": 0, "id": "captions", "sg": [{"id": "cue1", "s": 0, "d": 6000, "m": {"src": "a"}}]},
        {
            "tt": 7,
            "id": "x1",
            "sg": [
                {"id": "t1", "s": 0, "d": 1000, "m": {"text": "Title", "role": "title"}},
                {"id": "t2", "s": 0, "d": 1000, "m": {"text": "Old", "role": "caption"}},
            ],
        },
        {"tt": 7, "id": "x2", "sg": [{"id": "t3", "s": 0, "d": 9, "m": {"text": "Old too"}}]},
    ]
}


def test_texts_are_spread_evenly_to_the_last_millisecond():
    assert read_cues(["a", "b", "c"], 1000) == [(0, 333, "a"), (333, 667, "b"), (667, 1000, "c")]


def test_times_are_taken_as_given_and_a_small_overhang_is_cut():
    assert read_cues([(0, 500.4, "a"), (500, 1200, "b")], 1000) == [(0, 500, "a"), (500, 1000, "b")]


def test_a_subtitle_file_and_a_frame(tmp_path):
    path = tmp_path / "a.srt"
    path.write_text("1\n00:00:00,100 --> 00:00:00,900\nHi\n")
    assert read_cues(path, 1000) == [(100, 900, "Hi")]
    frame = pd.DataFrame({"start_ms": [0], "end_ms": [400], "text": ["Hi"]})
    assert read_cues(frame, 1000) == [(0, 400, "Hi")]


@pytest.mark.parametrize(
    ("captions", "words"),
    [
        ([], "empty"),
        ([" "], "no words"),
        ([(0, 100)], "Caption 1"),
        ([(0, 100, "a"), 5], "Caption 2"),
        ([(200, 100, "a")], "no time"),
        ([(-5, 100, "a")], "no time"),
        ([(0, 5000, "a")], "milliseconds"),
        ([(1000, 1200, "a")], "1000 ms long"),
    ],
)
def test_captions_that_cannot_be(captions, words):
    with pytest.raises(InputError, match=words):
        read_cues(captions, 1000)


def test_new_captions_take_the_place_of_the_old_and_titles_stay():
    before = copy.deepcopy(DRAFT)
    made = with_cues(DRAFT, [(0, 500, "New"), (500, 900, "Newer")])
    assert before == DRAFT
    texts = [segment.text for track in read_tracks(made)[1:] for segment in track.segments]
    assert texts == ["Title", "New", "Newer"]
    ids = [segment.id for track in read_tracks(made) for segment in track.segments]
    ids += [track["id"] for track in made["t"]]
    assert len(ids) == len(set(ids))
