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
    # Twice as fast takes as long on the track, and twice as much of its media.
    assert clip.source_range.duration.to_seconds() == pytest.approx(2.987, abs=0.04)
    assert clip.effects[0].time_scalar == 2
    assert video.duration().to_seconds() == pytest.approx(6, abs=0.04)
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
    assert len(told) == 2
    assert [word in line for word, line in zip(("fit", "wipe"), told, strict=True)] == [True] * 2
    # What overlaps has a track of its own there, and is one track again here.
    assert [track.name for track in timeline.tracks] == ["Video", "Text", "Text"]
    with pytest.warns(UserWarning, match="OTIO"):
        again = Timeline.from_otio(Timeline.from_draft(draft).to_otio())
    assert again.draft == draft


def test_roundings_do_not_add_up():
    cuts = [{"s": at * 3013, "d": 3013, "m": {"src": "a.mp4"}} for at in range(200)]
    draft = {"m": {"fps": 30}, "t": [{"tt": 0, "sg": cuts}]}
    (track,) = Timeline.from_draft(draft).to_otio().tracks
    assert track.duration().to_seconds() == pytest.approx(200 * 3.013, abs=0.02)


@pytest.mark.parametrize(
    "draft",
    [
        {},
        {"tracks": [{"type": 7, "segments": [{"start": 10, "dur": 100, "content": "x"}]}]},
        {"t": [{"tt": 7, "sg": [{"d": 900, "m": {"text": "a"}}, {"d": 900, "m": {"text": "b"}}]}]},
        {"t": [{"tt": 7, "sg": [{"s": 0, "d": 0, "m": {}}, {"s": -500, "d": 900, "m": {}}]}]},
        {"t": [{"tt": 7, "sg": [{"s": 5000, "d": 10}, {"s": 0, "d": 9000}, {"s": 0, "d": 9000}]}]},
        {"t": [{"tt": 7, "m": None, "sg": []}, {"tt": 1, "sg": [{"d": 5, "m": {"volume": 0.2}}]}]},
    ],
)
@pytest.mark.filterwarnings("ignore:Not carried over")
def test_any_draft_comes_back_as_it_went(draft):
    again = Timeline.from_otio(Timeline.from_draft(draft).to_otio())
    assert Timeline.from_draft(draft).diff(again).empty
    assert again.draft["t" if "t" in draft or not draft else "tracks"] == draft.get(
        "t", draft.get("tracks", [])
    )


@pytest.mark.filterwarnings("ignore:Not carried over")
def test_numbers_and_letters_that_otio_cannot_hold_do_not_stop_it():
    segments = [{"s": 2**70, "d": 5, "m": {"text": "half \ud83d"}}, {"s": 2**62, "d": 2**62}]
    timeline = Timeline.from_draft({"t": [{"tt": 7, "sg": segments}]}).to_otio()
    assert (
        len(
            Timeline.from_otio(
                otio.adapters.read_from_string(timeline.to_json_string(), "otio_json")
            ).segments
        )
        == 2
    )


def test_a_volume_is_said_to_be_silent_elsewhere():
    draft = {"t": [{"tt": 1, "sg": [{"d": 5000, "m": {"src": "a.mp3", "volume": 0.2}}]}]}
    timeline = export(draft)
    assert "volume" in timeline.metadata["nemo_nb"]["left_out"][0]


def test_a_freeze_goes_both_ways():
    frozen = {"d": 1000, "m": {"src": "a.mp4", "freeze": True}}
    timeline = Timeline.from_draft({"t": [{"tt": 0, "sg": [frozen]}]}).to_otio()
    clip = timeline.tracks[0][0]
    assert isinstance(clip.effects[0], otio.schema.FreezeFrame)
    del clip.metadata["nemo_nb"]
    assert Timeline.from_otio(timeline).draft["t"][0]["sg"][0]["m"]["freeze"] is True


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
    clip.markers.append(otio.schema.Marker("look here", span(2430, 1)))
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
    assert all(word in told for word in ("Blur", "nest", "lost", "look here"))


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
