"""Photos as people have them: profiles, 16 bit, CMYK, transparency, HEIC, and bombs."""

import io
import struct
import zlib

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms

import mediakit
from nemo_nb.errors import BrokenMedia
from nemo_nb.media import stills
from nemo_nb.media.heic import heic_to_jpeg
from nemo_nb.media.probe import inspect

# Red, green and blue of each space as XYZ, adapted to D50 (their ICC profiles say so).
DISPLAY_P3 = ((0.5151, 0.2412, -0.0011), (0.2919, 0.6922, 0.0419), (0.1572, 0.0666, 0.7841))
ADOBE_RGB = ((0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446))
D50 = (0.9642, 1.0, 0.8249)


def profile(primaries, gamma=2.2, name="Wide"):
    """Return a matrix ICC profile (ICC.1:2001-04) of these primaries."""

    def xyz(values):
        numbers = b"".join(struct.pack(">i", round(value * 65536)) for value in values)
        return b"XYZ \0\0\0\0" + numbers

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    text = name.encode() + b"\0"
    described = b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + b"\0" * 78
    described += b"\0" * (-len(described) % 4)
    tags = {b"desc": described, b"cprt": b"text\0\0\0\0none\0\0\0\0", b"wtpt": xyz(D50)}
    for letter, values in zip(b"rgb", primaries, strict=True):
        tags[bytes([letter]) + b"XYZ"] = xyz(values)
        tags[bytes([letter]) + b"TRC"] = curve
    at, table, body = 128 + 4 + 12 * len(tags), b"", b""
    for key, value in tags.items():
        table += key + struct.pack(">II", at + len(body), len(value))
        body += value
    header = struct.pack(
        ">I4sI4s4s4s", at + len(body), b"\0" * 4, 0x02400000, b"mntr", b"RGB ", b"XYZ "
    )
    header += b"\0" * 12 + b"acsp" + b"\0" * 28
    header += b"".join(struct.pack(">i", round(value * 65536)) for value in D50)
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def pixel(path, **options):
    return stills.load(path, path.name, **options).getpixel((5, 5))


@pytest.mark.parametrize("extension", ["jpg", "png", "webp"])
def test_another_colour_space_becomes_srgb(tmp_path, extension):
    path = tmp_path / f"p.{extension}"
    quality = {} if extension == "png" else {"quality": 100}
    Image.new("RGB", (64, 48), (180, 80, 70)).save(path, icc_profile=profile(DISPLAY_P3), **quality)
    # The same colour has larger numbers in the smaller space: red up, green down.
    assert np.allclose(pixel(path), (195, 75, 64), atol=6)
    plain = tmp_path / f"q.{extension}"
    Image.new("RGB", (64, 48), (180, 80, 70)).save(plain, **quality)
    assert np.allclose(pixel(plain), (180, 80, 70), atol=3)


def test_greys_stay_grey_and_wide_greens_are_held(tmp_path):
    path = tmp_path / "p.png"
    icc = profile(ADOBE_RGB)
    Image.new("RGB", (20, 20), (128, 128, 128)).save(path, icc_profile=icc)
    assert np.allclose(pixel(path), (128, 128, 128), atol=2)
    Image.new("RGB", (20, 20), (0, 255, 0)).save(path, icc_profile=icc)
    assert np.allclose(pixel(path), (0, 255, 0), atol=2)


def test_srgb_is_left_bit_for_bit(tmp_path):
    path = tmp_path / "s.png"
    rgb = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    Image.fromarray(rgb).save(path, icc_profile=icc)
    assert np.array_equal(np.asarray(stills.load(path, "s.png")), rgb)


@pytest.mark.parametrize("broken", [b"not a profile", profile(DISPLAY_P3)[:200], b"\0" * 9_000_000])
def test_a_broken_profile_is_passed_over(broken):
    buffer = io.BytesIO()
    Image.new("RGB", (20, 20), (10, 200, 30)).save(buffer, "TIFF", icc_profile=broken)
    with Image.open(buffer) as image:
        assert stills.colour.to_srgb(image.convert("RGB")).getpixel((1, 1)) == (10, 200, 30)


def test_a_profile_that_does_not_fit_its_picture_is_passed_over(tmp_path):
    path = tmp_path / "g.png"
    Image.new("L", (20, 20), 90).save(path, icc_profile=profile(DISPLAY_P3))
    assert pixel(path) == (90, 90, 90)


def test_cmyk_without_a_profile(tmp_path):
    path = tmp_path / "c.jpg"
    Image.new("CMYK", (40, 20), (0, 255, 255, 0)).save(path, quality=100)
    red, green, blue = pixel(path)
    assert red > 225
    assert max(green, blue) < 60
    assert inspect(path).kind == "image"


def test_sixteen_bits(tmp_path):
    Image.fromarray(np.full((20, 40), 32_896, np.uint16)).save(tmp_path / "g.png")
    assert pixel(tmp_path / "g.png") == (128, 128, 128)
    # Pillow writes no 48-bit PNG: one is made by its chunks.
    row = b"\0" + struct.pack(">HHH", 0x8080, 0x40FF, 0xFF00) * 8
    (tmp_path / "c.png").write_bytes(png(8, 8, 16, 2, zlib.compress(row * 8)))
    assert np.allclose(pixel(tmp_path / "c.png"), (128, 64, 255), atol=1)


def png(width, height, depth, kind, data, *more):
    def chunk(name, body):
        crc = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + crc

    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    chunks = [(b"IHDR", header), *more, (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, body) for name, body in chunks)


def test_what_is_transparent_lies_over_the_ground_asked_for(tmp_path):
    path = tmp_path / "a.png"
    Image.new("RGBA", (20, 20), (255, 0, 0, 128)).save(path)
    assert pixel(path) == (128, 0, 0)
    assert pixel(path, ground=(255, 255, 255)) == (255, 127, 127)
    clear = stills.load_clear(path, "a.png")
    assert (clear.mode, clear.getpixel((5, 5))) == ("RGBA", (255, 0, 0, 128))
    solid = stills.load_clear(mediakit.photo(tmp_path / "b.png"), "b.png")
    assert solid.mode == "RGB"


def test_transparency_by_palette_and_by_colour(tmp_path):
    palette = Image.new("P", (20, 20), 1)
    palette.putpalette([0, 0, 0, 200, 100, 50])
    palette.save(tmp_path / "p.png", transparency=1)
    Image.new("RGB", (20, 20), (9, 9, 9)).save(tmp_path / "c.png", transparency=(9, 9, 9))
    for name in ("p.png", "c.png"):
        assert stills.load_clear(tmp_path / name, name).getpixel((3, 3))[3] == 0
        assert pixel(tmp_path / name, ground=(1, 2, 3)) == (1, 2, 3)


def test_a_large_picture_is_made_smaller_but_never_below_what_was_asked(tmp_path):
    path = mediakit.halves(tmp_path / "l.png", size=(1600, 900))
    small = stills.load(path, "l.png", at_least=(300, 170))
    assert (small.width, small.height) == (534, 300)
    assert np.allclose(small.getpixel((20, 20)), (220, 30, 30), atol=2)
    wide = tmp_path / "w.png"
    Image.new("RGB", (400, 40), (180, 80, 70)).save(wide, icc_profile=profile(DISPLAY_P3))
    assert stills.load(wide, "w.png", at_least=(100, 100)).size == (400, 40)


def test_a_turned_wide_photo_keeps_its_profile_when_reduced(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "t.jpg"
    wide = Image.new("RGB", (1600, 1200), (180, 80, 70))
    wide.save(path, quality=95, exif=exif, icc_profile=profile(DISPLAY_P3))
    small = stills.load(path, "t.jpg", at_least=(100, 100))
    assert small.height > small.width
    assert np.allclose(small.getpixel((5, 5)), (195, 75, 64), atol=6)


def test_heic_of_a_phone_becomes_an_srgb_jpeg(tmp_path):
    picture = Image.new("RGB", (64, 48), (180, 80, 70))
    picture.info["icc_profile"] = profile(DISPLAY_P3)
    pillow_heif.from_pillow(picture).save(tmp_path / "a.heic", quality=95)
    with Image.open(io.BytesIO(heic_to_jpeg(tmp_path / "a.heic"))) as image:
        assert "icc_profile" not in image.info
        assert np.allclose(image.getpixel((30, 20)), (195, 75, 64), atol=8)


def refused(path):
    with pytest.raises(BrokenMedia, match="refused") as caught:
        inspect(path)
    assert path.name in str(caught.value)
    assert caught.value.code == 4001


def test_absurd_headers_are_refused_before_they_allocate(tmp_path):
    row = zlib.compress(b"\0" * 40)
    (tmp_path / "b.png").write_bytes(png(100_000, 100_000, 8, 2, row))
    refused(tmp_path / "b.png")
    # A GIF's canvas.
    gif = bytearray(mediakit.photo(tmp_path / "g.gif", size=(8, 8)).read_bytes())
    struct.pack_into("<HH", gif, 6, 65_535, 65_535)
    (tmp_path / "b.gif").write_bytes(gif)
    refused(tmp_path / "b.gif")
    # A JPEG's frame header.
    jpg = bytearray(mediakit.photo(tmp_path / "j.jpg", size=(8, 8)).read_bytes())
    struct.pack_into(">HH", jpg, jpg.index(b"\xff\xc0") + 5, 65_500, 65_500)
    (tmp_path / "b.jpg").write_bytes(jpg)
    refused(tmp_path / "b.jpg")
    # An extended WebP's canvas: 24 bits a side, less one.
    canvas = struct.pack("<I", 0)[:4] + (16_382).to_bytes(3, "little") * 2
    body = b"WEBPVP8X" + struct.pack("<I", 10) + canvas
    (tmp_path / "b.webp").write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    with pytest.raises(BrokenMedia, match=r"b\.webp"):
        inspect(tmp_path / "b.webp")


def test_heic_with_an_absurd_size_is_refused(tmp_path):
    pillow_heif.from_pillow(Image.new("RGB", (64, 48))).save(tmp_path / "a.heic")
    data = bytearray((tmp_path / "a.heic").read_bytes())
    at = -1
    while (at := data.find(b"ispe", at + 1)) >= 0:
        struct.pack_into(">II", data, at + 8, 100_000, 100_000)
    (tmp_path / "b.heic").write_bytes(data)
    with pytest.raises(BrokenMedia, match=r"b\.heic"):
        stills.load(tmp_path / "b.heic", "b.heic")


def test_a_text_bomb_in_a_png_is_refused(tmp_path):
    bomb = b"note\0\0" + zlib.compress(b"A" * 100_000_000)
    row = zlib.compress((b"\0" + b"\0" * 24) * 8)
    (tmp_path / "t.png").write_bytes(png(8, 8, 8, 2, row, (b"zTXt", bomb)))
    with pytest.raises(BrokenMedia, match=r"t\.png"):
        stills.load(tmp_path / "t.png", "t.png")


@pytest.mark.parametrize("extension", ["jpg", "png", "webp", "heic"])
def test_a_photo_that_was_cut_says_so(tmp_path, extension):
    rgb = np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8)
    whole = tmp_path / f"w.{extension}"
    if extension == "heic":
        pillow_heif.from_pillow(Image.fromarray(rgb)).save(whole)
    else:
        Image.fromarray(rgb).save(whole)
    cut = tmp_path / f"cut.{extension}"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(BrokenMedia, match=r"cut\.\w+ cannot be read"):
        stills.load(cut, cut.name)
