"""Progress bars of a terminal."""

from nemo_nb import notices
from nemo_nb.notebook.terminal import TerminalView


def test_a_bar_moves_and_says_percent(capsys):
    view = TerminalView()
    view(notices.ExportProgress("job", "processing", 7.0))
    view.close()
    shown = capsys.readouterr().err
    assert "Rendering:" in shown
    assert "%/s" not in shown


def test_what_comes_after_the_call_does_not_write_into_the_next_line(capsys):
    view = TerminalView()
    view.close()
    view(notices.ExportProgress("job", "processing", 50.0))
    assert capsys.readouterr().err == ""
