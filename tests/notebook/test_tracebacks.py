"""What a person reads when something went wrong."""

import re

import pytest

from nemo_nb.errors import NemoError, SourceNotFound, UnknownBackend


@pytest.fixture
def failing(cell, shell, monkeypatch):
    """Run a cell that fails; return what the shell shows, without colours, and the error."""
    assert cell, "the shell has been reset and knows the package"
    lines = []
    monkeypatch.setattr(shell, "_showtraceback", lambda *shown: lines.extend(shown[2]))

    def run(source):
        lines.clear()
        done = shell.run_cell(source)
        assert isinstance(done.error_in_exec, NemoError)
        return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(lines)), done.error_in_exec

    return run


def test_the_first_error_of_a_notebook_is_short_already(failing):
    text, error = failing("nemo.connect('clowd')")
    assert isinstance(error, UnknownBackend)
    assert text.count("\n") < 8
    assert text.rstrip().endswith(str(error))


def test_it_shows_the_users_lines_and_none_of_ours(cell, failing):
    cell("session = nemo.connect(workspace='studio')")
    cell("def mine():\n    session.upload('nope.png')")
    text, error = failing("mine()")
    assert isinstance(error, SourceNotFound)
    assert "session.upload('nope.png')" in text
    assert "mine()" in text
    assert "sources.py" not in text
    assert "Traceback (most recent call last)" in text
    cell("session.close()")


def test_an_interrupt_is_short_too(cell, shell, monkeypatch):
    cell("session = nemo.connect(workspace='studio')")
    lines = []
    monkeypatch.setattr(shell, "_showtraceback", lambda *shown: lines.extend(shown[2]))
    source = "import _thread\nsession.chat('hello', on_event=lambda _: _thread.interrupt_main())"
    done = shell.run_cell(source)
    assert isinstance(done.error_in_exec, KeyboardInterrupt)
    text = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(lines))
    assert "session.chat('hello'" in text
    assert text.rstrip().endswith("KeyboardInterrupt:")
    assert "blocking.py" not in text
    cell("session.close()")


def test_a_magic_shows_none_of_its_machinery(cell, failing):
    cell("%load_ext nemo_nb")
    text, _ = failing("%nemo exprot")
    assert "interactiveshell" not in text
    assert "Did you mean export?" in text


def test_everything_is_there_for_who_asks(shell, failing):
    shell.run_line_magic("xmode", "Verbose")
    try:
        text, error = failing("nemo.connect('clowd')")
    finally:
        shell.run_line_magic("xmode", "Context")
    assert "settings.py" in text
    assert error.__traceback__.tb_next is not None


def test_where_an_error_came_from_is_kept_for_the_log(failing):
    _, error = failing("nemo.connect('http://127.0.0.1:9')")
    assert error.__cause__ is not None
