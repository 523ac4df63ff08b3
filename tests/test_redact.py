import io
import logging
import pickle

import pytest

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
