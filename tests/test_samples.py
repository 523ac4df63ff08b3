import pytest

import mediakit
from nemo_nb import samples
from nemo_nb.errors import ConfigError
from nemo_nb.media.probe import probe


@pytest.mark.parametrize("name", ["cat", "coffee", "astronaut", "rocket"])
def test_a_sample_photo_is_a_photo(name):
    info = probe(samples.photo(name))
    assert info.kind == "image"
    assert min(info.width, info.height) >= 300


def test_an_unknown_sample_is_answered_with_the_list():
    with pytest.raises(ConfigError, match="cat, coffee"):
        samples.photo("dog")


def test_without_scikit_image_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(samples, "find_spec", lambda _: None)
    with pytest.raises(ConfigError, match=r"pip install"):
        samples.photo()


def test_the_clip_moves_and_sounds(tmp_path):
    path = samples.clip(tmp_path / "clip.mp4")
    info = probe(path)
    assert (info.width, info.height, info.fps) == (1280, 720, 30)
    assert abs(info.duration_ms - 9000) <= 34
    assert 0.01 < mediakit.rms(mediakit.sound_of(path)) < 0.5
