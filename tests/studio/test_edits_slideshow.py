"""Slideshows: order, rhythm, what stays of what was there."""

from __future__ import annotations

import itertools

import pytest

from editkit import CAT, CLIP, DOG, LOGO, MEDIA, SONG, captioned, check, ids, laid, metas, spans
from nemo_nb.errors import EditRefused
from nemo_nb.models import MediaInfo
from nemo_nb.studio import edits_layout, edits_picture, edits_sound, edits_time
from nemo_nb.studio.edits_slideshow import (
    SlideshowOptions,
    add_card,
    in_order_taken,
    slideshow,
    to_the_beat,
)
from nemo_nb.studio.music import beats_ms, read_music

MANY = [MediaInfo(f"{n:02}.jpg", "image", "jpg", 0, 300, 200) for n in range(50)]


def lengths(draft):
    return [end - start for _, start, end in spans(draft)]


def test_photos_come_in_order_and_keep_their_ids_and_captions():
    before = captioned(laid(CAT, CLIP, DOG), (0, 3000, "cat"), (15_000, 18_000, "dog"))
    cat, _, dog = ids(before)
    draft = slideshow(before, [DOG, CAT])
    assert spans(draft) == [("dog.jpg", 0, 3000), ("cat.jpg", 3000, 6000)]
    assert ids(draft) == [dog, cat]
    assert spans(draft, "text") == [("dog", 0, 3000), ("cat", 3000, 6000)]
    assert metas(draft, "transition") == [None, {"kind": "dissolve", "ms": 600}]
    moves = metas(draft, "motion")
    assert moves[0] != moves[1]
    check(draft)


def test_cuts_fall_on_the_beats_of_the_music():
    spec = {"genre": "upbeat", "bpm": 100}
    draft = slideshow({}, MANY[:8], SlideshowOptions(music=spec, photo_ms=2000))
    # 100 beats a minute: 600 ms each, three of them are nearest to two seconds.
    assert lengths(draft) == [1800] * 8
    beats = set(beats_ms(read_music({"music": spec}), draft["d"] + 9000))
    assert {start for _, start, _ in spans(draft)} <= beats
    assert spans(draft, "audio") == [("Upbeat", 0, 14_400)]


def test_the_whole_can_be_asked_to_last_exactly_so_long():
    for music in (None, {"genre": "lo-fi"}):
        options = SlideshowOptions(length_ms=15_000, music=music)
        draft = slideshow({}, MANY[:7], options)
        assert draft["d"] == 15_000
        assert max(lengths(draft)) - min(lengths(draft)) < 1500
    draft = slideshow({}, MANY[:3], SlideshowOptions(length_ms=10_000))
    assert lengths(draft) == [3333, 3334, 3333]
    with pytest.raises(EditRefused, match=r"0\.3-60 s"):
        slideshow({}, MANY, SlideshowOptions(length_ms=5000))


@pytest.mark.parametrize("length", [6000, 10_001, 33_333])
@pytest.mark.parametrize("bpm", [50, 77, 200])
def test_a_length_and_a_beat_agree(length, bpm):
    options = SlideshowOptions(length_ms=length, music={"bpm": bpm}, title="Hi", title_ms=1500)
    draft = slideshow({}, [*MANY[:4], CLIP] if length > 20_000 else MANY[:4], options)
    assert draft["d"] == length
    assert min(lengths(draft)) >= 300
    check_lengths = itertools.accumulate(lengths(draft))
    assert list(check_lengths)[-1] == length


def test_a_title_card_stands_before_the_first_photo_and_is_made_once():
    options = SlideshowOptions(title="Summer", title_ms=2500)
    draft = slideshow(laid(CAT, DOG), [CAT, DOG], options)
    assert lengths(draft) == [2500, 3000, 3000]
    assert spans(draft, "text") == [("Summer", 0, 2500)]
    assert metas(draft, "card") == [True, None, None]
    again = slideshow(draft, [CAT, DOG], SlideshowOptions(title="Winter"))
    assert spans(again, "text") == [("Winter", 0, 3000)]
    assert metas(again, "card") == [True, None, None]
    # It is no picture of its own: what is meant for all photos leaves it alone.
    slower = edits_time.set_photo_length(again, 5000, stills={"cat.jpg", "dog.jpg"})
    assert lengths(slower) == [3000, 5000, 5000]
    tinted = edits_picture.adjust(slower, {"sepia": 50}, ids=set(ids(slower)[1:]))
    plain = edits_picture.reset_look(tinted)
    assert metas(plain, "adjust") == [metas(again, "adjust")[0], None, None]
    none = slideshow(again, [CAT, DOG])
    assert spans(none) == [("cat.jpg", 0, 3000), ("dog.jpg", 3000, 6000)]
    assert spans(none, "text") == []


def test_other_music_takes_the_place_of_what_played():
    draft = slideshow(laid(CAT, DOG, SONG), [CAT, DOG], SlideshowOptions(music={"mood": "calm"}))
    assert len(edits_sound.music(draft)) == 1
    assert metas(draft, "src", "audio") == [None]
    kept = slideshow(laid(CAT, DOG, SONG), [CAT, DOG])
    assert metas(kept, "src", "audio") == ["song.mp3"]


def test_clips_keep_their_length_and_a_logo_its_place():
    draft = edits_layout.add_overlay(laid(CAT, CLIP), LOGO)
    draft = slideshow(draft, [CLIP, CAT], SlideshowOptions(photo_ms=4000, ratio="9:16"))
    assert spans(draft) == [
        ("clip.mp4", 0, 12_000),
        ("cat.jpg", 12_000, 16_000),
        ("logo.png", 0, 16_000),
    ]
    assert (draft["m"]["width"], draft["m"]["height"]) == (1080, 1920)


def test_the_order_in_which_photos_were_taken():
    photos = [MANY[0], MANY[1], MANY[2], CLIP]
    texts = {"00.jpg": "2024:05:02 10:00:00", "02.jpg": "2024:05:01 09:00:00"}
    assert [i.name for i in in_order_taken(photos, texts)] == [
        "02.jpg",
        "00.jpg",
        "01.jpg",
        "clip.mp4",
    ]
    numbers = {"00.jpg": 1_700_000_000.25, "01.jpg": 999.5, "02.jpg": 1_700_000_000.2}
    assert [i.name for i in in_order_taken(photos[:3], numbers)] == ["01.jpg", "02.jpg", "00.jpg"]
    draft = slideshow({}, photos[:3], SlideshowOptions(taken=numbers))
    assert [name for name, _, _ in spans(draft)] == ["01.jpg", "02.jpg", "00.jpg"]


def test_fifty_photos_are_the_most_and_one_is_enough():
    draft = slideshow({}, MANY, SlideshowOptions(transition=("wipe", "slide")))
    assert len(ids(draft)) == len(set(ids(draft))) == 50
    assert slideshow({}, [CAT])["d"] == 3000
    for wrong in ([], [*MANY, CAT]):
        with pytest.raises(EditRefused, match="1 to 50"):
            slideshow({}, wrong)
    with pytest.raises(EditRefused, match="song"):
        slideshow({}, [CAT, MEDIA["song.mp3"]])


def test_a_title_card_comes_in_front_and_everything_goes_along():
    before = captioned(laid(CAT, DOG), (0, 3000, "cat"), (3000, 6000, "dog"))
    draft = add_card(before, "Our trip", 2000)
    assert spans(draft) == [("cat.jpg", 0, 2000), ("cat.jpg", 2000, 5000), ("dog.jpg", 5000, 8000)]
    assert metas(draft, "card") == [True, None, None]
    assert set(spans(draft, "text")) == {
        ("Our trip", 0, 2000),
        ("cat", 2000, 5000),
        ("dog", 5000, 8000),
    }
    check(draft)


def test_a_second_title_card_takes_the_place_of_the_first():
    draft = add_card(add_card(laid(CAT), "One"), "Two", 1000)
    assert spans(draft, "text") == [("Two", 0, 1000)]
    assert lengths(draft) == [1000, 3000]
    check(draft)


def test_a_title_card_needs_a_picture():
    with pytest.raises(EditRefused):
        add_card({}, "Our trip")


def test_photos_are_brought_to_the_beat_of_the_music_that_plays():
    spec = {"genre": "upbeat", "bpm": 100}
    shown = edits_time.set_photo_length(laid(CAT, DOG), 2000, stills={CAT.name, DOG.name})
    draft = to_the_beat(edits_sound.add_music(shown, spec), stills={CAT.name, DOG.name})
    assert lengths(draft) == [1800, 1800]
    check(draft)


def test_no_beat_is_known_without_made_music():
    with pytest.raises(EditRefused):
        to_the_beat(laid(CAT), stills={CAT.name})
