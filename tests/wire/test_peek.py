import httpx
import pytest

from nemo_nb.wire.peek import peeked

pytestmark = pytest.mark.anyio

BOM = b"\xef\xbb\xbf"


def response(*chunks):
    async def body():
        for chunk in chunks:
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk

    return httpx.Response(200, content=body())


async def both(*chunks):
    head, rest = await peeked(response(*chunks))
    return head, [chunk async for chunk in rest]


async def test_the_first_chunk_is_looked_at_and_comes_again():
    assert await both(b"data: a", b"b\n\n") == (b"data: a", [b"data: a", b"b\n\n"])


@pytest.mark.parametrize("before", [b"", BOM, b"\r\n ", BOM + b"\n"])
async def test_blanks_and_a_mark_before_it_do_not_count(before):
    whole = before + b'{"code": 1}'
    head, chunks = await both(*(whole[at : at + 1] for at in range(len(whole))))
    assert head == b"{"
    assert b"".join(chunks) == whole


@pytest.mark.parametrize("whole", [b"", b"\n\n", BOM])
async def test_a_body_without_anything(whole):
    head, chunks = await both(*([whole] if whole else []))
    assert head == b""
    assert b"".join(chunks) == whole


async def test_what_breaks_later_breaks_for_the_reader():
    head, chunks = await peeked(response(b"data: a", httpx.ReadError("reset")))
    assert head == b"data: a"
    with pytest.raises(httpx.ReadError):
        [chunk async for chunk in chunks]
