from pathlib import Path

import pytest

from nemo_nb import settings
from nemo_nb.errors import ConfigError, UnknownBackend
from nemo_nb.settings import CLOUD_API_URL, load

TOKEN = "nmv_usr_0123456789"
ELSEWHERE = "http://127.0.0.1:8787"


def token_of(loaded):
    return loaded.token.reveal() if loaded.token else None


@pytest.mark.parametrize(
    ("backend", "env", "kind", "url"),
    [
        (None, {}, "local", ""),
        (None, {"NEMO_TOKEN": TOKEN}, "cloud", CLOUD_API_URL),
        (None, {"NEMO_API_URL": ELSEWHERE + "/"}, "url", ELSEWHERE),
        ("local", {"NEMO_API_URL": ELSEWHERE}, "local", ""),
        ("cloud", {}, "cloud", CLOUD_API_URL),
        ("cloud", {"NEMO_API_URL": ELSEWHERE}, "cloud", ELSEWHERE),
        (ELSEWHERE, {}, "url", ELSEWHERE),
        (CLOUD_API_URL, {}, "cloud", CLOUD_API_URL),
        (CLOUD_API_URL.upper() + ":443/", {}, "cloud", CLOUD_API_URL),
        (None, {"NEMO_API_URL": CLOUD_API_URL + "/"}, "cloud", CLOUD_API_URL),
        ("HTTP://Host:80/nemo/", {}, "url", "http://host/nemo"),
        ("http://[::1]:8787/", {}, "url", "http://[::1]:8787"),
        ("local", {"NEMO_API_URL": "nonsense"}, "local", ""),
        (ELSEWHERE, {"NEMO_API_URL": "nonsense", "NEMO_TOKEN": TOKEN}, "url", ELSEWHERE),
    ],
)
def test_which_backend(backend, env, kind, url):
    loaded = load(backend, env=env)
    assert (loaded.backend, loaded.api_url) == (kind, url)


@pytest.mark.parametrize(
    "backend",
    ["clowd", "", "ftp://x", "http://", "nemo.example", "http://host:99999", "http://[::1", "[x"],
)
def test_an_unknown_backend_is_one_clear_sentence(backend):
    with pytest.raises(UnknownBackend, match='Use "local", "cloud" or a URL'):
        load(backend, env={})


SECRET_IN_URL = [
    "https://me:hunter2@host",
    "ftp://me:hunter2@host",
    "https://host/?key=hunter2",
    "https://host/#hunter2",
]


@pytest.mark.parametrize("url", SECRET_IN_URL)
@pytest.mark.parametrize("given", ["argument", "configured", "cloud"])
def test_a_url_with_a_secret_is_refused_without_repeating_it(url, given):
    backend = {"argument": url, "configured": None, "cloud": "cloud"}[given]
    with pytest.raises(ConfigError) as caught:
        load(backend, env={} if given == "argument" else {"NEMO_API_URL": url})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("backend", "env", "argument", "expected"),
    [
        (None, {"NEMO_TOKEN": TOKEN}, None, TOKEN),
        (None, {"NEMO_TOKEN": TOKEN, "NEMO_API_URL": ELSEWHERE}, None, TOKEN),
        ("https://other.example", {"NEMO_TOKEN": TOKEN}, None, None),
        ("https://other.example", {"NEMO_TOKEN": TOKEN}, "theirs-123456", "theirs-123456"),
        ("local", {"NEMO_TOKEN": TOKEN}, None, None),
        (ELSEWHERE + "/", {"NEMO_TOKEN": TOKEN, "NEMO_API_URL": ELSEWHERE}, None, TOKEN),
        (ELSEWHERE + "/x", {"NEMO_TOKEN": TOKEN, "NEMO_API_URL": ELSEWHERE}, None, None),
        ("http" + CLOUD_API_URL.removeprefix("https"), {"NEMO_TOKEN": TOKEN}, None, None),
        (CLOUD_API_URL + ":8443", {"NEMO_TOKEN": TOKEN}, None, None),
        ("cloud", {"NEMO_TOKEN": TOKEN}, "mine-1234567", "mine-1234567"),
    ],
)
def test_the_users_token_goes_nowhere_else(backend, env, argument, expected):
    assert token_of(load(backend, token=argument, env=env)) == expected


def test_a_token_is_not_in_the_repr():
    assert TOKEN not in repr(load("cloud", token=TOKEN, env={}))


def test_knobs_come_from_the_keyword_then_the_environment():
    assert load("local", env={"NEMO_POLL_S": "7"}).poll_s == 7
    assert load("local", env={"NEMO_POLL_S": "7"}, poll_s=0.5).poll_s == 0.5
    with pytest.raises(ConfigError, match="number of seconds"):
        load("local", env={"NEMO_RETRY_WAIT_S": "soon"})
    with pytest.raises(ConfigError, match="no setting 'polls'"):
        load("local", env={}, polls=1)


@pytest.mark.parametrize("value", ["nan", "inf", -1, "-0.5", []])
def test_a_knob_is_a_length_of_time(value):
    with pytest.raises(ConfigError, match="number of seconds"):
        load("local", env={}, render_timeout_s=value)


@pytest.mark.parametrize("token", ["nmv_usr_s\u00e9cret", "nmv_usr\nsecret", "two secrets"])
def test_a_token_that_no_header_can_hold_is_told_and_not_repeated(token):
    with pytest.raises(ConfigError, match="Copy it again") as caught:
        load("cloud", token=token, env={})
    assert "cret" not in str(caught.value)
    assert token_of(load("cloud", token=" nmv_usr_mine1\n", env={})) == "nmv_usr_mine1"


def test_media_goes_to_nemo_only_where_that_is_the_address():
    assert load("cloud", env={}).is_cloud
    assert not load("cloud", env={"NEMO_API_URL": ELSEWHERE}).is_cloud


def test_the_workspace_follows_the_data_folder(tmp_path):
    assert load("local", env={"NEMO_NB_DATA": str(tmp_path)}).workspace == tmp_path / "studio"
    assert load("local", workspace=tmp_path / "x", env={}).workspace == tmp_path / "x"


@pytest.mark.parametrize("platform", ["caf\u00e9", "a\nb"])
def test_a_platform_that_no_header_can_hold_is_told(platform):
    with pytest.raises(ConfigError, match="SKILL_SOURCE"):
        load("local", env={"SKILL_SOURCE": platform})


def test_the_platform_is_told_from_the_environment_or_the_install_path(monkeypatch, tmp_path):
    assert load("local", env={"SKILL_SOURCE": "lab"}).platform == "lab"
    assert load("local", env={}).platform == "unknown"
    monkeypatch.setattr(Path, "home", classmethod(lambda _: tmp_path))
    installed = tmp_path / ".cursor" / "skills" / "nemo_nb" / "settings.py"
    monkeypatch.setattr(settings, "__file__", str(installed))
    assert load("local", env={}).platform == "cursor"
