"""The shipped fonts, and the script that builds them."""

import importlib.util
from pathlib import Path

import pytest

from nemo_nb.errors import ConfigError
from nemo_nb.studio.render import fonts
from nemo_nb.studio.render.fonts import FAMILIES, FONTS_DIR, FontSet, font_set

CHECKOUT = Path(__file__).parents[3]


@pytest.mark.parametrize("weight", [400, 700])
def test_all_families_load(weight):
    found = {face.family for faces in font_set(weight)._faces.values() for face in faces}
    assert found == set(FAMILIES)


def test_weights_between_go_to_the_nearer_one():
    assert font_set(300) is font_set(400)
    assert font_set(600) is font_set(900)
    assert font_set(400) is not font_set(700)


def test_bold_chinese_is_wider_in_ink_than_regular():
    def ink(weight):
        font = font_set(weight).face_for("二").font
        return font.get_glyph_extents(font.get_nominal_glyph(ord("二"))).height

    assert abs(ink(700)) > abs(ink(400))


@pytest.mark.parametrize(
    ("encoding", "first", "last", "most_missing"),
    [("gb2312", 0xB0, 0xF7, 0.005), ("euc_jp", 0xB0, 0xF4, 0.0), ("euc_kr", 0xB0, 0xC8, 0.0)],
)
def test_everyday_east_asian_text_is_covered(encoding, first, last, most_missing):
    pairs = (bytes([row, cell]) for row in range(first, last + 1) for cell in range(0xA1, 0xFF))
    chars = [char for pair in pairs if (char := pair.decode(encoding, "ignore"))]
    missing = [char for char in chars if font_set(400).face_for(char) is None]
    assert len(chars) > 2000
    assert len(missing) <= most_missing * len(chars)


def test_licences_and_sources_are_shipped():
    told = (FONTS_DIR / "FONTS.txt").read_text("utf-8")
    for family in FAMILIES:
        assert f"{family}: OFL-1.1, from npm @" in told
        assert "SIL Open Font License" in (FONTS_DIR / f"{family}-LICENSE.txt").read_text("utf-8")


def test_missing_fonts_say_how_to_get_them(monkeypatch, tmp_path):
    monkeypatch.setattr(fonts, "FONTS_DIR", tmp_path)
    with pytest.raises(ConfigError, match="make setup"):
        FontSet(bold=False)


@pytest.fixture
def build_fonts():
    pytest.importorskip("fontTools", reason="only the build needs it")
    spec = importlib.util.spec_from_file_location(
        "build_fonts", CHECKOUT / "fonts" / "build_fonts.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_build_makes_what_the_renderer_reads(build_fonts):
    assert [source.family for source in build_fonts.SOURCES] == list(FAMILIES)
    assert build_fonts.OUT_DIR == FONTS_DIR


def test_the_build_without_packages_leaves_the_fonts_alone(build_fonts, tmp_path):
    out = tmp_path / "fonts"
    out.mkdir()
    (out / "old.ttf").write_bytes(b"old")
    with pytest.raises(FileNotFoundError):
        build_fonts.build(tmp_path, out)
    assert (out / "old.ttf").read_bytes() == b"old"
