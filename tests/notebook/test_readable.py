"""Our frames as a person reads them."""

import gc

import pandas as pd
import pytest

from nemo_nb.notebook import readable
from nemo_nb.timeline.html import UNKNOWN


@pytest.fixture
def uploads():
    return pd.DataFrame(
        {
            "name": ["<b>clip</b>.mp4", "photo.png"],
            "source": ["<b>clip</b>.mp4", "photo.png"],
            "duration_ms": pd.array([63_240, None], dtype="Int64"),
            "fps": [29.97002997, float("nan")],
            "size_bytes": pd.array([12_345_678, 1_000_000], dtype="Int64"),
            "hash": ["c0ffee" * 10] * 2,
            "status": ["uploaded", "word " * 100],
        }
    )


def test_it_is_the_frame_itself(uploads):
    assert readable.readable(uploads, "Uploaded") is uploads
    assert uploads["duration_ms"][0] == 63_240


@pytest.mark.parametrize("mime", ["text/html", "text/plain"])
def test_times_sizes_and_numbers_read_as_people_write_them(uploads, mime):
    shown = readable.bundle(readable.readable(uploads, "Uploaded"))[mime]
    for text in ("Uploaded (2)", "1:03.2", "12.3 MB", "29.97", UNKNOWN):
        assert text in shown
    for text in ("63240", "c0ffee", "nan", "<NA>", "29.970", "source", "word " * 60):
        assert text not in shown


def test_what_is_in_it_is_escaped_and_its_heads_are_heads(uploads):
    shown = readable.bundle(readable.readable(uploads, "Uploaded"))["text/html"]
    assert "<b>" not in shown
    assert '<th scope="col"' in shown
    assert "<caption>Uploaded (2)</caption>" in shown


def test_every_other_frame_is_shown_by_pandas(uploads):
    readable.readable(uploads, "Uploaded")
    assert readable.bundle(uploads.copy()) is None
    assert readable.bundle(pd.DataFrame({"a": [1]})) is None


def test_a_frame_that_is_gone_is_forgotten():
    frame = readable.readable(pd.DataFrame({"a": [1]}), "Gone")
    key = id(frame)
    assert key in readable._titles
    del frame
    gc.collect()
    assert key not in readable._titles


def test_an_empty_one_says_so(uploads):
    shown = readable.bundle(readable.readable(uploads.iloc[:0].copy(), "Renders"))
    assert shown["text/plain"] == "Renders: none"
    assert "Renders: none" in shown["text/html"]


def test_a_long_one_is_cut_and_says_so():
    frame = readable.readable(pd.DataFrame({"cue": range(1000)}), "Cues")
    shown = readable.bundle(frame)["text/plain"]
    assert "first 50 of 1000" in shown
    assert len(shown.splitlines()) == 52


def test_a_path_below_this_folder_is_short(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert readable.cell("path", str(tmp_path / "out" / "a.mp4")) == "out/a.mp4"
    assert readable.cell("path", "/elsewhere/a.mp4") == "/elsewhere/a.mp4"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("at_ms", -500, "-0:00.5"),
        ("at_ms", 3_600_000 * 2 + 61_050, "2:01:01.1"),
        ("progress", 41.6, "42 %"),
        ("rate", 0.0666, "0.07"),
        ("views", 12_345.0, "12,345"),
        ("ok", True, "yes"),
        ("text", None, UNKNOWN),
        ("started_at", pd.NaT, UNKNOWN),
        ("sd", float("inf"), UNKNOWN),
    ],
)
def test_one_value(name, value, text):
    assert readable.cell(name, value) == text


def test_a_moment_is_told_in_local_time():
    moment = pd.Timestamp("2026-01-02 03:04:05+00:00")
    here = f"{moment.to_pydatetime().astimezone():%Y-%m-%d %H:%M}"
    assert readable.cell("started_at", moment) == here
