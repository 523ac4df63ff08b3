import pytest

from nemo_nb.studio.music import MusicSpec, beats_ms
from nemo_nb.studio.music.form import Dice, Form

SPEC = MusicSpec("lo-fi", 90, "calm", 1)


@pytest.mark.parametrize("bpm", [50, 78, 97.5, 124, 200])
@pytest.mark.parametrize("ms", [3000, 7777, 60_000, 3_600_000])
def test_the_beat_is_kept_and_the_last_chord_rings_until_the_end(bpm, ms):
    spec = MusicSpec("lo-fi", bpm, "calm", 1)
    form = Form(spec, ms)
    beats = beats_ms(spec, ms)
    assert beats[-1] == pytest.approx(form.end_s * 1000, abs=0.5)
    assert all(beat == round(index * 60_000 / bpm) for index, beat in enumerate(beats))
    ring = form.length_s - form.end_s
    assert min(1.6, 0.6 * form.length_s) <= ring < 1.6 + 2 * form.beat_s + 1e-9


@pytest.mark.parametrize("ms", [1, 500, 2000])
def test_a_very_short_piece_is_its_last_chord(ms):
    assert beats_ms(SPEC, ms)[-1] < max(ms, 1)
    assert Form(SPEC, 500).bars == 0


@pytest.mark.parametrize("ms", [5000, 20_000, 61_000, 200_000, 3_600_000])
def test_sections_follow_each_other_to_the_end(ms):
    form = Form(SPEC, ms)
    at = 0
    for section in form.sections:
        assert section.start == at
        at += section.bars
    assert at == form.bars
    assert form.sections[-1].level == 3


def test_a_long_piece_begins_quietly_and_has_its_rests():
    levels = [section.level for section in Form(SPEC, 300_000).sections]
    assert levels[0] == 1
    assert 2 in levels[2:-1]


def test_half_a_bar_is_counted():
    form = Form(SPEC, 8000)  # 6.4 s of beats are 9 beats; 4 half bars are 8 of them
    assert (form.half_bars, form.bars, form.end_s) == (4, 2, pytest.approx(16 / 3))
    odd = Form(SPEC, 9000)
    assert (odd.half_bars, odd.bars, odd.steps(1), odd.steps(2)) == (5, 3, 16, 8)


def test_dice_fall_alike_everywhere():
    dice = Dice("lo-fi", "calm", 1, "key")
    # Written down once: a change here changes everybody's music.
    assert [dice.among(1000) for _ in range(5)] == [3, 866, 367, 168, 26]
