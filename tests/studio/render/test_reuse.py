import av
import numpy as np
import pytest

import mediakit
from mediakit import segment as seg
from mediakit import timeline, words
from nemo_nb.media.mp4check import check_playable
from nemo_nb.models import Canvas
from nemo_nb.studio.render.encode import render
from nemo_nb.studio.render.formats import Order
from nemo_nb.studio.render.reuse import index_path

SIZE = (160, 90)
GROUP = 60  # two seconds at 30 frames a second


def stripes(n):
    picture = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    picture[..., 0] = (np.arange(SIZE[0]) * 2 + n * 3) % 256
    picture[..., 1] = (np.arange(SIZE[1])[:, None] * 3 + n) % 256
    return picture


@pytest.fixture
def clip(tmp_path):
    return mediakit.clip(tmp_path / "clip.mp4", frames=240, size=SIZE, draw=stripes, hz=440)


@pytest.fixture
def films(tmp_path):
    folder = tmp_path / "films"
    folder.mkdir()
    return folder


def cut(clip, text="second", **options):
    """Eight seconds: a caption in each group of pictures, *text* in the second."""
    texts = ("first", text, "third", "fourth")
    captions = [words(n * 2000 + 500, 1000, each) for n, each in enumerate(texts)]
    return timeline(seg(clip, d=8000), text=captions, size=SIZE, **options)


def made(draft, clip, path, films, **order):
    return render(draft, {clip.name: clip}, path, Order(quality="low", **order), films=films)


def pictures(path):
    with av.open(str(path)) as container:
        return [frame.to_ndarray() for frame in container.decode(video=0)]


def packets(path, kind):
    with av.open(str(path)) as container:
        (stream,) = getattr(container.streams, kind)
        return [
            (p.pts, p.dts, p.duration, p.is_keyframe) for p in container.demux(stream) if p.size
        ]


def same(a, b):
    return [np.array_equal(x, y) for x, y in zip(a, b, strict=True)]


@pytest.mark.parametrize("fps", [30, 29.97, 24, 50])
def test_after_a_changed_caption_only_its_group_is_encoded(clip, films, tmp_path, fps):
    first = made(cut(clip, fps=fps), clip, films / "a.mp4", films)
    second = made(cut(clip, "changed", fps=fps), clip, films / "b.mp4", films)
    plain = tmp_path / "plain.mp4"
    made(cut(clip, "changed", fps=fps), clip, plain, None)
    group, total = round(2 * fps), round(8 * fps)
    assert (first.copied_frames, second.copied_frames) == (0, total - group)
    check_playable(films / "b.mp4")
    for kind in ("video", "audio"):
        assert packets(films / "b.mp4", kind) == packets(plain, kind)
    before, after, whole = (pictures(path) for path in (films / "a.mp4", films / "b.mp4", plain))
    kept = same(before, after)
    assert all(kept[:group])
    assert all(kept[2 * group :])
    assert not any(kept[group + round(fps) : group + round(1.2 * fps)])
    assert min(mediakit.psnr(x, y) for x, y in zip(after, whole, strict=True)) > 38


def test_seeking_into_every_part_of_a_joined_film_shows_the_right_frame(clip, films):
    made(cut(clip), clip, films / "a.mp4", films)
    made(cut(clip, "changed"), clip, films / "b.mp4", films)
    shown = pictures(films / "b.mp4")
    with av.open(str(films / "b.mp4")) as container:
        stream = container.streams.video[0]
        for wanted in (3, 59, 60, 61, 119, 120, 200, 239):
            container.seek(round(wanted / 30 / stream.time_base), stream=stream)
            frame = next(f for f in container.decode(stream) if round(f.time * 30) == wanted)
            assert np.array_equal(frame.to_ndarray(), shown[wanted])


def test_the_same_cut_again_is_copied_whole_and_is_the_same_file(clip, films):
    made(cut(clip), clip, films / "a.mp4", films)
    again = made(cut(clip), clip, films / "b.mp4", films)
    assert again.copied_frames == 240
    assert (films / "a.mp4").read_bytes() == (films / "b.mp4").read_bytes()


def test_parts_may_come_from_several_films_and_from_joined_ones(clip, films):
    made(cut(clip, "one"), clip, films / "a.mp4", films)
    made(cut(clip, "two"), clip, films / "b.mp4", films)
    (films / "a.mp4").unlink()
    assert made(cut(clip, "two"), clip, films / "c.mp4", films).copied_frames == 240
    assert made(cut(clip, "one"), clip, films / "d.mp4", films).copied_frames == 180


def test_a_change_of_the_sound_leaves_the_pictures(clip, films, tmp_path):
    song = mediakit.tone(tmp_path / "song.wav", 1000, 2000)
    made(cut(clip), clip, films / "a.mp4", films)
    draft = cut(clip, audio=[seg(song, d=2000)])
    assets = {clip.name: clip, song.name: song}
    louder = render(draft, assets, films / "b.mp4", Order(quality="low"), films=films)
    assert louder.copied_frames == 240
    before, after = (mediakit.sound_of(films / name)[0][:90_000] for name in ("a.mp4", "b.mp4"))
    assert mediakit.rms(before - after) > 0.02


def test_a_changed_length_keeps_what_is_before_its_end(clip, films):
    longer = timeline(seg(clip, d=7000), seg(clip, d=1000), size=SIZE)
    shorter = timeline(seg(clip, d=7000), seg(clip, d=500), size=SIZE)
    made(longer, clip, films / "a.mp4", films)
    done = made(shorter, clip, films / "b.mp4", films)
    assert done.copied_frames == 3 * GROUP
    assert len(pictures(films / "b.mp4")) == 225


@pytest.mark.parametrize(
    "order", [{"quality": "high"}, {"canvas": (160, 90, 25)}, {"canvas": (128, 72, 30)}]
)
def test_another_quality_size_or_rate_takes_nothing(clip, films, order):
    made(cut(clip), clip, films / "a.mp4", films)
    canvas = Canvas(*order["canvas"]) if "canvas" in order else None
    wanted = Order(quality=order.get("quality", "low"), canvas=canvas)
    done = render(cut(clip), {clip.name: clip}, films / "b.mp4", wanted, films=films)
    assert done.copied_frames == 0
    check_playable(films / "b.mp4")


def test_a_source_that_changed_is_encoded_again(clip, films):
    made(cut(clip), clip, films / "a.mp4", films)
    mediakit.clip(clip, frames=240, size=SIZE, draw=lambda n: stripes(n + 50), hz=440)
    assert made(cut(clip), clip, films / "b.mp4", films).copied_frames == 0


def test_a_file_of_the_session_that_is_gone_and_not_shown_is_no_matter(clip, films, tmp_path):
    assets = {clip.name: clip, "gone.mp4": tmp_path / "gone.mp4"}
    render(cut(clip), assets, films / "a.mp4", Order(quality="low"), films=films)
    assert made(cut(clip), clip, films / "b.mp4", films).copied_frames == 240


def test_a_title_over_everything_that_changes_changes_everything(clip, films):
    def titled(text):
        draft = cut(clip)
        draft["t"][1]["sg"].append(words(0, 8000, text, role="title"))
        return draft

    made(titled("one"), clip, films / "a.mp4", films)
    assert made(titled("two"), clip, films / "b.mp4", films).copied_frames == 0


def test_a_text_pushed_up_by_a_changed_one_is_drawn_again(clip, films):
    """Its place follows from how high the one below it is, long after that one has gone."""

    def two(low):
        texts = [words(0, 1000, low), words(500, 7500, "on top")]
        return timeline(seg(clip, d=8000), text=texts, size=SIZE)

    made(two("one line"), clip, films / "a.mp4", films)
    assert made(two("two\nlines"), clip, films / "b.mp4", films).copied_frames == 0


def damage_middle(path):
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = bytes(400)
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("harm", "copied"),
    [
        (damage_middle, 180),
        (lambda path: path.write_bytes(path.read_bytes()[:2000]), 0),
        (lambda path: path.write_bytes(b"not a film"), 0),
        (lambda path: path.unlink(), 0),
        (lambda path: index_path(path).write_text("{]"), 0),
        (lambda path: index_path(path).write_text('{"recipe": 1, "groups": [[1]]}'), 0),
        (lambda path: index_path(path).write_text("[]"), 0),
        (lambda path: index_path(path).unlink(), 0),
    ],
)
def test_a_damaged_store_is_encoded_again(clip, films, tmp_path, harm, copied):
    made(cut(clip), clip, films / "a.mp4", films)
    harm(films / "a.mp4")
    done = made(cut(clip), clip, films / "b.mp4", films)
    assert done.copied_frames == copied
    plain = tmp_path / "plain.mp4"
    made(cut(clip), clip, plain, None)
    assert min(map(mediakit.psnr, pictures(films / "b.mp4"), pictures(plain))) > 38


def test_an_index_that_names_the_wrong_groups_is_not_believed(clip, films):
    """The checksum holds, but for other frames than those that are asked for."""
    made(cut(clip), clip, films / "a.mp4", films)
    index = index_path(films / "a.mp4")
    index.write_text(index.read_text().replace(", 60, 60, ", ", 61, 60, "))
    assert made(cut(clip), clip, films / "b.mp4", films).copied_frames == 180


def test_nothing_but_film_and_index_is_left(clip, films):
    made(cut(clip), clip, films / "a.mp4", films)
    assert {path.name for path in films.iterdir()} == {"a.mp4", "a.mp4.gops"}
