"""What Tab offers: asked as a terminal asks, and as a notebook does."""

import pytest
from ipykernel.ipkernel import IPythonKernel
from IPython.core.completer import provisionalcompleter

from nemo_nb.ledger import Ledger, NamedSession
from nemo_nb.notebook import completion


@pytest.fixture
def files(cell, tmp_path):
    (tmp_path / "my photos").mkdir()
    (tmp_path / "my photos" / "a.jpg").touch()
    for name in ("photo.png", "my photo.png", "it's.jpg", "notes.txt", ".hidden.png"):
        (tmp_path / name).touch()
    cell("%load_ext nemo_nb")


@pytest.fixture(params=[True, False], ids=["jedi", "no jedi"])
def complete(files, shell, request, monkeypatch):
    """Complete at the bar in a text, as a terminal does; return texts and what they replace."""
    assert files is None
    monkeypatch.setattr(shell.Completer, "use_jedi", request.param)

    def ask(text):
        at = text.index("|")
        text = text[:at] + text[at + 1 :]
        with provisionalcompleter():
            found = list(shell.Completer.completions(text, at))
        assert {one.end for one in found} <= {at}
        return {one.text: text[one.start : one.end] for one in found}

    return ask


def test_commands_come_first(complete):
    assert [*complete("%nemo |")][:4] == ["credits", "status", "upload", "export"]
    assert complete("%nemo ex|") == {"export": "ex"}
    assert complete("frame = %nemo upl|") == {"upload": "upl"}
    assert complete("  %nemo help un|") == {"undo": "un"}


def test_options_and_their_values(complete):
    assert complete("%nemo export --q|") == {"--quality": "--q"}
    assert [*complete("%nemo export --quality |")] == ["low", "medium", "high"]
    assert complete("%nemo export --quality=l|") == {"--quality=low": "--quality=l"}
    assert [*complete("%nemo export a.mp4 --quality low --form|")] == ["--format"]
    assert "caption-ab" in complete("%nemo connect --skill |")
    assert "--each" in complete("%nemo export out.mp4 |")


def test_backends(complete):
    assert [*complete("%nemo connect |")][:2] == ["local", "cloud"]


def test_the_first_line_of_a_cell_and_not_its_message(complete):
    assert complete("%%nemo --s|\nadd a title") == {"--session": "--s"}
    assert "upload" not in complete("%%nemo\n%nemo up|")


def test_paths_that_can_be_uploaded_quoted_where_they_must_be(complete):
    offered = complete("%nemo upload |")
    assert [*offered][:4] == ["'my photos/", '"it\'s.jpg"', "'my photo.png'", "photo.png"]
    assert "notes.txt" not in offered
    assert complete("%nemo upload photo.png my|") == {"'my photos/": "my", "'my photo.png'": "my"}
    assert complete("%nemo upload 'my photo.|") == {"'my photo.png'": "'my photo."}
    assert complete('%nemo upload "it|') == {'"it\'s.jpg"': '"it'}
    assert complete("%nemo upload my\\ photo.|") == {"'my photo.png'": "my\\ photo."}
    assert complete("%nemo upload 'my photos/|") == {"'my photos/a.jpg'": "'my photos/"}
    assert complete("%nemo upload .h|") == {".hidden.png": ".h"}


def test_variables(complete, cell):
    cell("paths = ['a.png']")
    assert complete("%nemo upload $|") == {"$paths": "$"}
    assert complete("%nemo upload photo.png $pa|") == {"$paths": "$pa"}


def test_the_home_folder_stays_a_tilde(complete, isolated_home):
    (isolated_home / "holiday.mp4").touch()
    assert complete("%nemo upload ~/hol|") == {"~/holiday.mp4": "~/hol"}


def test_sessions_of_the_notebook_and_of_the_ledger(complete, cell, shell):
    Ledger().save_session(NamedSession("summer trip", "p", "local", "s", "t", "caption-ab", "en"))
    cell("mine = nemo.connect(workspace='studio')")
    try:
        assert complete("%nemo status --session |") == {"mine": "", "'summer trip'": ""}
        assert complete("%nemo connect --name su|") == {"'summer trip'": "su"}
    finally:
        cell("mine.close()")
    assert "mine" not in completion.session_names(shell.user_ns)


def test_loading_twice_offers_once(cell, complete, shell):
    cell("%reload_ext nemo_nb")
    with provisionalcompleter():
        texts = [one.text for one in shell.Completer.completions("%nemo ex", 8)]
    assert texts == ["export"]
    assert complete("%nemo ex|")


# What ipykernel itself calls where its experimental completions are switched off.
@pytest.mark.filterwarnings("ignore:`Completer.complete` is pending:PendingDeprecationWarning")
@pytest.mark.parametrize("experimental", [True, False])
@pytest.mark.usefixtures("files")
def test_a_notebooks_request_is_answered_too(shell, experimental):
    kernel = IPythonKernel.__new__(IPythonKernel)
    kernel.shell, kernel.use_experimental_completions = shell, experimental
    line = "x = 1\n%nemo upload 'my photo."
    answer = kernel.do_complete(line, len(line))
    assert answer["matches"] == ["'my photo.png'"]
    assert line[answer["cursor_start"] : answer["cursor_end"]] == "'my photo."


def test_other_lines_are_none_of_ours(complete):
    assert "upload" not in complete("nemo_nb = |")
    assert "upload" not in complete("%nemonic |")


def test_what_cannot_be_read_breaks_no_line(complete, monkeypatch):
    def broken(_):
        raise OSError

    monkeypatch.setattr(completion, "Ledger", lambda: broken(None))
    complete("%nemo status --session |")
    monkeypatch.setattr(completion.os, "scandir", broken)
    complete("%nemo upload |")
