"""How the agent looks at photos: where their subject lies, when they were taken."""

from __future__ import annotations

import pytest
from PIL import Image
from skimage import data

from nemo_nb.models import MediaInfo
from nemo_nb.studio import edits
from nemo_nb.studio.agent.agent import Project, respond
from nemo_nb.studio.engine import Engine
from nemo_nb.studio.eyes import StudioEyes

EXIF_BLOCK, TAKEN, DIGITIZED = 0x8769, 0x9003, 0x9004


def photo(path, taken=None, tag=TAKEN):
    image = Image.new("RGB", (64, 48), "#446688")
    exif = image.getexif()
    if taken is not None:
        exif.get_ifd(EXIF_BLOCK)[tag] = taken
    image.save(path, exif=exif)
    return path


@pytest.fixture
def eyes():
    """Return eyes on the files of a folder."""

    def of(*paths):
        return StudioEyes(Engine(), {path.name: path for path in paths})

    return of


def test_when_a_photo_was_taken(eyes, tmp_path):
    seen = eyes(
        photo(tmp_path / "a.jpg", "2024:07:01 12:30:00"),
        photo(tmp_path / "b.jpg", "2023:01:02 03:04:05", DIGITIZED),
        photo(tmp_path / "c.jpg"),
        photo(tmp_path / "d.jpg", "    :  :     :  :  "),
    )
    assert seen.taken("a.jpg") == "2024:07:01 12:30:00"
    assert seen.taken("b.jpg") == "2023:01:02 03:04:05"
    assert [seen.taken(name) for name in ("c.jpg", "d.jpg", "nowhere.jpg")] == [None] * 3


def test_what_is_no_picture_was_never_taken(eyes, tmp_path):
    (tmp_path / "x.jpg").write_bytes(b"no picture")
    seen = eyes(tmp_path / "x.jpg")
    assert seen.taken("x.jpg") is None
    assert seen.focus("x.jpg") is None
    assert seen.focus("nowhere.jpg") is None


def test_the_subject_is_found_where_it_is(eyes, tmp_path):
    cat = Image.fromarray(data.cat())
    wide = Image.new("RGB", (cat.width * 3, cat.height), tuple(cat.resize((1, 1)).getpixel((0, 0))))
    for name, left in (("left.jpg", 0), ("right.jpg", cat.width * 2)):
        shown = wide.copy()
        shown.paste(cat, (left, 0))
        shown.save(tmp_path / name)
    seen = eyes(tmp_path / "left.jpg", tmp_path / "right.jpg")
    left, right = seen.focus("left.jpg"), seen.focus("right.jpg")
    assert left is not None
    assert right is not None
    assert left[0] < 40
    assert right[0] > 60


def test_photos_are_put_into_the_order_they_were_taken(eyes, tmp_path):
    days = {"a.jpg": "2024:07:03 10:00:00", "b.jpg": "2024:07:01 10:00:00", "c.jpg": None}
    seen = eyes(*(photo(tmp_path / name, day) for name, day in days.items()))
    media = tuple(MediaInfo(name, "image", "jpg", 0, 64, 48) for name in days)
    draft = edits.new_draft()
    for info in media:
        draft = edits.add_media(draft, info)
    for message in ("sort the photos by date taken", "slideshow in the order they were taken"):
        outcome = respond(message, Project(draft, media, eyes=seen), lambda _: None)
        assert outcome.draft is not None, outcome.reply
        shown = [segment["m"]["src"] for segment in outcome.draft["t"][0]["sg"]]
        assert shown == ["b.jpg", "a.jpg", "c.jpg"]
