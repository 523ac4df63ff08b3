import io
import json
import pickle
from unittest.mock import create_autospec

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from nemo_nb.draft_previews import DraftPreviews
from nemo_nb.errors import InputError, NotSupported
from nemo_nb.models import Canvas
from nemo_nb.timeline.diff import diff_words
from nemo_nb.timeline.timeline import Timeline

JSON_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=2**62, max_value=2**70),
    st.floats(),
    st.text(max_size=6),
    st.text(alphabet=st.characters(min_codepoint=0xD7F0, max_codepoint=0xE010), max_size=3),
)
JSON = st.recursive(
    JSON_SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = (
    *("s", "st", "start", "d", "dur", "duration", "m", "meta", "id", "text", "title", "src", "in"),
    *("volume", "speed", "role", "style", "t", "tt", "sg", "type", "tracks", "segments", "extra"),
    *("width", "height", "fps", "name", "preset", "color", "size", "position", "transition"),
)


def _object(values):
    return st.dictionaries(st.sampled_from(KEYS), values, max_size=6)


SEGMENTS = st.one_of(
    JSON, _object(st.one_of(JSON, _object(JSON))), st.fixed_dictionaries({"s": JSON, "d": JSON})
)
TRACKS = st.one_of(
    JSON,
    st.fixed_dictionaries(
        {
            "tt": st.one_of(st.sampled_from([0, 1, 7, 7, 7, "7", 99]), JSON),
            "sg": st.one_of(st.lists(SEGMENTS, max_size=4), JSON),
        },
        optional={"m": st.one_of(JSON, _object(JSON)), "id": JSON, "extra": JSON},
    ),
)
DRAFTS = st.fixed_dictionaries(
    {"t": st.one_of(st.lists(TRACKS, max_size=4), JSON)},
    optional={"m": st.one_of(JSON, _object(JSON)), "d": JSON, "extra": JSON},
)


def frames_of(calls):
    def frame(draft, at_ms, width, *, lossless=False):
        calls.append((draft, at_ms, width))
        picture = io.BytesIO()
        image = Image.new("RGB", (width or 64, 36), (200, 30, 30))
        image.save(picture, "PNG" if lossless else "JPEG")
        return picture.getvalue()

    return frame


def test_members(studio_state):
    timeline = Timeline.from_state(studio_state)
    assert timeline.canvas == Canvas(1080, 1920, 25.0)
    assert repr(timeline) == timeline.summary()
    assert timeline.draft == studio_state["draft"]


def test_the_canvas_comes_from_the_state_where_the_draft_says_nothing(studio_state):
    del studio_state["draft"]["m"]
    assert Timeline.from_state(studio_state).canvas == Canvas(1080, 1920, 30.0)


@pytest.mark.parametrize("value", [None, [], "{}", 5])
def test_a_draft_is_an_object(value):
    with pytest.raises(InputError, match="A draft is a JSON object"):
        Timeline.from_draft(value)


def test_with_draft_keeps_media_canvas_and_frames(studio_state):
    calls = []
    timeline = Timeline.from_state(studio_state, frames=frames_of(calls))
    draft = timeline.draft
    draft["t"][1]["sg"].pop()
    edited = timeline.with_draft(draft)
    assert edited.media.equals(timeline.media)
    assert len(edited.captions) == 2
    assert len(timeline.captions) == 3
    assert edited.frame(0).size == (64, 36)
    assert calls[0][0] == draft


def test_a_frame_is_a_picture(studio_state):
    calls = []
    timeline = Timeline.from_state(studio_state, frames=frames_of(calls))
    picture = timeline.frame(5999, width=20)
    assert picture.size == (20, 36)
    assert picture.getpixel((0, 0))[0] > 150
    assert calls == [(studio_state["draft"], 5999, 20)]
    with Image.open(io.BytesIO(timeline.frame_png(0))) as exact:
        assert (exact.format, exact.getpixel((0, 0))) == ("PNG", (200, 30, 30))


@pytest.mark.parametrize("at_ms", [-1, 6000])
def test_a_frame_outside_the_timeline_is_refused(studio_state, at_ms):
    timeline = Timeline.from_state(studio_state, frames=frames_of([]))
    with pytest.raises(InputError, match="The timeline runs from 0 to 6000 ms"):
        timeline.frame(at_ms)


def test_without_a_frame_source_there_are_no_frames(studio_state):
    timeline = Timeline.from_state(studio_state)
    assert not timeline.has_frames
    with pytest.raises(NotSupported, match="Only the embedded studio draws single frames"):
        timeline.frame(0)


def test_previews_are_there_where_the_source_gives_them(studio_state):
    source = create_autospec(DraftPreviews, instance=True)
    timeline = Timeline.from_state(studio_state, frames=source)
    assert timeline.previews is source
    assert timeline.with_draft(timeline.draft).previews is source
    assert Timeline.from_state(studio_state, frames=frames_of([])).previews is None
    assert Timeline.from_state(studio_state).previews is None


def test_lint_names_the_timeline(studio_state):
    found = Timeline.from_state(studio_state).lint("netflix")
    assert found[["variant", "cue", "rule", "value"]].to_numpy().tolist() == [
        ["timeline", 3, "duration_short", 500.0]
    ]


def test_html_is_static_escaped_and_described(studio_state):
    studio_state["draft"]["t"][1]["sg"][0]["m"]["text"] = '<script>alert("x")</script>'
    html = Timeline.from_state(studio_state)._repr_html_()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert 'role="img"' in html
    assert 'aria-label="Timeline (2 tracks)' in html
    assert "<caption>Captions (3)</caption>" in html
    assert 'scope="col"' in html
    assert "left:50.000%;width:50.000%" in html


def test_html_shows_the_first_twenty_captions():
    segments = [{"d": 1000, "m": {"text": f"cue number {i}."}} for i in range(30)]
    html = Timeline.from_draft({"t": [{"tt": 7, "sg": segments}]})._repr_html_()
    assert "Captions (first 20 of 30)" in html
    assert html.count('class="words">cue number') == 20


def test_html_of_a_long_track_stays_small():
    segments = [{"d": 10, "m": {"src": "a.mp4"}} for _ in range(20_000)]
    html = Timeline.from_draft({"t": [{"tt": 0, "sg": segments}]})._repr_html_()
    assert html.count("nemo-bar nemo-video") <= 201
    assert len(html) < 100_000


def test_html_of_nothing():
    html = Timeline.from_draft({})._repr_html_()
    assert "Timeline (0 tracks): empty" in html
    assert "<table" not in html


def test_a_timeline_pickles_without_its_connection(studio_state):
    timeline = Timeline.from_state(studio_state, frames=lambda *_: b"")
    again = pickle.loads(pickle.dumps(timeline))  # noqa: S301 - our own bytes
    assert again.draft == timeline.draft
    assert not again.has_frames
    assert again.captions.equals(timeline.captions)


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(DRAFTS, DRAFTS, JSON)
def test_no_draft_makes_anything_raise(draft, other, infos):
    before = json.dumps(draft)
    timeline = Timeline.from_state({"draft": draft, "video_infos": infos, "canvas_config": infos})
    another = Timeline.from_state({"draft": other})
    segments = timeline.segments
    assert len(timeline.tracks) >= segments["track"].nunique()
    assert len(timeline.captions) == (segments["kind"] == "text").sum()
    assert len(timeline.media) >= 0
    assert timeline.summary().startswith("Timeline (")
    assert timeline.duration_ms >= 0
    assert isinstance(timeline.ready, bool)
    assert isinstance(timeline._repr_html_(), str)
    assert isinstance(diff_words(timeline.diff(another), "zh"), str)
    assert timeline.diff(timeline).empty
    timeline.lint("bbc")
    for text in (timeline.to_srt(), timeline.to_vtt(), timeline.to_ass()):
        assert isinstance(text, str)
    assert json.dumps(timeline.draft) == json.dumps(draft) == before
