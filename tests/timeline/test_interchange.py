import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nemo_nb.errors import InputError, SourceNotFound, UnsupportedFile
from nemo_nb.timeline.subtitles import parse_subtitles
from nemo_nb.timeline.timeline import Timeline

# What is lost is told; the tests that are about it look for it.
pytestmark = pytest.mark.filterwarnings("ignore:Not carried over")

SRT = """1
00:00:01,000 --> 00:00:02,500
<i>Hello</i>, world

2
00:00:03,000 --> 00:00:04,000
{\\an8}On top
Route
66
"""

VTT = """WEBVTT - made by hand
Kind: captions

STYLE
::cue { color: lime }

NOTE a note
over two lines

intro
00:01.000 --> 00:02.500 align:start position:10%
<v Bob>Fish &amp; <c.yellow>chips</c>
42

NOTE another

01:00:00.000 --> 01:00:01.000
<00:00:01.200>late
"""

ASS = """[Script Info]
ScriptType: v4.00+
PlayResX: 1920
PlayResY: 1080

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, \
Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,73.5,&H0000FFFF,&H000000FF,&H00000000,&H00000000,-1,0,0,0,100,100,0,0,1,5.4,0,\
8,10,10,10,1
Style: Boxed,Arial,73.5,&H00FFFFFF,&H000000FF,&H80000000,&H00000000,0,0,0,0,100,100,0,0,3,2,0,2,10,\
10,10,1
Style: Title,Arial,100,&H00FFFFFF,&H000000FF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,0,0,5,10,\
10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\i1}yellow{\\i0} words\\Nbelow
Dialogue: 0,0:00:03.00,0:00:04.00,Boxed,,0,0,0,,in a box
Comment: 0,0:00:03.00,0:00:04.00,Boxed,,0,0,0,,not shown
Dialogue: 0,0:00:05.00,0:00:06.00,Title,,0,0,0,,A title
Dialogue: 0,0:00:07.00,0:00:08.00,Default,,0,0,0,,{\\p1}m 0 0 l 10 10{\\p0}
"""


def read(tmp_path, name, content, encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(content.encode(encoding))
    return Timeline.from_captions(path)


def cues(timeline):
    frame = timeline.captions[["start_ms", "end_ms", "text"]]
    return [tuple(row) for row in frame.to_numpy().tolist()]


def styled(*cues_):
    segments = [
        {"s": start, "d": end - start, "m": {"text": text, "role": role, "style": style}}
        for start, end, text, role, style in cues_
    ]
    return Timeline.from_draft({"t": [{"tt": 7, "sg": segments}]})


def test_srt_is_read(tmp_path):
    timeline = read(tmp_path, "a.srt", SRT)
    assert cues(timeline) == [(1000, 2500, "Hello, world"), (3000, 4000, "On top\nRoute\n66")]
    assert timeline.captions["style"].tolist() == [{}, {"position": "top"}]
    assert timeline.duration_ms == 4000
    assert timeline.draft["d"] == 4000


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_line_ends_and_encodings(tmp_path, ends, encoding):
    content = "1\n00:00:01,000 --> 00:00:02,000\nÇa va « très » bien\nzwei\n".replace("\n", ends)
    assert cues(read(tmp_path, "a.srt", content, encoding)) == [
        (1000, 2000, "Ça va « très » bien\nzwei")
    ]


def test_vtt_is_read_without_its_notes_names_and_tags(tmp_path):
    assert cues(read(tmp_path, "a.vtt", VTT)) == [
        (1000, 2500, "Fish & chips\n42"),
        (3_600_000, 3_601_000, "late"),
    ]


def test_ass_is_read_with_styles(tmp_path):
    captions = read(tmp_path, "a.ass", ASS).captions
    assert captions["text"].tolist() == ["yellow words\nbelow", "in a box", "A title"]
    assert captions["role"].tolist() == ["caption", "caption", "title"]
    yellow, boxed, title = captions["style"]
    assert yellow["color"] == "#ffff00"
    assert yellow["weight"] == 700
    assert yellow["size"] == pytest.approx(5.0, abs=0.01)
    assert yellow["stroke"] == "#000000"
    assert yellow["stroke_width"] == pytest.approx(10.0, abs=0.1)
    assert yellow["position"] == "top"
    assert boxed["box"] == "#0000007f"
    assert boxed["stroke"] == ""
    assert title["position"] == "middle"


def test_the_content_decides_not_the_name(tmp_path):
    assert len(read(tmp_path, "a.txt", SRT).captions) == 2


@pytest.mark.parametrize("content", ["", "just words\n", "{}", "\x00\x01\x02"])
def test_what_is_no_subtitle_file(tmp_path, content):
    with pytest.raises(UnsupportedFile, match=r"a\.srt is not a subtitle file") as caught:
        read(tmp_path, "a.srt", content)
    assert caught.value.code == 4001


def test_no_such_file(tmp_path):
    with pytest.raises(SourceNotFound, match=r"There is no subtitle file .*nowhere\.srt"):
        Timeline.from_captions(tmp_path / "nowhere.srt")
    with pytest.raises(SourceNotFound):
        Timeline.from_captions(tmp_path)


def test_srt_is_written(tmp_path):
    timeline = styled((0, 1500, "one\ntwo", "caption", {}), (2000, 3661001, "x", "title", {}))
    path = tmp_path / "out.srt"
    text = timeline.to_srt(path)
    assert text == (
        "1\n00:00:00,000 --> 00:00:01,500\none\ntwo\n\n2\n00:00:02,000 --> 01:01:01,001\nx\n\n"
    )
    assert path.read_bytes() == text.encode()


def test_vtt_is_written_with_entities():
    text = styled((0, 1000, "a < b & c -> d", "caption", {})).to_vtt()
    assert text.startswith("WEBVTT\n\n")
    assert "a &lt; b &amp; c -&gt; d" in text


def test_empty_and_unknown_cues_are_left_out_and_negative_starts_cut():
    draft = {
        "t": [
            {
                "tt": 7,
                "sg": [
                    {"s": -500, "d": 1500, "m": {"text": "early"}},
                    {"s": 2000, "d": 500, "m": {"text": "  "}},
                    {"s": 3000, "d": float("nan"), "m": {"text": "no end"}},
                ],
            }
        ]
    }
    assert Timeline.from_draft(draft).to_srt() == "1\n00:00:00,000 --> 00:00:01,000\nearly\n\n"


def test_a_timeline_without_captions_writes_an_empty_file():
    assert Timeline.from_draft({}).to_srt() == ""
    assert Timeline.from_draft({}).to_vtt() == "WEBVTT\n\n"


TRICKY = [
    "{braces} and {\\an8}",
    "C:\\new \\N \\h",
    "Route\n66",
    "42",
    "👨\u200d👩\u200d👧 שלום",
    "tail\\",
]


@pytest.mark.parametrize("text", [*TRICKY, "<b>not bold</b> & <i", "a --> b"])
@pytest.mark.parametrize("kind", ["vtt", "ass"])
def test_words_survive_vtt_and_ass(tmp_path, kind, text):
    timeline = styled((0, 1000, text, "caption", {}), (2000, 3000, "last\n7", "caption", {}))
    path = tmp_path / f"a.{kind}"
    getattr(timeline, f"to_{kind}")(path)
    assert cues(Timeline.from_captions(path)) == [(0, 1000, text), (2000, 3000, "last\n7")]


@pytest.mark.parametrize("text", ["{braces}", "Route\n66", "42", "a\nb\nc"])
def test_words_survive_srt(tmp_path, text):
    path = tmp_path / "a.srt"
    styled((0, 1000, text, "caption", {})).to_srt(path)
    assert cues(Timeline.from_captions(path)) == [(0, 1000, text)]


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**7),
            st.integers(0, 10**5),
            st.text(alphabet="ab1{}\\<>& \nNh.é中", min_size=1, max_size=12).filter(str.strip),
        ),
        max_size=4,
    )
)
def test_any_words_survive_vtt(tmp_path_factory, drawn):
    timeline = styled(
        *((start, start + length, text, "caption", {}) for start, length, text in drawn)
    )
    path = tmp_path_factory.mktemp("vtt") / "a.vtt"
    timeline.to_vtt(path)
    if not drawn:
        return

    def plain(text):
        # A blank line ends a cue in every format, and space around a line is no content.
        return [line.strip() for line in text.split("\n") if line.strip()]

    back = [(start, end, plain(text)) for start, end, text in cues(Timeline.from_captions(path))]
    expected = [(start, end, plain(text)) for start, end, text in cues(timeline)]
    assert sorted(back) == sorted(expected)


def test_presets_and_roles_survive_ass(tmp_path):
    timeline = styled(
        (0, 1000, "a", "caption", {"preset": "bold-yellow"}),
        (1000, 2000, "b", "title", {}),
        (2000, 3000, "c", "caption", {"preset": "boxed", "color": "#00ff00"}),
        (3000, 4000, "d", "caption", {"preset": "boxed", "color": "#ff0000", "position": "top"}),
        (4000, 5000, "e", "caption", {"preset": "boxed", "color": "#00ff00"}),
    )
    path = tmp_path / "a.ass"
    text = timeline.to_ass(path)
    assert text.count("Style: caption/boxed") == 2
    back = Timeline.from_captions(path).captions
    assert back["role"].tolist() == ["caption", "title", "caption", "caption", "caption"]
    assert back["style"][0] == {"preset": "bold-yellow"}
    assert back["style"][1] == {"preset": "headline"}
    assert back["style"][2]["preset"] == "boxed"
    assert back["style"][2]["color"] == "#00ff00"
    assert back["style"][3]["position"] == "top"
    assert back["style"][4] == back["style"][2]


STYLED_VTT = """WEBVTT

STYLE
::cue { color: lime }

00:01.000 --> 00:02.000 line:10% position:20% align:start size:50%
<v Bob>Hello <b>big</b> world

00:03.000 --> 00:04.000 line:0
Top

00:05.000 --> 00:06.000 line:-1 align:end
Right

00:07.000 --> 00:08.000 vertical:rl region:fred
Down

00:09.000 --> 00:10.000 line:50%,center
Middle

00:11.000 --> 00:12.000
Plain
"""


def test_vtt_settings_become_places_and_the_rest_is_listed(tmp_path):
    with pytest.warns(UserWarning, match="Not carried over to a draft: .*speakers"):
        timeline = read(tmp_path, "a.vtt", STYLED_VTT)
    assert timeline.captions["style"].tolist() == [
        {"position": "top-left", "x": 20.0, "y": 10.0, "align": "left", "max_width": 50.0},
        {"position": "top"},
        {"position": "bottom-right", "align": "right"},
        {},
        {"position": "middle"},
        {},
    ]
    assert timeline.draft["m"]["left_out"] == [
        "emphasis (1 cue)",
        "speakers (1 cue)",
        "its style sheet (1 cue)",
        "vertical:rl (1 cue)",
        "region:fred (1 cue)",
    ]


def test_places_survive_vtt(tmp_path):
    styles = [
        {"position": "top-left", "x": 20.0, "y": 10.0, "align": "left", "max_width": 50.0},
        {"position": "top"},
        {"position": "middle"},
        {},
        {"position": "bottom", "y": 70.0},
    ]
    times = range(0, 5000, 1000)
    timeline = styled(
        *(
            (at, at + 900, "a --> b", "caption", look)
            for at, look in zip(times, styles, strict=True)
        )
    )
    back = read(tmp_path, "b.vtt", timeline.to_vtt()).captions
    assert back["style"].tolist() == styles
    assert set(back["text"]) == {"a --> b"}


OVERRIDES = (
    ASS.partition("Style: ")[0]
    + r"""Style: A,Oswald,60,&HFFFFFF,&H0,&H0,&H80000000,0,0,0,0,100,100,0,0,1,0,0,2,96,96,108,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:02.00,A,,0,0,0,,{\an8\pos(960,270)\fad(300,300)\c&H0000FF&\b1}One
Dialogue: 0,0:00:03.00,0:00:04.00,A,,0,0,216,,{\move(0,0,9,9)\fad(1,2)\k20}Two {\i1}words{\i0}
"""
)


def test_ass_tags_of_a_whole_cue_are_taken_over_and_the_rest_is_listed(tmp_path):
    with pytest.warns(UserWarning, match="movement"):
        timeline = read(tmp_path, "a.ass", OVERRIDES)
    one, two = timeline.captions["style"]
    assert (one["position"], one["x"], one["y"], one["fade_ms"]) == ("top", 50.0, 25.0, 300)
    assert (one["color"], one["weight"], one["font"]) == ("#ff0000", 700, "Oswald")
    assert (one["margin"], one["max_width"], one["shadow"]) == (10.0, 90.0, "")
    assert (two["margin"], two["color"]) == (20.0, "#ffffff")
    assert timeline.draft["m"]["left_out"] == [
        f"{what} (1 cue)" for what in ("movement", "unequal fades", "karaoke", "emphasis")
    ]


def test_points_and_fades_survive_ass(tmp_path):
    style = {"preset": "bold-yellow", "x": 25.0, "y": 40.0, "position": "top-left", "fade_ms": 200}
    timeline = styled((0, 1000, "a {b}", "caption", style))
    (back,) = read(tmp_path, "a.ass", timeline.to_ass()).captions["style"]
    assert style.items() <= back.items()


def test_the_colour_of_a_whole_subrip_cue_is_taken_over(tmp_path):
    text = '1\n00:00:01,000 --> 00:00:02,000\n<font color="#FF8000">Orange</font>\n'
    assert read(tmp_path, "a.srt", text).captions["style"].tolist() == [{"color": "#ff8000"}]


def test_frames_without_a_rate_are_refused_with_the_reason(tmp_path):
    with pytest.raises(UnsupportedFile, match="counts in frames"):
        read(tmp_path, "a.sub", "{0}{25}Hello|there\n{30}{60}Bye\n")


def test_a_strange_colour_is_written_as_white():
    text = styled((0, 1000, "a", "caption", {"color": "yellowish"})).to_ass()
    assert "&H00FFFFFF" in text


def test_a_frame_is_read():
    frame = pd.DataFrame(
        {
            "start_ms": [2000, 0],
            "duration_ms": [500, 1000.0],
            "text": ["b", "a"],
            "role": ["title", None],
            "style": [{"preset": "loud"}, None],
        },
        index=["x", "y"],
    )
    captions = Timeline.from_captions(frame).captions
    assert captions["text"].tolist() == ["a", "b"]
    assert captions["end_ms"].tolist() == [1000, 2500]
    assert captions["role"].tolist() == ["caption", "title"]
    assert captions["style"].tolist() == [{}, {"preset": "loud"}]


def test_a_captions_frame_round_trips(studio_state):
    captions = Timeline.from_state(studio_state).captions
    pd.testing.assert_frame_equal(Timeline.from_captions(captions).captions, captions)


def test_an_empty_frame_is_an_empty_track():
    timeline = Timeline.from_captions(Timeline.from_draft({}).captions)
    assert timeline.captions.empty
    assert len(timeline.tracks) == 1


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"text": ["a"]}), "no column start_ms and no column end_ms"),
        (pd.DataFrame({"start_ms": [0], "end_ms": [1]}), "no column text"),
        (
            pd.DataFrame({"start_ms": [None], "end_ms": [1], "text": ["a"]}, index=["r7"]),
            "Row 'r7' of the captions is no cue",
        ),
        (pd.DataFrame({"start_ms": [5], "end_ms": [1], "text": ["a"]}), "Row 0"),
        (pd.DataFrame({"start_ms": [0], "end_ms": [1], "text": [3]}), "Row 0"),
        (object(), "no column text"),
    ],
)
def test_a_bad_frame_names_what_is_wrong(frame, message):
    with pytest.raises(InputError, match=message):
        Timeline.from_captions(frame)


@settings(max_examples=80, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=60),
        st.lists(
            st.sampled_from(
                [
                    "WEBVTT",
                    "[Script Info]",
                    "[Events]",
                    "Dialogue: 0,0:00:01.00,0:00:02.00,X,,0,0,0,,hi",
                    "Dialogue: 0,,,",
                    "Format: Text",
                    "Style: A,B",
                    "00:00:01.000 --> 00:00:02.000",
                    "00:00:01,000 --> 00:00:00,500",
                    "99999999999:00:01,000 --> 99999999999:00:02,000",
                    "{1}{20}hi",
                    "http://www.w3.org/ns/ttml",
                    "<tt xmlns='http://www.w3.org/ns/ttml'>",
                    "words",
                    "{\\an9}x",
                    "",
                ]
            ),
            max_size=8,
        ).map(lambda lines: "\n".join(lines).encode()),
    )
)
def test_any_bytes_are_cues_or_a_clear_refusal(raw):
    try:
        cues_ = parse_subtitles(raw, "a.srt")
    except UnsupportedFile as error:
        assert str(error).startswith("a.srt ")  # noqa: PT017 - either is right
    else:
        assert all(cue["end_ms"] >= cue["start_ms"] for cue in cues_)
