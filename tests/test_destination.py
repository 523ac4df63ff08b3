import pytest

from nemo_nb.destination import Target, default_name, file_name, free_name, target, variant_path
from nemo_nb.errors import InputError
from nemo_nb.timeline.timeline import Timeline


def timeline(title=None, source="holiday.clip.MOV"):
    draft = {"t": [{"tt": 0, "sg": [{"d": 1000, "m": {"src": source}}]}]}
    return Timeline(draft | ({"m": {"title": title}} if title else {}))


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({}, "holiday.clip"),
        ({"title": "clip.mp4"}, "clip"),
        ({"title": "v1.2 final"}, "v1.2 final"),
        ({"title": "../../etc/passwd"}, "etcpasswd"),
        ({"title": "城市漫步"}, "城市漫步"),
        ({"title": " ... "}, "holiday.clip"),
        ({"source": ""}, "nemo"),
    ],
)
def test_a_file_is_named_after_the_title_else_the_first_source(given, name):
    assert default_name(timeline(**given)) == name


def test_a_name_never_leaves_its_folder_nor_grows_without_end():
    assert "/" not in file_name("a/b\\c:d")
    assert len(file_name("x" * 500)) <= 80
    assert file_name("\x00\n") == ""
    # A file system counts bytes: 255 for a name, and a number may come behind it.
    assert len(file_name("🎬" * 100).encode()) == 200
    assert file_name("猫" * 100) == "猫" * 66


def test_where_the_file_goes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert target(None, timeline(), "mp4") == Target(tmp_path / "holiday.clip.mp4", named=False)
    assert target("out", timeline(), "mp4") == Target(tmp_path / "out.mp4", named=True)
    assert target("~/a.MP4", timeline(), "mp4") == Target(tmp_path / "a.MP4", named=True)
    assert target("new/", timeline(), "mp4").path == tmp_path / "new" / "holiday.clip.mp4"
    with pytest.raises(InputError, match=r"out\.mp4"):
        target("out.mov", timeline(), "mp4")


def test_a_free_name(tmp_path):
    path = tmp_path / "out.mp4"
    assert free_name(path) == path
    path.touch()
    (tmp_path / "out (2).mp4").touch()
    assert free_name(path) == tmp_path / "out (3).mp4"


def test_only_a_resumed_render_may_find_its_own_file(tmp_path):
    path, part = tmp_path / "out.mp4", tmp_path / ".part.mp4"
    path.write_bytes(b"the same")
    part.write_bytes(b"the same")
    target = Target(path, named=False)
    assert target.final(part).name == "out (2).mp4"
    assert target.final(part, resumed=True) == path
    part.write_bytes(b"another!")
    assert target.final(part, resumed=True).name == "out (2).mp4"
    assert Target(path, named=True).final(part) == path


@pytest.mark.parametrize(
    ("path", "alone", "name"),
    [
        (None, True, "holiday.clip clean white.mp4"),
        (None, False, "holiday.clip clean white.mp4"),
        ("films/", False, "films/holiday.clip clean white.mp4"),
        ("out.mp4", True, "out.mp4"),
        ("out.mp4", False, "out clean white.mp4"),
        ("out", False, "out clean white.mp4"),
    ],
)
def test_the_film_of_a_variant_says_which_it_is(tmp_path, monkeypatch, path, alone, name):
    monkeypatch.chdir(tmp_path)
    found = variant_path(path, timeline(), "clean white", "mp4", alone=alone)
    assert tmp_path / found == tmp_path / name


def test_the_film_of_a_variant_overwrites_none_that_was_not_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "holiday.clip A.mp4").touch()
    found = variant_path(None, timeline(), "A", "mp4", alone=True)
    assert found == tmp_path / "holiday.clip A (2).mp4"
