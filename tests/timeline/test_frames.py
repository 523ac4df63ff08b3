import copy
import json
import math

import numpy as np
import pandas as pd
import pytest

from nemo_nb.timeline.draft import read_tracks
from nemo_nb.timeline.timeline import Timeline

TRACK_TYPES = {
    "track": "Int64",
    "kind": "category",
    "name": "str",
    "segments": "Int64",
    "start_ms": "Int64",
    "end_ms": "Int64",
    "meta": "object",
}
SEGMENT_TYPES = {
    "track": "Int64",
    "segment": "Int64",
    "kind": "category",
    "name": "str",
    "start_ms": "Int64",
    "end_ms": "Int64",
    "duration_ms": "Int64",
    "source": "str",
    "source_in_ms": "Int64",
    "source_out_ms": "Int64",
    "text": "str",
    "volume": "float64",
    "speed": "float64",
    "meta": "object",
}
CAPTION_TYPES = {
    "cue": "Int64",
    "role": "category",
    "start_ms": "Int64",
    "end_ms": "Int64",
    "duration_ms": "Int64",
    "text": "str",
    "lines": "Int64",
    "chars": "Int64",
    "words": "Int64",
    "cps": "float64",
    "wpm": "float64",
    "gap_ms": "Int64",
    "style": "object",
}
MEDIA_TYPES = {
    "name": "str",
    "kind": "category",
    "source": "str",
    "duration_ms": "Int64",
    "width": "Int64",
    "height": "Int64",
    "fps": "float64",
    "size_bytes": "Int64",
    "hash": "str",
}


def types(frame):
    return {name: str(dtype) for name, dtype in frame.dtypes.items()}


def segment_draft(*segments, tt=7):
    return {"t": [{"tt": tt, "sg": list(segments)}]}


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"draft": {}},
        {"draft": None},
        {"draft": {"t": []}},
        {"draft": {"t": [{"tt": 7, "sg": []}]}},
        {"draft": [1, 2]},
    ],
)
def test_empty_drafts_give_whole_frames(state):
    timeline = Timeline.from_state(state)
    assert types(timeline.tracks) == TRACK_TYPES
    assert types(timeline.segments) == SEGMENT_TYPES
    assert types(timeline.captions) == CAPTION_TYPES
    assert types(timeline.media) == MEDIA_TYPES
    assert timeline.duration_ms == 0
    assert not timeline.ready


def test_full_drafts_give_the_same_types(studio_state):
    timeline = Timeline.from_state(studio_state)
    assert types(timeline.tracks) == TRACK_TYPES
    assert types(timeline.segments) == SEGMENT_TYPES
    assert types(timeline.captions) == CAPTION_TYPES
    assert types(timeline.media) == MEDIA_TYPES
    assert timeline.ready
    assert timeline.duration_ms == 6000


def test_tracks(studio_state):
    tracks = Timeline.from_state(studio_state).tracks
    assert tracks["track"].tolist() == [1, 2]
    assert tracks["kind"].tolist() == ["video", "text"]
    assert tracks["name"].tolist() == ["Video", "Text"]
    assert tracks["segments"].tolist() == [2, 3]
    assert tracks["end_ms"].tolist() == [6000, 5500]
    assert tracks["meta"].tolist() == [
        {"title": "Video", "id": "v1"},
        {"title": "Text", "id": "x1"},
    ]


def test_an_empty_track_has_no_times():
    tracks = Timeline.from_draft({"t": [{"tt": 1, "sg": []}]}).tracks
    assert tracks["segments"].tolist() == [0]
    assert tracks["start_ms"].isna().all()


def test_segments(studio_state):
    segments = Timeline.from_state(studio_state).segments
    assert segments["track"].tolist() == [1, 1, 2, 2, 2]
    assert segments["segment"].tolist() == [1, 2, 1, 2, 3]
    assert segments["name"].tolist() == ["cat.jpg", "clip.mp4", "", "", ""]
    assert segments["end_ms"].tolist() == [3000, 6000, 4500, 3000, 5500]
    assert segments["source_in_ms"].tolist()[:2] == [0, 500]
    assert segments["source_out_ms"].tolist()[:2] == [3000, 6500]
    assert segments["source_in_ms"].isna().tolist() == [False, False, True, True, True]
    assert segments["speed"].tolist() == [1.0, 2.0, 1.0, 1.0, 1.0]
    assert segments["volume"].tolist()[1] == 1.0
    assert math.isnan(segments["volume"].tolist()[0])
    assert segments["meta"][1] == {
        "src": "clip.mp4",
        "in": 500,
        "volume": 1.0,
        "speed": 2.0,
        "id": "s2",
    }


def test_segments_agree_with_the_reader(studio_state):
    segments = Timeline.from_state(studio_state).segments
    read = [one for track in read_tracks(studio_state["draft"]) for one in track.segments]
    for name in ("start_ms", "end_ms", "duration_ms", "name", "source", "text", "speed"):
        assert segments[name].tolist() == [getattr(one, name) for one in read], name


def test_a_missing_start_follows_the_segment_before():
    draft = segment_draft({"d": 1000}, {"d": 500}, {"s": 5000, "d": 100}, {"d": 1})
    segments = Timeline.from_draft(draft).segments
    assert segments["start_ms"].tolist() == [0, 1000, 5000, 5100]


def test_starts_begin_anew_on_each_track():
    draft = {"t": [{"tt": 0, "sg": [{"d": 1000}]}, {"tt": 1, "sg": [{"d": 10}, {"d": 10}]}]}
    assert Timeline.from_draft(draft).segments["start_ms"].tolist() == [0, 0, 10]


def test_negative_and_overlapping_times_are_kept():
    draft = segment_draft({"s": -500, "d": 1000}, {"s": 100, "d": 1000})
    segments = Timeline.from_draft(draft).segments
    assert segments["start_ms"].tolist() == [-500, 100]
    assert segments["end_ms"].tolist() == [500, 1100]


@pytest.mark.parametrize("value", [math.nan, math.inf, 2**63, -(2**63), 10**30, 1e300, "soon", {}])
def test_what_is_no_64_bit_time_is_unknown_and_kept_in_meta(value):
    draft = segment_draft({"s": 0, "d": value, "m": {"text": "x"}}, {"s": value, "d": 5})
    segments = Timeline.from_draft(draft).segments
    assert segments["duration_ms"].isna().tolist() == [True, False]
    assert segments["end_ms"].isna().tolist() == [True, True]
    assert segments["start_ms"].isna().tolist() == [False, True]
    kept = segments["meta"][0]["d"]
    assert kept is value or kept == value
    assert "s" not in segments["meta"][0]
    assert "s" in segments["meta"][1]


def test_a_start_after_an_unknown_length_is_unknown():
    draft = segment_draft({"s": 0, "d": math.nan}, {"d": 100}, {"s": 7, "d": 1})
    assert Timeline.from_draft(draft).segments["start_ms"].isna().tolist() == [False, True, False]


def test_an_end_beyond_64_bits_is_unknown():
    draft = segment_draft({"s": 2**62, "d": 2**62}, {"d": 1})
    segments = Timeline.from_draft(draft).segments
    assert segments["start_ms"].tolist()[0] == 2**62
    assert segments["end_ms"].isna().tolist()[0]


def test_numbers_in_words_and_floats_are_read():
    draft = segment_draft({"s": "100", "d": 99.6, "m": {"volume": "0.5", "speed": -1, "src": "a"}})
    segments = Timeline.from_draft(draft).segments
    assert segments["start_ms"].tolist() == [100]
    assert segments["duration_ms"].tolist() == [100]
    assert segments["volume"].tolist() == [0.5]
    assert segments["speed"].tolist() == [1.0]


def test_aliases_and_unknown_keys():
    draft = {
        "tracks": [
            {
                "type": 7,
                "zz": 1,
                "segments": [
                    {"start": 5, "duration": 10, "text": "hi", "effects": [{"k": 1}], "m": {"q": 2}}
                ],
            },
            {"tt": 42, "sg": [{"d": 1}]},
        ]
    }
    timeline = Timeline.from_draft(draft)
    assert timeline.tracks["kind"].tolist() == ["text", "other"]
    assert timeline.tracks["meta"][0] == {"zz": 1}
    assert timeline.segments["text"].tolist() == ["hi", ""]
    assert timeline.segments["meta"][0] == {"q": 2, "effects": [{"k": 1}], "text": "hi"}
    assert timeline.captions["start_ms"].tolist() == [5]


def test_captions(studio_state):
    captions = Timeline.from_state(studio_state).captions
    assert captions["cue"].tolist() == [1, 2, 3]
    assert captions["text"].tolist() == ["Urban Dreams", "two\nlines", "end"]
    assert captions["role"].tolist() == ["title", "caption", "caption"]
    assert captions["lines"].tolist() == [1, 2, 1]
    assert captions["chars"].tolist() == [12, 8, 3]
    assert captions["words"].tolist() == [2, 2, 1]
    assert captions["cps"].tolist() == [4.0, 8.0, 6.0]
    assert captions["wpm"].tolist() == [40.0, 120.0, 120.0]
    assert captions["style"].tolist() == [{"preset": "headline", "color": "#ffd60a"}, {}, {}]


def test_the_gap_reaches_to_the_next_cue_of_the_same_role(studio_state):
    gaps = Timeline.from_state(studio_state).captions["gap_ms"]
    assert gaps.isna().tolist() == [True, False, True]
    assert gaps[1] == 500


def test_an_overlap_is_a_negative_gap():
    draft = segment_draft({"s": 0, "d": 1000}, {"s": 900, "d": 1000})
    gaps = Timeline.from_draft(draft).captions["gap_ms"]
    assert gaps[0] == -100
    assert gaps[1] is pd.NA


def test_speed_without_a_length_is_nan():
    draft = segment_draft({"s": 0, "d": 0, "m": {"text": "x"}}, {"d": -5, "m": {"text": "y"}})
    captions = Timeline.from_draft(draft).captions
    assert captions["cps"].isna().all()
    assert captions["wpm"].isna().all()


def test_half_a_surrogate_pair_is_replaced_in_text_columns():
    draft = json.loads('{"t":[{"tt":7,"sg":[{"d":5,"m":{"text":"a\\ud83d"}}]}]}')
    timeline = Timeline.from_draft(draft)
    assert timeline.captions["text"].tolist() == ["a\ufffd"]
    assert timeline.draft == draft


def test_media(studio_state):
    media = Timeline.from_state(studio_state).media
    assert media["name"].tolist() == ["cat.jpg", "clip.mp4"]
    assert media["kind"].tolist() == ["image", "video"]
    assert media["duration_ms"].tolist() == [0, 12500]
    assert media["size_bytes"].tolist() == [1234, 99]


def test_media_say_what_of_a_file_is_not_used_where_there_is_any(studio_state):
    assert "notes" not in Timeline.from_state(studio_state).media
    studio_state["video_infos"][1]["notes"] = ["It has 2 sound tracks.", "One is used."]
    media = Timeline.from_state(studio_state).media
    assert media["notes"].tolist() == ["", "It has 2 sound tracks. One is used."]


def test_media_of_a_bare_draft_are_the_sources_it_names(studio_state):
    media = Timeline.from_draft(studio_state["draft"]).media
    assert media["name"].tolist() == ["cat.jpg", "clip.mp4"]
    assert media["duration_ms"].isna().all()
    assert types(media) == MEDIA_TYPES


def test_frames_and_drafts_handed_out_cannot_change_the_timeline(studio_state):
    original = copy.deepcopy(studio_state)
    timeline = Timeline.from_state(studio_state)
    studio_state["draft"]["t"].clear()
    segments = timeline.segments
    segments.loc[0, "start_ms"] = 99
    segments["meta"][0]["src"] = "other"
    segments["new"] = 1
    timeline.captions["style"][0]["color"] = "#000000"
    timeline.draft["t"][0]["sg"].clear()
    assert timeline.draft == original["draft"]
    assert timeline.segments["start_ms"].tolist()[0] == 0
    assert "new" not in timeline.segments.columns
    assert Timeline.from_draft(timeline.draft).captions["style"][0]["color"] == "#ffd60a"


def test_a_draft_nested_deeper_than_python_recurses_is_copied():
    deep = {}
    inner = deep
    for _ in range(5000):
        inner["k"] = {}
        inner = inner["k"]
    timeline = Timeline.from_draft(segment_draft({"d": 1, "m": {"text": "x", "deep": deep}}))
    assert timeline.captions["text"].tolist() == ["x"]


def test_many_segments_keep_their_order_and_numbers():
    count = 5000
    texts = [f"cue {i}" for i in range(count)]
    draft = segment_draft(
        *({"s": (count - i) * 10, "d": 5, "m": {"text": text}} for i, text in enumerate(texts))
    )
    timeline = Timeline.from_draft(draft)
    assert timeline.segments["text"].tolist() == texts
    assert timeline.captions["text"].tolist() == texts[::-1]
    assert np.array_equal(timeline.captions["cue"].to_numpy(), np.arange(1, count + 1))


def test_a_key_of_its_own_in_every_segment_is_kept_and_costs_no_square():
    segments = [{"d": 1, f"own{n}": [n], "m": {f"meta{n}": {"n": n}}} for n in range(20_000)]
    frame = Timeline.from_draft({"t": [{"tt": 0, "sg": segments}]}).segments
    assert frame["meta"].iloc[-1] == {"own19999": [19999], "meta19999": {"n": 19999}}
