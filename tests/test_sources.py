import io
from importlib.resources import files as files_of
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nemo_nb.errors import FileTooLarge, InputError, SourceNotFound, UnsupportedFile
from nemo_nb.skills import Skill, skill_named
from nemo_nb.sources import collect

SKILL = skill_named("caption-ab")
TINY = Skill("tiny", "1.0.0", "Tiny", "photos", 100, (), ())


def png(size=(6, 4), mode="RGB"):
    target = io.BytesIO()
    Image.new(mode, size, 128).save(target, "PNG")
    return target.getvalue()


def content(file):
    with file.open() as stream:
        return stream.read()


def files(*sources, skill=SKILL, subtitles=True):
    return collect(sources, skill, subtitles=subtitles)[0]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("photo10.png", "photo2.png", "cat.png"):
        (tmp_path / name).write_bytes(png())
    return tmp_path


def test_a_path_as_text_and_as_path():
    by_text, by_path = files("cat.png", Path("cat.png"))
    assert by_text.name == by_path.name == "cat.png"
    assert (by_text.mime, by_text.size_bytes) == ("image/png", len(png()))
    assert content(by_text) == png()


@pytest.mark.parametrize("pair", [("x.png", png()), (png(), "x.png"), {"x.png": png()}])
def test_bytes_with_a_name(pair):
    (file,) = files(pair)
    assert (file.name, content(file)) == ("x.png", png())


def test_an_open_file_is_sent_from_the_disk(folder):
    with (folder / "cat.png").open("rb") as opened:
        (file,) = files(opened)
    assert (file.name, file.source, content(file)) == ("cat.png", str(folder / "cat.png"), png())


def test_an_open_file_in_memory_needs_a_name():
    named = io.BytesIO(png())
    named.name = "x.png"
    assert files(named)[0].name == "x.png"
    with pytest.raises(InputError, match="without a name"):
        files(io.BytesIO(png()))
    with pytest.raises(InputError, match="Text cannot"):
        files(io.StringIO("words"))


def test_a_cloud_names_no_subtitle_formats(folder):
    (folder / "notes.txt").write_text("words")
    with pytest.raises(UnsupportedFile, match=r"aac or heic\."):
        files("notes.txt", subtitles=False)
    with pytest.raises(UnsupportedFile, match="srt"):
        files("notes.txt")


def test_a_home_path(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder))
    assert [file.name for file in files("~/cat.png")] == ["cat.png"]


def test_a_glob_counts_as_people_do():
    assert [file.name for file in files("photo*.png")] == ["photo2.png", "photo10.png"]


def test_a_glob_without_a_match():
    with pytest.raises(SourceNotFound, match=r"\*\.mov"):
        files("*.mov")


def test_a_name_with_brackets_is_a_file_first(folder):
    (folder / "shot[1].png").write_bytes(png())
    assert [file.name for file in files("shot[1].png")] == ["shot[1].png"]


def test_a_misspelt_name_gets_the_nearest():
    with pytest.raises(SourceNotFound, match=r"cat\.png"):
        files("Cta.png")


def test_a_missing_folder_is_named():
    with pytest.raises(SourceNotFound, match="nowhere does not exist"):
        files("nowhere/cat.png")


@pytest.mark.parametrize("text", ["please make it brighter " * 20, "~nobody-has-this-name/a.mp4"])
def test_what_cannot_even_be_looked_up(text):
    with pytest.raises(SourceNotFound, match="cannot be looked up") as caught:
        files(text)
    assert len(str(caught.value)) < 200


def test_a_folder_is_told_how_to_be_named():
    with pytest.raises(InputError, match=r"folder.*\*\.jpg"):
        files(".")


def test_lists_are_opened_and_urls_set_apart():
    found, urls = collect(
        (["cat.png", ("mem.png", png())], "https://example.org/a.mp4"), SKILL, subtitles=True
    )
    assert [file.name for file in found] == ["cat.png", "mem.png"]
    assert urls == ["https://example.org/a.mp4"]


def test_a_name_beside_bytes_loses_its_folders():
    assert files(("../../etc/x.png", png()))[0].name == "x.png"


def test_bytes_need_a_name():
    with pytest.raises(InputError, match="name"):
        files(png())


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "CMYK", "1", "RGBA"])
def test_a_pil_image_becomes_a_png(mode):
    (file,) = files(Image.new(mode, (6, 4)))
    assert file.name == "image-1.png"
    assert Image.open(io.BytesIO(content(file))).size == (6, 4)


def test_an_opened_image_keeps_its_name_and_its_orientation(folder):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (6, 4)).save(folder / "phone.jpg", exif=exif)
    with Image.open(folder / "phone.jpg") as image:
        (file,) = files(image)
    assert file.name == "phone.png"
    assert Image.open(io.BytesIO(content(file))).size == (4, 6)


@pytest.mark.parametrize("shape", [(4, 6), (4, 6, 1), (4, 6, 3), (4, 6, 4)])
def test_an_array_becomes_a_png(shape):
    array = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    (file,) = files(array)
    back = np.asarray(Image.open(io.BytesIO(content(file))))
    assert (back == array.reshape(back.shape)).all()


@pytest.mark.parametrize("array", [np.zeros((4, 6)), np.zeros((2, 4, 6, 3), np.uint8)])
def test_an_array_that_is_no_picture(array):
    with pytest.raises(InputError, match="uint8"):
        files(array)


def test_the_content_decides_and_not_the_name(folder):
    (folder / "fake.mp4").write_bytes(b"hello, I am text" * 10)
    with pytest.raises(UnsupportedFile, match=r"fake\.mp4.*mp4, mov"):
        files("fake.mp4")
    (folder / "IMG_1").write_bytes(png())
    assert files("IMG_1")[0].name == "IMG_1.png"


def test_an_empty_file(folder):
    (folder / "empty.mp4").touch()
    with pytest.raises(UnsupportedFile, match="empty"):
        files("empty.mp4")


def test_the_limit_is_told_before_anything_is_sent(folder):
    big = np.random.default_rng(1).integers(0, 255, (40, 40, 3), np.uint8)
    Image.fromarray(big).save(folder / "big.png")
    with pytest.raises(FileTooLarge, match=r"big\.png.*tiny"):
        files("big.png", skill=TINY)
    with pytest.raises(FileTooLarge):
        files(("big.png", (folder / "big.png").read_bytes()), skill=TINY)


def test_heic_becomes_jpeg(folder):
    import pillow_heif  # noqa: PLC0415 - only here

    picture = pillow_heif.from_pillow(Image.new("RGB", (64, 64), "red"))
    picture.save(folder / "phone.heic")
    (file,) = files("phone.heic")
    assert (file.name, file.mime) == ("phone.jpg", "image/jpeg")
    assert content(file)[:2] == b"\xff\xd8"
    assert file.size_bytes == len(content(file))


def test_subtitles_only_where_they_are_read(folder):
    (folder / "a.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nHi\n")
    assert files("a.srt")[0].mime == "application/x-subrip"
    with pytest.raises(UnsupportedFile, match="subtitle"):
        files("a.srt", subtitles=False)


def test_nothing_and_nonsense():
    with pytest.raises(InputError, match="nothing"):
        files()
    with pytest.raises(InputError, match="dict"):
        files({"a": 1})


def test_a_font_goes_to_a_studio_alone():
    data = next((files_of("nemo_nb") / "studio/render/fonts").glob("*.ttf")).read_bytes()
    assert [file.name for file in files(("Mine", data))] == ["Mine.ttf"]
    with pytest.raises(UnsupportedFile, match="is a font"):
        files(("Mine", data), subtitles=False)
