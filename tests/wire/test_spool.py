import hashlib

import pytest

from nemo_nb.wire.spool import Spool


@pytest.mark.parametrize("size", [0, 1000, 3 << 20])
def test_what_is_within_the_limit_is_kept_whole(size):
    spool, piece = Spool(3 << 20), bytes(range(250))
    body = (piece * (size // 250 + 1))[:size]
    for at in range(0, size, 1 << 16):
        spool.add(body[at : at + (1 << 16)])
    assert (spool.size_bytes, spool.content()) == (size, body)
    assert spool.sha256 == hashlib.sha256(body).hexdigest()
    spool.close()


def test_what_is_over_the_limit_is_measured_and_hashed_only():
    spool = Spool(10)
    for piece in (b"12345", b"67890", b"1", b"2"):
        spool.add(piece)
    assert (spool.size_bytes, spool.content()) == (12, None)
    assert spool.sha256 == hashlib.sha256(b"123456789012").hexdigest()
    spool.close()
    spool.close()
