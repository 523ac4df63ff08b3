"""What the tests of the studio's edits share: media, drafts, and what holds of every draft."""

import json

from nemo_nb.models import MediaInfo
from nemo_nb.studio import edits
from nemo_nb.studio.render.plan import make_plan
from nemo_nb.timeline.draft import read_tracks
from nemo_nb.timeline.draft_shape import editable, end, lanes, pictures_end, tracks

CLIP = MediaInfo("clip.mp4", "video", "mp4", 12_000, 320, 180, 30.0, has_audio=True)
TALL = MediaInfo("tall.mp4", "video", "mp4", 5000, 180, 320, 30.0, has_audio=True)
CAT = MediaInfo("cat.jpg", "image", "jpg", 0, 300, 200)
DOG = MediaInfo("dog.jpg", "image", "jpg", 0, 200, 300)
LOGO = MediaInfo("logo.png", "image", "png", 0, 100, 100)
LOOP = MediaInfo("loop.gif", "video", "gif", 800, 100, 100, 10.0)
SONG = MediaInfo("song.mp3", "audio", "mp3", 60_000, has_audio=True)
VOICE = MediaInfo("voice.wav", "audio", "wav", 4000, has_audio=True)
POOL = (CLIP, TALL, CAT, DOG, LOGO, LOOP, SONG, VOICE)
MEDIA = {info.name: info for info in POOL}
STILLS = {"cat.jpg", "dog.jpg", "logo.png"}


def laid(*media):
    """Return a draft with these uploads on it."""
    draft = edits.new_draft()
    for info in media:
        draft = edits.add_media(draft, info)
    return draft


def captioned(draft, *cues):
    """Return *draft* with captions of (start, end, text)."""
    return edits.add_subtitles(draft, [edits.Cue(*cue) for cue in cues])


def of_kind(draft, kind):
    """Return the segments of a kind of track: video, audio, text."""
    return [s for t in read_tracks(draft) if t.kind == kind for s in t.segments]


def spans(draft, kind="video"):
    """Return (source, words or title, start, end) of a kind of track."""
    return [(s.source or s.text or s.name, s.start_ms, s.end_ms) for s in of_kind(draft, kind)]


def ids(draft, kind="video"):
    """Return the ids of the segments of a kind of track."""
    return [segment.id for segment in of_kind(draft, kind)]


def metas(draft, key, kind="video"):
    """Return what each segment says under *key*, None where it says nothing."""
    return [segment.meta.get(key) for segment in of_kind(draft, kind)]


def check(draft):
    """Assert what holds of every draft that an edit made."""
    json.dumps(draft, allow_nan=False)
    found = read_tracks(draft)
    names = [t.raw["id"] for t in found] + [s.id for t in found for s in t.segments]
    assert len(names) == len(set(names))
    assert draft["d"] == max((t.end_ms for t in found), default=0)
    for track in found:
        assert track.segments
        for segment in track.segments:
            assert type(segment.raw["s"]) is int
            assert type(segment.raw["d"]) is int
            assert segment.duration_ms > 0
            assert segment.start_ms >= 0
            assert segment.source_in_ms >= 0
            _check_source(segment)
    own = editable(draft)
    _check_lanes(own)
    if found:
        make_plan(draft, MEDIA)


def _check_source(segment):
    info = MEDIA.get(segment.source)
    if info is None or info.kind == "image" or info.format == "gif":
        return
    assert segment.source_in_ms < info.duration_ms + 20
    if not segment.meta.get("loop") and not segment.meta.get("freeze"):
        assert segment.source_out_ms <= info.duration_ms + 40


def _check_lanes(draft):
    last = pictures_end(draft)
    own = lanes(draft)
    for track in tracks(draft):
        if any(track is lane for lane in own):
            cursor = 0
            for segment in track["sg"]:
                assert segment["s"] == cursor
                cursor = end(segment)
            assert "transition" not in track["sg"][0]["m"]
        elif last:
            for segment in track["sg"]:
                if segment["m"].get("music") and segment["m"].get("fill"):
                    assert end(segment) == last
                if segment["m"].get("fill"):
                    assert end(segment) <= last
