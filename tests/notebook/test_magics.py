"""The magics, typed into a real IPython shell, on a real studio."""

import pytest
from IPython.utils.capture import capture_output

import mediakit
from nemo_nb.errors import ConfigError, InputError, SourceNotFound


@pytest.fixture
def magic(cell, tmp_path):
    mediakit.photo(tmp_path / "photo.png")
    cell("%load_ext nemo_nb")
    cell("session = nemo.connect(workspace='studio')")
    yield cell
    cell("session.close()")


def said(outputs):
    return "\n".join(output.data.get("text/plain", "") for output in outputs)


def test_the_whole_way_without_python(magic, shell):
    magic("%nemo upload photo.png")
    magic("""%%nemo --into reply\nadd a title "Hi" for 1 second""")
    assert shell.user_ns["reply"].action == "chat"
    assert '"Hi"' in said(magic("%nemo status"))
    assert "available" in said(magic("%nemo credits"))
    magic("%nemo export small.mp4")
    assert shell.user_ns["session"].timeline().captions["text"].tolist() == ["Hi"]


def test_a_path_with_a_space_is_quoted_as_in_a_shell(magic, tmp_path):
    mediakit.photo(tmp_path / "my photo.png")
    assert "my photo.png" in said(magic("%nemo upload 'my photo.png'"))


def test_a_path_with_a_space_and_no_quotes_is_told_how(magic, tmp_path):
    mediakit.photo(tmp_path / "my photo.png")
    with pytest.raises(ConfigError, match=r"%nemo upload 'my photo\.png'"):
        magic("%nemo upload my photo.png")


def test_a_message_goes_to_the_session_that_is_named(magic, shell):
    magic("other = nemo.connect(workspace='studio')")
    magic("session.upload('photo.png')")
    magic("""%%nemo --session session\nadd a title "Here" for 1 second""")
    assert shell.user_ns["session"].timeline().captions["text"].tolist() == ["Here"]
    assert not shell.user_ns["other"].timeline().ready
    assert "Here" in said(magic("%nemo status --session $session"))
    magic("other.close()")


def test_connect_takes_a_backend_and_becomes_the_session(magic):
    magic("%nemo upload photo.png")
    assert "photo.png" in said(magic("%nemo status"))
    magic("%nemo connect local --into other")
    assert "photo.png" not in said(magic("%nemo status"))
    magic("other.close()")


@pytest.mark.parametrize("line", ["%nemo exprot", "%nemo export a b", "%nemo upload"])
def test_a_wrong_line_is_an_error_that_says_the_way_out(magic, line):
    with pytest.raises(ConfigError, match=r"%nemo help|Usage: %nemo (export|upload)"):
        magic(line)


def test_a_wrong_option_is_an_error_and_not_the_end_of_python(magic):
    with pytest.raises(ConfigError, match="Usage"):
        magic("%%nemo --loudly\nhello")


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("%nemo", "usage: %nemo COMMAND"),
        ("%nemo --help", "usage: %nemo COMMAND"),
        ("%nemo help", "usage: %nemo COMMAND"),
        ("%nemo help export", "usage: %nemo export"),
        ("%nemo export -h", "usage: %nemo export"),
        ("%%nemo --help", "usage: %%nemo"),
        ("%%nemo --help\nadd a title", "usage: %%nemo"),
    ],
)
def test_help_is_printed_and_starts_nothing(cell, shell, capsys, line, first):
    cell("%load_ext nemo_nb")
    with capsys.disabled(), capture_output() as captured:
        shell.run_cell(line).raise_error()
    assert captured.stdout.startswith(first)
    assert "Ready" not in captured.stdout


@pytest.mark.parametrize("source", ["%%nemo", "%%nemo\n", "%%nemo --into reply\n  \n"])
def test_an_empty_cell_is_told_what_to_write(magic, source):
    with pytest.raises(ConfigError, match="Write what shall happen on the lines below %%nemo"):
        magic(source)


def test_a_variable_is_one_word_whatever_is_in_it(magic, tmp_path):
    mediakit.photo(tmp_path / "my 'best' photo.png")
    magic("""path, many = "my 'best' photo.png", ["photo.png", "photo.png"]""")
    assert "my 'best' photo.png" in said(magic("%nemo upload {path}"))
    assert "Uploaded (3)" in said(magic("%nemo upload $many $path"))
    magic("def inner(local):\n    return get_ipython().run_line_magic('nemo', 'upload {local}')")
    assert "photo.png" in said(magic("inner('photo.png')"))


def test_what_is_no_path_goes_as_it_is(magic):
    magic("from PIL import Image; picture = Image.new('RGB', (64, 48), 'red')")
    assert "64" in said(magic("%nemo upload $picture"))


def test_undo_and_redo(magic):
    magic("%nemo upload photo.png")
    magic('%%nemo\nadd a title "Hi" for 1 second')
    assert "Hi" not in said(magic("%nemo undo"))
    assert "Hi" in said(magic("%nemo redo"))


def test_an_export_takes_its_options(magic, tmp_path):
    magic("%nemo upload photo.png")
    magic("%nemo export small.gif --quality low --resolution 160x90 --fps=5")
    assert (tmp_path / "small.gif").read_bytes()[:4] == b"GIF8"
    with pytest.raises(InputError, match="Use low, medium, high"):
        magic("%nemo export a.mp4 --quality lwo")
    with pytest.raises(ConfigError, match="--fps 30"):
        magic("%nemo export a.mp4 --fps many")


def test_what_it_shows_of_frames_reads_well_and_they_are_frames(magic, shell):
    magic("frame = %nemo upload photo.png")
    assert shell.user_ns["frame"]["size_bytes"][0] > 0
    magic('%%nemo\nadd a title "Hi" for 1 second')
    assert "History (2)" in said(magic("%nemo history"))
    assert said(magic("%nemo sessions")) == "Named sessions: none"
    assert said(magic("%nemo jobs")) == "Renders: none"


def test_it_follows_to_the_session_that_was_connected_last(magic):
    magic("%nemo upload photo.png")
    magic("other = nemo.connect(workspace='studio')")
    assert "photo.png" not in said(magic("%nemo status"))
    magic("other.close()")
    assert "photo.png" in said(magic("%nemo status"))


def test_a_named_session_is_opened_once_and_a_slip_opens_none(magic, shell):
    magic("%nemo connect --name holiday --into mine")
    assert shell.user_ns["mine"].name == "holiday"
    magic("%nemo upload --session holiday photo.png")
    assert "photo.png" in said(magic("%nemo status --session mine"))
    with pytest.raises(ConfigError, match="Did you mean holiday"):
        magic("%nemo status --session holidy")
    magic("mine.close()")


def test_errors_of_the_session_pass_through(magic):
    with pytest.raises(SourceNotFound, match=r"nothing\.png"):
        magic("%nemo upload nothing.png")
