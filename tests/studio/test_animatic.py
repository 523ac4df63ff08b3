import io

import av
import numpy as np
import pytest
from PIL import Image

from nemo_nb.studio.agent.prompting.book import book
from nemo_nb.studio.agent.prompting.compose import compose
from nemo_nb.studio.agent.prompting.reading import read_idea
from nemo_nb.studio.animatic import FPS, animatic
from nemo_nb.studio.cards.backdrops import kinds
from nemo_nb.studio.cards.card import draw, motion_of
from nemo_nb.studio.cards.silhouettes import names
from nemo_nb.studio.cards.spec import Card
from nemo_nb.studio.render.encode import render_mp4
from nemo_nb.timeline.draft_shape import editable, seal

COLORS = ("#0b1f2a", "#1f5662", "#c98f52", "#ff9e3d", "#f6e3c5")
LOOK = {"backdrop": "field", "silhouette": "person", "time": "day", "weather": "", "side": 0.5} | {
    "warm": 0.2, "power": 0.8, "light": "noon", "exposure": 0, "mono": False, "pace": 0,
}  # fmt: skip


def made(text, short_side=120):
    return animatic(compose(read_idea(f"video prompt: {text}", "en")), short_side=short_side)


def card(size="full", scale=0.66, motion="still", number=1, **look):
    return Card(number, size, scale, motion, COLORS, LOOK | look, "build", 240, 136)


def pixels(one):
    return np.asarray(Image.open(io.BytesIO(draw(one))).convert("RGB"), np.float32)


def test_the_draft_has_a_picture_a_slate_and_words_for_each_shot():
    draft = made("a fox in the forest, 12 seconds, 4 shots").draft
    prompt = draft["m"]["prompt"]
    pictures, sound, words, slates = draft["t"]
    assert [(s["s"], s["d"]) for s in pictures["sg"]] == [
        (shot["start_ms"], shot["duration_ms"]) for shot in prompt["shots"]
    ]
    assert [s["m"]["text"] for s in words["sg"]] == [s["description"] for s in prompt["shots"]]
    assert slates["sg"][0]["m"]["text"].startswith("1/4")
    assert sound["sg"][0]["d"] == draft["d"] == 12_000
    assert sound["sg"][0]["m"]["music"]["genre"]
    assert draft["m"]["fps"] == FPS
    assert seal(editable(draft)) == draft


def test_no_music_where_none_was_wanted():
    draft = made("a fox, no music, 6 seconds").draft
    assert 1 not in {track["tt"] for track in draft["t"]}


def test_a_card_that_is_there_is_not_drawn_again():
    prompt = compose(read_idea("video prompt: a fox, 6 seconds", "en"))
    first = animatic(prompt, short_side=60)
    again = animatic(prompt, {name for name, _ in first.files}, short_side=60)
    assert again.files == ()
    assert again.draft == first.draft
    assert animatic(prompt, short_side=60).files == first.files


def test_the_mp4_shows_every_shot_at_its_time(tmp_path):
    film = made("a lighthouse at night, 4 seconds, in 4 shots, static, no music")
    for name, content in film.files:
        (tmp_path / name).write_bytes(content)
    assets = {name: tmp_path / name for name, _ in film.files}
    for track in film.draft["t"][1:]:
        track["sg"] = []
    out = tmp_path / "out.mp4"
    info = render_mp4(film.draft, assets, out, quality="high")
    assert abs(info.duration_ms - 4000) <= 1000 / FPS
    with av.open(str(out)) as container:
        frames = [(f.time, f.to_ndarray(format="rgb24")) for f in container.decode(video=0)]
    for segment in film.draft["t"][0]["sg"]:
        middle = (segment["s"] + segment["d"] / 2) / 1000
        shown = min(frames, key=lambda frame: abs(frame[0] - middle))[1].astype(np.float32)
        cards = {
            name: np.asarray(Image.open(path).convert("RGB"), np.float32)
            for name, path in assets.items()
        }
        nearest = min(cards, key=lambda name: np.abs(cards[name] - shown).mean())
        assert nearest == segment["m"]["src"]


@pytest.mark.parametrize("kind", kinds())
def test_every_place_is_drawn_with_light_and_depth(kind):
    drawn = pixels(card(backdrop=kind))
    assert drawn.shape == (136, 240, 3)
    assert drawn.std() > 12


@pytest.mark.parametrize("name", [name for name in names() if name != "none"])
def test_every_subject_shows_and_grows_with_the_shot(name):
    empty = {scale: pixels(card(scale=scale, silhouette="none")) for scale in (0.36, 0.66)}
    covered = [
        (np.abs(pixels(card(scale=scale, silhouette=name)) - empty[scale]).max(axis=2) > 20).mean()
        for scale in (0.36, 0.66)
    ]
    assert covered[0] > 0.003
    assert covered[1] > 1.5 * covered[0]


def test_the_book_and_the_cards_know_each_other():
    known = book()
    assert {place.backdrop for place in known.places.values()} <= set(kinds())
    wanted = {g.silhouette for g in known.genres.values()} | {
        s.silhouette for s in known.subjects.values()
    }
    assert wanted <= set(names())


def test_darker_is_darker_and_black_and_white_has_no_colour():
    assert pixels(card(exposure=-1)).mean() < 0.8 * pixels(card()).mean()
    grey = pixels(card(mono=True))
    assert np.abs(grey[..., 0] - grey[..., 2]).mean() < 3


@pytest.mark.parametrize(
    ("motion", "axis", "way"),
    [("in", "zoom", 1), ("out", "zoom", -1), ("left", "x", -1), ("right", "x", 1), ("up", "y", -1)],
)
def test_the_still_moves_as_the_camera_does(motion, axis, way):
    told = motion_of(card(motion=motion))
    assert (told["to"][axis] - told["from"][axis]) * way > 0
    assert motion_of(card()) == "none"


def test_weather_and_arrows_are_on_the_card():
    plain = pixels(card())
    assert np.abs(pixels(card(weather="rain")) - plain).mean() > 1
    assert np.abs(pixels(card(motion="in")) - plain).max() > 60
