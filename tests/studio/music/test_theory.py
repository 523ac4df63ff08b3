import pytest

from nemo_nb.studio.music.theory import Key, hertz, near, voiced


def test_degrees_and_chords_of_c_major():
    key = Key(0, "major")
    assert [key.note(degree) for degree in (1, 3, 5, 8, 0)] == [0, 4, 7, 12, -1]
    assert key.chord(5, 4) == (7, 11, 14, 17)  # G B D F


@pytest.mark.parametrize("scale", ["major", "minor", "dorian", "lydian"])
def test_a_chord_leads_into_the_next_by_small_steps(scale):
    key = Key(3, scale)
    before = voiced(key.chord(1, 3), (), 60)
    for degree in (4, 5, 6, 2, 1):
        after = voiced(key.chord(degree, 3), before, 60)
        assert {note % 12 for note in after} == {note % 12 for note in key.chord(degree, 3)}
        assert max(after) - min(after) < 12
        assert 50 <= min(after) <= max(after) <= 72
        assert sum(min(abs(a - b) for b in before) for a in after) <= 7
        before = after


def test_the_nearest_octave():
    assert near(0, 60) == 60
    assert near(11, 60) == 59
    assert near(74, 38) == 38


def test_equal_temperament():
    assert hertz(69) == 440
    assert hertz(60) == pytest.approx(261.63, abs=0.01)
