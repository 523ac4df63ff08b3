"""protocol.py and protocol.ts hold the same tables; requests are read strictly."""

import pickle
import re
from pathlib import Path

import pytest

from nemo_nb.errors import FileTooLarge, InputError
from nemo_nb.notebook.widgets import protocol
from nemo_nb.redact import Secret

TYPESCRIPT = Path(__file__).parents[3] / "js" / "src" / "shared" / "protocol.ts"


def block(source, opening):
    """The text between the braces that *opening* begins."""
    start = source.index(opening) + len(opening)
    depth, at = 1, start
    while depth:
        depth += {"{": 1, "}": -1}.get(source[at], 0)
        at += 1
    return source[start : at - 1]


def table(source, opening):
    text = re.sub(r"/\*.*?\*/", "", block(source, opening), flags=re.DOTALL)
    text = re.sub(r"Record<never, never>", "{}", text)
    return {
        name: dict(re.findall(r"(\w+):\s*([^;,]+?)\s*(?:[;,]|$)", body))
        for name, body in re.findall(r"(\w+):\s*\{([^}]*)\}", text)
    }


@pytest.fixture(scope="module")
def typescript():
    return TYPESCRIPT.read_text("utf-8")


def test_both_ends_speak_the_same_version(typescript):
    assert f"export const PROTOCOL = {protocol.PROTOCOL};" in typescript


def test_both_ends_know_the_same_requests_with_the_same_types(typescript):
    found = table(typescript, "export interface Requests {")
    names = {str: "string", int: "number", bool: "boolean", list: "readonly SegmentRef[]"}
    assert found == {
        kind: {field: names[wanted] for field, wanted in fields.items()}
        for kind, fields in protocol.REQUESTS.items()
    }


def test_both_ends_know_the_same_notices(typescript):
    found = table(typescript, "NOTICE_FIELDS: Names<Notices> = {")
    assert {kind: fields.keys() for kind, fields in found.items()} == dict(protocol.NOTICES)


def test_every_request_has_an_answer_in_typescript(typescript):
    answers = re.sub(
        r"/\*.*?\*/", "", block(typescript, "export interface Answers {"), flags=re.DOTALL
    )
    assert set(re.findall(r"^  (\w+):", answers, flags=re.MULTILINE)) == protocol.REQUESTS.keys()


def test_a_request_is_read_with_its_fields_and_nothing_else():
    request = protocol.parse({"id": "a", "kind": "send", "text": "hi", "token": "secret"})
    assert (request.id, request.kind, dict(request.fields)) == ("a", "send", {"text": "hi"})


@pytest.mark.parametrize(
    "content",
    [
        None,
        "send",
        [],
        {},
        {"kind": "send", "text": "no id"},
        {"id": "", "kind": "stop"},
        {"id": 7, "kind": "stop"},
        {"id": "a"},
        {"id": "a", "kind": "format_disk"},
        {"id": "a", "kind": ["send"]},
        {"id": "a", "kind": "send"},
        {"id": "a", "kind": "send", "text": 5},
        {"id": "a", "kind": "send", "text": "x" * (protocol.MOST_TEXT_CHARS + 1)},
        {"id": "a", "kind": "video", "video": 1, "offset": -1},
        {"id": "a", "kind": "video", "video": True, "offset": 0},
        {"id": "a", "kind": "frame", "at_ms": 1.5, "width": 10, "exact": True},
        {"id": "a", "kind": "frame", "at_ms": float("nan"), "width": 10, "exact": True},
        {"id": "a", "kind": "frame", "at_ms": 1, "width": 10, "exact": 1},
    ],
)
def test_what_is_no_request_is_refused(content):
    with pytest.raises(InputError):
        protocol.parse(content)


def test_a_notice_has_exactly_its_fields():
    assert protocol.notice("queue", queue=[]) == {"kind": "queue", "queue": []}
    with pytest.raises(ValueError, match="queue"):
        protocol.notice("queue", queue=[], path="/home")


def test_an_answer_names_its_request_but_carries_no_id_of_its_own():
    # ipykernel 7.4 keeps every id of a published comm message for ever.
    assert "id" not in protocol.answer("a", {"x": 1})
    assert protocol.answer("a", {"x": 1})["to"] == "a"


def test_a_refusal_holds_the_error_in_words():
    error = protocol.refusal("a", FileTooLarge("Too large.", "3 GB.", "Trim it."))["error"]
    assert error == {"what": "Too large.", "why": "3 GB.", "fix": "Trim it.", "code": 4002}


def test_an_unforeseen_error_is_told_without_secrets():
    secret = Secret("nmv_usr_0123456789abcdef")
    error = protocol.problem(pickle.PickleError(f"cannot send {secret.reveal()}"))
    assert "PickleError: cannot send ***" in error["why"]


@pytest.mark.parametrize(
    "segments", [None, "x", [1], [[1]], [[1, 2, 3]], [[1, -2]], [[True, 1]], [[1, "2"]], {"a": 1}]
)
def test_a_selection_that_names_no_segments_is_refused(segments):
    with pytest.raises(InputError, match="segments"):
        protocol.parse({"id": "1", "kind": "select", "segments": segments})


def test_a_selection_may_be_empty_or_name_several():
    for segments in ([], [[0, 0], [3, 41]]):
        asked = protocol.parse({"id": "1", "kind": "select", "segments": segments})
        assert asked.fields["segments"] == segments
