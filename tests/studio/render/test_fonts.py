"""The shipped fonts, and the script that builds them."""

import importlib.util
from contextlib import suppress
from pathlib import Path

import pytest

from nemo_nb.errors import BrokenMedia, ConfigError
from nemo_nb.studio.render import fonts
from nemo_nb.studio.render.fonts import (
    FALLBACKS,
    FONTS_DIR,
    FontSet,
    family_named,
    font_set,
    shipped_weights,
)
from nemo_nb.timeline.styles import FONTS

CHECKOUT = Path(__file__).parents[3]


@pytest.mark.parametrize("weight", [400, 700])
def test_all_families_load(weight):
    faces = (face for faces in font_set(weight=weight)._rest.values() for face in faces)
    assert {face.family for face in faces} == set(FALLBACKS)


def width_of(char, *style):
    """The advance of *char* in em."""
    face = font_set(*style).face_for(char)
    return face.font.get_glyph_h_advance(face.font.get_nominal_glyph(ord(char))) * face.em


def ink_of(char, *style):
    """How wide the ink of *char* is, in em."""
    face = font_set(*style).face_for(char)
    glyph = face.font.get_nominal_glyph(ord(char))
    return face.font.get_glyph_extents(glyph).width * face.em


def test_noto_sans_has_seven_real_weights():
    widths = [ink_of("l", "Noto Sans", weight) for weight in range(300, 901, 100)]
    assert widths == sorted(widths)
    assert len(set(widths)) == 7


def test_a_weight_that_a_family_lacks_is_the_nearest_one():
    assert width_of("m", "Montserrat", 100) == width_of("m", "Montserrat", 400)
    assert width_of("m", "Montserrat", 1000) == width_of("m", "Montserrat", 900)
    assert width_of("m", "Anton", 900) == width_of("m", "Anton", 400)
    assert font_set("Noto Sans", 449) is font_set("Noto Sans", 400)


@pytest.mark.parametrize("name", FONTS)
def test_every_family_that_is_told_ships_and_draws_itself(name):
    family = family_named(name)
    assert shipped_weights(family)
    assert font_set(name).face_for("A").family == family


def test_what_a_family_lacks_is_drawn_by_the_fallback_of_its_weight():
    assert font_set("Anton").face_for("你").family == "NotoSansSC"
    assert font_set("Caveat", 700).face_for("ש").family == "NotoSansHebrew"
    assert ink_of("ש", "Caveat", 700) > ink_of("ש", "Caveat", 400)


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("playfair display", "PlayfairDisplay"),
        ("Jet-Brains_Mono", "JetBrainsMono"),
        ("serif", "PlayfairDisplay"),
        ("handwriting", "Caveat"),
        ("Comic Sans", None),
        ("", None),
    ],
)
def test_families_are_found_as_people_write_them(name, family):
    assert family_named(name) == family


def test_a_family_nobody_has_is_drawn_in_noto_sans():
    assert font_set("No Such Font", 700) is font_set("Noto Sans", 700)


def test_a_font_file_comes_before_every_family():
    own = font_set("Montserrat", 400, FONTS_DIR / "Bangers-400.ttf")
    assert own.face_for("A").family == "own:Bangers-400.ttf"
    assert own.face_for("你").family == "NotoSansSC"


@pytest.mark.parametrize("content", [b"", b"no font", b"wOF2" + bytes(400), bytes(5000)])
def test_a_file_that_is_no_font_is_named(tmp_path, content):
    path = tmp_path / "mine.ttf"
    path.write_bytes(content)
    with pytest.raises(BrokenMedia, match=r"mine\.ttf"):
        font_set("Noto Sans", 400, path)


def test_a_font_cut_short_is_refused_or_drawn_without_a_crash(tmp_path):
    whole = (FONTS_DIR / "Bangers-400.ttf").read_bytes()
    for share in (0.1, 0.5, 0.9):
        path = tmp_path / f"cut{share}.ttf"
        path.write_bytes(whole[: int(len(whole) * share)])
        with suppress(BrokenMedia):
            assert font_set("Noto Sans", 400, path).face_for("A")


def test_bold_chinese_is_wider_in_ink_than_regular():
    def ink(weight):
        font = font_set(weight=weight).face_for("二").font
        return font.get_glyph_extents(font.get_nominal_glyph(ord("二"))).height

    assert abs(ink(700)) > abs(ink(400))


@pytest.mark.parametrize(
    ("encoding", "first", "last", "most_missing"),
    [("gb2312", 0xB0, 0xF7, 0.005), ("euc_jp", 0xB0, 0xF4, 0.0), ("euc_kr", 0xB0, 0xC8, 0.0)],
)
def test_everyday_east_asian_text_is_covered(encoding, first, last, most_missing):
    pairs = (bytes([row, cell]) for row in range(first, last + 1) for cell in range(0xA1, 0xFF))
    chars = [char for pair in pairs if (char := pair.decode(encoding, "ignore"))]
    missing = [char for char in chars if font_set().face_for(char) is None]
    assert len(chars) > 2000
    assert len(missing) <= most_missing * len(chars)


def test_licences_and_sources_are_shipped():
    told = (FONTS_DIR / "FONTS.txt").read_text("utf-8")
    for family in dict.fromkeys((*FALLBACKS, *map(family_named, FONTS))):
        assert f"{family}: OFL-1.1, from npm @" in told
        assert "SIL Open Font License" in (FONTS_DIR / f"{family}-LICENSE.txt").read_text("utf-8")


def test_missing_fonts_say_how_to_get_them(monkeypatch, tmp_path):
    monkeypatch.setattr(fonts, "FONTS_DIR", tmp_path)
    shipped_weights.cache_clear()
    fonts._fallbacks.cache_clear()
    try:
        with pytest.raises(ConfigError, match="make setup"):
            FontSet("NotoSans", 400)
    finally:
        shipped_weights.cache_clear()


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
    made = {source.family for source in build_fonts.SOURCES}
    assert made == {*FALLBACKS, *map(family_named, FONTS)}
    assert build_fonts.OUT_DIR == FONTS_DIR


def test_the_build_without_packages_leaves_the_fonts_alone(build_fonts, tmp_path):
    out = tmp_path / "fonts"
    out.mkdir()
    (out / "old.ttf").write_bytes(b"old")
    with pytest.raises(FileNotFoundError):
        build_fonts.build(tmp_path, out)
    assert (out / "old.ttf").read_bytes() == b"old"
