"""Sources as people have them, through the whole renderer: what is seen is what they show."""

import struct
import zlib

import av
import numpy as np
import pillow_heif
import pytest
from PIL import Image

import mediakit
from mediakit import render_frame, timeline
from mediakit import segment as seg
from nemo_nb.errors import BrokenMedia

RED, BLUE = (220, 30, 30), (30, 30, 220)
GREEN = (30, 170, 40)


def look(draft, *paths, at=0):
    assets = {path.name: path for path in paths}
    return np.asarray(render_frame(draft, assets, at)).astype(int)


def middle(path, at=0, **meta):
    """Return the colour in the middle of the picture that *path* gives."""
    picture = look(timeline(seg(path, **meta)), path, at=at)
    return picture[picture.shape[0] // 2, picture.shape[1] // 2]


def flat(color):
    return lambda _: np.full((180, 320, 3), color, np.uint8)


@pytest.mark.parametrize("pix_fmt", ["yuv420p10le", "yuv422p10le", "yuv444p"])
def test_deeper_and_finer_clips(tmp_path, pix_fmt):
    path = mediakit.clip(tmp_path / "c.mp4", frames=3, draw=flat(RED), pix_fmt=pix_fmt)
    assert np.abs(middle(path) - RED).max() <= 5


@pytest.mark.parametrize("size", [(321, 181), (5, 7), (31, 181)])
def test_odd_sizes(tmp_path, size):
    path = tmp_path / "odd.avi"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("mjpeg", rate=10)
        stream.width, stream.height, stream.pix_fmt = *size, "yuvj444p"
        rgb = np.full((size[1], size[0], 3), GREEN, np.uint8)
        frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format="yuvj444p")
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    assert np.abs(middle(path) - GREEN).max() <= 8


def hdr(path, code):
    """Write a grey HDR10 clip of one 10-bit luma."""
    with av.open(str(path), "w") as file:
        options = {"preset": "ultrafast", "qp": "1"}
        stream = file.add_stream("libx264", rate=24, options=options)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p10le"
        context = stream.codec_context
        context.color_trc, context.color_primaries = 16, 9
        context.colorspace, context.color_range = 9, 1
        frame = av.VideoFrame(320, 180, "yuv420p10le")
        for plane, value in zip(frame.planes, (code, 512, 512), strict=True):
            np.frombuffer(plane, np.uint16)[:] = value
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def test_an_hdr_clip_of_a_phone_is_neither_pale_nor_burnt(tmp_path):
    # 0.508 of the PQ range is 100 cd/m²: just under half of the light of SDR white.
    assert np.abs(middle(hdr(tmp_path / "h.mp4", round(64 + 876 * 0.508))) - 189).max() <= 4
    # Not toned it would be the 130 of its code.


def animation(path, colors, **save):
    frames = [Image.new("RGBA", (64, 36), (*color, 255)) for color in colors]
    for frame in frames:
        frame.paste((0, 0, 0, 0), (0, 0, 32, 36))
        frame.putpixel((40, 2), (0, 0, 0, 0))  # or the writer crops, and drops the alpha
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=200, disposal=2, **save)
    return path


@pytest.mark.parametrize("name", ["a.gif", "a.webp"])
def test_an_animation_with_alpha_lies_over_what_is_below(tmp_path, name):
    options = {"lossless": True} if name == "a.webp" else {}
    over = animation(tmp_path / name, [RED, GREEN], **options)
    under = mediakit.photo(tmp_path / "u.png", BLUE)
    draft = timeline(seg(under, motion="none"), over=[seg(over, motion="none")])
    for at, color in ((0, RED), (250, GREEN), (450, RED)):
        picture = look(draft, under, over, at=at)
        assert np.abs(picture[90, 240] - color).max() <= 8
        assert np.abs(picture[90, 60] - BLUE).max() <= 8


def test_a_cmyk_jpeg(tmp_path):
    path = tmp_path / "c.jpg"
    Image.new("CMYK", (320, 180), (255, 0, 255, 0)).save(path, quality=95)
    red, green, blue = middle(path)
    assert green > 220
    assert max(red, blue) < 60


def test_a_turned_jpeg(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    path = mediakit.halves(tmp_path / "t.jpg", RED, BLUE, quality=95, exif=exif)
    picture = look(timeline(seg(path, motion="none"), size=(180, 320)), path)
    assert np.abs(picture[40, 90] - RED).max() <= 12
    assert np.abs(picture[280, 90] - BLUE).max() <= 12


def test_a_heic(tmp_path):
    path = tmp_path / "h.heic"
    pillow_heif.from_pillow(Image.new("RGB", (320, 180), GREEN)).save(path, quality=95)
    assert np.abs(middle(path) - GREEN).max() <= 10


def test_a_png_of_16_bits(tmp_path):
    path = tmp_path / "d.png"
    Image.fromarray(np.full((180, 320), 0x8080, np.uint16)).save(path)
    assert np.abs(middle(path) - 128).max() <= 3


def test_a_photo_with_a_profile_of_its_own(tmp_path):
    """A profile that swaps red and blue: nobody can take it for sRGB."""
    path = tmp_path / "p.png"
    Image.new("RGB", (320, 180), (255, 0, 0)).save(path, icc_profile=swapped_profile())
    red, _, blue = middle(path)
    assert blue > 240
    assert red < 15


def swapped_profile():
    xyz = ((0.1431, 0.0606, 0.7141), (0.3851, 0.7169, 0.0971), (0.4361, 0.2225, 0.0139))

    def number(values):
        return b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    tags = {b"wtpt": b"XYZ \0\0\0\0" + number((0.9642, 1.0, 0.8249))}
    for letter, values in zip(b"rgb", xyz, strict=True):
        tags[bytes([letter]) + b"XYZ"] = b"XYZ \0\0\0\0" + number(values)
        tags[bytes([letter]) + b"TRC"] = b"curv\0\0\0\0" + struct.pack(">IHH", 1, 563, 0)
    tags[b"desc"] = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"swap\0" + b"\0" * 79
    at, table, body = 132 + 12 * len(tags), b"", b""
    for key, value in tags.items():
        table += key + struct.pack(">II", at + len(body), len(value))
        body += value
    head = struct.pack(">I4xI", at + len(body), 0x02400000) + b"mntrRGB XYZ " + b"\0" * 12 + b"acsp"
    head = (head + b"\0" * 28 + number((0.9642, 1.0, 0.8249))).ljust(128, b"\0")
    return head + struct.pack(">I", len(tags)) + table + body


def test_a_clip_that_was_cut_shows_what_is_there_and_holds_it(tmp_path):
    whole = mediakit.clip(tmp_path / "w.mp4", frames=36, gop=6)
    front = tmp_path / "f.mp4"
    options = {"movflags": "+faststart"}
    with av.open(str(whole)) as file, av.open(str(front), "w", options=options) as out:
        stream = out.add_stream_from_template(file.streams.video[0])
        for packet in file.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    data = front.read_bytes()
    front.write_bytes(data[: len(data) - (len(data) - data.index(b"mdat")) // 2])
    lumas = [look(timeline(seg(front, d=1200)), front, at=at).mean() for at in range(0, 1200, 100)]
    assert lumas == sorted(lumas)
    assert lumas[0] < lumas[3]
    assert lumas[-1] == lumas[-2] < 200


def test_a_broken_photo_is_named(tmp_path):
    path = tmp_path / "broken.png"
    row = zlib.compress(b"\0" * 4)
    whole = mediakit.photo(path).read_bytes()
    path.write_bytes(whole[:33] + struct.pack(">I", len(row)) + b"IDAT" + row)
    with pytest.raises(BrokenMedia, match=r"broken\.png"):
        look(timeline(seg(path)), path)
