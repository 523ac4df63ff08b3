"""Files in chunks from the browser."""

import pytest

from nemo_nb.errors import FileTooLarge, InputError
from nemo_nb.notebook.widgets.incoming import CHUNK_BYTES, Incoming, safe_name


@pytest.fixture
def incoming():
    made = Incoming(limit_bytes=10 * CHUNK_BYTES)
    yield made
    made.close()


def test_chunks_in_any_order_make_the_file(incoming):
    content = bytes(range(256)) * 5000
    incoming.begin("u", "cat.jpg", len(content))
    offsets = list(range(0, len(content), CHUNK_BYTES))
    for offset in reversed(offsets):
        incoming.write("u", offset, memoryview(content)[offset : offset + CHUNK_BYTES])
    path = incoming.finished("u")
    assert path.name == "cat.jpg"
    assert path.read_bytes() == content


def test_a_chunk_that_comes_twice_counts_once(incoming):
    incoming.begin("u", "a.jpg", 6)
    assert incoming.write("u", 0, b"abc") == 3
    assert incoming.write("u", 0, b"abc") == 3
    with pytest.raises(InputError, match="did not arrive"):
        incoming.finished("u")


def test_two_files_of_one_name_keep_it(incoming):
    for upload in ("u", "v"):
        incoming.begin(upload, "a.jpg", 1)
        incoming.write(upload, 0, upload.encode())
    assert [incoming.finished(u).name for u in "uv"] == ["a.jpg", "a.jpg"]
    assert [incoming.finished(u).read_bytes() for u in "uv"] == [b"u", b"v"]


def test_a_file_over_the_limit_is_refused_with_both_numbers(incoming):
    with pytest.raises(FileTooLarge, match=r"“a.mp4” has 6 MB.*limit is 5 MB.*Compress"):
        incoming.begin("u", "a.mp4", 6_000_000)


@pytest.mark.parametrize(
    ("offset", "chunk"), [(0, b"toolong"), (5, b"xx"), (0, b""), (10**12, b"x")]
)
def test_a_chunk_that_does_not_fit_is_refused(incoming, offset, chunk):
    incoming.begin("u", "a.jpg", 6)
    with pytest.raises(InputError, match="does not fit"):
        incoming.write("u", offset, chunk)


def test_nothing_is_left_of_what_was_dropped_or_closed(incoming):
    for upload in "uv":
        incoming.begin(upload, "a.jpg", 1)
        incoming.write(upload, 0, b"x")
    first, second = incoming.finished("u"), incoming.finished("v")
    incoming.drop("u")
    incoming.drop("unknown")
    assert not first.parent.exists()
    incoming.close()
    assert not second.exists()
    assert not second.parent.parent.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("cat.jpg", "cat.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\clip.mp4", "clip.mp4"),
        ("a\nb\0c.png", "a_b_c.png"),
        ('<img src="x">.jpg', "_img src=_x__.jpg"),
        ("...", "file"),
        ("", "file"),
        ("假期 照片.jpg", "假期 照片.jpg"),
    ],
)
def test_a_name_becomes_a_file_name_of_any_system(name, kept):
    assert safe_name(name) == kept


def test_a_long_name_is_cut_before_its_ending():
    name = safe_name("猫" * 300 + ".mp4")
    assert name.endswith(".mp4")
    assert len(name.encode()) <= 200
