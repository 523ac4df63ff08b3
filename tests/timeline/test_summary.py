import pytest

from nemo_nb.timeline.summary import clock, seconds, shortened, summary


def test_the_form_of_the_protocol(example):
    assert summary(example) == (
        "Timeline (3 tracks): 1. Video: city timelapse (0-10s) "
        '2. BGM: Lo-fi (0-10s, 35%) 3. Title: "Urban Dreams" (0-3s)'
    )


def test_a_track_of_the_studio_is_told_by_its_segments(studio_state):
    assert summary(studio_state["draft"]) == (
        "Timeline (2 tracks): 1. Video: cat.jpg (0-3s), clip.mp4 (3-6s, 2x) "
        '2. Text: "two lines" (3.5-4.5s), "Urban Dreams" (0-3s), "end" (5-5.5s)'
    )


@pytest.mark.parametrize("draft", [{}, None, [], {"t": []}, {"t": "x"}])
def test_nothing_is_told_as_empty(draft):
    assert summary(draft) == "Timeline (0 tracks): empty"


def test_one_track_is_singular_and_an_empty_one_says_so():
    assert summary({"t": [{"tt": 1, "sg": []}]}) == "Timeline (1 track): 1. BGM: (empty)"


def test_many_segments_are_counted():
    draft = {"t": [{"tt": 7, "sg": [{"d": 1000, "m": {"text": f"c{i}"}} for i in range(9)]}]}
    assert summary(draft) == (
        'Timeline (1 track): 1. Caption: "c0" (0-1s), "c1" (1-2s), "c2" (2-3s), 6 more (to 9s)'
    )


def test_an_unknown_type_is_named():
    draft = {"t": [{"tt": 12, "sg": [{"d": 500}]}, {"sg": [{"d": 1, "m": {"title": "x"}}]}]}
    assert summary(draft) == (
        "Timeline (2 tracks): 1. Other (type 12): untitled (0-0.5s) 2. Other: x (0-0.001s)"
    )


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, "0"), (10000, "10"), (2500, "2.5"), (83, "0.083"), (-500, "-0.5"), (100000, "100")],
)
def test_seconds_without_needless_zeros(ms, text):
    assert seconds(ms) == text


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (0, "0:00.0"),
        (3_249, "0:03.2"),
        (3_250, "0:03.3"),
        (59_960, "1:00.0"),
        (3_723_000, "1:02:03.0"),
        (-500, "-0:00.5"),
        (-20, "0:00.0"),
    ],
)
def test_a_clock_shows_tenths(ms, text):
    assert clock(ms) == text


def test_long_text_is_cut_between_characters_and_laid_on_one_line():
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert shortened(family * 5, 3) == family * 2 + "…"
    assert shortened("two\n lines", 20) == "two lines"
    assert shortened(family * 3, 3) == family * 3
