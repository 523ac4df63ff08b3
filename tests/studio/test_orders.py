import pytest

from nemo_nb.models import Canvas
from nemo_nb.studio.answers import Refusal
from nemo_nb.studio.orders import check_id, output_canvas, read_order

WIDE, TALL = Canvas(1440, 1080, 25), Canvas(608, 1080, 30)


def draft(**segment):
    filled = {"s": 0, "d": 1000, "m": {"src": "a.jpg"}} | segment
    return {"m": {"width": 640, "height": 360, "fps": 24}, "t": [{"tt": 0, "sg": [filled]}]}


@pytest.mark.parametrize(
    ("canvas", "resolution", "size"),
    [
        (WIDE, None, (1440, 1080)),
        (WIDE, "720p", (960, 720)),
        (WIDE, "1080P", (1440, 1080)),
        (TALL, "1080p", (1080, 1918)),
        (WIDE, "1920x1080", (1920, 1080)),
        (WIDE, " 1920 X 1080 ", (1920, 1080)),
        (WIDE, "1280\u00d7720", (1280, 720)),
        (WIDE, [640, 361], (640, 360)),
        (WIDE, (641, 363.0), (640, 364)),
    ],
)
def test_resolutions(canvas, resolution, size):
    made = output_canvas(canvas, {"resolution": resolution})
    assert (made.width, made.height, made.fps) == (*size, canvas.fps)


@pytest.mark.parametrize(
    "resolution", ["big", "", 1080, [1], ["a", "b"], "1080", {}, "9000p", "2x2", [0, 5]]
)
def test_resolutions_that_are_not_understood_are_400(resolution):
    with pytest.raises(Refusal) as caught:
        output_canvas(WIDE, {"resolution": resolution})
    assert caught.value.code == 400


@pytest.mark.parametrize("fps", [0, -1, 500, "fast", [30], True])
def test_frame_rates_out_of_range_are_400(fps):
    with pytest.raises(Refusal, match="frames per second"):
        output_canvas(WIDE, {"fps": fps})


def test_the_frame_rate_may_be_chosen():
    assert output_canvas(WIDE, {"fps": 60}).fps == 60


def test_a_good_order_is_read():
    order = read_order(draft(), {"format": "mp4", "quality": "low"}, {"a.jpg"})
    assert (order.canvas, order.quality) == (Canvas(640, 360, 24), "low")
    assert read_order(draft(), {}, {"a.jpg"}).quality == "high"


@pytest.mark.parametrize(
    ("bad", "output", "words"),
    [
        ({}, {}, "nothing to render"),
        (None, {}, "nothing to render"),
        ({"t": []}, {}, "nothing to render"),
        ({"t": [{"tt": 0, "sg": []}]}, {}, "nothing to render"),
        (draft(m={"src": "b.jpg"}), {}, r"b\.jpg"),
        (draft(m={}), {}, "does not name"),
        (draft(d=0), {}, "no length"),
        (draft(s=-5), {}, "begins before 0"),
        (draft(d=10**9), {}, "6 hours"),
        (draft(), {"format": "mov"}, "mov"),
        (draft(), {"format": ["mp4"]}, "mp4"),
        (draft(d=60_001), {"format": "gif"}, "60 s is the longest"),
        (draft(), {"format": "gif", "resolution": "1080p"}, "1280 pixels"),
        (draft(), {"format": "gif", "fps": 50}, "12.5"),
        (draft(), {"format": "png", "at_ms": -1}, "no time"),
        (draft(), {"format": "png", "at_ms": "soon"}, "no time"),
        (draft(), {"quality": "best"}, "best"),
    ],
)
def test_what_cannot_be_rendered_is_400_with_the_reason(bad, output, words):
    with pytest.raises(Refusal, match=words) as caught:
        read_order(bad, output, {"a.jpg"})
    assert (caught.value.code, caught.value.status) == (400, 400)


def test_text_needs_no_source_and_unknown_tracks_are_left_alone():
    text = {"tt": 7, "sg": [{"s": 0, "d": 5, "m": {"text": "x"}}]}
    other = {"tt": 42, "sg": [{"odd": True}]}
    assert read_order({"t": [text, other]}, {}, ()).canvas == Canvas()


@pytest.mark.parametrize("job_id", ["", ".", "../x", "a/b", "a b", "a" * 101, "猫"])
def test_an_id_that_cannot_name_a_file_is_400(job_id):
    with pytest.raises(Refusal):
        check_id(job_id)
    assert check_id("render_1700000000-a.b") == "render_1700000000-a.b"


@pytest.mark.parametrize(
    ("output", "canvas"),
    [
        ({"format": "webm"}, Canvas(640, 360, 24)),
        ({"format": "gif"}, Canvas(640, 360, 12.5)),
        ({"format": "gif", "resolution": "180p", "fps": 25}, Canvas(320, 180, 25)),
    ],
)
def test_only_a_gif_is_made_smaller_than_the_canvas(output, canvas):
    order = read_order(draft(), output, {"a.jpg"})
    assert (order.format, order.canvas) == (output["format"], canvas)


def test_music_that_the_studio_makes_needs_no_file():
    music = {"tt": 1, "sg": [{"s": 0, "d": 1000, "m": {"music": {"genre": "lo-fi"}}}]}
    timeline = draft()
    timeline["t"].append(music)
    assert read_order(timeline, {}, ["a.jpg"]).format == "mp4"
    music["sg"][0]["m"] = {}
    with pytest.raises(Refusal, match="does not name"):
        read_order(timeline, {}, ["a.jpg"])


def test_the_picture_behind_a_subject_must_be_there():
    meta = {"src": "a.jpg", "background": {"kind": "picture", "src": "beach.jpg"}}
    assert read_order(draft(m=meta), {}, ["a.jpg", "beach.jpg"])
    with pytest.raises(Refusal, match=r"beach\.jpg"):
        read_order(draft(m=meta), {}, ["a.jpg"])
