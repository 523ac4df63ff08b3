import pytest

from nemo_nb.errors import BrokenMedia
from nemo_nb.studio.edits import add_subtitles, new_draft
from nemo_nb.studio.subtitles import left_out_notes, read_cues

SRT = "1\n00:00:01,000 --> 00:00:02,500\n{text}\n"
VTT = "WEBVTT\n\n00:01.000 --> 00:02.500\n<b>Bold</b> words\n"
ASS = """[Script Info]
ScriptType: v4.00+

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:05.00,Default,,0,0,0,,not shown
Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\\p1}m 0 0 l 1 1{\\p0}
Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\\i1}One\\Ntwo
Dialogue: 0,0:00:09.00,0:00:09.00,Default,,0,0,0,,no length
"""


@pytest.mark.parametrize(
    ("text", "encoding", "words"),
    [
        (SRT.format(text="<i>Hi</i>"), "utf-8", "Hi"),
        (SRT.format(text="猫"), "utf-8-sig", "猫"),
        (SRT.format(text="猫"), "utf-16", "猫"),
        (SRT.format(text="café"), "cp1252", "café"),
        (VTT, "utf-8", "Bold words"),
        (ASS, "utf-8", "One\ntwo"),
    ],
)
def test_each_format_and_encoding_is_read_without_markup(tmp_path, text, encoding, words):
    path = tmp_path / "upload"
    path.write_bytes(text.encode(encoding))
    assert [(c.start_ms, c.end_ms, c.text) for c in read_cues(path, "a")] == [(1000, 2500, words)]


@pytest.mark.parametrize("content", [b"", b"hello", b"\0" * 50, SRT.format(text="").encode()])
def test_a_file_without_a_cue_is_broken_and_named(tmp_path, content):
    path = tmp_path / "upload"
    path.write_bytes(content)
    with pytest.raises(BrokenMedia, match=r"mine\.srt"):
        read_cues(path, "mine.srt")


def test_roles_and_what_has_no_place_come_along(tmp_path):
    styled = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize
Style: Title,Noto Sans,40

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:02.50,Title,,0,0,0,,{\\clip(0,0,10,10)}One
"""
    path = tmp_path / "upload"
    path.write_text(styled, "utf-8")
    (cue,) = read_cues(path, "mine.ass")
    assert cue.role == "title"
    assert cue.left_out
    (note,) = left_out_notes([cue], "mine.ass")
    assert "mine.ass" in note
    assert cue.left_out[0] in note
    assert left_out_notes([], "mine.ass") == ()
    draft = add_subtitles(new_draft(), [cue])
    assert draft["t"][0]["sg"][0]["m"]["role"] == "title"
