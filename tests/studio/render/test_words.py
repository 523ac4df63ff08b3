"""What a text track of a draft writes."""

import pytest

from nemo_nb.studio.render.region import Region
from nemo_nb.studio.render.words import Spoken, track_words
from nemo_nb.timeline.draft import read_tracks


def written(segment, **track):
    draft = {"t": [{"tt": 7, "m": track, "sg": [{"s": 100, "d": 900, "m": segment}]}]}
    return track_words(read_tracks(draft)[0])


def test_words_with_their_times_in_order():
    told = [{"text": "two", "s": 400, "d": 200}, {"text": "one", "s": 0, "d": 300}]
    (words,) = written({"text": "one two", "words": told})
    assert words.spoken == (Spoken("one", 0, 300), Spoken("two", 400, 600))


@pytest.mark.parametrize(
    "told",
    [
        None,
        "one two",
        {"text": "one"},
        [None, 3, "one", {}],
        [{"text": 5, "s": 0}, {"text": "one"}, {"text": " ", "s": 0}],
        [{"text": "one", "s": "soon"}, {"text": "one", "s": float("nan")}],
        [{"text": "late", "s": 900}],
    ],
)
def test_words_that_say_nothing_are_left_to_estimates(told):
    (words,) = written({"text": "one", "words": told})
    assert words.spoken == ()


def test_times_are_held_within_the_text():
    told = [{"text": "a", "s": -50, "d": 5000}, {"text": "b", "s": 10, "d": -3}]
    (words,) = written({"text": "a b", "words": told})
    assert words.spoken == (Spoken("a", 0, 900), Spoken("b", 10, 10))


def test_a_tracks_region_is_that_of_its_texts():
    region = {"x": 50, "y": 0, "width": 50, "height": 100}
    assert written({"text": "a"}, region=region)[0].region == Region(50, 0, 50, 100)
    assert written({"text": "a"})[0].region is None


def test_equal_words_are_written_alike():
    told = [{"text": "a", "s": 0, "d": 3}]
    one, other = (written({"text": "a", "words": told})[0] for _ in range(2))
    assert repr(one) == repr(other)
    assert hash(one) == hash(other)
