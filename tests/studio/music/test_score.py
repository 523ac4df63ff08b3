import pytest

from nemo_nb.studio.music import MusicSpec, genres, moods
from nemo_nb.studio.music.form import Form
from nemo_nb.studio.music.score import Score
from nemo_nb.studio.music.theory import SCALES

LENGTH_MS = 60_000


def score(genre="lo-fi", mood="calm", seed=1, bpm=90):
    spec = MusicSpec(genre, bpm, mood, seed)
    form = Form(spec, LENGTH_MS)
    return Score(spec, form), form


def notes(made, form):
    return [
        event for bar in range(form.bars) for event in made.bar(bar) if event.note
    ] + made.ending()


@pytest.mark.parametrize("genre", [genre.name for genre in genres()])
@pytest.mark.parametrize("mood", [mood.name for mood in moods()])
def test_every_note_belongs_to_the_key(genre, mood):
    made, form = score(genre, mood)
    allowed = {(made.key.tonic + step) % 12 for step in SCALES[made.key.scale]}
    played = notes(made, form)
    assert {event.note % 12 for event in played if event.note} <= allowed
    assert all(24 <= event.note <= 108 for event in played if event.note)
    assert all(0 < event.loud <= 1.2 and -1 <= event.pan <= 1 for event in played)


@pytest.mark.parametrize("genre", [genre.name for genre in genres()])
def test_a_bar_s_notes_begin_in_it_and_end_before_the_piece_does(genre):
    made, form = score(genre)
    for bar in range(form.bars):
        for event in made.bar(bar):
            assert event.at_s >= max(0, bar * form.bar_s - 0.05)
            assert event.at_s < min((bar + 1) * form.bar_s, form.end_s) + 0.05
            if event.note:
                assert event.at_s + event.length_s < form.end_s + 0.1


def test_the_end_is_the_tonic_struck_on_the_beat():
    made, form = score("upbeat", "happy")
    last = made.ending()
    assert min(event.note for event in last if event.note) % 12 == made.key.tonic
    assert {event.instrument for event in last} >= {"piano", "round-bass", "kick", "crash"}
    assert all(event.at_s == pytest.approx(form.end_s, abs=0.05) for event in last)


def test_a_bar_is_the_same_whenever_it_is_asked_for():
    made, _ = score()
    again, _ = score()
    assert made.bar(7) == again.bar(7) == made.bar(7)


def test_seeds_moods_and_genres_differ():
    lines = set()
    for genre, mood, seed in [
        *(("piano", "romantic", seed) for seed in range(8)),
        ("piano", "sad", 0),
        ("jazz", "romantic", 0),
    ]:
        made, form = score(genre, mood, seed)
        lines.add(tuple((event.instrument, event.note) for event in notes(made, form)))
    assert len(lines) == 10


def test_a_piece_builds_up():
    made, form = score("upbeat", "happy", bpm=116)
    first, full = form.sections[0], next(part for part in form.sections if part.level == 3)
    assert not any(event.note == 0 for event in made.bar(first.start))
    assert len(made.bar(full.start)) > 2 * len(made.bar(first.start))


def test_swing_comes_late_and_straight_does_not():
    def offbeats(genre):
        made, form = score(genre, "happy")
        step = form.bar_s / 16
        for bar in range(4, form.bars - 1):
            for event in made.bar(bar):
                place = (event.at_s - bar * form.bar_s) / step
                if event.instrument in {"ride", "shaker"} and round(place - 0.15) % 2:
                    yield place - round(place - 0.15)

    swung = list(offbeats("jazz"))
    straight = list(offbeats("upbeat"))
    assert sum(swung) / len(swung) == pytest.approx(0.33, abs=0.06)
    assert sum(straight) / len(straight) == pytest.approx(0, abs=0.06)
