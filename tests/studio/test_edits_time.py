"""Cuts, speed, lengths and transitions on a draft; and what holds after any edits."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nemo_nb.errors import EditRefused
from nemo_nb.models import MediaInfo
from nemo_nb.studio import edits, edits_text, edits_time
from nemo_nb.timeline.draft import read_tracks
from nemo_nb.timeline.styles import presets

CLIP = MediaInfo("clip.mp4", "video", "mp4", 12_000, 1920, 1080, 30.0, has_audio=True)
PHOTO = MediaInfo("cat.jpg", "image", "jpg", 0, 900, 600)
SONG = MediaInfo("song.mp3", "audio", "mp3", 60_000)
STILLS = {"cat.jpg", "dog.jpg"}


def laid(*media):
    draft = edits.new_draft()
    for info in media:
        draft = edits.add_media(draft, info)
    return draft


def segments(draft, kind):
    return [s for t in read_tracks(draft) if t.kind == kind for s in t.segments]


def spans(draft, kind):
    return [(s.source or s.text, s.start_ms, s.end_ms) for s in segments(draft, kind)]


def sources(draft):
    return [(s.source, s.source_in_ms, s.source_out_ms) for s in segments(draft, "video")]


def captioned(draft, *cues):
    return edits.add_subtitles(draft, [edits.Cue(*cue) for cue in cues])


def test_cutting_the_start_moves_text_and_sound_along():
    draft = captioned(laid(CLIP, SONG), (0, 2000, "gone"), (2000, 5000, "cut"), (6000, 8000, "on"))
    result = edits_time.cut(draft, 0, 3000)
    assert spans(result, "text") == [("cut", 0, 2000), ("on", 3000, 5000)]
    assert sources(result) == [("clip.mp4", 3000, 12_000)]
    (song,) = segments(result, "audio")
    assert (song.start_ms, song.end_ms, song.source_in_ms) == (0, 9000, 3000)
    assert result["d"] == 9000


def test_cutting_the_middle_splits_the_clip_and_closes_the_gap():
    draft = captioned(laid(CLIP), (3000, 9000, "over"), (10_000, 11_000, "late"))
    result = edits_time.cut(draft, 4000, 7000)
    assert sources(result) == [("clip.mp4", 0, 4000), ("clip.mp4", 7000, 12_000)]
    assert spans(result, "text") == [("over", 3000, 6000), ("late", 7000, 8000)]
    first, second = segments(result, "video")
    assert first.id == segments(draft, "video")[0].id
    assert second.id != first.id


def test_cutting_inside_a_fast_clip_counts_in_the_source():
    fast = edits_time.set_speed(laid(CLIP), 2)
    assert sources(edits_time.cut(fast, 0, 1000)) == [("clip.mp4", 2000, 12_000)]


def test_cutting_inside_a_photo_shortens_it():
    result = edits_time.cut(laid(PHOTO), 1000, 2000, stills=STILLS)
    assert spans(result, "video") == [("cat.jpg", 0, 2000)]
    assert "in" not in segments(result, "video")[0].meta


def test_a_whole_segment_may_be_cut_away_and_the_next_loses_its_transition():
    draft = edits_time.set_transitions(laid(PHOTO, CLIP), "dissolve", 600)
    result = edits_time.cut(draft, 0, 3000, stills=STILLS)
    assert spans(result, "video") == [("clip.mp4", 0, 12_000)]
    assert "transition" not in segments(result, "video")[0].meta


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (0, 40_000, "0-40 s cannot be cut: the video is 12 s long"),
        (-5, 10, "cannot be cut"),
        (5, 5, "cannot be cut"),
        (0, 12_000, "leave nothing"),
        (0, 11_900, "leave nothing"),
    ],
)
def test_impossible_cuts_are_refused(start, end, words):
    with pytest.raises(EditRefused, match=words):
        edits_time.cut(laid(CLIP), start, end)
    with pytest.raises(EditRefused, match="nothing on the timeline"):
        edits_time.cut(edits.new_draft(), 0, 10)


def test_keep_is_two_cuts():
    result = edits_time.keep(laid(CLIP), 5000, 12_000)
    assert sources(result) == [("clip.mp4", 5000, 12_000)]
    assert sources(edits_time.keep(laid(CLIP), 2000, 4000)) == [("clip.mp4", 2000, 4000)]
    with pytest.raises(EditRefused, match="50-59 s cannot be kept: the video is 12 s long"):
        edits_time.keep(laid(CLIP), 50_000, 59_000)


def test_speed_carries_text_along_and_leaves_photos():
    draft = captioned(laid(PHOTO, CLIP), (0, 3000, "photo"), (9000, 15_000, "clip"))
    result = edits_time.set_speed(draft, 2, stills=STILLS)
    assert spans(result, "video") == [("cat.jpg", 0, 3000), ("clip.mp4", 3000, 9000)]
    assert spans(result, "text") == [("photo", 0, 3000), ("clip", 6000, 9000)]
    assert sources(result)[1] == ("clip.mp4", 0, 12_000)
    back = edits_time.set_speed(result, 1, stills=STILLS, absolute=True)
    assert spans(back, "text") == spans(draft, "text")


def test_speed_out_of_range_or_without_a_clip_is_refused():
    with pytest.raises(EditRefused, match=r"0\.25-4"):
        edits_time.set_speed(laid(CLIP), 9)
    with pytest.raises(EditRefused, match="no clip"):
        edits_time.set_speed(laid(PHOTO), 2, stills=STILLS)


def test_photo_length_carries_captions_along():
    draft = captioned(
        laid(PHOTO, PHOTO, CLIP), (0, 3000, "a"), (3000, 6000, "b"), (7000, 8000, "c")
    )
    result = edits_time.set_photo_length(draft, 5000, stills=STILLS)
    assert spans(result, "text") == [("a", 0, 5000), ("b", 5000, 10_000), ("c", 11_000, 12_000)]
    assert result["d"] == 22_000
    with pytest.raises(EditRefused, match=r"0\.3-60 s"):
        edits_time.set_photo_length(draft, 90_000, stills=STILLS)


def test_removing_a_picture_takes_its_caption_along():
    draft = captioned(laid(PHOTO, CLIP), (0, 3000, "photo"), (4000, 5000, "clip"))
    first = segments(draft, "video")[0].id
    result = edits_time.remove_pictures(draft, {first})
    assert spans(result, "text") == [("clip", 1000, 2000)]
    everything = {segment.id for segment in segments(draft, "video")}
    with pytest.raises(EditRefused, match="empty timeline"):
        edits_time.remove_pictures(draft, everything)


def test_transitions_sit_on_the_later_picture_and_keep_the_total():
    draft = laid(PHOTO, PHOTO, CLIP)
    result = edits_time.set_transitions(draft, "dissolve", 5000)
    found = [segment.meta.get("transition") for segment in segments(result, "video")]
    assert found == [None, {"kind": "dissolve", "ms": 1500}, {"kind": "dissolve", "ms": 1500}]
    assert result["d"] == draft["d"]
    none = edits_time.set_transitions(result, "none", 0)
    assert all("transition" not in segment.meta for segment in segments(none, "video"))
    with pytest.raises(EditRefused, match="at least two"):
        edits_time.set_transitions(laid(CLIP), "dissolve", 500)


TIMES = st.integers(-3, 40).map(lambda step: step * 370)
EDITS = st.one_of(
    st.tuples(st.just("media"), st.sampled_from([CLIP, PHOTO, SONG])),
    st.tuples(st.just("cut"), TIMES, TIMES),
    st.tuples(st.just("keep"), TIMES, TIMES),
    st.tuples(st.just("text"), st.sampled_from(["caption", "title"]), TIMES, TIMES),
    st.tuples(st.just("subtitles"), st.lists(st.tuples(TIMES, TIMES), max_size=4)),
    st.tuples(st.just("speed"), st.floats(0.1, 6)),
    st.tuples(st.just("photos"), st.integers(100, 70_000)),
    st.tuples(st.just("preset"), st.sampled_from(sorted(presets())), st.floats(0.5, 2)),
    st.tuples(st.just("drop"), st.integers(0, 3)),
    st.tuples(st.just("transitions"), st.integers(0, 3000)),
    st.tuples(st.just("volume"), st.floats(-1, 2)),
    st.tuples(st.just("ratio"), st.sampled_from(sorted(edits.RATIOS))),
    st.tuples(st.just("wipe"), st.just(0)),
)


def apply(draft, edit):  # noqa: C901, PLR0911 - one case an edit
    match edit:
        case ("media", info):
            return edits.add_media(draft, info)
        case ("cut", start, end):
            return edits_time.cut(draft, start, end, stills=STILLS)
        case ("keep", start, end):
            return edits_time.keep(draft, start, end, stills=STILLS)
        case ("text", role, start, end):
            return edits_text.add_text(draft, "Words", role=role, start_ms=start, end_ms=end)
        case ("subtitles", cues):
            return edits.add_subtitles(draft, [edits.Cue(*cue, "Cue") for cue in cues])
        case ("speed", factor):
            return edits_time.set_speed(draft, factor, stills=STILLS)
        case ("photos", length):
            return edits_time.set_photo_length(draft, length, stills=STILLS)
        case ("preset", name, grow):
            ids = {segment.id for segment in segments(draft, "text")}
            return edits_text.restyle(draft, ids, {"preset": name}, grow=grow)
        case ("drop", index):
            ids = {segment.id for segment in segments(draft, "video")[index : index + 1]}
            return edits_time.remove_pictures(draft, ids)
        case ("transitions", length):
            return edits_time.set_transitions(draft, "dissolve", length)
        case ("volume", level):
            return edits.set_volume(draft, level)
        case ("ratio", ratio):
            return edits.set_ratio(draft, ratio)
    return edits_text.remove_texts(draft, {segment.id for segment in segments(draft, "text")})


@settings(max_examples=200, deadline=None)
@given(
    media=st.lists(st.sampled_from([CLIP, PHOTO, SONG]), max_size=4),
    sequence=st.lists(EDITS, max_size=12),
)
def test_any_edits_leave_a_sound_draft_and_their_input_alone(media, sequence):
    draft = laid(*media)
    for edit in sequence:
        before = copy.deepcopy(draft)
        try:
            result = apply(draft, edit)
        except EditRefused:
            result = before
        assert draft == before
        draft = result
        check(draft)


def check(draft):
    tracks = read_tracks(draft)
    ids = [t.raw["id"] for t in tracks] + [s.id for t in tracks for s in t.segments]
    assert len(ids) == len(set(ids))
    assert draft["d"] == max((t.end_ms for t in tracks), default=0)
    for track in tracks:
        assert track.segments
        cursor = 0
        for segment in track.segments:
            assert segment.duration_ms > 0
            assert segment.start_ms >= 0
            assert isinstance(segment.start_ms, int)
            assert segment.source_in_ms >= 0
            if track.kind == "video":
                assert segment.start_ms == cursor
                cursor = segment.end_ms
            if segment.source == "clip.mp4":
                assert segment.source_out_ms <= 12_000 + 20
