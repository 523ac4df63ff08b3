import numpy as np
import pytest

import mediakit
from mediakit import render_frame, timeline, words
from mediakit import segment as seg
from nemo_nb.studio.render import planes as px
from nemo_nb.studio.render.convert import from_rgb
from nemo_nb.studio.render.tiles import Tile


def look(draft, *paths, at=0):
    assets = {path.name: path for path in paths}
    return np.asarray(render_frame(draft, assets, at)).astype(int)


def close_to(pixel, color, within=6):
    return bool(np.all(np.abs(np.asarray(pixel) - color) <= within))


@pytest.fixture
def halves(tmp_path):
    return mediakit.halves(tmp_path / "h.png")


def test_words_show_in_their_time_only(halves):
    bare = timeline(seg(halves, motion="none"))
    titled = timeline(seg(halves, motion="none"), text=[words(300, 400)])
    changed = {
        at: np.abs(look(titled, halves, at=at) - look(bare, halves, at=at)).max()
        for at in (0, 266, 300, 666, 700, 966)
    }
    assert {at for at, value in changed.items() if value > 60} == {300, 666}
    assert {at for at, value in changed.items() if value == 0} == {0, 266, 700, 966}


def test_several_text_tracks_show_together(halves):
    draft = timeline(seg(halves, motion="none"), text=[words(0, 900, role="title")])
    draft["t"].append({"tt": 7, "sg": [words(0, 900)]})
    rows = np.abs(look(draft, halves, at=500) - look(timeline(seg(halves, motion="none")), halves))
    ink = rows.max(axis=(1, 2)) > 60
    assert ink[:80].any()
    assert ink[100:].any()


def test_a_fading_title_is_half_there_half_way(halves):
    def strength(at):
        style = {"fade_ms": 400}
        draft = timeline(seg(halves, motion="none"), text=[words(0, 1000, style=style)])
        bare = look(timeline(seg(halves, motion="none")), halves)
        return np.abs(look(draft, halves, at=at) - bare).max()

    assert strength(0) <= 2
    assert strength(200) == pytest.approx(strength(500) / 2, rel=0.1)


def test_a_tile_blends_exactly_and_is_cut_at_the_edge():
    frame = px.new_frame(64, 36)
    px.copy(from_rgb(np.full((36, 64, 3), (0, 0, 200), np.uint8)), px.views(frame))
    rgba = np.zeros((16, 16, 4), np.uint8)
    rgba[...] = (200, 100, 0, 128)
    Tile(rgba, -8, -8).blend(px.views(frame), 1.0)
    Tile(rgba, 60, 30).blend(px.views(frame), 0.5)
    Tile(rgba, 100, 100).blend(px.views(frame), 1.0)
    picture = np.asarray(px.to_image(frame)).astype(int)
    assert close_to(picture[2, 2], (100, 50, 100), within=3)
    assert close_to(picture[34, 62], (50, 25, 150), within=3)
    assert close_to(picture[20, 30], (0, 0, 200), within=2)


def test_words_alone_stand_on_black():
    draft = timeline(text=[words(0, 1000)])
    picture = look(draft, at=500)
    assert picture.max() > 200
    assert picture[:60].max() <= 1
