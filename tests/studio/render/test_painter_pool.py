from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

import mediakit
from mediakit import segment as seg
from mediakit import timeline
from nemo_nb.studio.render import planes as px
from nemo_nb.studio.render.compose import Compositor, plan_of
from nemo_nb.studio.render.footage import Viewing
from nemo_nb.studio.render.painter_pool import PainterPool
from nemo_nb.studio.render.preview import Stills

SIZE = (64, 36)


@pytest.fixture
def clip(tmp_path):
    return mediakit.clip(tmp_path / "c.mp4", frames=30, size=SIZE)


@pytest.fixture
def pool():
    with closing(PainterPool(Viewing(in_order=False), 3)) as made:
        yield made


def shot_of(clip, **meta):
    return plan_of(timeline(seg(clip, **meta)), {clip.name: clip}).lanes[0][0]


def test_a_painter_that_was_given_back_serves_the_next_caller(clip, pool):
    shot, assets = shot_of(clip), {clip.name: clip}
    first = pool.take(shot, assets, SIZE, 0)
    second = pool.take(shot, assets, SIZE, 0)
    assert first.painter is not second.painter
    pool.give(first)
    assert pool.take(shot, assets, SIZE, 500).painter is first.painter


def test_the_nearest_one_behind_is_taken(clip, pool):
    shot, assets = shot_of(clip), {clip.name: clip}
    lent = [pool.take(shot, assets, SIZE, 0) for _ in range(3)]
    for one, at_ms in zip(lent, (900, 400, 100), strict=True):
        one.at_ms = at_ms
        pool.give(one)
    assert pool.take(shot, assets, SIZE, 500) is lent[1]
    assert pool.take(shot, assets, SIZE, 50) is lent[0]


def test_another_shot_size_or_file_gets_its_own(clip, pool):
    shot, assets = shot_of(clip), {clip.name: clip}
    pool.give(pool.take(shot, assets, SIZE, 0))
    for other, size in ((replace(shot, opacity=0.5), SIZE), (shot, (32, 18))):
        taken = pool.take(other, assets, size, 0)
        assert taken.key != (shot, SIZE)
        taken.painter.close()
    mediakit.clip(clip, frames=12, size=SIZE)
    assert len(pool._idle) == 1
    pool.take(shot, assets, SIZE, 0).painter.close()
    assert len(pool._idle) == 1


def test_no_more_are_kept_than_there_is_room_for(clip, pool):
    shot, assets = shot_of(clip), {clip.name: clip}
    lent = [pool.take(shot, assets, SIZE, 0) for _ in range(5)]
    for one in lent:
        pool.give(one)
    assert pool._idle == lent[2:]


def test_what_is_shown_at_a_moment_does_not_depend_on_the_moments_before(clip, pool):
    assets = {clip.name: clip}
    plan = plan_of(timeline(seg(clip)), assets)
    frames = {}
    for order in (range(0, 30, 3), range(27, -1, -3), (15, 3, 27)):
        with closing(Compositor(plan, assets, pool)) as compositor:
            for n in order:
                luma = px.views(compositor.frame(n))[0].copy()
                compositor.rest()
                assert np.array_equal(luma, frames.setdefault(n, luma))


def test_timelines_that_differ_in_their_texts_share_the_open_clip(clip, monkeypatch):
    opened = []
    real = PainterPool.take

    def take(self, *args):
        kept = len(self._idle)
        lent = real(self, *args)
        opened.append(len(self._idle) == kept)
        return lent

    monkeypatch.setattr(PainterPool, "take", take)
    stills = Stills()
    for words in ("one", "two", "three"):
        draft = timeline(seg(clip))
        draft["t"].append({"tt": 7, "sg": [{"s": 0, "d": 900, "m": {"text": words}}]})
        stills.still(draft, {clip.name: clip}, 500)
    stills.close()
    assert opened == [True, False, False]
