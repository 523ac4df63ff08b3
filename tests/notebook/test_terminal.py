"""What a terminal shows of a call: text as it comes, bars that leave nothing, lines in a log."""

import io
import re
from types import SimpleNamespace

import pytest

from nemo_nb import notices
from nemo_nb.notebook.terminal import TerminalView
from nemo_nb.reply import Reply


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    """Both streams of a terminal, each for itself."""
    monkeypatch.setenv("TERM", "xterm")
    streams = SimpleNamespace(stdout=Terminal(), stderr=Terminal())
    monkeypatch.setattr("nemo_nb.notebook.terminal.sys", streams)
    return streams


def ended(text, **more):
    return notices.TurnEnded(1, "done", Reply(text, "chat", "done", **more))


def left(stream):
    """What is still to be seen once everything has been drawn over."""
    lines, row, column = [""], 0, 0
    for part in re.findall(r"\x1b\[A|[\r\n]|[^\r\n\x1b]+", stream.getvalue()):
        match part:
            case "\x1b[A":
                row -= 1
            case "\r":
                column = 0
            case "\n":
                row, column = row + 1, 0
                lines += [""] * (row == len(lines))
            case _:
                line = lines[row].ljust(column)
                lines[row] = line[:column] + part + line[column + len(part) :]
                column += len(part)
    return "\n".join(map(str.rstrip, lines)).strip()


def test_a_bar_moves_and_leaves_nothing(terminal):
    view = TerminalView()
    view(notices.ExportProgress("job", "processing", 7.0))
    view(notices.ExportProgress("job", "processing", 60.0))
    drawn = terminal.stderr.getvalue()
    assert "Rendering:" in drawn
    assert "%/s" not in drawn
    view.close()
    assert left(terminal.stderr) == ""
    assert terminal.stdout.getvalue() == ""


def test_an_upload_says_how_much(terminal):
    view = TerminalView()
    view(notices.UploadProgress("clip.mp4", 0, 2_000_000))
    view(notices.UploadProgress("clip.mp4", 2_000_000, 2_000_000))
    view.close()
    assert "/2.00MB" in terminal.stderr.getvalue()
    assert left(terminal.stderr) == ""


def test_of_many_files_only_those_that_move_have_a_line(terminal):
    view = TerminalView()
    for number in range(30):
        view(notices.UploadProgress(f"{number}.png", 0, 10))
        view(notices.UploadProgress(f"{number}.png", 10, 10))
        view(notices.UploadProgress(f"{number}.png", 10, 10))
    assert "\n" not in terminal.stderr.getvalue()
    view.close()
    assert left(terminal.stderr) == ""


def test_two_renders_have_a_bar_each_and_the_ended_one_goes(terminal):
    view = TerminalView()
    view(notices.ExportProgress("a", "processing", 50.0))
    view(notices.ExportProgress("b", "processing", 10.0))
    view(notices.ExportEnded("a", None))
    assert "Rendering 2:" in terminal.stderr.getvalue()
    view(notices.ExportProgress("b", "processing", 90.0))
    view.close()
    assert left(terminal.stderr) == ""


def test_text_is_written_as_it_comes_and_once(terminal):
    view = TerminalView()
    view(notices.TurnStarted(1, "chat", "hi"))
    view(notices.TurnProgress(1, "", "Working…"))
    assert "Working…" in terminal.stderr.getvalue()
    view(notices.TurnProgress(1, "Added the", ""))
    assert terminal.stdout.getvalue() == "Added the"
    view(notices.TurnProgress(1, "Added the title", "Trimming…"))
    view(ended("Added the title.", suggestions=("make it bigger",), notes=("A new session.",)))
    view.close()
    assert terminal.stdout.getvalue() == (
        "Added the title.\nA new session.\nNext: “make it bigger”\n"
    )
    assert left(terminal.stderr) == ""


def test_an_answer_put_in_other_words_is_written_whole(terminal):
    view = TerminalView()
    view(notices.TurnProgress(1, "Click Export", ""))
    view(ended("You can export now."))
    view.close()
    assert terminal.stdout.getvalue() == "Click Export\nYou can export now.\n"


def test_a_bar_between_two_words_repeats_neither(terminal):
    view = TerminalView()
    view(notices.TurnProgress(1, "Rendering", ""))
    view(notices.ExportProgress("job", "processing", 50.0))
    view(notices.TurnProgress(1, "Rendering is done", ""))
    view(ended("Rendering is done"))
    view.close()
    assert terminal.stdout.getvalue() == "Rendering\n is done\n"


def test_signs_of_markdown_are_not_written(terminal):
    view = TerminalView()
    view(notices.TurnProgress(1, "a \\", ""))
    view(notices.TurnProgress(1, "a \\<b", ""))
    view(ended("a \\<b\\>"))
    view.close()
    assert terminal.stdout.getvalue() == "a <b>\n"


def test_an_interrupt_leaves_the_prompt_a_line_of_its_own(terminal):
    view = TerminalView()
    view(notices.TurnProgress(1, "Half an ans", ""))
    view(notices.UploadProgress("a.png", 1, 2))
    view.close()
    assert terminal.stdout.getvalue() == "Half an ans\n"
    assert left(terminal.stderr) == ""


@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_a_log_and_a_dumb_terminal_get_lines(terminal, monkeypatch, term):
    stream = Terminal() if term == "dumb" else io.StringIO()
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(terminal, "stderr", stream)
    view = TerminalView()
    view(notices.TurnProgress(1, "", "Working…"))
    for percent in range(101):
        view(notices.ExportProgress("job", "processing", percent))
    view(notices.UploadProgress("empty.srt", 0, 0))
    view.close()
    assert stream.getvalue().split("\n") == [
        *(f"Rendering: {percent} %" for percent in (0, 25, 50, 75, 100)),
        "empty.srt: 100 %",
        "",
    ]


def test_what_comes_after_the_call_does_not_write_into_the_next_line(capsys):
    view = TerminalView()
    view.close()
    view(notices.ExportProgress("job", "processing", 50.0))
    view(notices.TurnProgress(1, "late", ""))
    assert capsys.readouterr() == ("", "")
