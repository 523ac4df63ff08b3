"""Captions and titles on a draft."""

from __future__ import annotations

import pytest

from nemo_nb.errors import EditRefused
from nemo_nb.models import MediaInfo
from nemo_nb.studio import edits, edits_text
from nemo_nb.timeline.draft import read_tracks
from nemo_nb.timeline.styles import resolve

CLIP = MediaInfo("clip.mp4", "video", "mp4", 12_000, 1920, 1080, 30.0)


@pytest.fixture
def draft():
    start = edits.add_media(edits.new_draft(), CLIP)
    start = edits.add_subtitles(start, [edits.Cue(0, 2000, "one"), edits.Cue(4000, 6000, "two")])
    return edits_text.add_text(start, "Title", role="title", start_ms=0, end_ms=3000)


def texts(draft):
    return {s.text: s for t in read_tracks(draft) if t.kind == "text" for s in t.segments}


def style(draft, text):
    segment = texts(draft)[text]
    return resolve(segment.style, segment.role)


def test_captions_and_titles_have_tracks_of_their_own(draft):
    names = [t.name for t in read_tracks(draft) if t.kind == "text"]
    assert names == ["Captions", "Titles"]


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [(0, 13_000, "12 s long"), (-1, 500, "outside"), (5000, 5100, "too short"), (9, 9, "short")],
)
def test_times_outside_the_pictures_are_refused(draft, start, end, words):
    with pytest.raises(EditRefused, match=words):
        edits_text.add_text(draft, "X", role="title", start_ms=start, end_ms=end)


def test_text_needs_words_and_a_picture(draft):
    with pytest.raises(EditRefused, match="no words"):
        edits_text.add_text(draft, "  ", role="title", start_ms=5000, end_ms=6000)
    with pytest.raises(EditRefused, match="nothing on the timeline"):
        edits_text.add_text(edits.new_draft(), "X", role="title", start_ms=0, end_ms=1000)


def test_two_texts_never_share_a_place_and_a_time(draft):
    with pytest.raises(EditRefused, match=r"“two” already stands there \(bottom, 4-6 s\)"):
        edits_text.add_text(draft, "X", role="caption", start_ms=5000, end_ms=7000)
    moved = edits_text.add_text(
        draft, "X", role="caption", start_ms=5000, end_ms=7000, style={"position": "middle"}
    )
    assert "X" in texts(moved)


def test_restyle_touches_only_the_given_ones(draft):
    one = texts(draft)["one"].id
    result = edits_text.restyle(draft, {one}, {"preset": "bold-yellow"})
    assert style(result, "one").color == "#ffd60a"
    assert style(result, "two") == style(draft, "two")


def test_a_new_preset_keeps_the_place_and_drops_the_rest(draft):
    one = texts(draft)["one"].id
    result = edits_text.restyle(draft, {one}, {"position": "top", "color": "#ff0000"})
    result = edits_text.restyle(result, {one}, {"preset": "boxed"})
    assert style(result, "one").position == "top"
    assert style(result, "one").color == "#ffffff"
    loud = edits_text.restyle(result, {one}, {"preset": "loud"})
    assert style(loud, "one").position == "middle"


def test_a_title_in_a_caption_preset_stays_a_title_in_size_and_place(draft):
    title = texts(draft)["Title"].id
    result = edits_text.restyle(draft, {title}, {"preset": "bold-yellow"})
    assert style(result, "Title").color == "#ffd60a"
    assert style(result, "Title").position == "top"
    assert style(result, "Title").size == style(draft, "Title").size


def test_growing_is_relative_and_bounded(draft):
    one = texts(draft)["one"].id
    result = edits_text.restyle(draft, {one}, {}, grow=1.25)
    assert style(result, "one").size == 6.25
    with pytest.raises(EditRefused, match="outside"):
        edits_text.restyle(draft, {one}, {}, grow=100)


def test_words_and_times_change_and_the_id_stays(draft):
    title = texts(draft)["Title"].id
    result = edits_text.replace_text(draft, title, "New")
    result = edits_text.set_text_times(result, title, start_ms=6000, end_ms=9000)
    new = texts(result)["New"]
    assert (new.id, new.start_ms, new.end_ms) == (title, 6000, 9000)
    with pytest.raises(EditRefused, match="not on the timeline"):
        edits_text.replace_text(draft, "nobody", "New")


def test_removing_the_last_text_removes_its_track(draft):
    result = edits_text.remove_texts(draft, {texts(draft)["Title"].id})
    assert [t.name for t in read_tracks(result) if t.kind == "text"] == ["Captions"]
