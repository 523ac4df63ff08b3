"""The magics, typed into a real IPython shell, on a real studio."""

import pytest

import mediakit
from nemo_nb.errors import ConfigError, SourceNotFound


@pytest.fixture
def magic(cell, tmp_path):
    mediakit.photo(tmp_path / "photo.png")
    cell("%load_ext nemo_nb")
    cell("session = nemo.connect(workspace='studio')")
    yield cell
    cell("session.close()")


def plain(outputs):
    return [output.data.get("text/plain", "") for output in outputs]


def test_the_whole_way_without_python(magic, shell):
    magic("%nemo upload photo.png")
    magic("""%%nemo --into reply\nadd a title "Hi" for 1 second""")
    assert shell.user_ns["reply"].action == "chat"
    assert '"Hi"' in plain(magic("%nemo status"))[-1]
    assert "available" in plain(magic("%nemo credits"))[-1]
    magic("%nemo export small.mp4")
    assert shell.user_ns["session"].timeline().captions["text"].tolist() == ["Hi"]


def test_a_path_with_a_space_is_quoted_as_in_a_shell(magic, tmp_path):
    mediakit.photo(tmp_path / "my photo.png")
    assert "my photo.png" in plain(magic("%nemo upload 'my photo.png'"))[-1]


def test_a_message_goes_to_the_session_that_is_named(magic, shell):
    magic("other = nemo.connect(workspace='studio')")
    magic("session.upload('photo.png')")
    magic("""%%nemo --session session\nadd a title "Here" for 1 second""")
    assert shell.user_ns["session"].timeline().captions["text"].tolist() == ["Here"]
    assert not shell.user_ns["other"].timeline().ready
    magic("other.close()")


def test_connect_takes_a_backend_and_becomes_the_session(magic):
    magic("%nemo upload photo.png")
    assert "photo.png" in plain(magic("%nemo status"))[-1]
    magic("%nemo connect local")
    assert "photo.png" not in plain(magic("%nemo status"))[-1]


@pytest.mark.parametrize("line", ["%nemo", "%nemo dance", "%nemo export a b", "%nemo upload"])
def test_a_wrong_line_is_answered_with_the_usage(magic, line):
    with pytest.raises(ConfigError, match="Usage: %nemo credits"):
        magic(line)


def test_a_wrong_option_is_an_error_and_not_the_end_of_python(magic):
    with pytest.raises(ConfigError, match="Usage"):
        magic("%%nemo --loudly\nhello")


def test_errors_of_the_session_pass_through(magic):
    with pytest.raises(SourceNotFound, match=r"nothing\.png"):
        magic("%nemo upload nothing.png")
