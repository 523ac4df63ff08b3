import pytest

from nemo_nb.wire.origins import is_loopback, origin


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("https://a.example/x", "https://A.example:443/y?z", True),
        ("https://a.example", "http://a.example", False),
        ("https://a.example", "https://a.example:8443", False),
        ("https://a.example", "https://a.example.evil.example", False),
        ("https://a.example", "https://a.example@evil.example", False),
        ("http://127.0.0.1:1", "http://127.0.0.1:2", False),
    ],
)
def test_same_origin(a, b, same):
    assert (origin(a) == origin(b)) is same


@pytest.mark.parametrize(
    "url", ["", "x", "https://", "http://[::1", "http://a:99999999", "ftp://a"]
)
def test_what_cannot_be_read_is_nobodys_origin(url):
    assert origin(url) == ""


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:8787", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:1", True),
        ("http://localhost:1", True),
        ("http://a.localhost", True),
        ("http://localhost.example", False),
        ("https://api.example", False),
        ("http://10.0.0.1", False),
    ],
)
def test_loopback(url, loopback):
    assert is_loopback(url) is loopback
