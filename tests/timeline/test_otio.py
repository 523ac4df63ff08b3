import json

import opentimelineio as otio
import pytest

from nemo_nb.errors import BrokenMedia, ConfigError, InputError, SourceNotFound
from nemo_nb.timeline.timeline import Timeline

DRAFT = {
    "d": 6000,
    "m": {"title": "clip", "width": 1280, "height": 720, "fps": 25},
    "odd": [1, {"kept": True}],
    "t": [
        {
            "tt": 0,
            "id": "v1",
            "m": {"title": "Video"},
            "sg": [
                {"id": "s1", "s": 0, "d": 3013, "m": {"src": "cat.jpg", "title": "cat.jpg"}},
                {
                    "id": "s2",
                    "s": 3013,
                    "d": 2987,
                    "m": {
                        "src": "clip.mp4",
                        "in": 500,
                        "speed": 2.0,
                        "transition": {"kind": "dissolve", "ms": 400},
                    },
                },
            ],
        },
        {
            "tt": 7,
            "id": "x1",
            "m": {"title": "Text"},
            "sg": [{"id": "s4", "s": 1000, "d": 2000, "m": {"text": "Urban", "role": "title"}}],
        },
        {"tt": 99, "sg": [{"d": 5, "m": {"strange": 1}}]},
    ],
}


def export(draft):
    with pytest.warns(UserWarning, match="Not carried over to OTIO"):
        return Timeline.from_draft(draft).to_otio()


def test_what_other_programs_see():
    video, text, strange = export(DRAFT).tracks
    photo, dissolve, clip = video
    assert photo.media_reference.target_url == "cat.jpg"
    assert photo.duration().to_seconds() == pytest.approx(3, abs=0.02)
    assert dissolve.in_offset.value + dissolve.out_offset.value == 10
    assert clip.source_range.start_time.to_seconds() == pytest.approx(0.5, abs=0.04)
    # Twice as fast takes twice as much of the source.
    assert clip.source_range.duration.to_seconds() == pytest.approx(5.96, abs=0.04)
    assert clip.effects[0].time_scalar == 2
    gap, title = text
    assert gap.duration().to_seconds() == 1
    assert title.media_reference.parameters["text"] == "Urban"
    assert len(strange) == 0


def test_there_and_back_is_the_same_to_the_ms(tmp_path):
    with pytest.warns(UserWarning, match="unknown"):
        Timeline.from_draft(DRAFT).to_otio(tmp_path / "cut.otio")
    assert Timeline.from_otio(tmp_path / "cut.otio").draft == DRAFT


def test_what_is_not_shown_is_listed():
    draft = json.loads(json.dumps(DRAFT))
    draft["t"].pop()
    draft["t"][0]["sg"][0]["m"]["fit"] = "blur"
    draft["t"][0]["sg"][1]["m"]["transition"]["kind"] = "wipe"
    draft["t"][1]["sg"].append({"s": 1500, "d": 500, "m": {"text": "Over"}})
    timeline = export(draft)
    told = list(timeline.metadata["nemo_nb"]["left_out"])
    assert len(told) == 3
    assert [word in line for word, line in zip(("fit", "wipe", "overlaps"), told, strict=True)] == [
        True
    ] * 3


def test_a_trim_made_elsewhere_is_read():
    timeline = export(DRAFT)
    photo = timeline.tracks[0][0]
    photo.source_range = otio.opentime.TimeRange(
        photo.source_range.start_time, otio.opentime.RationalTime(50, 25)
    )
    segments = Timeline.from_otio(timeline).segments
    assert segments["duration_ms"].tolist()[:2] == [2000, 2987]
    assert segments["start_ms"].tolist()[:2] == [0, 2000]


def test_a_timeline_of_another_program():
    def span(start, length):
        return otio.opentime.TimeRange(
            otio.opentime.RationalTime(start, 24), otio.opentime.RationalTime(length, 24)
        )

    reference = otio.schema.ExternalReference(
        "file:///media/a.mov", available_range=span(2400, 480)
    )
    clip = otio.schema.Clip("A", reference, span(2424, 48))
    clip.effects.append(otio.schema.Effect(effect_name="Blur"))
    track = otio.schema.Track(
        "V1", [otio.schema.Gap(duration=otio.opentime.RationalTime(12, 24)), clip]
    )
    track.append(otio.schema.Stack(name="nest", source_range=span(0, 24)))
    track.append(otio.schema.Clip("lost", source_range=span(0, 24)))
    timeline = otio.schema.Timeline("Cut")
    timeline.tracks.append(track)
    with pytest.warns(UserWarning, match="Not carried over to a draft"):
        read = Timeline.from_otio(timeline)
    first, last = read.segments.to_dict("records")
    assert (first["start_ms"], first["duration_ms"]) == (500, 2000)
    assert (first["source"], first["source_in_ms"]) == ("a.mov", 1000)
    assert last["start_ms"] == 3500
    told = " ".join(read.draft["m"]["left_out"])
    assert all(word in told for word in ("Blur", "nest", "lost"))


def test_what_is_no_timeline_is_said(tmp_path):
    broken = tmp_path / "a.otio"
    broken.write_text("{")
    with pytest.raises(BrokenMedia):
        Timeline.from_otio(broken)
    with pytest.raises(SourceNotFound):
        Timeline.from_otio(tmp_path / "none.otio")
    with pytest.raises(InputError):
        Timeline.from_otio(5)


def test_without_the_extra_its_name_is_told(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "opentimelineio", None)
    with pytest.raises(ConfigError, match=r"nemo_nb\[otio\]"):
        Timeline.from_draft(DRAFT).to_otio()
