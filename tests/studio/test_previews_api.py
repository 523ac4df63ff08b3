import base64
import io
import threading

import av
import numpy as np
import pytest
from PIL import Image

import mediakit
from nemo_nb.errors import RenderCancelled
from studiokit import Person, SmallAgent, until

V1 = "/studio/v1"


def look(person, sid, what, **query):
    return person.get(f"{V1}/sessions/{sid}/{what}", params=query)


@pytest.fixture
def clip(tmp_path):
    return mediakit.clip(tmp_path / "clip.mp4", frames=36, gop=12, hz=440).read_bytes()


@pytest.fixture
def playing(owner, clip):
    """A session with a clip of 1.2 s whose frames are numbered by their grey."""
    sid = owner.session()
    assert owner.upload(sid, ("clip.mp4", clip)).status_code == 200
    return sid


def grey(frame):
    return (mediakit.numbered(frame) - 16) * 255 / 219


def cells(told):
    sheet = Image.open(io.BytesIO(base64.b64decode(told["image"])))
    assert sheet.format == "JPEG"
    width, height = told["width"], told["height"]
    for number in range(len(told["times_ms"])):
        x, y = number % told["columns"] * width, number // told["columns"] * height
        yield np.asarray(sheet.crop((x, y, x + width, y + height)), float).mean()


def test_thumbnails_are_one_sheet_with_the_middle_of_each_part(owner, playing):
    told = look(owner, playing, "thumbnails", count=12, width=64).json()["data"]
    assert (told["columns"], told["width"], told["height"]) == (10, 64, 36)
    assert told["times_ms"] == list(range(50, 1200, 100))
    expected = [grey(frame) for frame in range(1, 36, 3)]
    assert np.allclose(list(cells(told)), expected, atol=3)


def test_thumbnails_by_their_distance(owner, playing):
    told = look(owner, playing, "thumbnails", every_ms=400).json()["data"]
    assert told["times_ms"] == [0, 400, 800]
    assert (told["columns"], told["width"], told["height"]) == (3, 160, 90)
    assert np.allclose(list(cells(told)), [grey(0), grey(12), grey(24)], atol=3)


def test_a_waveform_has_the_peaks_of_so_many_parts(owner, playing):
    told = look(owner, playing, "waveform", buckets=50).json()["data"]
    assert told["duration_ms"] == 1200
    assert len(told["peaks"]) == 50
    peaks = told["peaks"][2:-2]
    assert 0.05 < min(peaks) <= max(peaks) <= 1
    assert max(peaks) - min(peaks) < 0.05


def test_a_draft_in_the_body_is_looked_at_instead(owner, playing):
    draft = owner.state(playing)["draft"]
    (clip,) = draft["t"][0]["sg"]
    clip["d"] = 600
    clip["m"]["volume"] = 0.0

    def looked(what, body, **query):
        address = f"{V1}/sessions/{playing}/{what}"
        return owner.post(address, params=query, json=body).json()

    told = looked("thumbnails", {"draft": draft}, count=6, width=64)["data"]
    assert told["times_ms"] == list(range(50, 600, 100))
    assert np.allclose(list(cells(told)), [grey(frame) for frame in range(1, 18, 3)], atol=3)
    wave = looked("waveform", {"draft": draft}, buckets=10)["data"]
    assert wave["duration_ms"] == 600
    assert max(wave["peaks"]) == 0
    assert look(owner, playing, "waveform", buckets=10).json()["data"]["duration_ms"] == 1200
    assert looked("thumbnails", {"draft": {"t": []}}, count=6)["code"] == 409
    assert looked("waveform", {"draft": "none"})["code"] == 422


def test_a_quick_frame_is_the_key_frame_and_the_exact_one_follows(owner, playing):
    def shown(**query):
        jpeg = look(owner, playing, "frame", at_ms=670, **query).content
        return np.asarray(Image.open(io.BytesIO(jpeg)), float).mean()

    assert shown(exact="false") == pytest.approx(grey(12), abs=2)
    assert shown() == pytest.approx(grey(20), abs=2)
    assert shown(exact="false") == pytest.approx(grey(12), abs=2)


def test_a_quick_frame_has_the_texts_of_its_moment_and_its_width(owner, playing):
    owner.say(playing, "title Now")

    def picture(at_ms):
        jpeg = look(owner, playing, "frame", at_ms=at_ms, exact="false", width=160).content
        return np.asarray(Image.open(io.BytesIO(jpeg)), float)

    assert picture(700).shape == (90, 160, 3)
    assert picture(700).max() > 200
    assert picture(1100).max() < 200


@pytest.mark.parametrize(
    ("what", "query"),
    [
        ("frame", {"exact": "perhaps"}),
        ("thumbnails", {"count": 0}),
        ("thumbnails", {"count": 100_000}),
        ("thumbnails", {"count": 3, "every_ms": 100}),
        ("thumbnails", {"width": 5000}),
        ("waveform", {"buckets": "many"}),
    ],
)
def test_numbers_must_make_sense(owner, playing, what, query):
    assert look(owner, playing, what, **query).json()["code"] == 422


@pytest.mark.parametrize("what", ["thumbnails", "waveform", "proxy", "proxy.mp4"])
def test_an_empty_timeline_has_nothing_to_look_at(owner, what):
    answer = look(owner, owner.session(), what)
    assert (answer.status_code, answer.json()["code"]) == (409, 409)


@pytest.mark.parametrize("what", ["thumbnails", "waveform", "proxy", "proxy.mp4"])
def test_nobody_else_looks_in(stranger, playing, what):
    assert look(stranger, playing, what).json()["code"] == 1002


def ready(person, sid):
    return until(
        lambda: (told := look(person, sid, "proxy").json()["data"])["status"] != "building" and told
    )


def test_a_proxy_is_made_small_with_many_key_frames_and_served_in_ranges(make_studio, tmp_path):
    big = mediakit.clip(tmp_path / "big.mp4", frames=36, fps=60, size=(1280, 720)).read_bytes()
    studio = make_studio(engine=SmallAgent())
    with Person(studio.url, studio.token.reveal()) as owner:
        sid = owner.session()
        owner.upload(sid, ("big.mp4", big))
        begun = look(owner, sid, "proxy").json()["data"]
        assert begun["status"] in ("building", "ready")
        assert look(owner, sid, "proxy.mp4").status_code in (409, 200)
        told = ready(owner, sid)
        assert (told["status"], told["progress"]) == ("ready", 100.0)
        whole = owner.get(told["url"])
        assert whole.headers["content-type"] == "video/mp4"
        part = owner.get(told["url"], headers={"Range": "bytes=5-14"})
        assert (part.status_code, part.content) == (206, whole.content[5:15])
    with av.open(io.BytesIO(whole.content)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height, stream.average_rate) == (960, 540, 30)
        keys = [p.pts * stream.time_base for p in container.demux(stream) if p.is_keyframe]
    assert [float(key) for key in keys] == [0.0, 0.5]


class OneAtATime(SmallAgent):
    """Renders wait until `go`; those that were begun are counted."""

    def __init__(self):
        super().__init__()
        self.begun, self.given_up = [], threading.Event()
        self.go = threading.Event()

    def render(self, draft, assets, out, order, *, progress, cancelled, **options):
        self.begun.append(draft)
        progress(40.0)
        while not self.go.wait(0.01):
            if cancelled():
                self.given_up.set()
                raise RenderCancelled("It was given up.")
        return super().render(
            draft, assets, out, order, progress=progress, cancelled=cancelled, **options
        )


def test_an_edit_gives_up_the_proxy_that_is_being_made(make_studio, photo):
    engine = OneAtATime()
    studio = make_studio(engine=engine)
    with Person(studio.url, studio.token.reveal()) as owner:
        sid = owner.session()
        owner.upload(sid, ("cat.jpg", photo))
        look(owner, sid, "proxy")
        until(lambda: look(owner, sid, "proxy").json()["data"]["progress"] == 40.0)
        owner.say(sid, "title New")
        look(owner, sid, "proxy")
        assert engine.given_up.wait(20)
        engine.go.set()
        assert ready(owner, sid)["status"] == "ready"
    assert len(engine.begun) == 2
    assert engine.begun[0] != engine.begun[1]
    films = list((studio.workspace / "previews").glob("*.mp4"))
    assert len(films) == 1


def test_a_proxy_that_cannot_be_made_says_why_and_is_not_tried_again_and_again(make_studio, photo):
    class Failing(SmallAgent):
        tries = 0

        def render(self, *_, **__):
            self.tries += 1
            raise ValueError("inner workings")

    engine = Failing()
    studio = make_studio(engine=engine)
    with Person(studio.url, studio.token.reveal()) as owner:
        sid = owner.session()
        owner.upload(sid, ("cat.jpg", photo))
        told = ready(owner, sid)
        assert told["status"] == "failed"
        assert "log" in told["error"]
        assert "inner" not in told["error"]
        look(owner, sid, "proxy")
        assert look(owner, sid, "proxy.mp4").status_code == 409
    assert engine.tries == 1


@pytest.mark.parametrize("width", [99, 101, 325])
@pytest.mark.parametrize("exact", ["true", "false"])
def test_a_frame_of_any_width_has_no_dark_edge(owner, width, exact):
    sid = owner.session()
    photo = io.BytesIO()
    Image.new("RGB", (640, 360), (250, 220, 150)).save(photo, "PNG")
    assert owner.upload(sid, ("photo.png", photo.getvalue())).status_code == 200
    jpeg = look(owner, sid, "frame", at_ms=0, width=width, exact=exact).content
    picture = np.asarray(Image.open(io.BytesIO(jpeg)), float)
    assert picture.shape[1] == width
    assert np.allclose(picture, picture.mean((0, 1)), atol=4)
