"""Putting media, subtitles, canvas and sound on a draft."""

from __future__ import annotations

import pytest

from nemo_nb.errors import EditRefused
from nemo_nb.models import MediaInfo
from nemo_nb.studio import edits
from nemo_nb.studio.edits import Cue
from nemo_nb.timeline.draft import is_ready, read_tracks

CLIP = MediaInfo("clip.mp4", "video", "mp4", 12_000, 1920, 1080, 30.0, has_audio=True)
PHOTO = MediaInfo("cat.jpg", "image", "jpg", 0, 451, 300)
SONG = MediaInfo("song.mp3", "audio", "mp3", 60_000, has_audio=True)


def laid(*media):
    draft = edits.new_draft()
    for info in media:
        draft = edits.add_media(draft, info)
    return draft


def spans(draft, kind):
    return [
        (s.source or s.text, s.start_ms, s.end_ms)
        for t in read_tracks(draft)
        if t.kind == kind
        for s in t.segments
    ]


def test_an_upload_makes_the_timeline_ready():
    assert not is_ready(edits.new_draft())
    assert is_ready(edits.add_media({}, PHOTO))


def test_pictures_follow_each_other():
    draft = laid(CLIP, PHOTO)
    assert spans(draft, "video") == [("clip.mp4", 0, 12_000), ("cat.jpg", 12_000, 15_000)]
    assert draft["d"] == 15_000


@pytest.mark.parametrize(
    ("width", "height", "canvas"),
    [
        (1920, 1080, (1920, 1080)),
        (640, 360, (1920, 1080)),
        (3840, 2160, (1920, 1080)),
        (1080, 1920, (1080, 1920)),
        (2160, 3840, (1080, 1920)),
        (640, 480, (1440, 1080)),
        (300, 300, (1080, 1080)),
        (4000, 1000, (1920, 480)),
        (9000, 10, (1920, 240)),
    ],
)
def test_the_canvas_follows_a_first_clip(width, height, canvas):
    draft = laid(SONG, MediaInfo("c.mp4", "video", "mp4", 1000, width, height, 30.0), PHOTO)
    assert (draft["m"]["width"], draft["m"]["height"]) == canvas


@pytest.mark.parametrize(
    ("width", "height", "canvas"),
    [
        (1920, 1080, (1920, 1080)),
        (451, 300, (1920, 1080)),
        (4000, 3000, (1920, 1080)),
        (9000, 10, (1920, 1080)),
        (300, 300, (1080, 1080)),
        (3000, 4000, (1080, 1350)),
        (2000, 3000, (1080, 1920)),
        (10, 9000, (1080, 1920)),
    ],
)
def test_a_first_photo_goes_onto_the_nearest_shape_that_platforms_show(width, height, canvas):
    draft = laid(SONG, MediaInfo("p.jpg", "image", "jpg", 0, width, height), CLIP)
    assert (draft["m"]["width"], draft["m"]["height"]) == canvas
    assert draft["m"]["fps"] == 30.0
    photo = next(t for t in draft["t"] if t["tt"] == 0)["sg"][0]
    assert photo["m"]["fit"] == "blur", "nothing of a photo is cut off, and no bars are black"


@pytest.mark.parametrize(
    ("fps", "canvas"), [(25.0, 25.0), (23.976, 24.0), (59.94, 59.94), (120.0, 30.0), (10.0, 30.0)]
)
def test_frame_rate_follows_a_first_clip(fps, canvas):
    draft = laid(MediaInfo("c.mp4", "video", "mp4", 1000, 1280, 720, fps))
    assert draft["m"]["fps"] == canvas


@pytest.mark.parametrize("order", [(CLIP, SONG), (SONG, CLIP)])
def test_a_song_ends_with_the_pictures_whichever_came_first(order):
    assert laid(*order)["d"] == 12_000


def test_a_song_grows_with_the_pictures_up_to_its_own_length():
    draft = laid(PHOTO, SONG, CLIP)
    assert spans(draft, "audio") == [("song.mp3", 0, 15_000)]
    short = MediaInfo("ding.mp3", "audio", "mp3", 2000)
    assert spans(laid(PHOTO, short, CLIP), "audio") == [("ding.mp3", 0, 2000)]


def test_what_has_no_length_or_no_picture_is_refused():
    with pytest.raises(EditRefused, match="no length"):
        laid(MediaInfo("c.mp4", "video", "mp4", 0, 1280, 720, 30.0))
    with pytest.raises(EditRefused, match="subtitles"):
        laid(MediaInfo("c.srt", "subtitle", "srt"))


def test_subtitles_become_captions_within_the_pictures():
    cues = [Cue(4000, 6000, "two"), Cue(0, 2000, "one\nline"), Cue(11_000, 14_000, "late")]
    cues += [Cue(13_000, 14_000, "gone"), Cue(1000, 1000, "empty"), Cue(0, 500, "  ")]
    draft = edits.add_subtitles(laid(CLIP), cues)
    assert spans(draft, "text") == [
        ("one\nline", 0, 2000),
        ("two", 4000, 6000),
        ("late", 11_000, 12_000),
    ]
    assert draft["d"] == 12_000


def test_subtitles_may_come_before_the_pictures():
    draft = edits.add_subtitles(edits.new_draft(), [Cue(0, 2000, "one")])
    assert edits.add_media(draft, CLIP)["d"] == 12_000


def test_subtitles_that_do_not_fit_are_refused():
    with pytest.raises(EditRefused, match="no cue"):
        edits.add_subtitles(laid(PHOTO), [Cue(9000, 10_000, "late")])


@pytest.mark.parametrize("ratio", edits.RATIOS)
def test_canvas_ratios_are_even_and_within_full_hd(ratio):
    meta = edits.set_ratio(laid(CLIP), ratio)["m"]
    across, up = (int(part) for part in ratio.split(":"))
    assert meta["width"] * up == meta["height"] * across
    assert meta["width"] % 2 == meta["height"] % 2 == 0
    assert max(meta["width"], meta["height"]) <= 1920


def test_an_unknown_ratio_is_refused_with_the_known_ones():
    with pytest.raises(EditRefused, match="16:9"):
        edits.set_ratio(laid(CLIP), "3:7")


def test_volume_reaches_clips_and_songs_but_no_photo():
    draft = edits.set_volume(laid(PHOTO, CLIP, SONG), 0.4, stills={"cat.jpg"})
    levels = [s.volume for t in read_tracks(draft) for s in t.segments]
    assert levels == [None, 0.4, 0.4]
    for wrong in (-0.1, 1.1, 4):
        with pytest.raises(EditRefused, match="0-100%"):
            edits.set_volume(draft, wrong)


def test_foreign_keys_and_aliases_travel_through():
    foreign = {
        "x": {"keep": [1]},
        "tracks": [
            {
                "type": 0,
                "extra": 1,
                "segments": [{"duration": 2000, "meta": {"src": "a.mp4", "z": 3}}],
            }
        ],
    }
    draft = edits.set_ratio(foreign, "1:1")
    (track,) = draft["t"]
    (segment,) = track["sg"]
    assert draft["x"] == {"keep": [1]}
    assert track["extra"] == 1
    assert (segment["s"], segment["d"], segment["m"]["z"]) == (0, 2000, 3)
    assert "tracks" not in draft
    assert "segments" not in track
    assert track["id"] != segment["id"]


def test_ids_stay_and_are_never_shared():
    one = laid(CLIP)
    two = edits.add_media(one, PHOTO)
    assert two["t"][0]["sg"][0]["id"] == one["t"][0]["sg"][0]["id"]
    twin = {"t": [{"tt": 0, "id": "q", "sg": [{"id": "s1", "d": 5}, {"id": "s1", "d": 5}]}]}
    ids = [segment["id"] for segment in edits.set_ratio(twin, "1:1")["t"][0]["sg"]]
    assert ids[0] == "s1"
    assert len(set(ids)) == 2


def test_a_fit_is_for_all_pictures_or_the_one_that_is_named():
    draft = laid(CLIP, PHOTO)
    assert [s["m"]["fit"] for s in edits.set_fit(draft, "cover")["t"][0]["sg"]] == ["cover"] * 2
    one = edits.set_fit(draft, "cover", ids={draft["t"][0]["sg"][1]["id"]})
    assert [s["m"].get("fit") for s in one["t"][0]["sg"]] == [None, "cover"]
    with pytest.raises(EditRefused, match="none of: contain, cover, blur"):
        edits.set_fit(draft, "stretch")


def test_a_canvas_takes_a_size_in_pixels():
    draft = edits.set_size(edits.new_draft(), 320, 180)
    assert (draft["m"]["width"], draft["m"]["height"]) == (320, 180)


@pytest.mark.parametrize("size", [(321, 180), (64, 64), (8000, 4000)])
def test_a_size_that_cannot_be_rendered_is_refused(size):
    with pytest.raises(EditRefused):
        edits.set_size(edits.new_draft(), *size)
