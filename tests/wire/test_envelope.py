import pytest

from nemo_nb.wire import envelope


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"code": 0}, 0),
        ({"code": 1001}, 1001),
        ({"code": "1001"}, 1001),
        ({"code": "-1"}, -1),
        ({"code": True}, None),
        ({"code": "E1"}, None),
        ({"success": True}, 0),
        ({"success": False}, None),
        ({}, None),
        ([], None),
        (None, None),
    ],
)
def test_the_code(value, code):
    assert envelope.code_of(value) == code


@pytest.mark.parametrize(
    ("value", "data"),
    [
        ({"code": 0, "data": {"a": 1}}, {"a": 1}),
        ({"a": 1}, {"a": 1}),
        ({"data": [1], "a": 1}, {"data": [1], "a": 1}),
        ("text", {}),
    ],
)
def test_the_data(value, data):
    assert envelope.data_of(value) == data


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"message": "No  such\nsession"}, "The server says: No such session."),
        ({"msg": "Stop!"}, "The server says: Stop!"),
        ({"detail": "gone"}, "The server says: gone."),
        ({"error": {"message": "inner"}}, "The server says: inner."),
        ({"detail": [{"loc": ["a"], "msg": "missing"}]}, "The server says: missing."),
        ({"message": " \n"}, ""),
        ({"message": 7}, ""),
        (None, ""),
    ],
)
def test_the_servers_own_words(value, said):
    assert envelope.said(value) == said


def test_long_words_are_cut_short():
    assert len(envelope.quote("word " * 1000)) < 330
    assert envelope.quote("word " * 1000).endswith("…")


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json(body):
    assert envelope.read_body(body) is None
