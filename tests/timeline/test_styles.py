"""Named styles, styles of the user's own, and what a draft says of them."""

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemo_nb.errors import ConfigError
from nemo_nb.timeline.styles import (
    CAPTION_PRESET,
    FONTS,
    STYLE_FILES,
    TITLE_PRESET,
    TextStyle,
    load,
    presets,
    resolve,
)


@pytest.fixture
def style_file(tmp_path, monkeypatch):
    monkeypatch.setenv(STYLE_FILES, "")

    def write(text, name="mine.toml"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return path

    return write


def test_there_are_named_styles_in_two_languages():
    assert len(presets()) >= 20
    assert {"clean-white", "bold-yellow", "boxed", "outline", "karaoke"} <= presets().keys()
    for name, style in presets().items():
        assert style.preset == name
        assert style.title
        assert style.title_zh
        assert style.font in FONTS


def test_named_styles_differ():
    looks = {repr(style).split("font=")[1] for style in presets().values()}
    assert len(looks) == len(presets())


def test_every_kind_of_movement_has_a_style():
    moves = {style.animation for style in presets().values()}
    assert {"slide-up", "pop", "typewriter", "words"} <= moves
    assert {style.karaoke for style in presets().values()} == {"", "word", "fill"}


def test_a_draft_changes_single_fields_of_a_preset():
    style = resolve({"preset": "karaoke", "highlight": "#00ff00", "x": 20, "weight": 500.4})
    assert (style.karaoke, style.highlight, style.x, style.weight) == ("word", "#00ff00", 20.0, 500)
    assert style.stroke == presets()["karaoke"].stroke


@pytest.mark.parametrize(
    ("role", "preset"),
    [("caption", CAPTION_PRESET), ("title", TITLE_PRESET), ("x", CAPTION_PRESET)],
)
def test_the_role_chooses_what_stands_behind(role, preset):
    assert resolve(None, role) == presets()[preset]
    assert resolve({"preset": "no such"}, role) == presets()[preset]


@pytest.mark.parametrize(
    "values",
    [
        {"align": "justify"},
        {"position": "nowhere"},
        {"animation": "explode"},
        {"exit": "typewriter"},
        {"karaoke": True},
        {"size": float("nan")},
        {"size": "6"},
        {"weight": float("inf")},
        {"fade_ms": 10**400},
        {"x": True},
        {"color": 7},
        {"font_file": "../../etc/passwd"},
        {"font_file": "/etc/passwd"},
        {"font_file": "C:\\fonts\\a.ttf"},
        {"unknown": 1},
        {"preset": ["karaoke"]},
    ],
)
def test_what_means_nothing_is_left_out(values):
    assert resolve(values) == resolve({})


def test_a_draft_names_a_font_of_its_pool():
    assert resolve({"font_file": "mine.ttf"}).font_file == "mine.ttf"


def test_a_file_adds_styles_and_replaces_named_ones(style_file):
    path = style_file(
        '[shout]\npreset = "loud"\nsize = 9\ntitle = "Shout"\n[boxed]\nbox = "#ff0000"\n'
        '[louder]\npreset = "shout"\nsize = 12\nfont_file = "fonts/own.ttf"\n'
    )
    assert load(path) == ("shout", "boxed", "louder")
    shout = resolve({"preset": "shout"})
    assert (shout.preset, shout.title, shout.size) == ("shout", "Shout", 9)
    assert shout.stroke == presets()["loud"].stroke
    assert presets()["boxed"].box == "#ff0000"
    assert presets()["louder"].stroke == shout.stroke
    assert presets()["louder"].font_file == str(path.parent / "fonts/own.ttf")
    assert list(presets())[:2] == ["clean-white", "bold-yellow"]


def test_a_file_that_changed_is_read_again_on_load(style_file):
    load(style_file("[mine]\nsize = 3\n"))
    load(style_file("[mine]\nsize = 4\n"))
    assert presets()["mine"].size == 4
    assert os.environ[STYLE_FILES].count("mine.toml") == 1


def test_processes_started_later_know_the_styles(style_file):
    load(style_file("[mine]\nsize = 3.5\n"))
    code = "from nemo_nb.timeline.styles import resolve; print(resolve({'preset': 'mine'}).size)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "3.5"


def test_without_its_file_a_style_is_gone(style_file, monkeypatch):
    load(style_file("[mine]\nsize = 3.5\n"))
    monkeypatch.setenv(STYLE_FILES, "")
    assert "mine" not in presets()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[mine\n", "line 1"),
        ("size = 3\n", "size"),
        ("[mine]\ncolour = '#fff'\n", "colour"),
        ("[mine]\nsize = 'big'\n", "size"),
        ("[mine]\npreset = 'no such'\n", "preset"),
        ("[mine]\npreset = ['boxed']\n", "preset"),
        ("[mine]\nanimation = 'explode'\n", "animation"),
    ],
)
def test_a_file_that_is_wrong_says_where_and_changes_nothing(style_file, text, why):
    before = presets()
    with pytest.raises(ConfigError, match=why) as caught:
        load(style_file(text))
    assert "mine.toml" in str(caught.value)
    assert presets() == before


def test_a_file_that_is_not_there_is_named(style_file, tmp_path):
    del style_file
    with pytest.raises(ConfigError, match=r"gone\.toml"):
        load(tmp_path / "gone.toml")


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@given(
    st.dictionaries(
        st.sampled_from([*TextStyle.__dataclass_fields__, "other"]), _VALUES, max_size=10
    ),
    st.text(max_size=6),
)
def test_a_style_from_anyone_becomes_a_style(values, role):
    style = resolve(values, role)
    assert style.preset in presets()
    assert hash(style) == hash(resolve(values, role))
