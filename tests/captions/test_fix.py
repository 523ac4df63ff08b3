import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nemo_nb.errors import ConfigError
from nemo_nb.timeline.timeline import Timeline


def times(timeline):
    captions = timeline.captions
    return list(zip(captions["start_ms"].tolist(), captions["end_ms"].tolist(), strict=True))


def test_clean_captions_stay_as_they_are(text_timeline):
    timeline = text_timeline((0, 2000, "Fine words here."), (2100, 4000, "And more."))
    fixed, done = timeline.fix()
    assert fixed.draft == timeline.draft
    assert done.empty
    assert tuple(done.columns) == ("cue", "rule", "action", "before", "after")


def test_a_long_line_is_broken_where_speech_pauses(text_timeline):
    text = "When the rain had stopped at last, we went out to look for the dog."
    fixed, done = text_timeline((0, 5000, text)).fix()
    assert fixed.captions["text"].tolist() == [
        "When the rain had stopped at last,\nwe went out to look for the dog."
    ]
    assert done["rule"].tolist() == ["line_length"]
    assert fixed.lint().empty


def test_too_many_lines_become_two_cues_that_share_the_time(text_timeline):
    text = " ".join(["wonderful words"] * 8)
    fixed, done = text_timeline((1000, 9000, text)).fix()
    assert len(fixed.captions) == 2
    (start, middle), (after, end) = times(fixed)
    assert (start, end) == (1000, 9000)
    assert 0 < after - middle <= 70
    assert " ".join(fixed.captions["text"]).split() == text.split()
    assert done["rule"].tolist() == ["lines", "gap"]
    ids = [segment["id"] for segment in fixed.draft["t"][0]["sg"] if "id" in segment]
    assert len(ids) == len(set(ids))


def test_parts_that_would_flash_by_are_not_made(text_timeline):
    fixed, _ = text_timeline((0, 1200, " ".join(["wonderful words"] * 8))).fix()
    assert len(fixed.captions) == 1


def test_timed_words_are_not_split(text_timeline):
    timeline = text_timeline((1000, 9000, " ".join(["wonderful words"] * 8)))
    draft = timeline.draft
    draft["t"][0]["sg"][0]["m"]["words"] = [{"text": "wonderful", "s": 0, "d": 10}]
    assert len(timeline.with_draft(draft).fix()[0].captions) == 1


def test_a_quick_cue_stays_as_long_as_there_is_room(text_timeline):
    timeline = text_timeline((0, 500, "Hello there my friend"), (1000, 3000, "And more words"))
    fixed, done = timeline.fix()
    assert times(fixed) == [(0, 933), (1000, 3000)]
    assert done["rule"].tolist() == ["reading_speed"]
    alone, _ = text_timeline((0, 500, "hi")).fix()
    assert times(alone) == [(0, 833)]


def test_overlaps_end_and_gaps_are_closed_as_the_profile_has_it(text_timeline):
    pair = ((0, 2500, "First words here"), (2000, 4000, "Second words here"))
    fixed, done = text_timeline(*pair).fix("netflix")
    assert times(fixed)[0] == (0, 1933)
    assert done["rule"].tolist() == ["overlap"]
    apart = ((0, 2000, "First words here"), (2300, 4500, "Second words here"))
    assert times(text_timeline(*apart).fix("bbc")[0])[0] == (0, 2300)


def test_a_title_above_a_caption_is_no_overlap(text_timeline):
    timeline = text_timeline((0, 4000, "Name", "title"), (1000, 3000, "Words below"))
    assert timeline.fix()[1].empty


def test_times_go_to_whole_frames(text_timeline):
    fixed, done = text_timeline((15, 2015, "Words"), canvas=(1920, 1080, 25)).fix(
        {"frame_grid": {"max": 1}}
    )
    assert times(fixed) == [(0, 2000)]
    assert done["after"].tolist() == ["0-2000 ms"]


def test_what_is_no_text_stays(text_timeline):
    draft = text_timeline((0, 500, "x" * 50)).draft
    draft["t"].insert(0, {"tt": 0, "sg": [{"d": 5000, "m": {"src": "a.mp4"}, "odd": [1]}]})
    draft["extra"] = {"kept": True}
    fixed, _ = Timeline.from_draft(draft).fix()
    assert fixed.draft["t"][0] == draft["t"][0]
    assert fixed.draft["extra"] == {"kept": True}


def test_foreign_keys_are_written_where_they_were():
    draft = {"tracks": [{"type": 7, "segments": [{"start": 0, "duration": 300, "content": "hi"}]}]}
    fixed, _ = Timeline.from_draft(draft).fix()
    assert fixed.draft["tracks"][0]["segments"] == [{"start": 0, "duration": 833, "content": "hi"}]


def test_an_unknown_profile_is_said(text_timeline):
    with pytest.raises(ConfigError):
        text_timeline((0, 500, "x")).fix("nonesuch")


cue = st.tuples(
    st.integers(0, 20_000),
    st.integers(1, 6000),
    st.text("abc def,.\n你好", min_size=1, max_size=120),
)


@settings(max_examples=60)
@given(st.lists(cue, max_size=8), st.sampled_from(["netflix", "bbc", "shorts", "amazon"]))
def test_no_word_is_lost_and_a_second_time_changes_nothing(cues, profile):
    segments = [{"s": s, "d": d, "m": {"text": text}} for s, d, text in cues]
    timeline = Timeline.from_draft({"t": [{"tt": 7, "sg": segments}]})
    fixed, _ = timeline.fix(profile)

    def letters(one):
        return sorted("".join(one.captions["text"]).replace("\n", "").replace(" ", ""))

    assert letters(fixed) == letters(timeline)
    assert (fixed.captions["duration_ms"] > 0).all()
    assert fixed.fix(profile)[0].draft == fixed.draft
