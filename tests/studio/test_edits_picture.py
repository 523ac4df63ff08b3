"""Turning, mirroring, colours, backgrounds and fades of pictures."""

from __future__ import annotations

import pytest

from editkit import CAT, CLIP, DOG, LOGO, POOL, ids, laid, metas
from nemo_nb.errors import EditRefused
from nemo_nb.studio import edits_layout, edits_picture
from nemo_nb.studio.render.adjust import Adjust
from nemo_nb.studio.render.background import read_background


def test_turns_add_up_and_come_round():
    draft = edits_picture.rotate(laid(CAT, DOG), 90)
    assert metas(draft, "rotate") == [90, 90]
    assert metas(edits_picture.rotate(draft, -90), "rotate") == [None, None]
    one = edits_picture.rotate(draft, 90, ids={ids(draft)[0]})
    assert metas(one, "rotate") == [180, 90]
    assert metas(edits_picture.rotate(one, 0, absolute=True), "rotate") == [None, None]
    with pytest.raises(EditRefused, match="no angle"):
        edits_picture.rotate(draft, float("nan"))


def test_two_flips_make_both_and_three_make_one():
    draft = edits_picture.flip(laid(CAT), "horizontal")
    draft = edits_picture.flip(draft, "vertical")
    assert metas(draft, "flip") == ["both"]
    assert metas(edits_picture.flip(draft, "horizontal"), "flip") == ["vertical"]
    assert metas(edits_picture.flip(draft, "both"), "flip") == [None]


def test_adjusting_by_an_amount_stops_at_the_end_and_then_refuses():
    draft = edits_picture.adjust(laid(CAT), {"brightness": 70, "saturation": -10})
    draft = edits_picture.adjust(draft, {"brightness": 70})
    assert metas(draft, "adjust") == [{"brightness": 100, "saturation": -10}]
    with pytest.raises(EditRefused, match=r"brightness is already at its end \(\+100\)"):
        edits_picture.adjust(draft, {"brightness": 5})
    back = edits_picture.adjust(draft, {"brightness": -100, "saturation": 10})
    assert metas(back, "adjust") == [None]


def test_one_picture_at_the_end_does_not_keep_the_others_from_moving():
    draft = laid(CAT, DOG)
    draft = edits_picture.adjust(draft, {"blur": 100}, ids={ids(draft)[0]})
    assert metas(edits_picture.adjust(draft, {"blur": 10}), "adjust") == [
        {"blur": 100},
        {"blur": 10},
    ]


def test_setting_beyond_the_range_is_refused():
    with pytest.raises(EditRefused, match=r"brightness \+300 is outside -100 to 100"):
        edits_picture.adjust(laid(CAT), {"brightness": 300}, absolute=True)
    with pytest.raises(EditRefused, match="blur -5 is outside 0 to 100"):
        edits_picture.adjust(laid(CAT), {"blur": -5}, absolute=True)
    with pytest.raises(EditRefused, match=r"none of: brightness, contrast") as refused:
        edits_picture.adjust(laid(CAT), {"glow": 5})
    assert "glow" in refused.value.zh


def test_every_adjustment_is_one_that_the_renderer_knows():
    assert set(edits_picture.ADJUSTMENTS) == set(Adjust.__dataclass_fields__)


@pytest.mark.parametrize("kind", edits_picture.BACKGROUNDS)
def test_a_background_is_what_the_renderer_reads_and_can_be_brought_back(kind):
    wish = {"kind": kind} | ({"src": "dog.jpg"} if kind == "picture" else {})
    draft = edits_picture.set_background(laid(CAT), wish, media=POOL)
    (meta,) = [s["m"] for s in draft["t"][0]["sg"]]
    assert read_background(meta).kind == kind
    back = edits_picture.set_background(draft, None, media=POOL)
    assert metas(back, "background") == [None]


def test_backgrounds_that_cannot_be_are_refused():
    with pytest.raises(EditRefused, match="no colour"):
        edits_picture.set_background(laid(CAT), {"kind": "color", "color": "reddish"}, media=POOL)
    with pytest.raises(EditRefused, match=r"beach\.jpg is not a picture"):
        edits_picture.set_background(laid(CAT), {"kind": "picture", "src": "beach.jpg"}, media=POOL)
    with pytest.raises(EditRefused, match="nothing to bring back"):
        edits_picture.set_background(laid(CAT), None, media=POOL)
    with pytest.raises(EditRefused, match="nothing on the timeline"):
        edits_picture.set_background({}, {"kind": "blur"}, media=POOL)


def test_fades_lie_at_the_ends_of_the_whole_or_on_each_picture_named():
    draft = laid(CAT, CLIP, DOG)
    whole = edits_picture.set_fades(draft, fade_in_ms=500, fade_out_ms=1000)
    assert metas(whole, "fade_in") == [500, None, None]
    assert metas(whole, "fade_out") == [None, None, 1000]
    each = edits_picture.set_fades(draft, fade_out_ms=300, ids=set(ids(draft)[:2]))
    assert metas(each, "fade_out") == [300, 300, None]
    assert metas(edits_picture.set_fades(whole, fade_in_ms=0), "fade_in") == [None] * 3
    with pytest.raises(EditRefused, match=r"Fades of 4 s do not fit into 3 s"):
        edits_picture.set_fades(whole, fade_out_ms=3500, fade_in_ms=500, ids={ids(draft)[0]})


def test_a_look_goes_to_all_and_can_be_taken_back():
    draft = laid(CAT, DOG, CLIP)
    first, second, _ = ids(draft)
    draft = edits_picture.rotate(draft, 90, ids={first})
    draft = edits_picture.adjust(draft, {"sepia": 60}, ids={first})
    draft = edits_picture.flip(draft, "both", ids={second})
    same = edits_picture.copy_look(draft, first)
    assert metas(same, "rotate") == [90, 90, 90]
    assert metas(same, "adjust") == [{"sepia": 60}] * 3
    assert metas(same, "flip") == [None, None, None]
    # Copies are their own: a change of one is not one of all.
    other = edits_picture.adjust(same, {"sepia": 10}, ids={second})
    assert metas(other, "adjust") == [{"sepia": 60}, {"sepia": 70}, {"sepia": 60}]
    plain = edits_picture.reset_look(same)
    assert metas(plain, "adjust") == metas(plain, "rotate") == [None] * 3
    assert metas(plain, "fit") == metas(same, "fit")
    with pytest.raises(EditRefused, match="nothing to take back"):
        edits_picture.reset_look(plain)


def test_overlays_change_only_when_they_are_named():
    draft = edits_layout.add_overlay(laid(CAT), LOGO)
    everything = edits_picture.set_opacity(draft, 0.5)
    assert metas(everything, "opacity") == [0.5, None]
    logo = edits_picture.set_opacity(draft, 0.5, ids={ids(draft)[1]})
    assert metas(logo, "opacity") == [None, 0.5]
    with pytest.raises(EditRefused, match="150 % is outside"):
        edits_picture.set_opacity(draft, 1.5)
    with pytest.raises(EditRefused, match="not on the timeline"):
        edits_picture.set_opacity(draft, 0.5, ids={"nobody"})
