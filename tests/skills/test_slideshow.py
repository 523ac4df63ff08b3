"""Photos become a show in time with its music: `image-to-video-capcut`, from words to pixels."""

# ruff: noqa: RUF001 - Chinese messages use Chinese punctuation
from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import Image

from audiokit import ebur128
from mediakit import sound_of
from nemo_nb import samples
from nemo_nb.skills import SKILLS
from nemo_nb.studio.music import beats_ms, read_music
from nemo_nb.studio.sounds import generated
from skills.seeing import Film, box_of, ink, without_text

NAME = "image-to-video-capcut"
COLOURS = {"first.jpg": (200, 60, 60), "second.jpg": (60, 180, 60), "third.jpg": (60, 60, 200)}
TAKEN = {
    "first.jpg": "2024:05:01 09:00:00",
    "second.jpg": "2024:05:01 12:00:00",
    "third.jpg": "2024:05:02 08:00:00",
}


@pytest.fixture
def photos(dated):
    """Three photos, handed over in another order than they were taken."""
    made = {name: dated(name, color, TAKEN[name]) for name, color in COLOURS.items()}
    return made["third.jpg"], made["first.jpg"], made["second.jpg"]


def shown_photo(pixels):
    """Return which of the photos a frame shows most of."""
    mean = pixels.reshape(-1, 3).mean(axis=0)
    return min(COLOURS, key=lambda name: float(np.abs(mean - COLOURS[name]).sum()))


def pictures(timeline):
    return timeline.segments[timeline.segments["kind"] == "video"]


def order_of(timeline):
    return pictures(timeline)["name"].tolist()


@pytest.mark.parametrize(
    ("message", "title"),
    [
        (
            (
                "make a slideshow of my photos in the order they were taken, 1 second each, "
                'with a title card "Our trip", wipe transitions and happy music'
            ),
            "Our trip",
        ),
        (
            "按拍摄时间把照片做成幻灯片，每张1秒，片头“我们的旅行”，擦除转场，欢快的音乐",
            "我们的旅行",
        ),
    ],
)
def test_a_show_has_its_order_card_transitions_and_music(skill, film, photos, message, title):
    session = skill(NAME, *photos)
    session.chat(message)
    timeline = session.timeline()
    cuts = pictures(timeline)
    assert order_of(timeline)[1:] == list(COLOURS)
    assert timeline.captions["text"].tolist() == [title]

    shown, bare = film(session), film(session, without_text(timeline))
    card_end = int(cuts["end_ms"].iloc[0])
    left, top, right, bottom = box_of(ink(shown.at(card_end // 2), bare.at(card_end // 2)))
    assert abs(left + right - 1) < 0.05
    assert 0.3 < top < bottom < 0.7
    for row in cuts.iloc[1:].itertuples():
        assert shown_photo(shown.at((row.start_ms + row.end_ms) / 2)) == row.name
    # Halfway through a wipe either side shows another photo.
    at = int(cuts["start_ms"].iloc[2])
    middle = shown.at(at)
    halves = {shown_photo(middle[:, :150]), shown_photo(middle[:, 170:])}
    assert halves == {"first.jpg", "second.jpg"}


def test_the_usual_wish_gives_a_1080p_show_that_keeps_the_order_given(skill, film, photos):
    session = skill(NAME, *photos)
    reply = session.chat(SKILLS[NAME].examples[0])
    assert "3 photos" in reply.text
    timeline = session.timeline()
    assert order_of(timeline) == ["third.jpg", "first.jpg", "second.jpg"]
    assert (timeline.canvas.width, timeline.canvas.height) == (1920, 1080)
    shown = film(session)
    for row in pictures(timeline).itertuples():
        middle = (row.start_ms + row.end_ms) / 2
        assert shown_photo(shown.at(middle)) == row.name
        # Ken Burns: what a photo shows of itself changes while it stands.
        assert np.abs(shown.at(middle - 600) - shown.at(middle + 600)).mean() > 3
    # A dissolve holds something of both.
    between = shown.at(int(pictures(timeline)["start_ms"].iloc[1])).reshape(-1, 3).mean(axis=0)
    third, first = (np.array(COLOURS[name]) for name in ("third.jpg", "first.jpg"))
    assert between == pytest.approx((third + first) / 2, abs=25)


def test_cuts_fall_on_the_beats_and_the_music_is_as_loud_as_told(skill, film, photos):
    session = skill(NAME, *photos)
    session.chat("make a slideshow of my photos with upbeat music at 100%")
    timeline = session.timeline()
    (music,) = (s for t in timeline.draft["t"] if t["tt"] == 1 for s in t["sg"])
    read = read_music(generated(music["m"]["music"]))
    assert read is not None
    beats = beats_ms(read, 2 * timeline.duration_ms + 60_000)
    for cut in pictures(timeline)["end_ms"]:
        assert min(abs(beat - cut) for beat in beats) <= 1
    film(session)
    sound = sound_of(film.exports[0].path)
    assert sound.shape[1] / 48_000 == pytest.approx(timeline.duration_ms / 1000, abs=0.05)
    loudness, peak = ebur128(sound)
    assert loudness == pytest.approx(-14, abs=1)
    assert peak <= -1
    # At half the volume the whole film is 6 dB lower: volumes mean what they say.
    session.chat("set the music to 50%")
    film(session)
    quieter, _ = ebur128(sound_of(film.exports[1].path))
    assert loudness - quieter == pytest.approx(20 * math.log10(2), abs=1)


def test_photos_without_a_date_stay_in_order_and_that_is_told(skill, dated):
    session = skill(NAME, dated("b.jpg", (200, 60, 60)), dated("a.jpg", (60, 60, 200)))
    reply = session.chat("make a slideshow of my photos in the order they were taken")
    assert "do not say when they were taken" in reply.text
    assert order_of(session.timeline()) == ["b.jpg", "a.jpg"]


def test_the_camera_moves_toward_the_subject(skill, tmp_path):
    wide = Image.new("RGB", (1280, 720), (40, 60, 90))
    with Image.open(samples.photo("astronaut")) as person:
        wide.paste(person.convert("RGB").resize((400, 400)), (860, 300))
    wide.save(tmp_path / "wide.jpg")
    session = skill(NAME, tmp_path / "wide.jpg", samples.photo("cat"))
    session.chat("turn my photos into a slideshow")
    (motion, _) = (s["m"]["motion"] for s in session.timeline().draft["t"][0]["sg"])
    closest = max((motion["from"], motion["to"]), key=lambda look: look["zoom"])
    assert closest["x"] > 60


@pytest.mark.parametrize("count", [1, 5, pytest.param(50, marks=pytest.mark.slow)])
def test_one_photo_is_a_show_and_so_are_fifty(skill, tmp_path, count):
    files = []
    for number in range(count):
        files.append(tmp_path / f"p{number:02}.png")
        Image.new("RGB", (64, 36), (number * 5, 90, 200 - number)).save(files[-1])
    session = skill(NAME, *files)
    session.chat("turn my photos into a slideshow, half a second each")
    timeline = session.timeline()
    assert order_of(timeline) == [file.name for file in files]
    assert timeline.duration_ms == 500 * count


def test_a_show_is_changed_by_further_messages(skill, film, photos):
    session = skill(NAME, *photos)
    for message in (
        "turn my photos into a slideshow with transitions and music",
        "show each photo for 1 second",
        "swap the first and the last photo",
        "no transitions",
        "make the music calmer",
    ):
        assert session.chat(message).status == "done"
    timeline = session.timeline()
    assert order_of(timeline) == ["second.jpg", "first.jpg", "third.jpg"]
    assert timeline.duration_ms == 3000
    shown: Film = film(session)
    assert [shown_photo(shown.at(at)) for at in (980, 1020)] == ["second.jpg", "first.jpg"]
