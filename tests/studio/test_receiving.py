import asyncio
import tracemalloc

import pytest

from nemo_nb.errors import FileTooLarge
from nemo_nb.studio.answers import Refusal
from nemo_nb.studio.receiving import MAX_FILES, Landing, receive_files, safe_name

KIND = "multipart/form-data; boundary=XX"


def part(name, content, field="files"):
    head = f'--XX\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
    return head.encode() + content + b"\r\n"


async def stream(chunks):
    for chunk in chunks:
        yield chunk


def receive(
    tmp_path, chunks, limit=1_000_000, take=lambda file: (file.name, file.path.read_bytes())
):
    with Landing(tmp_path, limit) as landing:
        return [take(file) for file in asyncio.run(receive_files(stream(chunks), KIND, landing))]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 10_000])
def test_parts_arrive_whole_however_the_body_is_cut(tmp_path, size, monkeypatch):
    monkeypatch.setattr("nemo_nb.studio.receiving._CHUNK_BYTES", size)
    tricky = b"\r\n--X\r\n--XY\r\n\r" + bytes(range(256))
    body = part("a.bin", tricky) + part("b.bin", b"") + part("c", b"no", "other") + b"--XX--\r\n"
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    assert receive(tmp_path, chunks) == [("a.bin", tricky), ("b.bin", b"")]


def test_memory_stays_flat(tmp_path):
    block = b"x" * 65_536

    def body():
        yield part("a.bin", b"")[:-2]
        for _ in range(640):
            yield block
        yield b"\r\n--XX--\r\n"

    tracemalloc.start()
    try:
        sizes = receive(tmp_path, body(), 100_000_000, lambda file: file.path.stat().st_size)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sizes == [640 * 65_536]
    assert peak < 8_000_000


def test_a_file_over_the_limit_is_read_to_its_end_but_not_kept(tmp_path):
    chunks = [part("big", b"x" * 3_000_000), part("small", b"y"), b"--XX--\r\n"]
    with pytest.raises(FileTooLarge) as caught:
        receive(tmp_path, chunks)
    assert "3.0 MB" in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_too_many_files_are_refused(tmp_path):
    chunks = [part(f"{n}", b"x") for n in range(MAX_FILES + 1)]
    with pytest.raises(Refusal) as caught:
        receive(tmp_path, [*chunks, b"--XX--\r\n"])
    assert caught.value.status == 413


def test_a_full_disk_is_said_so(tmp_path, monkeypatch):
    monkeypatch.setattr("nemo_nb.studio.receiving._KEEP_FREE_BYTES", 1 << 62)
    with pytest.raises(Refusal) as caught:
        receive(tmp_path, [part("a", b"x"), b"--XX--\r\n"])
    assert caught.value.status == 507


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("a.jpg", "a.jpg"),
        ("dir/a.jpg", "a.jpg"),
        ("C:\\dir\\a.jpg", "a.jpg"),
        ("..", "file"),
        ("", "file"),
        (" . ", "file"),
        ("a\0b\n.jpg", "a_b_.jpg"),
        ("re\u202egpj.exe", "re_gpj.exe"),
        ("e\u0301.png", "\u00e9.png"),
        ("猫.png", "猫.png"),
        (".hidden", "hidden"),
    ],
)
def test_names_are_cleaned(given, name):
    assert safe_name(given) == name


def test_a_long_name_is_cut_between_characters_and_keeps_its_extension():
    name = safe_name("猫" * 200 + ".jpeg")
    assert name.endswith("猫.jpeg")
    assert len(name.encode()) <= 180
