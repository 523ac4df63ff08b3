"""Frames of every make come out as BT.709, limited range, 8 bit."""

import av
import numpy as np
import pytest

from nemo_nb.studio.render.convert import Converter, from_rgb, to_rgb

COLORS = [(200, 40, 40), (40, 160, 60), (50, 60, 210), (128, 128, 128), (235, 220, 40)]


def converted(frame, size=None):
    width, height = size or (frame.width, frame.height)
    return to_rgb(Converter().convert(frame, width, height)).astype(int)


@pytest.mark.parametrize("color", COLORS)
@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv422p", "yuv444p10le", "yuv420p10le", "p010le"])
@pytest.mark.parametrize("matrix", [1, 5])
@pytest.mark.parametrize("full", [False, True])
def test_colours_are_kept(color, pix_fmt, matrix, full):
    rgb = np.full((32, 48, 3), color, np.uint8)
    frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
        format=pix_fmt, dst_colorspace=matrix, dst_color_range=2 if full else 1
    )
    frame.colorspace, frame.color_range = matrix, 2 if full else 1
    assert np.abs(converted(frame)[16, 24] - color).max() <= 4


@pytest.mark.parametrize("pix_fmt", ["rgb24", "bgr24", "rgba", "gbrp"])
def test_rgb_frames_too(pix_fmt):
    rgb = np.full((32, 48, 3), COLORS[0], np.uint8)
    frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format=pix_fmt)
    assert np.abs(converted(frame)[16, 24] - COLORS[0]).max() <= 4


def test_grey_frames_keep_black_and_white():
    ramp = np.tile(np.linspace(0, 255, 64, dtype=np.uint8), (16, 1))
    frame = av.VideoFrame.from_ndarray(ramp, format="gray")
    assert np.abs(converted(frame)[8, :, 0] - ramp[8].astype(int)).max() <= 3


@pytest.mark.parametrize("size", [(7, 5), (101, 33), (64, 1)])
def test_odd_sizes_are_scaled_to_even_ones(size):
    rgb = np.full((size[1], size[0], 3), COLORS[1], np.uint8)
    planes = from_rgb(rgb, (64, 36))
    assert [plane.shape for plane in planes] == [(36, 64), (18, 32), (18, 32)]
    assert np.abs(to_rgb(planes)[18, 32].astype(int) - COLORS[1]).max() <= 4


def test_a_wide_gamut_is_brought_inside():
    """Red of BT.709 at half its light, written with BT.2020's primaries and an SDR transfer."""
    light = np.array([0.6274, 0.0691, 0.0164]) * 0.5
    red, green, blue = light ** (1 / 2.4)
    luma = 0.2627 * red + 0.6780 * green + 0.0593 * blue
    codes = 64 + 876 * luma, 512 + 896 * (blue - luma) / 1.8814, 512 + 896 * (red - luma) / 1.4746
    frame = av.VideoFrame(48, 32, "yuv420p10le")
    frame.colorspace, frame.color_primaries, frame.color_trc, frame.color_range = 9, 9, 1, 1
    for plane, code in zip(frame.planes, codes, strict=True):
        np.frombuffer(plane, np.uint16)[:] = round(code)
    found = converted(frame)[16, 24]
    assert found[0] == pytest.approx(255 * 0.5 ** (1 / 2.4), abs=6)
    # Left as it is, it would be a pale (170, 79, 50).
    assert found[1:].max() < 30


@pytest.mark.parametrize("transfer", [0, 3, 255])
def test_a_wide_gamut_with_a_reserved_transfer_is_shown_as_it_is(transfer):
    frame = av.VideoFrame(48, 32, "yuv420p10le")
    frame.color_primaries, frame.color_trc, frame.color_range = 9, transfer, 1
    for plane, code in zip(frame.planes, (500, 512, 512), strict=True):
        np.frombuffer(plane, np.uint16)[:] = code
    assert np.abs(converted(frame)[16, 24] - 127).max() <= 5


def test_the_way_to_rgb_and_back_changes_little():
    rgb = np.random.default_rng(0).integers(40, 200, (8, 8, 3)).repeat(8, axis=0).repeat(8, axis=1)
    back = to_rgb(from_rgb(rgb.astype(np.uint8))).astype(int)
    inner = np.abs(back - rgb)[4::8, 4::8]
    assert inner.max() <= 6
