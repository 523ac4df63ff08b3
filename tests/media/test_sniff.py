import pytest
from PIL import Image

import mediakit
from nemo_nb.media.sniff import looks_like_text, sniff, sniff_file


@pytest.mark.parametrize(
    ("extension", "kind"),
    [("jpg", "image"), ("png", "image"), ("gif", "image"), ("webp", "image")],
)
def test_photos_are_known_by_content_under_any_name(tmp_path, extension, kind):
    real = mediakit.photo(tmp_path / f"a.{extension}")
    liar = real.rename(tmp_path / "a.txt")
    found = sniff_file(liar)
    assert (found.kind, found.format) == (kind, extension)


@pytest.mark.parametrize("extension", ["mp4", "mov", "mkv", "avi"])
def test_clips_are_known_by_content(tmp_path, extension):
    path = mediakit.clip(tmp_path / f"a.{extension}", frames=2, size=(64, 36))
    found = sniff(path.read_bytes()[:64])
    assert (found.kind, found.format) == ("video", extension)


def test_webm_and_mkv_differ_by_doctype():
    webm = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm"
    assert sniff(webm).format == "webm"
    assert sniff(webm.replace(b"webm", b"matr")).format == "mkv"


@pytest.mark.parametrize("extension", ["mp3", "wav", "m4a", "aac"])
def test_sound_is_known_by_content(tmp_path, extension):
    path = mediakit.tone(tmp_path / f"a.{extension}", ms=100)
    if extension == "m4a":
        # FFmpeg writes M4A with the plain MP4 brand when only the name says so.
        head = b"\0\0\0\x18ftypM4A \0\0\0\0M4A isom"
        assert sniff(head).format == "m4a"
        return
    assert sniff(path.read_bytes()[:64]).format == extension


def test_mp3_with_id3_tag_and_bare_frames():
    assert sniff(b"ID3\x04\0\0\0\0\0\0").format == "mp3"
    assert sniff(b"\xff\xfb\x90\x64" + bytes(60)).format == "mp3"
    assert sniff(b"\xff\xff\xff\xff" + bytes(60)) is None


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\0\1\0\0\0\x11\1\0\0\4\0\x10GDEF", "ttf"),
        (b"true\0\x0c\0\x80\0\3\0\x40cmap", "ttf"),
        (b"OTTO\0\x0a\0\x80\0\3\0\x20CFF ", "otf"),
        (b"\0\1\0\0\0\0\1\0\0\4\0\x10GDEF", None),
        (b"\0\1\0\0\0\x11\1\0\0\4\0\x10\xff\xff\xff\xff", None),
        (b"wOF2OTTO" + bytes(20), None),
    ],
)
def test_fonts_are_known_by_their_table_of_tables(head, expected):
    found = sniff(head + bytes(64))
    assert (found and found.format) == expected
    assert found is None or found.kind == "font"


def test_heic_is_an_image_and_avif_is_not_taken():
    assert sniff(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic").format == "heic"
    assert sniff(b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf") is None
    assert sniff(b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf") is None


def test_quicktime_without_ftyp():
    assert sniff(b"\0\0\0\x08wide\0\0\0\0mdat" + bytes(50)).format == "mov"


@pytest.mark.parametrize(
    ("name", "text", "known"),
    [
        ("a.srt", "1\n00:00:01,000 --> 00:00:02,000\nHi\n", "srt"),
        ("a.srt", "just some words", None),
        ("a.vtt", "\ufeffWEBVTT\n\n00:01.000 --> 00:02.000\nHi", "vtt"),
        ("a.ass", "[Script Info]\nTitle: x\n", "ass"),
        ("a.txt", "1\n00:00:01,000 --> 00:00:02,000\nHi\n", None),
    ],
)
def test_subtitles_need_name_and_content(name, text, known):
    found = sniff(text.encode(), name)
    assert (found.format if found else None) == known


def test_utf16_srt():
    text = "1\n00:00:01,000 --> 00:00:02,000\nHi\n"
    assert sniff(text.encode("utf-16"), "a.srt").kind == "subtitle"


@pytest.mark.parametrize("head", [b"", b"\0" * 64, b"plain words", b"%PDF-1.7", b"PK\x03\x04"])
def test_other_things_are_none(head):
    assert sniff(head, "a.mp4") is None


def test_text_is_told_from_binary():
    assert looks_like_text("Grüße, 你好\n".encode())
    assert not looks_like_text(b"\x89PNG\0")
    assert not looks_like_text(Image.effect_noise((40, 40), 90).tobytes())
