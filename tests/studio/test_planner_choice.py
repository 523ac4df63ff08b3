import pytest

from nemo_nb.errors import ConfigError
from nemo_nb.studio.planner_choice import chosen

URL = "http://127.0.0.1:11434"


def test_none_is_chosen_unless_one_is_named():
    assert chosen({}) is None
    assert chosen({"NEMO_PLANNER_MODEL": "tiny", "NEMO_PLANNER_KEY": "secret-key"}) is None


def test_arguments_come_before_the_environment():
    environ = {"NEMO_PLANNER_URL": "http://localhost:1/v1", "NEMO_PLANNER_MODEL": "theirs"}
    assert chosen(environ).url == "http://localhost:1/v1/chat/completions"
    assert chosen(environ, URL, "mine").model == "mine"
    assert chosen(environ, URL).url == f"{URL}/v1/chat/completions"


@pytest.mark.parametrize(
    ("given", "url", "place", "loopback"),
    [
        (URL, f"{URL}/v1/chat/completions", URL, True),
        (f"{URL}/", f"{URL}/v1/chat/completions", URL, True),
        (f"{URL}/v1/", f"{URL}/v1/chat/completions", URL, True),
        (f"{URL}/v1/chat/completions", f"{URL}/v1/chat/completions", URL, True),
        ("http://[::1]:8080", "http://[::1]:8080/v1/chat/completions", "http://[::1]:8080", True),
        ("http://127.1.2.3", "http://127.1.2.3/v1/chat/completions", "http://127.1.2.3", True),
        (
            "https://api.example/openai/v2",
            "https://api.example/openai/v2/chat/completions",
            "https://api.example",
            False,
        ),
    ],
)
def test_an_address_is_that_of_the_endpoint(given, url, place, loopback):
    choice = chosen({}, given, "tiny")
    assert (choice.url, choice.place, choice.loopback) == (url, place, loopback)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://192.168.1.5:11434", "not asked over plain http"),
        ("http://api.example/v1", "not asked over plain http"),
        ("http://localhost.example", "not asked over plain http"),
        ("http://me:hunter2@127.0.0.1", "more than an address"),
        ("https://api.example/?key=hunter2", "more than an address"),
        ("https://api.example/#hunter2", "more than an address"),
        ("ftp://127.0.0.1", "no http"),
        ("127.0.0.1:11434", "no http"),
        ("http://", "no http"),
        ("http://[::1", "no http"),
        ("http://127.0.0.1:99999", "no http"),
    ],
)
def test_an_address_that_is_not_safe_or_none_is_refused(url, why):
    with pytest.raises(ConfigError, match=why) as caught:
        chosen({}, url, "tiny")
    assert "hunter2" not in str(caught.value)


def test_what_is_missing_is_said():
    with pytest.raises(ConfigError, match="has no model"):
        chosen({"NEMO_PLANNER_URL": URL})
    with pytest.raises(ConfigError, match="no server"):
        chosen({}, None, "tiny")


def test_a_key_with_a_line_break_is_refused_without_repeating_it():
    with pytest.raises(ConfigError, match="NEMO_PLANNER_KEY") as caught:
        chosen({"NEMO_PLANNER_KEY": "sk-first\nsecond"}, URL, "tiny")
    assert "sk-first" not in str(caught.value)
