# ruff: noqa: RUF001 - Chinese is written with fullwidth punctuation
import copy

import pytest

from nemo_nb.timeline.diff import COLUMNS, diff_words
from nemo_nb.timeline.timeline import Timeline


def text_draft(*cues, ids=False):
    segments = []
    for index, (start, end, text) in enumerate(cues):
        segment = {"s": start, "d": end - start, "m": {"text": text, "role": "caption"}}
        if ids:
            segment["id"] = f"s{index}"
        segments.append(segment)
    return {"t": [{"tt": 7, "sg": segments}]}


def diff(before, after):
    return Timeline.from_draft(before).diff(Timeline.from_draft(after))


def rows(frame):
    return [tuple(row) for row in frame[["change", "field", "before", "after"]].to_numpy().tolist()]


def test_no_change_is_an_empty_frame_of_the_right_shape(studio_state):
    frame = diff(studio_state["draft"], copy.deepcopy(studio_state["draft"]))
    assert tuple(frame.columns) == COLUMNS
    assert frame.empty
    assert [str(dtype) for dtype in frame.dtypes] == [
        "category",
        "Int64",
        "Int64",
        "str",
        "object",
        "object",
    ]
    assert diff_words(frame) == "Nothing changed."
    assert diff_words(frame, "zh") == "没有变化。"


def test_a_title_added(example):
    before = copy.deepcopy(example)
    del before["t"][2]
    frame = diff(before, example)
    assert frame["change"].tolist() == ["added"]
    assert (frame["track"][0], frame["segment"][0]) == (3, 1)
    assert frame["before"][0] is None
    assert frame["after"][0] == {
        "kind": "title",
        "text": "Urban Dreams",
        "start_ms": 0,
        "end_ms": 3000,
    }
    assert diff_words(frame) == "Title added: “Urban Dreams” (0-3 s)."
    assert diff_words(frame, "zh") == "新增标题：“Urban Dreams”（0-3 秒）。"
    assert diff_words(diff(example, before)) == "Title removed: “Urban Dreams” (0-3 s)."


def test_the_way_back_swaps_before_and_after(studio_state):
    before, after = studio_state["draft"], copy.deepcopy(studio_state["draft"])
    after["t"][1]["sg"][0]["m"]["text"] = "new words"
    forth, back = diff(before, after), diff(after, before)
    assert forth["before"].tolist() == back["after"].tolist() == ["two\nlines"]
    assert forth["after"].tolist() == back["before"].tolist() == ["new words"]


@pytest.mark.parametrize("ids", [True, False])
def test_an_insertion_in_front_is_one_row(ids):
    before = text_draft((5000, 6000, "a"), (6000, 7000, "b"), (7000, 8000, "c"), ids=ids)
    after = copy.deepcopy(before)
    after["t"][0]["sg"].insert(0, {"id": "new", "s": 0, "d": 500, "m": {"text": "first"}})
    frame = diff(before, after)
    assert frame["change"].tolist() == ["added"]
    assert frame["after"][0]["text"] == "first"


@pytest.mark.parametrize("ids", [True, False])
def test_words_edited_in_place_are_one_row(ids):
    before = text_draft((0, 1000, "a"), (1000, 2000, "b"), ids=ids)
    after = text_draft((0, 1000, "a"), (1000, 2000, "new"), ids=ids)
    frame = diff(before, after)
    assert rows(frame) == [("edited", "text", "b", "new")]
    assert diff_words(frame) == "Caption changed from “b” to “new”."


@pytest.mark.parametrize("ids", [True, False])
def test_a_move_is_one_row(ids):
    before = text_draft((0, 1000, "a"), (1000, 2000, "b"), ids=ids)
    after = text_draft((0, 1000, "a"), (1500, 2500, "b"), ids=ids)
    frame = diff(before, after)
    assert rows(frame) == [("moved", "start_ms", 1000, 1500)]
    assert diff_words(frame) == "Caption “b” moved from 1 s to 1.5 s."


def test_equal_cues_are_matched_with_the_nearest_in_time():
    before = text_draft((0, 1000, "la"), (10000, 11000, "la"), (20000, 21000, "la"))
    after = text_draft((11000, 12000, "la"), (21000, 22000, "la"))
    frame = diff(before, after)
    assert sorted(rows(frame), key=str) == sorted(
        [
            (
                "removed",
                "segment",
                {"kind": "caption", "text": "la", "start_ms": 0, "end_ms": 1000},
                None,
            ),
            ("moved", "start_ms", 10000, 11000),
            ("moved", "start_ms", 20000, 21000),
        ],
        key=str,
    )


def test_reordering_a_list_changes_nothing():
    before = text_draft((0, 1000, "a"), (1000, 2000, "b"))
    after = text_draft((1000, 2000, "b"), (0, 1000, "a"))
    assert diff(before, after).empty


def test_ids_that_hold_make_a_replacement_two_rows():
    before = text_draft((0, 1000, "keep"), (1000, 2000, "old"), ids=True)
    after = copy.deepcopy(before)
    after["t"][0]["sg"][1] = {"id": "other", "s": 1000, "d": 1000, "m": {"text": "new"}}
    assert sorted(diff(before, after)["change"]) == ["added", "removed"]


def test_ids_made_anew_do_not_hide_an_edit():
    before = text_draft((0, 1000, "keep"), (1000, 2000, "old"), ids=True)
    after = copy.deepcopy(before)
    for index, segment in enumerate(after["t"][0]["sg"]):
        segment["id"] = f"fresh{index}"
    after["t"][0]["sg"][1]["m"]["text"] = "new"
    assert rows(diff(before, after)) == [("edited", "text", "old", "new")]


def test_volume_speed_style_and_unknown_keys(studio_state):
    after = copy.deepcopy(studio_state["draft"])
    clip, title = after["t"][0]["sg"][1], after["t"][1]["sg"][1]
    clip["m"] |= {"volume": 0.5, "transition": {"kind": "dissolve", "ms": 500}}
    clip["zoom"] = 3
    title["m"]["style"] = {"preset": "headline", "color": "#ffffff"}
    frame = diff(studio_state["draft"], after)
    assert dict(zip(frame["field"], frame["after"], strict=True)) == {
        "volume": 0.5,
        "transition": {"kind": "dissolve", "ms": 500},
        "zoom": 3,
        "style": {"preset": "headline", "color": "#ffffff"},
    }
    told = diff_words(frame)
    assert "Video “clip.mp4”: volume changed from 100% to 50%." in told
    assert "Title “Urban Dreams”: style changed from color #ffd60a to color #ffffff." in told


def test_a_key_beside_the_known_ones_that_comes_or_goes():
    before = {"t": [{"tt": 0, "sg": [{"id": "a", "s": 0, "d": 5}]}]}
    after = {"t": [{"tt": 0, "sg": [{"id": "a", "d": 5, "zoom": 3}]}]}
    assert rows(diff(before, after)) == [("edited", "zoom", None, 3)]
    assert rows(diff(after, before)) == [("edited", "zoom", 3, None)]


def test_trimming_the_first_clip_moves_the_rest(studio_state):
    after = copy.deepcopy(studio_state["draft"])
    first, second = after["t"][0]["sg"]
    first["d"], second["s"] = 2000, 2000
    frame = diff(studio_state["draft"], after)
    assert sorted(zip(frame["change"], frame["field"], strict=True)) == [
        ("edited", "duration_ms"),
        ("moved", "start_ms"),
    ]
    assert diff_words(frame).startswith("Video “cat.jpg”: length changed from 3 s to 2 s.")


def test_the_canvas_is_a_row(studio_state):
    after = copy.deepcopy(studio_state["draft"])
    after["m"] |= {"width": 1920, "height": 1080}
    frame = diff(studio_state["draft"], after)
    assert rows(frame) == [("edited", "canvas", "1080x1920 25 fps", "1920x1080 25 fps")]
    assert frame["track"].isna().all()
    assert "1920x1080" in diff_words(frame)


def test_a_segment_put_on_another_track_is_moved():
    before = {
        "t": [
            {"tt": 1, "id": "a", "sg": [{"id": "x", "s": 0, "d": 5, "m": {"src": "m.mp3"}}]},
            {"tt": 1, "id": "b", "sg": []},
        ]
    }
    after = copy.deepcopy(before)
    after["t"][1]["sg"].append(after["t"][0]["sg"].pop())
    frame = diff(before, after)
    assert rows(frame) == [("moved", "track", 1, 2)]
    assert diff_words(frame) == "Audio “m.mp3” moved from track 1 to track 2."


def test_a_track_in_front_moves_nothing(example):
    after = copy.deepcopy(example)
    after["t"].insert(0, {"tt": 1, "m": {"title": "Voice"}, "sg": []})
    after["t"][2]["m"] = {"title": "Music"}
    before = copy.deepcopy(example)
    before["t"][1]["m"] = {"title": "Music"}
    before["t"][1]["id"] = after["t"][2]["id"] = "a1"
    frame = diff(before, after)
    assert rows(frame) == [("added", "track", None, "Voice")]
    assert diff_words(frame) == "Track 1 added, still empty."


def test_track_names_and_draft_titles(studio_state):
    after = copy.deepcopy(studio_state["draft"])
    after["t"][0]["m"]["title"] = "Pictures"
    after["m"]["title"] = "renamed"
    told = diff_words(diff(studio_state["draft"], after))
    assert "Track 1: name changed from Video to Pictures." in told
    assert "The timeline's title changed from clip to renamed." in told


def test_many_changes_are_counted():
    before = text_draft(*((i * 1000, i * 1000 + 500, f"c{i}") for i in range(20)), ids=True)
    after = copy.deepcopy(before)
    for segment in after["t"][0]["sg"]:
        segment["s"] += 100
    after["t"][0]["sg"][7]["m"]["text"] = "new"
    told = diff_words(diff(before, after))
    assert told.startswith("Caption changed from “c7” to “new”.")
    assert told.endswith("And 16 more changes.")


def test_words_without_labels_name_the_place(studio_state):
    after = copy.deepcopy(studio_state["draft"])
    after["t"][1]["sg"][0]["s"] = 3600
    frame = diff(studio_state["draft"], after)
    frame.attrs.clear()
    assert diff_words(frame) == "Segment 1 of track 2 moved from 3.5 s to 3.6 s."


def test_repeated_ids_lose_nothing():
    before = text_draft((0, 1000, "a"), (1000, 2000, "b"))
    for segment in before["t"][0]["sg"]:
        segment["id"] = "same"
    assert diff(before, copy.deepcopy(before)).empty
    after = copy.deepcopy(before)
    after["t"][0]["sg"].pop()
    assert diff(before, after)["change"].tolist() == ["removed"]


def test_nan_equals_itself():
    before = {"t": [{"tt": 0, "sg": [{"id": "a", "d": 5, "m": {"src": "x", "w": float("nan")}}]}]}
    after = {"t": [{"tt": 0, "sg": [{"id": "a", "d": 5, "m": {"src": "x", "w": float("nan")}}]}]}
    assert diff(before, after).empty


def test_of_many_equal_cues_those_that_stayed_are_not_told():
    before = text_draft(*((i * 10, i * 10 + 5, "la") for i in range(10_000)))
    after = text_draft(*((i * 10, i * 10 + 5, "la") for i in range(1, 10_001)))
    assert rows(diff(before, after)) == [("moved", "start_ms", 0, 100_000)]


def test_many_equal_cues_that_all_moved_keep_their_order():
    before = text_draft(*((i * 10, i * 10 + 5, "la") for i in range(2000)))
    after = text_draft(*((i * 10 + 3, i * 10 + 8, "la") for i in range(2000)))
    frame = diff(before, after)
    assert set(frame["change"]) == {"moved"}
    assert all(now - was == 3 for was, now in zip(frame["before"], frame["after"], strict=True))
