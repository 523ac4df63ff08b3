import numpy as np
import pytest

import mediakit
from mediakit import render_frame, timeline, words
from mediakit import segment as seg
from nemo_nb.errors import EditRefused
from nemo_nb.studio.render.compose import plan_of
from nemo_nb.timeline.layouts import side_by_side, stacked


@pytest.fixture
def cuts(tmp_path):
    """Two cuts of one clip with a song each, their titles in green and in red."""
    clip = mediakit.clip(tmp_path / "clip.mp4", frames=30, hz=440)
    song = mediakit.tone(tmp_path / "song.wav", ms=1000)
    drafts = []
    for color in ("#00ff00", "#ff0000"):
        style = {"color": color, "shadow": "", "position": "middle", "size": 14}
        draft = timeline(seg(clip), text=[words(0, 1000, "HI", style=style)], audio=[seg(song)])
        draft["m"]["loudness"] = -16
        drafts.append(draft)
    return drafts, {"clip.mp4": clip, "song.wav": song}


@pytest.mark.parametrize(
    ("layout", "size", "axis"), [(side_by_side, (640, 180), 1), (stacked, (320, 360), 0)]
)
def test_each_cut_looks_as_it_does_alone(cuts, layout, size, axis):
    drafts, assets = cuts
    joined = layout(drafts)
    assert (joined["m"]["width"], joined["m"]["height"]) == size
    picture = np.asarray(render_frame(joined, assets, 500))
    for part, draft in zip(np.split(picture, 2, axis=axis), drafts, strict=True):
        assert np.array_equal(part, np.asarray(render_frame(draft, assets, 500)))


def test_the_sound_is_the_first_ones(cuts):
    drafts, assets = cuts
    plan, alone = plan_of(side_by_side(drafts), assets), plan_of(drafts[0], assets)
    assert plan.sounds == alone.sounds
    assert plan.loudness == alone.loudness == -16


def test_ids_stay_unique_and_the_drafts_untouched(cuts):
    drafts, _ = cuts
    before = [repr(draft) for draft in drafts]
    joined = stacked([drafts[0]] * 3, labels=["A", "B", "C"])
    ids = [item["id"] for track in joined["t"] for item in (track, *track["sg"])]
    assert len(ids) == len(set(ids))
    assert [repr(draft) for draft in drafts] == before


def test_labels_are_written_over_each(cuts):
    drafts, assets = cuts
    joined = side_by_side(drafts, labels=["Bold", " "])
    labels = [w for w in plan_of(joined, assets).words if w.text != "HI"]
    assert [(w.text, w.region.x, w.end_ms) for w in labels] == [("Bold", 0.0, 1000)]
    left = np.asarray(render_frame(joined, assets, 500)).astype(int)
    plain = np.asarray(render_frame(side_by_side(drafts), assets, 500)).astype(int)
    changed = np.abs(left - plain).max(axis=2) > 30
    assert changed[:60, :160].any()
    assert not changed[:, 320:].any()


def test_what_has_a_region_already_keeps_it_within_its_part():
    inset = {"tt": 0, "m": {"region": {"x": 50, "y": 0, "width": 50, "height": 50}}}
    draft = {"m": {"width": 320, "height": 180}, "t": [inset | {"sg": [seg("a.mp4")]}]}
    joined = side_by_side([draft, draft])
    regions = [track["m"]["region"] for track in joined["t"]]
    assert regions[0] == {"x": 25, "y": 0, "width": 25, "height": 50}
    assert regions[1] == {"x": 75, "y": 0, "width": 25, "height": 50}


def test_many_large_cuts_stay_within_4k():
    draft = {
        "m": {"width": 1920, "height": 1080, "fps": 25},
        "t": [{"tt": 0, "sg": [seg("a.mp4")]}],
    }
    joined = side_by_side([draft] * 4)
    assert (joined["m"]["width"], joined["m"]["height"]) == (3840, 540)
    assert joined["m"]["fps"] == 25
    assert joined["d"] == 1000


def test_nothing_to_lay_out():
    with pytest.raises(EditRefused):
        side_by_side([])
