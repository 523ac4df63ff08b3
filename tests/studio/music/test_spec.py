import subprocess
import sys

import pytest

from nemo_nb.studio.music import MusicSpec, genres, moods, read_music
from nemo_nb.studio.music.book import book
from nemo_nb.studio.music.theory import SCALES


@pytest.mark.parametrize(
    ("wish", "spec"),
    [
        ({}, MusicSpec("lo-fi", 78, "calm", 0)),
        ("jazz", MusicSpec("jazz", 112, "calm", 0)),
        ({"genre": "Lo-Fi", "bpm": 90, "mood": "sad", "seed": 4}, MusicSpec("lo-fi", 90, "sad", 4)),
        ({"genre": "EDM"}, MusicSpec("electronic", 124, "energetic", 0)),
        ({"genre": "嘻哈", "mood": "伤感"}, MusicSpec("hip-hop", 88, "sad", 0)),
        ({"mood": "uplifting"}, MusicSpec("corporate", 108, "hopeful", 0)),
        ({"genre": "polka", "mood": "purple"}, MusicSpec("lo-fi", 78, "calm", 0)),
        ({"bpm": 5000}, MusicSpec("lo-fi", 200, "calm", 0)),
        ({"bpm": "1"}, MusicSpec("lo-fi", 50, "calm", 0)),
        ({"bpm": "fast", "genre": 3, "mood": [], "seed": None}, MusicSpec("lo-fi", 78, "calm", 0)),
    ],
)
def test_what_is_wished_becomes_a_whole_spec(wish, spec):
    assert read_music({"music": wish}) == spec


@pytest.mark.parametrize("meta", [{}, {"music": None}, {"music": 3}, {"music": ["lo-fi"]}])
def test_no_wish_no_music(meta):
    assert read_music(meta) is None


def test_words_make_seeds_that_differ_and_last():
    first = read_music({"music": {"seed": "birthday"}})
    assert first == read_music({"music": {"seed": "birthday"}})
    assert first != read_music({"music": {"seed": "wedding"}})


def test_genres_and_moods_have_titles_in_two_languages():
    assert len(genres()) >= 8
    wanted = {"lo-fi", "upbeat", "cinematic", "ambient", "corporate", "electronic", "acoustic"}
    assert wanted | {"hip-hop"} <= {genre.name for genre in genres()}
    for choice in (*genres(), *moods()):
        assert choice.en.isascii()
        assert not choice.zh.isascii()


def test_no_two_genres_answer_to_one_name():
    for entries in (book().genres, book().moods):
        words = [word.casefold() for entry in entries.values() for word in set(entry.also)]
        assert len(words) == len(set(words))


def test_the_book_holds_together():
    for genre in book().genres.values():
        assert genre.mood in book().moods
        for part in genre.parts:
            assert part.instrument in book().instruments
            assert all(len(line) == 16 for line in part.play)
            assert bool(part.play) == (part.role in {"chords", "bass", "arp"})
        for name, lines in genre.drums.items():
            assert name in book().drums
            assert all(len(line) == 16 for line in lines)
    for mood in book().moods.values():
        assert mood.genre in book().genres
        assert mood.scale in SCALES


def test_wishing_for_music_loads_nothing_that_makes_it():
    code = "import sys, nemo_nb.studio.music; print({'numpy', 'av'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
