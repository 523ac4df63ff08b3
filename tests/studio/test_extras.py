import io

import pytest
from PIL import Image

from studiokit import Person

V1 = "/studio/v1"


def at(sid, deed):
    return f"{V1}/sessions/{sid}/{deed}"


@pytest.fixture
def edited(owner, filled):
    """A session with two steps: the photo, a title."""
    owner.say(filled, "title One")
    return filled


def test_capabilities_name_the_features_and_formats(owner):
    data = owner.get(f"{V1}/capabilities").json()["data"]
    assert {"undo", "redo", "fork", "draft", "variants", "frame"} <= set(data["features"])
    assert {"mp4", "jpg", "srt"} <= set(data["formats"])
    assert {"thumbnails", "waveform", "proxy"} <= set(data["features"])
    assert data["exports"] == ["mp4", "webm", "gif", "png", "wav"]
    assert data["studio"]


def test_undo_and_redo_return_the_draft_and_end_with_409(owner, edited):
    with_title = owner.state(edited)["draft"]
    photo_only = owner.post(at(edited, "undo")).json()["data"]["draft"]
    assert [track["tt"] for track in photo_only["t"]] == [0]
    assert owner.post(at(edited, "undo")).json()["data"]["draft"] == {}
    end = owner.post(at(edited, "undo"))
    assert (end.status_code, end.json()["code"]) == (409, 409)
    assert "nothing to undo" in end.json()["message"]
    owner.post(at(edited, "redo"))
    assert owner.post(at(edited, "redo")).json()["data"]["draft"] == with_title
    assert owner.post(at(edited, "redo")).json()["code"] == 409


def test_a_draft_that_is_put_is_one_undoable_edit_and_kept_to_the_letter(owner, edited):
    before = owner.state(edited)["draft"]
    odd = {"t": [], "x": {"\u2028猫": [1.5, None, True]}, "big": 2**70}
    answer = owner.put(at(edited, "draft"), json={"draft": odd, "note": "mine"})
    assert answer.json()["data"]["draft"] == odd
    assert owner.state(edited)["draft"] == odd
    assert owner.post(at(edited, "undo")).json()["data"]["draft"] == before


@pytest.mark.parametrize("draft", [None, [], "x", 3])
def test_a_draft_must_be_an_object(owner, edited, draft):
    assert owner.put(at(edited, "draft"), json={"draft": draft}).json()["code"] == 422


def test_variants_are_replaced_as_a_whole(owner, edited):
    pair = [{"name": "A", "draft": {"n": 1}}, {"name": "B", "draft": {"n": 2}}]
    assert owner.put(at(edited, "variants"), json={"variants": pair}).json()["code"] == 0
    assert owner.state(edited)["variants"] == pair
    owner.put(at(edited, "variants"), json={"variants": []})
    assert owner.state(edited)["variants"] == []


@pytest.mark.parametrize(
    "variants", [None, {}, ["x"], [{"name": "A"}], [{"draft": {}}], [{"name": 1, "draft": {}}]]
)
def test_variants_of_another_shape_are_refused(owner, edited, variants):
    answer = owner.put(at(edited, "variants"), json={"variants": variants})
    assert (answer.status_code, answer.json()["code"]) == (422, 422)


def test_a_fork_has_its_own_timeline_media_and_undo_stack(owner, edited, photo):
    owner.put(at(edited, "variants"), json={"variants": [{"name": "A", "draft": {}}]})
    before = owner.state(edited)
    copy = owner.post(at(edited, "fork"), json={"name": "copy"}).json()["data"]["session_id"]
    forked = owner.state(copy)
    for key in ("draft", "variants", "undo", "redo", "canvas_config"):
        assert forked[key] == before[key]
    (info,) = forked["video_infos"]
    assert copy in info["cdn_url"]
    assert owner.get(info["cdn_url"]).content == photo
    owner.post(at(copy, "undo"))
    owner.upload(copy, ("cat.jpg", photo))
    assert owner.state(edited) == before
    assert owner.say(copy, "undo")[-1]["turnComplete"]


def test_a_fork_can_be_rendered(owner, edited):
    copy = owner.post(at(edited, "fork"), json={}).json()["data"]["session_id"]
    owner.submit(copy, "render_fork", resolution="128x96")
    assert owner.finished("render_fork")["status"] == "completed"


def open_jpeg(answer):
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    return Image.open(io.BytesIO(answer.content))


def test_a_frame_of_the_stored_timeline_or_of_another_draft(owner, filled):
    draft = owner.state(filled)["draft"]
    stored = open_jpeg(owner.get(at(filled, "frame?at_ms=100&width=160")))
    assert stored.size == (160, 90)
    red, green, blue = stored.convert("RGB").getpixel((80, 60))
    assert red > 150 > green
    assert red > blue
    words = {"s": 0, "d": 1000, "m": {"text": "x", "role": "caption"}}
    body = {"draft": {"m": draft["m"], "t": [{"tt": 7, "sg": [words]}]}}
    other = open_jpeg(owner.post(at(filled, "frame?at_ms=100&width=160"), json=body))
    assert max(other.convert("RGB").getpixel((80, 60))) < 30
    empty = owner.post(at(filled, "frame?at_ms=0"), json={"draft": {"t": []}})
    assert empty.json()["code"] == 422


@pytest.mark.parametrize(
    "query", ["at_ms=x", "at_ms=-1", "at_ms=1.5", "at_ms=0&width=0", "width=99999"]
)
def test_a_frame_needs_sane_numbers(owner, filled, query):
    assert owner.get(at(filled, f"frame?{query}")).json()["code"] == 422


def test_a_restart_on_the_workspace_keeps_everything(make_studio, photo):
    studio = make_studio()
    with Person(studio.url, studio.token.reveal()) as owner:
        sid = owner.session()
        owner.upload(sid, ("cat.jpg", photo))
        owner.put(at(sid, "draft"), json={"draft": {"t": [], "n": 1}})
        owner.put(at(sid, "variants"), json={"variants": [{"name": "A", "draft": {}}]})
        before = owner.state(sid)
    studio.stop()
    again = make_studio()
    assert again is not studio
    with Person(again.url, again.token.reveal()) as owner:
        after = owner.state(sid)
        for info in before["video_infos"]:
            info["cdn_url"] = info["cdn_url"].replace(studio.url, again.url)
        assert after == before
        assert owner.get(after["video_infos"][0]["cdn_url"]).content == photo
        owner.post(at(sid, "undo"))
        assert owner.state(sid)["draft"]["t"][0]["sg"]
        old_token = {"Authorization": f"Bearer {studio.token.reveal()}"}
        assert owner.get(f"{V1}/capabilities", headers=old_token).json()["code"] == 1001
