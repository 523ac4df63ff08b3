import copy

from nemo_nb.timeline.cuts import cut_of
from nemo_nb.timeline.draft import duration_ms, read_tracks

DRAFT = {
    "d": 9000,
    "m": {"width": 1080, "height": 1920},
    "t": [
        {
            "tt": 0,
            "sg": [
                {"id": "a", "s": 0, "d": 3000, "m": {"src": "cat.jpg"}},
                {
                    "id": "b",
                    "s": 3000,
                    "d": 4000,
                    "m": {"src": "clip.mp4", "transition": {"kind": "dissolve", "ms": 500}},
                },
                {"id": "c", "s": 7000, "d": 2000, "m": {"src": "cat.jpg"}},
            ],
        },
        {"tt": 1, "sg": [{"id": "m", "s": 0, "d": 9000, "m": {"src": "song.mp3", "in": 100}}]},
        {
            "tt": 7,
            "sg": [
                {"id": "t", "s": 1000, "d": 3000, "m": {"text": "Hello"}},
                {"id": "u", "s": 8000, "d": 500, "m": {"text": "Bye"}},
            ],
        },
    ],
}


def times(draft, track):
    return [
        (segment.start_ms, segment.duration_ms) for segment in read_tracks(draft)[track].segments
    ]


def test_pieces_of_one_source_abut():
    cut = cut_of(DRAFT, "cat.jpg")
    assert times(cut, 0) == [(0, 3000), (3000, 2000)]
    assert cut["d"] == duration_ms(cut) == 5000
    assert cut["m"] == DRAFT["m"]


def test_words_and_music_move_with_the_picture():
    cut = cut_of(DRAFT, "cat.jpg")
    assert times(cut, 2) == [(1000, 2000), (4000, 500)]
    assert times(cut, 1) == [(0, 3000), (3000, 2000)]
    music = read_tracks(cut)[1].segments
    assert [segment.source_in_ms for segment in music] == [100, 7100]


def test_a_source_in_the_middle_starts_at_zero_without_its_transition():
    cut = cut_of(DRAFT, "clip.mp4")
    assert times(cut, 0) == [(0, 4000)]
    assert "transition" not in cut["t"][0]["sg"][0]["m"]
    assert times(cut, 2) == [(0, 1000)]


def test_the_draft_itself_stays_as_it_was():
    before = copy.deepcopy(DRAFT)
    cut_of(DRAFT, "clip.mp4")
    assert before == DRAFT


def test_a_source_that_is_not_shown_has_no_cut():
    assert cut_of(DRAFT, "song.mp3") is None
    assert cut_of({}, "cat.jpg") is None
