from hypothesis import given, settings
from hypothesis import strategies as st

from nemo_nb.captions.align import aligned, aligned_frame, cues_of, differences
from nemo_nb.timeline.timeline import Timeline


def variant(at, *cues):
    segments = [
        {"s": start, "d": end - start, "m": {"text": text, "role": (*role, "caption")[0]}}
        for start, end, text, *role in cues
    ]
    draft = {"t": [{"tt": 7, "sg": segments}]}
    return cues_of(Timeline.from_draft(draft).captions, at)


def groups(*variants):
    made = aligned([variant(at, *cues) for at, cues in enumerate(variants)])
    return [tuple(tuple(cue.number for cue in side) for side in group) for group in made]


def test_the_same_cues_pair_up():
    cues = [(0, 1000, "one"), (1000, 2000, "two"), (2500, 3000, "three")]
    assert groups(cues, cues) == [((1,), (1,)), ((2,), (2,)), ((3,), (3,))]


def test_a_split_cue_is_one_group():
    assert groups(
        [(0, 2000, "Hello big wide world"), (2000, 3000, "next")],
        [(0, 1000, "Hello big"), (1000, 2000, "wide world"), (2000, 3000, "next")],
    ) == [((1,), (1, 2)), ((2,), (3,))]


def test_other_words_in_the_same_slot_pair_up():
    assert groups([(0, 1000, "cats")], [(100, 1000, "dogs")]) == [((1,), (1,))]


def test_the_same_words_a_little_later_pair_up():
    assert groups([(0, 1000, "hello there")], [(1300, 2300, "Hello there!")]) == [((1,), (1,))]


def test_the_same_words_much_later_do_not():
    assert groups([(0, 1000, "hello")], [(9000, 9900, "hello")]) == [((1,), ()), ((), (1,))]


def test_a_shift_by_half_follows_the_words():
    shifted = [(500, 1500, "red fox"), (1500, 2500, "blue bird"), (2500, 3500, "old dog")]
    exact = [(0, 1000, "red fox"), (1000, 2000, "blue bird"), (2000, 3000, "old dog")]
    assert groups(exact, shifted) == [((1,), (1,)), ((2,), (2,)), ((3,), (3,))]


def test_a_refrain_shifted_by_half_makes_pairs():
    exact = [(at, at + 1000, "la la") for at in range(0, 50_000, 1000)]
    shifted = [(start + 500, end + 500, text) for start, end, text in exact]
    assert groups(exact, shifted) == [((n,), (n,)) for n in range(1, 51)]


def test_two_cues_cut_into_three_are_one_group():
    two = [(0, 3000, "a b c"), (3000, 6000, "d e f")]
    three = [(0, 2000, "a b"), (2000, 4000, "c d"), (4000, 6000, "e f")]
    assert groups(two, three) == [((1, 2), (1, 2, 3))]


def test_a_cue_a_word_joins_its_sentence():
    sentences = [(0, 3000, "one two three"), (3000, 6000, "four five six")]
    spoken = ["one", "two", "three", "four", "five", "six"]
    words = [(at * 1000, at * 1000 + 1000, word) for at, word in enumerate(spoken)]
    assert groups(sentences, words) == [((1,), (1, 2, 3)), ((2,), (4, 5, 6))]


def test_a_cue_that_is_missing_stands_alone():
    assert groups([(0, 1000, "a b"), (1000, 2000, "c d")], [(1000, 2000, "c d")]) == [
        ((1,), ()),
        ((2,), (1,)),
    ]


def test_titles_never_group_with_captions():
    assert groups([(0, 1000, "Hello", "title")], [(0, 1000, "Hello")]) == [((1,), ()), ((), (1,))]


def test_three_variants():
    assert groups(
        [(0, 1000, "one")], [(5000, 6000, "five")], [(0, 1000, "one"), (5000, 6000, "five")]
    ) == [((1,), (), (1,)), ((), (1,), (2,))]


def test_a_variant_without_cues():
    assert groups([(0, 1000, "a")], []) == [((1,), ())]
    assert groups([], []) == []


def test_differs_sees_words_times_and_looks():
    def group(*sides):
        return aligned([variant(at, side) for at, side in enumerate(sides)])[0]

    assert differences(group((0, 1000, "a"), (0, 1000, "a"))) == ()
    assert differences(group((0, 1000, "a"), (0, 1000, "b"))) == ("words",)
    assert differences(group((0, 1000, "a"), (0, 1001, "a"))) == ("time",)


def test_the_frame_has_a_side_a_variant():
    one = variant(0, (0, 2000, "Hello big wide world"))
    two = variant(1, (0, 1000, "Hello big"), (1000, 2000, "wide world"), (5000, 6000, "x"))
    frame = aligned_frame(aligned([one, two]), ["A", "B"])
    assert frame.columns.names == ["variant", "field"]
    assert frame.index.tolist() == [1, 2]
    assert frame["B"]["text"].tolist() == ["Hello big / wide world", "x"]
    assert frame["B"]["cues"].tolist() == [(1, 2), (3,)]
    assert frame["A"]["cues"].tolist() == [(1,), ()]
    assert frame["A"]["start_ms"].isna().tolist() == [False, True]
    assert str(frame["A"]["start_ms"].dtype) == "Int64"


def test_ten_thousand_cues_under_one_title():
    cues = [(i * 1000, i * 1000 + 900, f"cue number {i}") for i in range(10_000)]
    title = (0, 10_000_000, "On top", "title")
    made = groups([title, *cues], [title, *cues])
    assert len(made) == 10_001
    assert all(len(one) == len(two) == 1 for one, two in made)


def test_cues_all_at_once_stay_cheap_and_whole():
    cues = [(0, 1000, f"cue {i}") for i in range(3000)]
    made = groups(cues, cues)
    assert sum(len(one) + len(two) for one, two in made) == 6000


CUES = st.lists(
    st.tuples(
        st.integers(-500, 9000), st.integers(-100, 3000), st.sampled_from(["a", "a b", "c", ""])
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(CUES, min_size=3, max_size=3))
def test_every_cue_is_in_exactly_one_group(drawn):
    sides = [[(start, start + length, text) for start, length, text in cues] for cues in drawn]
    made = groups(*sides)
    for at, side in enumerate(sides):
        numbers = sorted(number for group in made for number in group[at])
        assert numbers == list(range(1, len(side) + 1))
