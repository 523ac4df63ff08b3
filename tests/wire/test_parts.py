import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemo_nb.wire.multipart import Multipart, UploadFile
from nemo_nb.wire.parts import Part, PartsDigest

pytestmark = pytest.mark.anyio


async def body_of(*files):
    multipart = Multipart(
        [
            UploadFile(name, "video/mp4", len(data), lambda data=data: io.BytesIO(data))
            for name, data in files
        ]
    )
    return multipart.headers["Content-Type"], b"".join([c async for c in multipart.chunks()])


async def test_what_is_uploaded_is_measured_and_hashed():
    files = [("clip.mp4", b"a" * 70_000 + b"\r\n--"), ('日本 "x".mp4', b"")]
    content_type, body = await body_of(*files)
    digest = PartsDigest(content_type)
    for at in range(0, len(body), 1000):
        digest.feed(body[at : at + 1000])
    assert digest.parts == [
        Part("clip.mp4", "video/mp4", 70_004, hashlib.sha256(files[0][1]).hexdigest()),
        Part("日本 %22x%22.mp4", "video/mp4", 0, hashlib.sha256(b"").hexdigest()),
    ]


@given(st.binary(max_size=300), st.integers(1, 50))
async def test_every_split_of_the_bytes_gives_the_same(data, step):
    content_type, body = await body_of(("a.bin", data))
    digest = PartsDigest(content_type)
    for at in range(0, len(body), step):
        digest.feed(body[at : at + step])
    assert [(part.size_bytes, part.sha256) for part in digest.parts] == [
        (len(data), hashlib.sha256(data).hexdigest())
    ]


def test_a_body_without_a_boundary_is_no_upload():
    with pytest.raises(ValueError, match="boundary"):
        PartsDigest("application/json")
