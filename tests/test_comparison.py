import io
import re

import pandas as pd
import pytest
from PIL import Image

from nemo_nb.comparing import compare
from nemo_nb.comparison import Comparison
from nemo_nb.errors import InputError, NotSupported, SourceNotFound, StudioGone
from nemo_nb.timeline.timeline import Timeline

CUES = ((0, 2000, "Hello big wide world"), (2500, 4000, "Goodbye"))


def draft(preset="clean-white", cues=CUES):
    return {
        "t": [
            {"tt": 0, "sg": [{"s": 0, "d": 5000, "m": {"src": "clip.mp4"}}]},
            {
                "tt": 7,
                "sg": [
                    {"s": s, "d": e - s, "m": {"text": text, "style": {"preset": preset}}}
                    for s, e, text in cues
                ],
            },
        ]
    }


def jpeg_of(_draft, at_ms, width, *, lossless=False):
    picture = io.BytesIO()
    image = Image.new("RGB", (width or 64, 36), (at_ms % 255, 30, 30))
    image.save(picture, "PNG" if lossless else "JPEG")
    return picture.getvalue()


@pytest.fixture
def styles():
    """Two variants of one cut that differ in style alone."""
    one = Timeline.from_state({"draft": draft("bold-yellow")}, frames=jpeg_of)
    return Comparison({"bold": one, "clean": one.with_draft(draft("clean-white"))})


def test_two_drafts():
    comparison = compare(draft("bold-yellow"), draft())
    assert comparison.names == ("A", "B")
    assert comparison.metrics["cues"].tolist() == [2, 2]
    assert comparison.captions["A"]["text"].tolist() == ["Hello big wide world", "Goodbye"]


def test_a_difference_of_style_alone_is_seen(styles):
    metrics, captions = styles.metrics, styles.captions
    assert metrics.drop(columns="style").nunique(dropna=False).eq(1).all()
    assert metrics.loc["bold", "style"].startswith("bold-yellow, ")
    assert metrics.loc["clean", "style"].startswith("clean-white, ")
    assert captions["bold"]["text"].equals(captions["clean"]["text"])
    assert not captions["bold"]["style"].equals(captions["clean"]["style"])
    assert styles._repr_html_().count(">style</td>") == 2


def test_every_kind_of_source(tmp_path):
    path = tmp_path / "first.srt"
    Timeline.from_draft(draft()).to_srt(path)

    class Session:
        def timeline(self):
            return Timeline.from_draft(draft("loud"))

    comparison = compare(
        path,
        Timeline.from_captions(path),
        Session(),
        Timeline.from_captions(path).captions,
        draft(),
    )
    assert comparison.names == ("first", "B", "C", "D", "E")
    assert len(set(comparison.metrics["chars"])) == 1
    assert comparison.metrics.loc["C", "style"].startswith("loud")
    assert len(comparison.captions) == 2


def test_names(tmp_path):
    for name in ("a.srt", "b.srt"):
        Timeline.from_draft(draft()).to_srt(tmp_path / name)
    (tmp_path / "sub").mkdir()
    Timeline.from_draft(draft()).to_srt(tmp_path / "sub" / "a.srt")
    assert compare(tmp_path / "a.srt", str(tmp_path / "b.srt")).names == ("a", "b")
    assert compare(tmp_path / "a.srt", tmp_path / "sub" / "a.srt").names == ("A", "B")
    assert compare(draft(), draft(), names=["x", "y"]).names == ("x", "y")


@pytest.mark.parametrize("names", [["x"], ["x", "x"], ["x", "y", "z"]])
def test_names_that_do_not_fit(names):
    with pytest.raises(InputError, match="2 variants need as many different names"):
        compare(draft(), draft(), names=names)


def test_what_cannot_be_compared(tmp_path):
    with pytest.raises(InputError, match="int is nothing that can be compared"):
        compare(draft(), 5)
    with pytest.raises(SourceNotFound):
        compare(draft(), tmp_path / "none.srt")
    with pytest.raises(InputError, match="two variants or more"):
        Comparison({"only": Timeline.from_draft(draft())})

    class AsyncSession:
        async def timeline(self):
            return None

    with pytest.raises(InputError, match="An AsyncSession cannot be read here"):
        compare(draft(), AsyncSession())


def test_lint_names_the_variants():
    fast = draft(cues=((0, 500, "Hello big wide world"),))
    frame = compare(draft(), fast, names=["slow", "fast"]).lint("netflix")
    assert frame["variant"].unique().tolist() == ["fast"]
    assert frame["rule"].tolist() == ["reading_speed", "duration_short"]


def test_frames_handed_out_cannot_change_it(styles):
    metrics = styles.metrics
    metrics.loc["bold", "cues"] = 99
    styles.variants.clear()
    assert styles.metrics.loc["bold", "cues"] == 2
    assert len(styles.variants) == 2


def test_text_display(styles):
    assert repr(styles).startswith("Comparison of bold, clean")
    assert re.search(r"^chars/s, mean +\d+\.\d +\d+\.\d$", repr(styles), re.MULTILINE)


def test_html_shows_a_strip_of_pictures_for_each_cue_that_differs(styles):
    html = styles._repr_html_()
    assert html.count("data:image/jpeg;base64,") == 4
    assert "bold at 0:01.0, with the caption “Hello big wide world” (bold-yellow" in html
    assert "clean at 0:01.0, with the caption" in html
    assert html.count("alt=") == 4


def test_pictures_are_of_the_first_cue_that_differs():
    asked = []

    def frame(draft_, at_ms, width, **_):
        asked.append((at_ms, width))
        return jpeg_of(draft_, at_ms, width)

    one = Timeline.from_state({"draft": draft()}, frames=frame)
    other = one.with_draft(draft(cues=(CUES[0], (2500, 4000, "Farewell"))))
    Comparison({"a": one, "b": other})._repr_html_()
    assert asked == [(3250, 320), (3250, 320)]


def test_html_survives_a_studio_that_is_gone():
    def gone(*_, **__):
        raise StudioGone("The studio has stopped.")

    one = Timeline.from_state({"draft": draft()}, frames=gone)
    html = Comparison({"a": one, "b": one})._repr_html_()
    assert "<img" not in html
    assert "Aligned captions (2)" in html


def test_html_is_escaped_and_without_captions_says_so():
    html = compare(draft(cues=((0, 900, "<b>x</b>"),)), draft(), names=["<i>", "b"])._repr_html_()
    assert "<b>x" not in html
    assert "<i>" not in html
    empty = compare(draft(cues=()), draft(cues=()))
    assert "There are no captions." in empty._repr_html_()
    assert empty.captions.empty
    assert empty.metrics["cues"].tolist() == [0, 0]


def test_cues_outside_the_cut_have_no_picture():
    one = Timeline.from_state(
        {
            "draft": {
                "t": [
                    {
                        "tt": 7,
                        "sg": [
                            {"s": -9000, "d": 100, "m": {"text": "early"}},
                            {"s": 0, "d": 500, "m": {"text": "x"}},
                        ],
                    }
                ]
            }
        },
        frames=jpeg_of,
    )
    assert "<img" not in Comparison({"a": one, "b": one})._repr_html_()


def test_the_three_moments_that_differ_most_are_shown_in_order_of_time():
    cues = [(at * 1000, at * 1000 + 900, f"cue number {at}") for at in range(6)]
    other = list(cues)
    other[1] = (1000, 1900, "quite another thing")
    other[3] = (3050, 3900, "cue number 3")
    other[4] = (4000, 4900, "cue number four")
    other[5] = (5000, 5900, "nothing alike at all")
    one = Timeline.from_state({"draft": draft(cues=cues)}, frames=jpeg_of)
    html = Comparison({"a": one, "b": one.with_draft(draft(cues=other))})._repr_html_()
    places = [html.index(f"a at {at},") for at in ("0:01.5", "0:04.5", "0:05.5")]
    assert places == sorted(places)
    assert "a at 0:03.5," not in html


def test_results_take_the_variants_in_their_order(styles):
    found = styles.results(views=[5200, 5160], clicks=[312, 377])
    assert found.table["variant"].tolist() == ["bold", "clean"]
    assert found.table["successes"].tolist() == [312, 377]
    same = styles.results(views={"clean": 5160, "bold": 5200}, clicks={"clean": 377, "bold": 312})
    assert same.table.set_index("variant").loc["clean", "successes"] == 377
    with pytest.raises(InputError, match="3 entries for 2 variants"):
        styles.results(views=[1, 2, 3], clicks=[1, 1, 1])


def test_results_of_a_log_are_compared_with_the_first_variant(styles):
    log = pd.DataFrame({"style": ["clean", "bold"] * 50, "clicked": [1, 0, 0, 0] * 25})
    found = styles.results(log, variant="style", clicks="clicked")
    assert found.table["variant"].tolist() == ["bold", "clean"]


def test_votes_are_kept_and_weighed(styles):
    assert styles.votes.empty
    for cue in range(1, 9):
        styles.vote(cue, "bold", "clean", "clean" if cue > 2 else "bold", voter="ann")
    assert styles.votes.columns.tolist() == ["voter", "cue", "left", "right", "winner"]
    strengths = styles.preferences().table.set_index("variant")["strength"]
    assert strengths["clean"] == pytest.approx(0.75, abs=0.01)
    with pytest.raises(InputError):
        styles.vote(1, "bold", "other", "bold")


def test_the_figure_marks_the_profiles_reading_speed(styles):
    picture = styles.plot("netflix")
    assert "over 20" in picture.alt
    assert "over" not in styles.plot("bbc").alt


def test_a_layout_is_one_timeline_of_all_variants(styles):
    across, below = styles.layout(), styles.layout("stacked", labels=False)
    assert (across.canvas.width, across.canvas.height) == (3840, 1080)
    assert (below.canvas.width, below.canvas.height) == (1920, 2160)
    assert across.has_frames
    texts = across.captions["text"].tolist()
    assert {"bold", "clean"} <= set(texts)
    assert texts.count("Goodbye") == 2
    assert "bold" not in below.captions["text"].tolist()
    with pytest.raises(InputError, match="side-by-side or stacked"):
        styles.layout("diagonal")


def test_exporting_takes_a_session(styles):
    with pytest.raises(NotSupported, match="no session to render with"):
        styles.export("x.mp4")
    asked = {}
    styles.exporter = lambda path, **wish: asked.update(path=path, **wish)
    styles.export("x.mp4", "stacked", quality="low")
    assert (asked["path"], asked["quality"]) == ("x.mp4", "low")
    assert asked["timeline"].canvas.height == 2160
