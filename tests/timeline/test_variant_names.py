from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemo_nb.timeline.variant_names import meant, names_variants, telling

STYLES = ("bold yellow", "clean white", "at the top")


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("bold yellow", 0),
        ("the bold yellow one", 0),
        ("Yellow", 0),
        ("the white captions", 1),
        ("the second one", 1),
        ("variant 2", 1),
        ("#3", 2),
        ("option C", 2),
        ("B", 1),
        ("variant a", 0),
        ("the last one", 2),
        ("the one at the top", 2),
        ("黄色那个", 0),
        ("第二个", 1),
        ("第2个方案", 1),
        ("方案三", 2),
        ("B方案", 1),
        ("最后一个", 2),
        ("上面那个", 2),
        ("干净白色的那个", 1),
    ],
)
def test_one_is_meant_by_name_place_or_letter(words, place):
    assert meant(words, STYLES) == (place,)


@pytest.mark.parametrize(
    "words",
    ["the red one", "D", "the fifth", "the variant", "the second photo", "7", "", "第九个"],
)
def test_what_means_none_of_them(words):
    assert meant(words, STYLES) is None


def test_several_may_be_meant():
    assert meant("bold", ("bold yellow", "bold white")) == (0, 1)


def test_a_name_counts_before_a_place_and_a_letter():
    assert meant("B", ("B", "A")) == (0,)
    assert meant("the second", ("take two", "second", "first")) == (1,)
    assert meant("bold yellow", ("bold yellow 2", "bold yellow")) == (1,)


def test_an_article_is_no_letter():
    assert telling("a bold one") == ["bold"]
    assert meant("a white one", STYLES) == (1,)


def test_variants_are_spoken_of_by_that_name():
    assert names_variants("the second variant")
    assert names_variants("第二个方案")
    assert not names_variants("the second one")


@given(st.text(), st.lists(st.text(), max_size=4))
def test_any_words_mean_places_that_are_there(words, names):
    found = meant(words, names)
    assert found is None or all(0 <= place < len(names) for place in found)
