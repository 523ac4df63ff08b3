"""Music in step with the pictures, own sounds, fades, ducking, loudness."""

from __future__ import annotations

import pytest

from editkit import (
    CAT,
    CLIP,
    DOG,
    LOGO,
    MEDIA,
    POOL,
    SONG,
    STILLS,
    VOICE,
    check,
    ids,
    laid,
    metas,
    spans,
)
from nemo_nb.errors import EditRefused
from nemo_nb.studio import (
    edits,
    edits_clips,
    edits_layout,
    edits_sound,
    edits_time,
)
from nemo_nb.studio.render.plan import make_plan
from nemo_nb.timeline.draft import AUDIO, VIDEO

LOFI = {"genre": "lo-fi"}


def test_music_is_as_long_as_the_pictures_and_stays_so():
    draft = edits_sound.add_music(laid(CAT, DOG), {"genre": "爵士", "bpm": 90}, 0.3)
    assert spans(draft, "audio") == [("Jazz", 0, 6000)]
    assert metas(draft, "music", "audio") == [{"genre": "jazz", "bpm": 90}]
    assert metas(draft, "volume", "audio") == [0.3]
    longer = edits.add_media(draft, CLIP)
    slower = edits_time.set_photo_length(longer, 5000, stills=STILLS)
    faster = edits_time.set_speed(slower, 2, stills=STILLS)
    cut = edits_time.cut(faster, 2000, 9000, stills=STILLS)
    frozen = edits_clips.freeze(cut, 5000, 1500, stills=STILLS)
    fewer = edits_time.remove_pictures(frozen, {ids(frozen)[0]})
    for step in (longer, slower, faster, cut, frozen, fewer):
        ((_, start, end),) = spans(step, "audio")
        assert (start, end) == (0, max(end for _, _, end in spans(step)))
        check(step)


def test_music_for_a_part_goes_with_that_part():
    draft = edits_sound.add_music(laid(CAT, DOG), LOFI, start_ms=3000, end_ms=5000)
    assert spans(edits_time.cut(draft, 0, 1000, stills=STILLS), "audio") == [("Lo-fi", 2000, 4000)]
    rest = edits_sound.add_music(laid(CAT, DOG), LOFI, start_ms=2000)
    assert spans(edits.add_media(rest, CAT), "audio") == [("Lo-fi", 2000, 9000)]
    with pytest.raises(EditRefused, match="Lo-fi already plays there"):
        edits_sound.add_music(draft, {"genre": "jazz"})
    with pytest.raises(EditRefused, match="4-8 s lies outside the video, which is 6 s"):
        edits_sound.add_music(laid(CAT, DOG), LOFI, start_ms=4000, end_ms=8000)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"genre": "polka"}, "no genre of the studio's music"),
        ({"mood": "itchy"}, "no mood of the studio's music"),
        ({"bpm": 500}, "500 beats a minute are outside 50-200"),
    ],
)
def test_music_that_the_studio_cannot_play_is_refused(spec, words):
    with pytest.raises(EditRefused, match=words):
        edits_sound.add_music(laid(CAT), spec)
    with pytest.raises(EditRefused, match="nothing on the timeline"):
        edits_sound.add_music({}, LOFI)


def test_other_music_keeps_the_volume_and_the_place():
    draft = edits_sound.add_music(laid(CLIP), LOFI, 0.2, duck=True)
    draft = edits_sound.set_sound_fades(draft, fade_in_ms=700)
    jazz = edits_sound.replace_music(draft, {"genre": "jazz"})
    assert spans(jazz, "audio") == [("Jazz", 0, 12_000)]
    assert metas(jazz, "volume", "audio") == [0.2]
    assert metas(jazz, "duck", "audio") == [True]
    assert metas(jazz, "fade_in", "audio") == [700]
    own = edits_sound.replace_music(jazz, SONG, volume=0.5)
    assert spans(own, "audio") == [("song.mp3", 0, 12_000)]
    assert metas(own, "loop", "audio") == [True]
    # It grows with the pictures beyond its own length, since it begins again.
    long = edits_clips.loop(own, 90_000, media=POOL)
    assert spans(long, "audio") == [("song.mp3", 0, 90_000)]
    check(long)
    with pytest.raises(EditRefused, match="no music"):
        edits_sound.replace_music(laid(CLIP), LOFI)


def test_an_uploaded_song_is_music_that_can_be_replaced_or_removed():
    draft = laid(CLIP, SONG)
    assert [one["m"]["src"] for one in edits_sound.music(draft)] == ["song.mp3"]
    assert spans(edits_sound.replace_music(draft, LOFI), "audio") == [("Lo-fi", 0, 12_000)]
    assert spans(edits_sound.remove_music(draft), "audio") == []
    with pytest.raises(EditRefused, match="no music"):
        edits_sound.remove_music(laid(CLIP))


def test_a_voice_is_no_music_and_ends_with_the_pictures_at_the_latest():
    draft = edits_sound.add_music(laid(CAT, DOG), LOFI)
    draft = edits_sound.add_sound(draft, VOICE, start_ms=3000)
    assert spans(draft, "audio") == [("Lo-fi", 0, 6000), ("voice.wav", 3000, 6000)]
    assert [one["m"]["src"] for one in edits_sound.voices(draft)] == ["voice.wav"]
    assert spans(edits_sound.remove_music(draft), "audio") == [("voice.wav", 3000, 6000)]
    grown = edits.add_media(draft, CAT)
    assert spans(grown, "audio") == [("Lo-fi", 0, 9000), ("voice.wav", 3000, 7000)]
    with pytest.raises(EditRefused, match=r"voice\.wav has 4 s from there, not 5 s"):
        edits_sound.add_sound(draft, VOICE, end_ms=5000)
    with pytest.raises(EditRefused, match="outside the video"):
        edits_sound.add_sound(draft, VOICE, start_ms=6000)
    with pytest.raises(EditRefused, match=r"cat\.jpg is no sound file"):
        edits_sound.add_sound(draft, CAT)


def test_an_upload_that_turns_out_to_be_a_voice_moves_to_its_track():
    draft = edits_sound.add_sound(laid(CLIP, VOICE), VOICE, start_ms=2000)
    assert spans(draft, "audio") == [("voice.wav", 2000, 6000)]
    assert edits_sound.music(draft) == []
    song = edits_sound.add_sound(laid(CLIP, VOICE), VOICE, role="music", end_ms=9000, in_ms=500)
    assert spans(song, "audio") == [("voice.wav", 0, 9000)]
    assert metas(song, "in", "audio") == [500]


def test_an_upload_beside_music_gets_a_track_of_its_own():
    draft = edits.add_media(edits_sound.add_music(laid(CLIP), LOFI), SONG)
    assert spans(draft, "audio") == [("Lo-fi", 0, 12_000), ("song.mp3", 0, 12_000)]
    assert draft["d"] == 12_000


def test_muting_comes_off_with_a_volume():
    draft = laid(CLIP, CAT, SONG)
    silent = edits_sound.set_mute(draft, kinds=(VIDEO,), stills=STILLS)
    assert metas(silent, "mute") == [True, None]
    assert [s.name for s in make_plan(silent, MEDIA).sounds] == ["song.mp3"]
    assert metas(edits_sound.set_mute(silent, on=False), "mute") == [None, None]
    loud = edits.set_volume(silent, 0.5, stills=STILLS, ids={ids(draft)[0]})
    assert metas(loud, "mute") == [None, None]
    assert metas(loud, "volume", "audio") == [1.0]
    with pytest.raises(EditRefused, match="no sound of that kind"):
        edits_sound.set_mute(laid(CAT), kinds=(AUDIO,))


def test_fades_and_ducking_have_their_limits():
    draft = edits_sound.add_music(laid(CAT), LOFI)
    soft = edits_sound.set_sound_fades(draft, fade_in_ms=1000, fade_out_ms=2000)
    assert metas(soft, "fade_out", "audio") == [2000]
    with pytest.raises(EditRefused, match=r"Fades of 3\.5 s do not fit into 3 s"):
        edits_sound.set_sound_fades(soft, fade_out_ms=2500)
    assert metas(edits_sound.set_duck(draft, 9), "duck", "audio") == [9]
    back = edits_sound.set_duck(edits_sound.set_duck(draft), duck=False)
    assert metas(back, "duck", "audio") == [None]
    with pytest.raises(EditRefused, match="99 dB is outside"):
        edits_sound.set_duck(draft, 99)
    with pytest.raises(EditRefused, match="no music"):
        edits_sound.set_duck(laid(CLIP))


def test_the_loudness_is_one_the_renderer_reads():
    draft = laid(CLIP)
    assert make_plan(edits_sound.set_loudness(draft, -23), MEDIA).loudness == -23
    assert make_plan(edits_sound.set_loudness(draft, "as-is"), MEDIA).loudness is None
    usual = edits_sound.set_loudness(edits_sound.set_loudness(draft, -23), None)
    assert make_plan(usual, MEDIA).loudness == -14
    with pytest.raises(EditRefused, match="3 LUFS is outside"):
        edits_sound.set_loudness(draft, 3)


def test_a_logo_ends_with_the_pictures_and_a_clip_with_itself():
    draft = edits_layout.add_overlay(laid(CAT), LOGO)
    draft = edits_layout.add_overlay(draft, CLIP, scale=0.3, start_ms=1000)
    assert spans(draft)[1:] == [("logo.png", 0, 3000), ("clip.mp4", 1000, 3000)]
    assert metas(draft, "mute") == [None, None, True]
    longer = edits.add_media(draft, DOG)
    assert spans(longer) == [
        ("cat.jpg", 0, 3000),
        ("dog.jpg", 3000, 6000),
        ("logo.png", 0, 6000),
        ("clip.mp4", 1000, 3000),
    ]
    bare = edits_layout.remove_overlays(longer, {ids(longer)[2]})
    assert [name for name, _, _ in spans(bare)] == ["cat.jpg", "dog.jpg", "clip.mp4"]
    assert spans(edits_time.remove_pictures(longer, {ids(longer)[3]}))[-1][0] == "logo.png"
    with pytest.raises(EditRefused, match="no logo"):
        edits_layout.remove_overlays(laid(CAT))
    with pytest.raises(EditRefused, match="empty timeline"):
        edits_time.remove_pictures(longer, set(ids(longer)[:2]))
    with pytest.raises(EditRefused, match="outside the video"):
        edits_layout.add_overlay(draft, LOGO, start_ms=0, end_ms=9000)


def test_clips_stand_side_by_side_with_the_sound_of_the_first():
    draft = edits_layout.side_by_side([CLIP, CLIP], labels=["before", "after"])
    plan = make_plan(draft, MEDIA)
    assert (plan.canvas.width, plan.canvas.height) == (3840, 1080)
    assert len(plan.sounds) == 1
    assert sorted(text for text, _, _ in spans(draft, "text")) == ["after", "before"]
    faster = edits_time.set_speed(draft, 2)
    assert {(start, end) for _, start, end in spans(faster)} == {(0, 6000)}
    assert {(start, end) for _, start, end in spans(faster, "text")} == {(0, 6000)}
    tall = edits_layout.stacked([CLIP, CLIP, CAT])
    assert make_plan(tall, MEDIA).canvas.height == 3240
    for wrong in ([CLIP], [CLIP] * 5):
        with pytest.raises(EditRefused, match="2 to 4 clips"):
            edits_layout.side_by_side(wrong)
