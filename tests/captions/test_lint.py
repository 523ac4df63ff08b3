import pytest

from nemo_nb.captions.lint import COLUMNS
from nemo_nb.captions.profiles import RULES, builtin_profiles, load_profile
from nemo_nb.errors import ConfigError, SourceNotFound


def found(timeline, profile="netflix"):
    frame = timeline.lint(profile)
    return [tuple(row) for row in frame[["cue", "rule", "value", "limit"]].to_numpy().tolist()]


def one(text_timeline, text, length=3000, profile="netflix", **more):
    return found(text_timeline((0, length, text), **more), profile)


def test_clean_captions_give_an_empty_frame_of_the_right_shape(text_timeline):
    frame = text_timeline((0, 2000, "Fine words here."), (2100, 4000, "And more.")).lint()
    assert frame.empty
    assert tuple(frame.columns) == COLUMNS
    assert [str(dtype) for dtype in frame.dtypes] == [
        "str",
        "Int64",
        "str",
        "float64",
        "float64",
        "str",
        "str",
        "str",
    ]


def test_line_length_is_that_of_the_longest_line(text_timeline):
    assert one(text_timeline, "x" * 42 + "\nshort", 5000) == []
    assert one(text_timeline, "short\n" + "x" * 43, 5000) == [(1, "line_length", 43.0, 42.0)]


def test_chinese_has_its_own_limits(text_timeline):
    assert one(text_timeline, "天" * 16, 5000) == []
    assert one(text_timeline, "天" * 17, 5000) == [(1, "line_length", 17.0, 16.0)]
    assert one(text_timeline, "天" * 10, 1000) == [(1, "reading_speed", 10.0, 9.0)]


def test_emoji_count_as_one_character(text_timeline):
    assert one(text_timeline, "👨\u200d👩\u200d👧" * 42, 5000) == []


def test_lines(text_timeline):
    assert one(text_timeline, "a\nb\nc") == [(1, "lines", 3.0, 2.0)]


def test_reading_speed_by_characters(text_timeline):
    assert one(text_timeline, "x" * 20, 1000) == []
    assert one(text_timeline, "x" * 21, 1000) == [(1, "reading_speed", 21.0, 20.0)]


def test_reading_speed_by_words(text_timeline):
    text = "one two three four"
    assert one(text_timeline, text, 1334, "bbc") == []
    assert one(text_timeline, text, 1000, "bbc") == [(1, "reading_speed", 240.0, 180.0)]


def test_durations(text_timeline):
    assert one(text_timeline, "hi", 833) == []
    assert one(text_timeline, "hi", 832) == [(1, "duration_short", 832.0, 833.0)]
    assert one(text_timeline, "hi", 7000) == []
    assert one(text_timeline, "hi", 7001) == [(1, "duration_long", 7001.0, 7000.0)]


@pytest.mark.parametrize(
    ("gap", "fps", "violation"),
    [
        (66, 30, False),
        (67, 30, False),
        (65, 30, True),
        (0, 30, True),
        (80, 25, False),
        (79, 25, True),
    ],
)
def test_a_gap_is_counted_in_frames(text_timeline, gap, fps, violation):
    timeline = text_timeline((0, 2000, "one"), (2000 + gap, 4000, "two"), canvas=(1920, 1080, fps))
    assert [row[1] for row in found(timeline)] == (["gap"] if violation else [])


def test_the_bbc_wants_a_wide_gap_or_none(text_timeline):
    def gaps(gap):
        timeline = text_timeline((0, 2000, "one"), (2000 + gap, 5000, "two"))
        return [row[1] for row in found(timeline, "bbc")]

    assert gaps(0) == []
    assert gaps(500) == ["gap"]
    assert gaps(1000) == []


def test_an_overlap_is_told_once_and_only_within_a_role(text_timeline):
    timeline = text_timeline((0, 2000, "one"), (1500, 3000, "two"))
    assert found(timeline) == [(1, "overlap", 500.0, 0.0)]
    titled = text_timeline((0, 2000, "one"), (0, 3000, "A title", "title"))
    assert found(titled) == []


def test_portrait_has_other_limits_where_the_profile_says_so(text_timeline):
    text = "x" * 30 + "\nb\nc"
    landscape = [row[1] for row in one(text_timeline, text, profile="bbc")]
    portrait = one(text_timeline, text, profile="bbc", canvas=(1080, 1920, 30))
    assert landscape == ["lines"]
    assert portrait == [(1, "line_length", 30.0, 25.0)]


def test_fixes_say_what_mends(text_timeline):
    frame = text_timeline((0, 1000, "x" * 45)).lint()
    assert frame["fix"].tolist() == [
        "Break the line or cut 3 characters.",
        "Show it 1.25 s longer or cut 25 characters.",
    ]
    assert frame["severity"].tolist() == ["error", "error"]
    assert "second-hand" in frame["source"][1]


def test_the_fix_of_a_speed_is_enough(text_timeline):
    assert one(text_timeline, "x" * 40, 1000 + 1000) == []
    frame = text_timeline((0, 1000, "x" * 40)).lint()
    assert frame["fix"][0] == "Show it 1 s longer or cut 20 characters."


@pytest.mark.parametrize("name", list(builtin_profiles()))
def test_every_limit_has_a_source_and_a_date(name):
    profile = builtin_profiles()[name]
    assert profile.title
    assert set(profile.rules) <= set(RULES)
    assert all(";" in rule.source for rule in profile.rules.values())


def test_the_profiles_asked_for_are_there():
    assert {"netflix", "bbc", "shorts"} <= set(builtin_profiles())


def test_a_profile_of_ones_own(tmp_path, text_timeline):
    path = tmp_path / "mine.toml"
    path.write_text("[lines]\nmax = 1\nsource = 'house style'\n[strict.lines]\n", "utf-8")
    with pytest.raises(ConfigError, match="has no use for 'strict'"):
        load_profile(path)
    path.write_text("[a.lines]\nmax = 1\nsource = 'house style'\n", "utf-8")
    frame = text_timeline((0, 1000, "a\nb")).lint(f"{path}#a")
    assert frame[["rule", "source"]].to_numpy().tolist() == [["lines", "house style"]]
    path.write_text("[lines]\nmax = 1\n", "utf-8")
    assert len(text_timeline((0, 1000, "a\nb")).lint(path)) == 1
    assert text_timeline((0, 1000, "a\nb")).lint({"lines": {"max": 2}}).empty


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        ("netflx", "There is no lint profile 'netflx'. Use netflix, bbc"),
        ({"colour": {"max": 1}}, "has no use for 'colour'"),
        ({"lines": {"min": 1}}, "states no usable limit"),
        ({"lines": {"max": "two"}}, "states no usable limit"),
        ({"gap": {"min": 1, "unit": "s"}}, "unit or severity that means nothing"),
        ({"lines": {"max": 1, "severity": "fatal"}}, "unit or severity that means nothing"),
    ],
)
def test_a_bad_profile_is_a_clear_error(profile, message):
    with pytest.raises(ConfigError, match=message):
        load_profile(profile)


def test_a_profile_file_that_is_not_there_or_not_toml(tmp_path):
    with pytest.raises(SourceNotFound):
        load_profile(tmp_path / "none.toml")
    path = tmp_path / "bad.toml"
    path.write_text("[", "utf-8")
    with pytest.raises(ConfigError, match="not valid TOML"):
        load_profile(path)
    path.write_text("[a.lines]\nmax = 1\n", "utf-8")
    with pytest.raises(ConfigError, match=r"holds no profile 'b'\. It has: a\."):
        load_profile(f"{path}#b")
