"""HDR files, made here, through decoder, curve and colours, against the standards' formulas."""

from fractions import Fraction

import av
import numpy as np
import pytest

from nemo_nb.studio.render import tonemap
from nemo_nb.studio.render.convert import Converter, to_rgb

PQ, HLG, BT2020 = 16, 18, 9
# Rec. ITU-R BT.2087: linear BT.709 to linear BT.2020.
TO_2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
LUMA = np.array([0.2627, 0.6780, 0.0593])


def pq(light):
    """Return cd/m² as PQ code, SMPTE ST 2084, written down once more."""
    power = (np.asarray(light, float) / 10_000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375


def hlg(light):
    """Return display light of BT.709 primaries, cd/m², as HLG codes of a 1000 cd/m² display."""
    shown = TO_2020 @ np.asarray(light, float) / 1000
    scene = shown * max(1e-9, shown @ LUMA) ** (1 / 1.2 - 1)
    log = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), log)


def bt1886(light):
    """Return the SDR code 0-255 of light where 203 cd/m² is white."""
    return 255 * np.clip(np.asarray(light, float) / 203, 0, 1) ** (1 / 2.4)


def codes_of(light, transfer):
    return pq(TO_2020 @ np.asarray(light, float)) if transfer == PQ else hlg(light)


def clip(path, lights, transfer, *, size=(320, 64), extra=""):
    """Write a 10-bit clip of vertical bars of *lights*, RGB in cd/m² with BT.709 primaries."""
    width, height = size
    with av.open(str(path), "w") as file:
        options = {"qp": "1", "preset": "ultrafast", "x264-params": extra}
        stream = file.add_stream("libx264", rate=Fraction(24), options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p10le"
        context = stream.codec_context
        context.color_trc, context.color_primaries = transfer, BT2020
        context.colorspace, context.color_range = BT2020, 1
        frame = av.VideoFrame(width, height, "yuv420p10le")
        for index, light in enumerate(lights):
            red, green, blue = codes_of(light, transfer)
            luma = LUMA @ (red, green, blue)
            chroma = (blue - luma) / 1.8814, (red - luma) / 1.4746
            values = 64 + 876 * luma, *(512 + 896 * part for part in chroma)
            for plane, value in zip(frame.planes, values, strict=True):
                view = np.frombuffer(plane, np.uint16).reshape(-1, plane.line_size // 2)
                step = plane.width / len(lights)
                view[:, round(index * step) : round((index + 1) * step)] = round(value)
        frame.pts, frame.time_base = 0, Fraction(1, 24)
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def first_frame(path):
    with av.open(str(path)) as file:
        return next(file.decode(video=0))


def bars(path, count, size=(320, 64)):
    """Return the middle colour of each bar as it is painted, RGB 0-255."""
    frame = first_frame(path)
    rgb = to_rgb(Converter().convert(frame, *size)).astype(int)
    middles = [round((index + 0.5) * size[0] / count) for index in range(count)]
    return [rgb[size[1] // 2, column] for column in middles]


def grey(light):
    return (light,) * 3


def test_the_curve_is_the_reports():
    light = np.array([0.01, 1.0, 10.0, 50.0, 80.0, 203.0, 500.0, 1000.0, 4000.0])
    code = tonemap.eetf(pq(light), 1000.0)
    # Below the knee, at 1.5 * maxLum - 0.5 of the PQ range, nothing changes.
    assert np.allclose(code[:5], pq(light[:5]))
    assert code[5] < pq(203.0)
    assert code[7] == pytest.approx(float(pq(203.0)), abs=1e-9)
    assert code[8] == code[7]
    ramp = tonemap.eetf(np.linspace(0, 1, 2000), 1000.0)
    steps = np.diff(ramp)
    assert np.all(steps >= 0)
    # The spline joins the line with its own slope: no visible kink.
    assert np.abs(np.diff(steps[:1480])).max() < 2e-5


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_greys_come_out_as_bright_as_they_were(tmp_path, transfer):
    lights = [1, 10, 50, 80, 203, 500, 1000]
    path = clip(tmp_path / "h.mp4", [grey(light) for light in lights], transfer)
    found = bars(path, len(lights))
    for light, rgb in zip(lights[:4], found, strict=False):
        assert np.abs(rgb - bt1886(light)).max() <= 4
    levels = [int(rgb.mean()) for rgb in found]
    assert levels == sorted(levels)
    # White paper is bright and still below a lamp; a lamp is white.
    assert 220 <= levels[4] <= 236
    assert levels[5] < levels[6]
    assert levels[6] >= 251
    assert all(rgb.max() - rgb.min() <= 3 for rgb in found)


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_colours_that_bt709_has_are_kept(tmp_path, transfer):
    lights = [(60, 40, 30), (20, 50, 25), (25, 30, 70), (70, 65, 20)]
    found = bars(clip(tmp_path / "h.mp4", lights, transfer), len(lights))
    for light, rgb in zip(lights, found, strict=True):
        assert np.abs(rgb - bt1886(light)).max() <= 8


def test_bright_colours_keep_their_hue(tmp_path):
    red, green, blue = bars(clip(tmp_path / "h.mp4", [(800, 300, 60)], PQ), 1)[0]
    assert red > green + 25 > blue + 50


def test_a_file_that_tells_its_peak_is_believed(tmp_path):
    told = "cll=600,200:mastering-display=G(13250,34500)B(7500,3000)R(34000,16000)"
    display = "WP(15635,16450)L(40000000,50)"
    content = first_frame(clip(tmp_path / "a.mp4", [grey(50)], PQ, extra=told + display))
    assert tonemap.peak_of(content) == 600.0
    graded = told.removeprefix("cll=600,200:") + display
    display_only = first_frame(clip(tmp_path / "b.mp4", [grey(50)], PQ, extra=graded))
    assert tonemap.peak_of(display_only) == 4000.0
    silent = first_frame(clip(tmp_path / "c.mp4", [grey(50)], PQ))
    assert tonemap.peak_of(silent) == 1000.0
    assert tonemap.peak_of(first_frame(clip(tmp_path / "d.mp4", [grey(50)], HLG))) == 1000.0


def test_absurd_peaks_are_held(tmp_path):
    dim = first_frame(clip(tmp_path / "a.mp4", [grey(50)], PQ, extra="cll=3,1"))
    assert tonemap.peak_of(dim) == 250.0
    bright = first_frame(clip(tmp_path / "b.mp4", [grey(50)], PQ, extra="cll=60000,1"))
    assert tonemap.peak_of(bright) == 10_000.0


def test_a_brighter_peak_leaves_room_for_it(tmp_path):
    lights = [grey(400), grey(3000)]
    dim = bars(clip(tmp_path / "a.mp4", lights, PQ, extra="cll=1000,1"), 2)
    bright = bars(clip(tmp_path / "b.mp4", lights, PQ, extra="cll=4000,1"), 2)
    assert bright[0].mean() < dim[0].mean()
    assert bright[1].mean() - bright[0].mean() > dim[1].mean() - dim[0].mean()


def test_the_decoded_frame_is_not_written_into(tmp_path):
    frame = first_frame(clip(tmp_path / "h.mp4", [grey(500)], PQ))
    before = frame.to_ndarray().copy()
    Converter().convert(frame, 320, 64)
    assert np.array_equal(frame.to_ndarray(), before)
