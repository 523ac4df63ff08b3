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
    long = " ".join(["wonderful words"] * 8)
    fixed, _ = text_timeline((0, 1200, long), (1300, 3000, "And on it goes")).fix()
    assert len(fixed.captions) == 2
    # With room to stay, it becomes long enough to be split.
    fixed, done = text_timeline((0, 1200, long)).fix()
    assert len(fixed.captions) == 2
    assert done["rule"].tolist()[:2] == ["line_length", "reading_speed"]


def with_words(timeline, *words):
    draft = timeline.draft
    spoken = [{"text": text, "s": s, "d": 200, "who": 1} for text, s in words]
    draft["t"][0]["sg"][0]["m"]["words"] = spoken
    return timeline.with_draft(draft)


def test_timed_words_stay_with_their_part_at_their_time(text_timeline):
    text = "When the rain had stopped at last, we all went out to look for the little dog of ours."
    timeline = with_words(
        text_timeline((1000, 9000, text)), ("stopped", 900), ("We", 4100), ("dog", 7000)
    )
    fixed, _ = timeline.fix({"lines": {"max": 1}, "line_length": {"max": 60}})
    first, second = fixed.draft["t"][0]["sg"]
    assert (first["s"], first["d"], second["s"], second["d"]) == (1000, 4100, 5100, 3900)
    assert first["m"]["words"] == [{"text": "stopped", "s": 900, "d": 200, "who": 1}]
    assert [(word["text"], word["s"]) for word in second["m"]["words"]] == [
        ("We", 0),
        ("dog", 2900),
    ]


def test_timed_words_move_against_their_text_that_goes_to_a_whole_frame(text_timeline):
    timeline = with_words(text_timeline((15, 2015, "Two words")), ("Two", 5), ("words", 900))
    fixed, _ = timeline.fix({"frame_grid": {"max": 1}})
    (segment,) = fixed.draft["t"][0]["sg"]
    assert (segment["s"], [word["s"] for word in segment["m"]["words"]]) == (0, [20, 915])


def test_speakers_keep_their_lines(text_timeline):
    timeline = text_timeline((0, 2000, "- Yes, of course it is.\n- No."))
    assert timeline.fix("shorts")[0].draft == timeline.draft
    assert timeline.lint("shorts").empty
    long = "- Have you seen the little brown dog of mine today?\n- No, not since yesterday."
    fixed, _ = text_timeline((0, 6000, long)).fix("netflix")
    assert "\n".join(fixed.captions["text"]).split("\n")[-1] == "- No, not since yesterday."


def test_chinese_lines_are_joined_without_a_space(text_timeline):
    timeline = text_timeline((0, 4000, "我们\n今天去公园"), (5000, 9000, "안녕하세요\n여러분"))
    fixed, _ = timeline.fix({"lines": {"max": 1}, "line_length": {"max": 16}})
    assert fixed.captions["text"].tolist() == ["我们今天去公园", "안녕하세요 여러분"]


def test_nothing_shows_longer_than_the_pictures(text_timeline):
    draft = text_timeline((0, 500, "Hello there my friend"), (2500, 2900, "Good bye")).draft
    draft["t"].insert(0, {"tt": 0, "sg": [{"s": 0, "d": 3000, "m": {"src": "a.mp4"}}]})
    draft["d"] = 3000
    fixed, _ = Timeline.from_draft(draft).fix()
    assert times(fixed) == [(0, 1050), (2500, 3000)]
    assert fixed.draft["d"] == 3000
    # Words alone have no such end, and the draft's own length goes with them.
    alone = Timeline.from_draft({**draft, "d": 2900, "t": draft["t"][1:]})
    assert alone.fix()[0].draft["d"] == 3333


def test_the_longest_time_is_kept_when_gaps_close_and_words_are_many(text_timeline):
    pair = (0, 6900, "Some words to read"), (7500, 9000, "And others")
    profile = {
        "duration_long": {"max": 7000},
        "gap": {"min": 1000, "joined": True},
        "reading_speed": {"max": 1, "unit": "cps"},
    }
    fixed, _ = text_timeline(*pair).fix(profile)
    assert times(fixed)[0] == (0, 7000)


def test_a_time_that_cannot_be_read_is_left_alone(text_timeline):
    draft = text_timeline((0, 100, "hi"), (0, 900, "ho"), (3000, 3100, "he")).draft
    draft["t"][0]["sg"][1]["s"] = "soon"
    fixed, done = Timeline.from_draft(draft).fix()
    assert fixed.draft["t"][0]["sg"][1] == draft["t"][0]["sg"][1]
    assert done["cue"].tolist() == [1, 2]
    assert times(fixed)[:2] == [(0, 833), (3000, 3833)]


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
