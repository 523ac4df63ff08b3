import io

import httpx
import pytest
from PIL import Image

import mediakit
from nemo_nb.studio.admission import limit_bytes
from nemo_nb.studio.render import fonts
from nemo_nb.studio.render.fonts import FONTS_DIR
from studiokit import Person

SRT = b"""1
00:00:00,500 --> 00:00:01,500
<i>Hello</i>
there

2
00:00:02,000 --> 00:00:09,000
you
"""


def names(state):
    return [info["filename"] for info in state["video_infos"]]


def texts(state):
    tracks = [track for track in state["draft"]["t"] if track["tt"] == 7]
    return [(s["s"], s["s"] + s["d"], s["m"]["text"]) for track in tracks for s in track["sg"]]


def test_a_clip_and_a_photo_join_the_pool_and_the_timeline(owner, photo, tmp_path):
    sid = owner.session()
    clip = mediakit.clip(tmp_path / "clip.mp4", frames=30, size=(64, 36)).read_bytes()
    answer = owner.upload(sid, ("clip.mp4", clip, "video/mp4"), ("cat.jpg", photo)).json()
    assert answer["code"] == 0
    assert answer["data"]["session_state_applied"] is True
    first, second = answer["data"]["files"]
    assert (first["filename"], first["file_type"]) == ("clip.mp4", "video")
    assert first["duration"] == pytest.approx(1.0, abs=0.05)
    assert (first["width"], first["height"], first["fps"]) == (64, 36, 30)
    assert len(first["hash"]) == 64
    assert (second["file_type"], second["duration"]) == ("image", 0)
    state = owner.state(sid)
    assert state["video_infos"] == answer["data"]["files"]
    (track,) = state["draft"]["t"]
    assert [segment["m"]["src"] for segment in track["sg"]] == ["clip.mp4", "cat.jpg"]
    assert state["canvas_config"]["ratio"] == "16:9"
    assert state["undo"] == 1


def test_the_cdn_url_gives_the_bytes_back_to_who_may_see_them(owner, stranger, filled, photo):
    url = owner.state(filled)["video_infos"][0]["cdn_url"]
    answer = owner.get(url)
    assert (answer.content, answer.headers["content-type"]) == (photo, "image/jpeg")
    assert stranger.get(url).json()["code"] == 1002
    assert httpx.get(url).json()["code"] == 1001


def test_ranges_of_a_file_are_served(owner, filled, photo):
    url = owner.state(filled)["video_infos"][0]["cdn_url"]
    part = owner.get(url, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, photo[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(photo)}"
    rest = owner.get(url, headers={"Range": f"bytes={len(photo) - 5}-"})
    assert rest.content == photo[-5:]
    assert owner.get(url, headers={"Range": f"bytes={len(photo)}-"}).status_code == 416
    changed = owner.get(url, headers={"Range": "bytes=0-1", "If-Range": '"other"'})
    assert (changed.status_code, changed.content) == (200, photo)
    head = owner.head(url)
    assert (head.content, head.headers["content-length"]) == (b"", str(len(photo)))


def test_names_that_are_taken_get_a_number(owner, photo):
    sid = owner.session()
    owner.upload(sid, ("cat.jpg", photo), ("CAT.jpg", photo))
    owner.upload(sid, ("cat.jpg", photo), ("noend", photo))
    owner.upload(sid, ("noend", photo))
    assert names(owner.state(sid)) == [
        "cat.jpg",
        "CAT (2).jpg",
        "cat (3).jpg",
        "noend",
        "noend (2)",
    ]


@pytest.mark.parametrize("name", ["../../up.jpg", "..\\..\\up.jpg", "/etc/up.jpg", "up.jpg"])
def test_a_name_never_leaves_the_sessions_folder(owner, studio, photo, name):
    sid = owner.session()
    owner.upload(sid, (name, photo))
    assert names(owner.state(sid)) == ["up.jpg"]
    assert [p.name for p in (studio.workspace / "media" / sid).iterdir()] == ["up.jpg"]


def test_a_link_in_the_workspace_is_not_followed(owner, studio, filled, tmp_path):
    url = owner.state(filled)["video_infos"][0]["cdn_url"]
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    kept = studio.core.media_folder(filled) / "cat.jpg"
    kept.unlink()
    kept.symlink_to(secret)
    assert owner.get(url).status_code == 404


def test_names_of_every_script_are_kept_and_served(owner, photo):
    sid = owner.session()
    (info,) = owner.upload(sid, ("猫 & café #1?.jpg", photo)).json()["data"]["files"]
    assert info["filename"] == "猫 & café #1_.jpg"
    assert owner.get(info["cdn_url"]).content == photo


def test_what_a_file_is_called_does_not_decide_how_it_is_served(owner, photo):
    sid = owner.session()
    (info,) = owner.upload(sid, ("page.html", photo)).json()["data"]["files"]
    assert owner.get(info["cdn_url"]).headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("notes.txt", b"just words " * 20, "notes.txt"),
        ("clip.mp4", b"just words " * 20, "plain text"),
        ("empty.mp4", b"", "empty"),
        ("half.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 200, "half.jpg"),
        ("page.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>" * 3, "page.svg"),
        ("bad.srt", b"1\n00:00:01,000 --> 00:00:02,000\n\n", "no subtitle"),
    ],
)
def test_a_file_that_cannot_be_used_is_4001_and_leaves_nothing(
    owner, studio, photo, name, content, words
):
    sid = owner.session()
    answer = owner.upload(sid, ("cat.jpg", photo), (name, content))
    assert answer.json()["code"] == 4001
    assert words in answer.json()["message"]
    state = owner.state(sid)
    assert (state["draft"], state["video_infos"], state["undo"]) == ({}, [], 0)
    assert not list((studio.workspace / "media" / sid).glob("*"))
    assert not list((studio.workspace / "incoming").iterdir())


def test_heic_is_left_to_the_client_and_the_formats_are_named(owner):
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64
    answer = owner.upload(owner.session(), ("a.heic", heic)).json()
    assert answer["code"] == 4001
    assert "HEIC" in answer["message"]
    assert "jpg" in answer["message"]


@pytest.mark.parametrize(
    ("skill", "limit"),
    [("free-image-editing", 200), ("caption-ab", 500), ("nobody's", 200), (None, 200)],
)
def test_the_limit_is_that_of_the_skill(skill, limit):
    assert limit_bytes(skill) == limit * 1_000_000


def test_a_file_over_the_limit_is_4002_with_both_numbers(owner, studio, monkeypatch):
    monkeypatch.setattr("nemo_nb.studio.media_api.limit_bytes", lambda _: 2_000_000)
    sid = owner.session()
    answer = owner.upload(sid, ("a.jpg", b"x" * 3_400_000), ("b.jpg", b"x" * 10))
    assert (answer.status_code, answer.json()["code"]) == (413, 4002)
    for words in ("a.jpg", "3.4 MB", "2 MB", "trim"):
        assert words in answer.json()["message"]
    assert not list((studio.workspace / "incoming").iterdir())


def test_subtitles_become_captions_that_end_with_the_pictures(owner, photo):
    sid = owner.session()
    answer = owner.upload(sid, ("words.srt", SRT), ("cat.jpg", photo)).json()["data"]
    assert [info["file_type"] for info in answer["files"]] == ["subtitle", "image"]
    assert answer["files"][0]["duration"] == 9.0
    state = owner.state(sid)
    assert texts(state) == [(500, 1500, "Hello\nthere"), (2000, 3000, "you")]
    assert state["undo"] == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"no form", "text/plain"),
        (b"no boundary", "multipart/form-data"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"--x--\r\n", "multipart/form-data; boundary=x"),
        (
            b"--x\r\nContent-Disposition: form-data; name=files\r\n\r\n1\r\n--x--",
            "multipart/form-data; boundary=x",
        ),
        (b'{"urls": []}', "application/json"),
        (b'{"urls": "http://public.test/a.jpg"}', "application/json"),
        (b'{"urls": [1]}', "application/json"),
    ],
)
def test_an_upload_without_files_is_422(owner, body, kind):
    path = f"/api/upload-video/nemo_agent/me/{owner.session()}"
    answer = owner.post(path, content=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (422, 422)


def test_an_upload_that_breaks_off_leaves_nothing(owner, studio, photo):
    sid = owner.session()
    part = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n' + photo
    path = f"/api/upload-video/nemo_agent/me/{sid}"
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = owner.post(path, content=part, headers=kind)
    assert "broke off" in answer.json()["message"]
    assert owner.state(sid)["video_infos"] == []
    assert not list((studio.workspace / "incoming").iterdir())


def test_a_photo_keeps_its_upright_size(owner):
    exif = Image.Exif()
    exif[0x0112] = 6
    target = io.BytesIO()
    Image.new("RGB", (80, 40)).save(target, "JPEG", exif=exif)
    (info,) = owner.upload(owner.session(), ("a.jpg", target.getvalue())).json()["data"]["files"]
    assert (info["width"], info["height"]) == (40, 80)


def test_a_refusal_reaches_a_client_that_is_still_sending(studio, stranger, filled):
    large = ("a.mp4", b"x" * 20_000_000)
    assert stranger.upload(filled, large).json()["code"] == 1002
    with Person(studio.url, "nmv_usr_wrong") as nobody:
        assert nobody.upload(filled, large).json()["code"] == 1001


FONT = FONTS_DIR / "Caveat-400.ttf"


def test_a_font_joins_the_pool_and_no_track(owner, filled):
    before = owner.state(filled)["draft"]
    answer = owner.upload(filled, ("mine.ttf", FONT.read_bytes())).json()
    (info,) = answer["data"]["files"]
    assert (info["filename"], info["file_type"], info["notes"]) == ("mine.ttf", "font", [])
    state = owner.state(filled)
    assert state["draft"] == before
    assert names(state) == ["cat.jpg", "mine.ttf"]
    assert owner.get(info["cdn_url"]).headers["content-type"] == "font/ttf"


def test_a_title_is_drawn_in_the_font_that_was_uploaded(owner, photo):
    sid = owner.session()
    owner.upload(sid, ("cat.jpg", photo), ("mine.ttf", FONT.read_bytes()))
    draft = owner.state(sid)["draft"]

    def picture(style):
        text = {"s": 0, "d": 1000, "m": {"text": "Handwritten", "style": style}}
        changed = {**draft, "t": [*draft["t"], {"tt": 7, "sg": [text]}]}
        path = f"/studio/v1/sessions/{sid}/frame?at_ms=500&width=320&format=png"
        return owner.post(path, json={"draft": changed}).content

    plain, own = picture({}), picture({"font_file": "mine.ttf"})
    assert own != plain
    assert own != picture({"font_file": "other.ttf"}) == plain


@pytest.mark.parametrize(
    "content", [FONT.read_bytes()[:2000], b"\0\1\0\0\0\1" + b"\0" * 6 + b"head" + bytes(99)]
)
def test_a_font_that_cannot_be_used_is_4001_and_leaves_nothing(owner, filled, content):
    answer = owner.upload(filled, ("mine.ttf", content)).json()
    assert answer["code"] == 4001
    assert "mine.ttf" in answer["message"]
    assert names(owner.state(filled)) == ["cat.jpg"]


def test_a_font_over_the_limit_is_4002(owner, filled, monkeypatch):
    monkeypatch.setattr(fonts, "MAX_FONT_BYTES", 1000)
    answer = owner.upload(filled, ("mine.ttf", FONT.read_bytes())).json()
    assert answer["code"] == 4002


def test_what_of_a_file_is_not_used_is_told_and_kept(owner, tmp_path):
    whole = mediakit.clip(tmp_path / "w.mp4", frames=36, size=(64, 36), faststart=True)
    data = whole.read_bytes()
    sid = owner.session()
    answer = owner.upload(sid, ("w.mp4", data[: len(data) * 6 // 10])).json()
    (note,) = answer["data"]["files"][0]["notes"]
    assert "cut short" in note
    assert owner.state(sid)["video_infos"][0]["notes"] == [note]
    fork = owner.post(f"/studio/v1/sessions/{sid}/fork", json={}).json()["data"]["session_id"]
    assert owner.state(fork)["video_infos"][0]["notes"] == [note]
