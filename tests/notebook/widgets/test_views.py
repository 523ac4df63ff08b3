"""What a timeline and a conversation look like to the front end and on paper."""

import pytest

from nemo_nb import settings
from nemo_nb.notebook.widgets import views
from nemo_nb.notebook.widgets.transcript import Transcript
from nemo_nb.timeline.timeline import Timeline

DRAFT = {
    "d": 6000,
    "m": {"width": 1080, "height": 1920},
    "t": [
        {
            "tt": 0,
            "m": {"title": "Video"},
            "sg": [{"id": "s1", "d": 6000, "m": {"src": "cat.jpg"}}],
        },
        {
            "tt": 1,
            "m": {"title": "Music"},
            "sg": [{"id": "s2", "d": 6000, "m": {"src": "song.mp3", "volume": 0.35}}],
        },
        {"tt": 7, "sg": [{"id": "s3", "s": 1000, "d": 2000, "m": {"text": "Urban\nDreams"}}]},
    ],
}


def test_a_timeline_is_painted_from_its_tracks():
    view = views.timeline_view(Timeline.from_draft(DRAFT))
    assert (view["duration_ms"], view["ready"], view["width"]) == (6000, True, 1080)
    assert [track["kind"] for track in view["tracks"]] == ["video", "audio", "text"]
    assert view["tracks"][0]["segments"][0]["label"] == "cat.jpg"
    assert view["tracks"][1]["segments"][0]["volume"] == 0.35
    title = view["tracks"][2]["segments"][0]
    assert (title["label"], title["start_ms"], title["end_ms"]) == ("Urban\nDreams", 1000, 3000)


def test_an_empty_timeline_is_not_ready():
    view = views.timeline_view(Timeline({}))
    assert (view["ready"], view["tracks"]) == (False, [])


@pytest.mark.parametrize(
    ("backend", "label"),
    [
        ("local", "on this machine"),
        ("cloud", "Nemo cloud"),
        ("http://studio.lan:8787", "studio on studio.lan"),
    ],
)
def test_the_backend_is_named_without_port_or_path(backend, label):
    assert views.backend_label(settings.load(backend, env={})) == label


def test_the_static_page_is_escaped_and_holds_the_last_words():
    transcript = Transcript()
    transcript.add_files(["<b>.jpg"])
    transcript.start(1, "chat", "<script>alert(1)</script>")
    transcript.advance(1, "Title **added** <img src=x onerror=alert(1)>", "")
    html = views.static_html("Nemo", transcript.items, Timeline(DRAFT), b"jpeg", 'a "cat"')
    assert "<script" not in html
    assert "<img src=x" not in html
    assert 'alt="a &quot;cat&quot;"' in html
    assert "Timeline (3 tracks)" in html
    assert "<caption>" in html
    text = views.static_text("Nemo", transcript.items, "Timeline (1 tracks)")
    assert text.splitlines()[1] == "Added: <b>.jpg"
    assert "Title **added**" in text


def test_the_static_page_shows_words_and_not_their_escapes():
    transcript = Transcript()
    transcript.start(1, "chat", "add a title")
    transcript.advance(1, r"Added “\<b\>\*Hi\*”", "")
    assert "Added “&lt;b&gt;*Hi*”" in views.static_html("Nemo", transcript.items, None, b"", "")
    assert views.static_text("Nemo", transcript.items, "").endswith("Added “<b>*Hi*”")


def test_the_static_page_keeps_a_long_conversation_short():
    transcript = Transcript()
    for turn in range(50):
        transcript.start(turn, "chat", f"message {turn}")
        transcript.advance(turn, "word " * 5000, "")
    html = views.static_html("Nemo", transcript.items, None, b"", "")
    assert "message 49" in html
    assert "message 40" not in html
    assert len(html) < 12_000


def test_the_static_page_tells_of_edits_taken_back_and_of_notes():
    transcript = Transcript()
    transcript.add_step("undo", "Title “<Hi>” removed.")
    transcript.start(1, "chat", "hello")
    transcript.end(1, "done", reply="Hi", notes=["A <new> session."])
    html = views.static_html("Nemo", transcript.items, None, b"", "")
    assert "Undone: Title “&lt;Hi&gt;” removed." in html
    assert "Hi<br>A &lt;new&gt; session." in html
    assert "Undone: Title “<Hi>” removed." in views.static_text("Nemo", transcript.items, "")
