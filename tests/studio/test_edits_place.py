"""Crops, places and moves of pictures."""

from __future__ import annotations

import itertools

import pytest

from editkit import CAT, CLIP, DOG, LOGO, POOL, STILLS, ids, laid, metas
from nemo_nb.errors import EditRefused
from nemo_nb.studio import edits_layout, edits_motion, edits_picture, edits_place
from nemo_nb.studio.render.motion import NAMED, read_motion


def crop_of(draft):
    (crop,) = metas(draft, "crop")
    return None if crop is None else tuple(crop[key] for key in ("x", "y", "width", "height"))


def test_a_crop_is_a_part_of_the_picture_or_refused():
    box = {"x": 10, "y": 20, "width": 50, "height": 60}
    draft = edits_place.crop(laid(CAT), box)
    assert crop_of(draft) == (10, 20, 50, 60)
    assert crop_of(edits_place.crop(draft, None)) is None
    with pytest.raises(EditRefused, match="Nothing is cropped"):
        edits_place.crop(laid(CAT), None)
    for wrong in (box | {"width": 95}, box | {"x": -1}, box | {"height": 0.2}):
        with pytest.raises(EditRefused, match="does not lie within"):
            edits_place.crop(laid(CAT), wrong)


def test_edges_are_taken_off_as_they_are_seen():
    assert crop_of(edits_place.crop_edges(laid(CAT), left=10)) == (10, 0, 90, 100)
    turned = edits_picture.rotate(laid(CAT), 90)
    # A quarter clockwise: what is seen at the left was at the bottom.
    assert crop_of(edits_place.crop_edges(turned, left=10)) == (0, 0, 100, 90)
    assert crop_of(edits_place.crop_edges(turned, top=10)) == (10, 0, 90, 100)
    mirrored = edits_picture.flip(laid(CAT), "horizontal")
    assert crop_of(edits_place.crop_edges(mirrored, left=10)) == (0, 0, 90, 100)
    twice = edits_place.crop_edges(edits_place.crop_edges(laid(CAT), right=50), right=50)
    assert crop_of(twice) == (0, 0, 25, 100)
    with pytest.raises(EditRefused, match="leaves less"):
        edits_place.crop_edges(laid(CAT), left=60, right=40)


def test_a_crop_to_a_shape_takes_the_most_of_it_about_its_focus():
    square = edits_place.crop_to_ratio(laid(CAT), "1:1", media=POOL)
    assert crop_of(square) == (16.67, 0, 66.67, 100)
    left = edits_place.crop_to_ratio(laid(CAT), "1:1", media=POOL, focus=(0, 50))
    assert crop_of(left) == (0, 0, 66.67, 100)
    turned = edits_place.crop_to_ratio(edits_picture.rotate(laid(CAT), 90), "2:3", media=POOL)
    assert crop_of(turned) is None
    with pytest.raises(EditRefused, match="no shape"):
        edits_place.crop_to_ratio(laid(CAT), "square", media=POOL)


def test_a_corner_leaves_the_margin_whatever_the_shape():
    draft = edits_layout.add_overlay(laid(CLIP), LOGO, corner="top-left", scale=0.2, margin=5)
    # The logo is as high as a fifth of 1080; the margin is 5 % of the short side.
    assert metas(draft, "position")[1] == pytest.approx({"x": 8.44, "y": 15.0}, abs=0.06)
    logo = {ids(draft)[1]}
    low = edits_place.place(draft, media=POOL, ids=logo, corner="bottom-right", margin=5)
    assert metas(low, "position")[1] == pytest.approx({"x": 91.56, "y": 85.0}, abs=0.06)
    larger = edits_place.place(low, media=POOL, ids=logo, grow=2)
    # It grows into the picture: its edges stay 5 % from the canvas's.
    assert metas(larger, "position")[1] == pytest.approx({"x": 85.94, "y": 75.0}, abs=0.1)
    assert metas(larger, "scale")[1] == 0.4
    middle = edits_place.place(larger, media=POOL, ids=logo, corner="middle")
    assert metas(middle, "position")[1] == {"x": 50, "y": 50}


def test_places_out_of_range_are_refused():
    draft = laid(CAT)
    with pytest.raises(EditRefused, match="outside the picture"):
        edits_place.place(draft, media=POOL, x=130)
    with pytest.raises(EditRefused, match=r"900 % is outside 5-500 %"):
        edits_place.place(draft, media=POOL, scale=9)
    with pytest.raises(EditRefused, match="attic"):
        edits_place.place(draft, media=POOL, corner="attic")
    back = edits_place.place(edits_place.place(draft, media=POOL, x=20), media=POOL, x=50)
    assert metas(back, "position") == metas(back, "scale") == [None]


def test_a_move_goes_to_photos_by_name_and_to_clips_written_out():
    draft = laid(CAT, CLIP)
    photos = edits_motion.set_motion(draft, "pan-left", stills=STILLS)
    assert metas(photos, "motion") == ["pan-left", None]
    clip = edits_motion.set_motion(draft, "zoom-out", stills=STILLS, ids={ids(draft)[1]})
    meta = {"motion": metas(clip, "motion")[1]}
    assert read_motion(meta, still=False, placed=False) == NAMED["zoom-out"]
    near = edits_motion.set_motion(draft, "zoom-in", stills=STILLS, zoom=1.5, focus=(30, 20))
    assert metas(near, "motion")[0]["to"] == {"x": 30, "y": 20, "zoom": 1.5}
    with pytest.raises(EditRefused, match=r"zoom of 9 is outside"):
        edits_motion.set_motion(draft, "zoom-in", stills=STILLS, zoom=9)
    with pytest.raises(EditRefused, match="spin"):
        edits_motion.set_motion(draft, "spin", stills=STILLS)


def test_no_photo_moves_as_the_one_before_it():
    draft = edits_motion.alternate_motion(laid(CAT, DOG, CAT, CLIP), stills=STILLS)
    moves = metas(draft, "motion")
    assert moves[3] is None
    assert all(one != other for one, other in itertools.pairwise(moves))
    faces = edits_motion.alternate_motion(laid(CAT), stills=STILLS, focus={"cat.jpg": (20, 70)})
    assert metas(faces, "motion")[0]["to"] == {"x": 20, "y": 70, "zoom": 1.12}
    with pytest.raises(EditRefused, match="no photo"):
        edits_motion.alternate_motion(laid(CLIP), stills=STILLS)
