"""What can be typed behind the magics: words, variables, help, near misses."""

import re
from pathlib import Path

import pytest

from nemo_nb.errors import ConfigError
from nemo_nb.notebook import command_line
from nemo_nb.notebook.command_line import HelpShown


@pytest.mark.parametrize("command", command_line.COMMANDS)
def test_every_command_prints_its_help_and_raises_no_error(command, capsys):
    with pytest.raises(HelpShown):
        command_line.command_parser(command).read(["--help"])
    shown = capsys.readouterr().out
    assert shown.startswith(f"usage: %nemo {command}")
    assert max(map(len, shown.splitlines())) <= 80


def test_the_overview_names_every_command_with_what_it_does():
    shown = command_line.overview()
    for name, words in command_line.COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(words)}$", shown, re.MULTILINE)
    assert "%%nemo" in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["exprot"], "Did you mean export?"),
        (["credit"], "Did you mean credits?"),
        (["dance"], "The commands are credits, status"),
        (["export", "--qualty", "low"], "Did you mean --quality?"),
        (["export", "--qualty=low"], "no option --qualty."),
        (["export", "a", "b"], "'b'. A path with spaces needs quotes. Usage: %nemo export"),
        (["upload"], "%nemo upload needs a PATH. Usage: %nemo upload"),
        (["export", "--quality"], "needs a value behind --quality."),
        (["export", "--each=yes"], "%nemo export could not read that"),
    ],
)
def test_a_wrong_line_says_what_is_wrong_and_what_to_do(words, said):
    with pytest.raises(ConfigError) as caught:
        command_line.command_parser(words[0]).read(words[1:])
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--sesion", "x"], "Did you mean --session?"),
        (["export"], "A command goes on a line of its own: %nemo export."),
        (["hello"], "The message stands in the lines below."),
    ],
)
def test_a_wrong_first_line_of_a_cell_too(words, said):
    with pytest.raises(ConfigError) as caught:
        command_line.cell_parser().read(words)
    assert said in str(caught.value)


def test_options_are_read():
    found = command_line.command_parser("export").read(
        ["out.mp4", "--quality", "low", "--fps=12", "--each"]
    )
    assert (found.path, found.quality, found.fps, found.each) == ("out.mp4", "low", "12", True)
    assert not found.no_wait


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a 'my photo.png' b\\ c", ["a", "my photo.png", "b c"]),
        ('"it\'s here.png"', ["it's here.png"]),
        ("~/clips/*.mp4", ["~/clips/*.mp4"]),
    ],
)
def test_words_are_quoted_as_in_a_shell(line, words):
    assert command_line.split(line) == words


def test_an_open_quote_is_said_in_words():
    with pytest.raises(ConfigError, match="A quote is open at its end"):
        command_line.split("upload 'my photo.png")


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("$name", "my photo.png"),
        ("{name}", "my photo.png"),
        ("photos/{name}", "photos/my photo.png"),
        ("$name.bak", "my photo.png.bak"),
        ("{many[1]}", 2),
        ("$many", [1, 2]),
        ("'$name'", "$name"),
        ("'{name} $5'", "{name} $5"),
        ("$unknown", "$unknown"),
        ("{unknown}", "{unknown}"),
        ("clip{1,2}.mp4", "clip{1,2}.mp4"),
        ("{many[9]}", "{many[9]}"),
        ("$5.png", "$5.png"),
    ],
)
def test_a_variable_stays_one_word_and_quotes_protect_it(line, value):
    (word,) = command_line.split(line)
    names = {"name": "my photo.png", "many": [1, 2]}
    assert command_line.filled(word, names) == value


def test_nothing_in_braces_is_run():
    ran = []
    for line in ("{ran.append(1)}", "{__import__('os')}", "{[ran.append(1)]}"):
        assert command_line.filled(line, {"ran": ran}) == line
    assert ran == []
    # Nor does a value that looks like an option, or like a variable, become one.
    options = command_line.command_parser("upload").read(["{name}"])
    assert command_line.filled(options.path[0], {"name": "--help"}) == "--help"
    assert command_line.filled("{name}", {"name": "{other}", "other": 1}) == "{other}"


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("upload pho", "pho"),
        ("upload ", ""),
        ("upload 'my pho", "'my pho"),
        ('upload "a b" "c d', '"c d'),
        ("upload my\\ pho", "my\\ pho"),
        ("upload 'a b'", "'a b'"),
    ],
)
def test_the_word_being_typed_is_found_with_its_quotes(line, word):
    assert command_line.last_word(line) == word


def test_the_page_about_them_names_every_command():
    page = Path(__file__).parents[2].joinpath("docs", "magics.md").read_text("utf-8")
    for command in command_line.COMMANDS:
        assert f"`{command}" in page
    for option in command_line.command_parser("export").options:
        assert option in ("-h", "--help", "--session") or option in page
