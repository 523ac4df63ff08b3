import pytest

from nemo_nb.errors import InputError
from nemo_nb.export import Wish, default_name, file_name, target
from nemo_nb.render_job import Target
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
    wish = Wish()
    assert target(None, timeline(), wish) == Target(tmp_path / "holiday.clip.mp4", named=False)
    assert target("out", timeline(), wish) == Target(tmp_path / "out.mp4", named=True)
    assert target("~/a.MP4", timeline(), wish) == Target(tmp_path / "a.MP4", named=True)
    assert target("new/", timeline(), wish).path == tmp_path / "new" / "holiday.clip.mp4"
    with pytest.raises(InputError, match=r"out\.mp4"):
        target("out.mov", timeline(), wish)


@pytest.mark.parametrize("resolution", ["1080p", "1920x1080", "1080X1920", (640, 360), None])
def test_resolutions_as_people_write_them(resolution):
    output = Wish(resolution=resolution).output()
    assert output.get("resolution") in {None, "1080p", "1920x1080", "1080x1920", "640x360"}


@pytest.mark.parametrize(
    "resolution", ["", "p", "0p", "1920x", "x1080", "1x2x3", (0, 5), (1, 2, 3)]
)
def test_resolutions_that_are_none(resolution):
    with pytest.raises(InputError):
        Wish(resolution=resolution)
