import asyncio

import pytest

from nemo_nb.errors import InputError
from nemo_nb.notebook.widgets.file_parts import PART_BYTES, read_part


def test_a_file_comes_in_parts_that_make_it_whole(tmp_path):
    path = tmp_path / "film.mp4"
    content = bytes(range(256)) * (PART_BYTES // 200)
    path.write_bytes(content)
    arrived = b""
    while len(arrived) < len(content):
        total, part = asyncio.run(read_part(path, len(arrived), "Export again."))
        assert total == len(content)
        assert 0 < len(part) <= PART_BYTES
        arrived += part
    assert arrived == content


def test_a_file_that_has_gone_says_what_to_do_and_no_folder(tmp_path):
    with pytest.raises(InputError) as caught:
        asyncio.run(read_part(tmp_path / "film.mp4", 0, "Export again."))
    assert caught.value.what == "“film.mp4” cannot be read."
    assert caught.value.fix == "Export again."
    assert str(tmp_path) not in str(caught.value)
