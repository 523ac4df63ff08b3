import base64
import io
import json
import logging
import pickle
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nemo_nb import redact
from nemo_nb.redact import Secret


def test_a_secret_shows_itself_only_when_asked():
    secret = Secret("nmv_usr_abcdef123456")
    assert "abcdef" not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal() == "nmv_usr_abcdef123456"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(secret)


@pytest.mark.parametrize(
    "text",
    [
        "token nmv_anon_QWERTY-uiop.123",
        "Authorization: Bearer QWERTY.uiop/123=",
        "claim clm_QWERTYuiop",
        '{"authorization": "bearer QWERTYuiop"}',
    ],
)
def test_what_looks_like_a_token_is_cut_out(text):
    assert "QWERTY" not in redact.scrub(text)


def test_ordinary_words_stay():
    text = "Added the title “Bearer of news” from 0 s; file nmv.txt"
    assert redact.scrub(text).startswith("Added the title “Bearer ")
    assert redact.scrub("file nmv.txt") == "file nmv.txt"


def test_a_secret_that_holds_another_leaves_no_tail():
    redact.remember("abcdefgh")
    redact.remember("abcdefgh-tail")
    assert redact.scrub("see abcdefgh-tail.") == "see ***."


def test_logs_are_scrubbed_with_their_arguments_and_tracebacks():
    stream = io.StringIO()
    log = redact.logger("nemo_nb.test_redact")
    handler = logging.StreamHandler(stream)
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    try:
        redact.remember("hunter2hunter2")
        log.debug("sent %s", "hunter2hunter2")
        try:
            int("it was hunter2hunter2")
        except ValueError:
            log.exception("failed")
    finally:
        log.removeHandler(handler)
    assert "hunter2" not in stream.getvalue()
    assert "invalid literal for int() with base 10: 'it was ***'" in stream.getvalue()


ODD = "q7Kd/Wm2+xYz-0451"
FORMS = [
    ODD,
    quote(ODD, safe=""),
    "".join(f"\\u{ord(char):04x}" for char in ODD),
    "".join(f"\\u{ord(char):04X}" for char in ODD),
    ODD.replace("/", "\\/"),
    ODD.replace("q", "\\u0071").replace("/", "\\/"),
]
HIDDEN = [
    base64.b64encode(ODD.encode()).decode(),
    base64.b64encode(b"Bearer " + ODD.encode() + b"!").decode(),
    base64.urlsafe_b64encode(b"ab" + ODD.encode()).decode(),
    ODD.encode().hex(),
    ODD.encode().hex().upper(),
    quote("".join(f"\\u{ord(char):04x}" for char in ODD), safe=""),
    json.dumps("".join(f"\\u{ord(char):04x}" for char in ODD)),
    quote(quote(ODD, safe=""), safe=""),
]


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_cut_out_however_a_server_wrote_it(form):
    redact.remember(ODD)
    assert redact.scrub(f"<{form}>") == "<***>"
    body = f'{{"x": "<{form}>", "é": 1}}'.encode()
    assert b"<***>" in redact.scrub_body(body)


@pytest.mark.parametrize("form", [*FORMS, *HIDDEN])
def test_a_secret_is_found_in_any_disguise(form):
    assert redact.find_secret(f'{{"x": "abc{form}def"}}', [ODD])
    assert redact.find_secret(f"see {form}.", ["another-secret"]) is None


def test_what_holds_no_secret_is_returned_as_it_is():
    redact.remember(ODD)
    body = b'{"text": "caf\\u00e9 100 % \\/ ok"}'
    assert redact.scrub_body(body) == body
    assert redact.scrub_body(b"\xff\xfe\\") == b"\xff\xfe\\"


@given(st.binary(max_size=8), st.binary(max_size=8))
def test_base64_hides_a_secret_at_no_place(before, after):
    text = base64.b64encode(before + ODD.encode() + after).decode()
    assert redact.find_secret(text, [ODD]) == "in base64"


def test_a_log_line_that_does_not_fit_its_arguments_is_still_scrubbed():
    redact.remember(ODD)
    record = logging.LogRecord("x", logging.INFO, "f.py", 1, "%d files", (ODD,), None)
    record.stack_info = f"Stack: {ODD}"
    assert redact.ScrubFilter().filter(record)
    assert ODD not in record.getMessage() + record.stack_info
