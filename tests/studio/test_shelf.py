import os

import pytest

from nemo_nb.studio.shelf import Shelf


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path, max_bytes=1000)


def put(shelf, name, size, at, *, index=True):
    part = shelf.folder / f"{name}.part"
    part.write_bytes(bytes(size))
    os.utime(part, (at, at))
    if index:
        (shelf.folder / f"{name}.part.gops").write_text("{}")
    return shelf.put(part, name)


def names(shelf):
    return sorted(path.name for path in shelf.folder.iterdir())


def test_a_finished_file_and_its_index_take_their_names(shelf):
    path = put(shelf, "a.mp4", 10, 1)
    assert path.read_bytes() == bytes(10)
    assert names(shelf) == ["a.mp4", "a.mp4.gops"]


def test_a_file_without_an_index_is_put_as_well(shelf):
    put(shelf, "a.gif", 10, 1, index=False)
    assert names(shelf) == ["a.gif"]


def test_the_oldest_go_when_there_is_no_room_but_never_the_newest_few(shelf):
    for number in range(8):
        put(shelf, f"{number}.mp4", 200, 100 + number)
    assert names(shelf) == sorted(
        f"{number}.mp4{end}" for number in (3, 4, 5, 6, 7) for end in ("", ".gops")
    )
    for number in range(4):
        put(shelf, f"big{number}.mp4", 5000, 200 + number)
    assert [name for name in names(shelf) if name.endswith(".mp4")] == [
        f"big{number}.mp4" for number in range(4)
    ]


def test_what_is_being_written_is_left_alone(shelf):
    other = shelf.folder / "other.mp4.part"
    other.write_bytes(bytes(9000))
    for number in range(6):
        put(shelf, f"{number}.mp4", 500, 100 + number)
    assert other.exists()


def test_discarding_takes_the_index_along_and_may_find_nothing(shelf):
    path = put(shelf, "a.mp4", 10, 1)
    shelf.discard(path)
    shelf.discard(path)
    assert names(shelf) == []
