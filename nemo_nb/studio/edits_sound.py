"""Edits of sound: music that the studio makes, own files, fades, ducking, loudness. Pure.

Music and a user's own song carry ``m.fill``: they end with the pictures, whatever later edits
make of their length.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, Literal

from nemo_nb.models import MediaInfo
from nemo_nb.studio.edits import EFFECT_TRACK, MUSIC_TRACK, VOICE_TRACK
from nemo_nb.studio.edits_picture import fade
from nemo_nb.studio.refusals import refuse
from nemo_nb.studio.selection import chosen_sounds
from nemo_nb.studio.sounds import (
    SONG_FADE_MS,
    check_volume,
    generated,
    put_duck,
    recording,
    song,
)
from nemo_nb.timeline.draft import AUDIO, VIDEO
from nemo_nb.timeline.draft_shape import (
    Draft,
    editable,
    end,
    new_id,
    pictures_end,
    seal,
    segments,
    track_title,
    track_titled,
)

Role = Literal["voice", "music", "effect"]

MUSIC_VOLUME: Final = 0.35
LUFS_LOW, LUFS_HIGH = -40.0, -6.0
_TRACKS: Final[dict[str, str]] = {
    "voice": VOICE_TRACK,
    "music": MUSIC_TRACK,
    "effect": EFFECT_TRACK,
}
_KEPT: Final = ("volume", "fade_in", "fade_out", "duck", "mute")


def music(draft: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the music on the timeline: all sound that is neither voice-over nor effect."""
    return _music(editable(draft))


def voices(draft: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the voice-overs on the timeline."""
    found = segments(editable(draft), AUDIO)
    return [segment for track, segment in found if track_title(track) == VOICE_TRACK]


def _music(draft: Draft) -> list[dict[str, Any]]:
    others = (VOICE_TRACK, EFFECT_TRACK)
    found = segments(draft, AUDIO)
    return [segment for track, segment in found if track_title(track) not in others]


def add_music(
    draft: Mapping[str, Any],
    spec: Mapping[str, Any],
    volume: float = MUSIC_VOLUME,
    *,
    start_ms: int = 0,
    end_ms: int | None = None,
    duck: bool | float = False,
) -> Draft:
    """Add music that the studio makes, by default exactly as long as the pictures.

    Args:
        draft: The draft.
        spec: ``genre``, ``mood``, ``bpm``, ``seed``; what is missing is chosen to fit.
        volume: 0-1.
        start_ms: Where it begins.
        end_ms: Where it ends; None: with the pictures, also when they become longer or shorter.
        duck: As for :func:`set_duck`.

    Raises:
        EditRefused: No pictures, a word or number that means nothing, times outside the
            pictures, or other music at that time.
    """
    result = editable(draft)
    last = pictures_end(result)
    check_volume(volume)
    meta = generated(spec)
    if not last:
        raise refuse("empty")
    stop = last if end_ms is None else end_ms
    if not 0 <= start_ms < stop <= last:
        raise refuse("sound_range", start_ms=start_ms, end_ms=stop, last_ms=last)
    _check_silence(result, start_ms, stop)
    meta |= {"volume": round(volume, 4)} | ({"fill": True} if end_ms is None else {})
    put_duck(meta, duck)
    _lay(result, MUSIC_TRACK, start_ms, stop - start_ms, meta)
    return seal(result)


def replace_music(
    draft: Mapping[str, Any],
    wish: Mapping[str, Any] | MediaInfo,
    *,
    volume: float | None = None,
) -> Draft:
    """Let other music play where music plays, as loud and as soft at its ends as that.

    Args:
        draft: The draft.
        wish: As for :func:`add_music`, or a sound file: it begins again where it is too short.
        volume: 0-1; None leaves it.

    Raises:
        EditRefused: There is no music, or the new one cannot be used.
    """
    result = editable(draft)
    old = _music(result)
    if not old:
        raise refuse("no_music")
    meta = song(wish) if isinstance(wish, MediaInfo) else generated(wish)
    meta |= {key: old[0]["m"][key] for key in _KEPT if key in old[0]["m"]}
    if volume is not None:
        check_volume(volume)
        meta["volume"] = round(volume, 4)
        meta.pop("mute", None)
    begin, stop = min(one["s"] for one in old), max(end(one) for one in old)
    if stop >= pictures_end(result) or any(one["m"].get("fill") is True for one in old):
        meta["fill"] = True
    else:
        meta.pop("fill", None)
    # Laid first, so that it takes none of their ids.
    _lay(result, MUSIC_TRACK, begin, stop - begin, meta)
    _drop(result, {segment["id"] for segment in old})
    return seal(result)


def remove_music(draft: Mapping[str, Any]) -> Draft:
    """Take all music away; voice-overs and the clips' own sound stay.

    Raises:
        EditRefused: There is none.
    """
    result = editable(draft)
    found = _music(result)
    if not found:
        raise refuse("no_music")
    _drop(result, {segment["id"] for segment in found})
    return seal(result)


def add_sound(
    draft: Mapping[str, Any],
    info: MediaInfo,
    *,
    start_ms: int = 0,
    end_ms: int | None = None,
    in_ms: int = 0,
    volume: float = 1.0,
    role: Role = "voice",
) -> Draft:
    """Lay a sound file on the timeline; one that lies there as something else moves.

    Without *end_ms* a voice-over or effect plays as long as it lasts, no longer than the
    pictures; music plays to their end, again and again if need be.

    Args:
        draft: The draft.
        info: The file.
        start_ms: Where it begins on the timeline.
        end_ms: Where it ends.
        in_ms: Where in the file it begins.
        volume: 0-1.
        role: What it is.

    Raises:
        EditRefused: It is no sound, the times lie outside the pictures, the file is too short
            for them, or music plays there already.
    """
    check_volume(volume)
    meta = song(info) if role == "music" else recording(info)
    result = editable(draft)
    strays = {
        segment["id"]
        for track, segment in segments(result, AUDIO)
        if segment["m"].get("src") == info.name
        and (role == "music" or track_title(track) != _TRACKS[role])
    }
    has = info.duration_ms - in_ms
    last = pictures_end(result) or start_ms + has
    usual = last if role == "music" else min(last, start_ms + max(0, has))
    stop = usual if end_ms is None else end_ms
    if not 0 <= start_ms < stop <= last or in_ms < 0:
        raise refuse("sound_range", start_ms=start_ms, end_ms=stop, last_ms=last)
    if role != "music" and stop - start_ms > has:
        raise refuse("sound_short", name=info.name, has_ms=has, length_ms=stop - start_ms)
    if role == "music":
        _check_silence(result, start_ms, stop, but=strays)
        if end_ms is not None:
            del meta["fill"]
        if stop - start_ms < 2 * SONG_FADE_MS:
            del meta["fade_out"]
    meta |= {"in": in_ms, "volume": round(volume, 4)}
    _lay(result, _TRACKS[role], start_ms, stop - start_ms, meta)
    _drop(result, strays)
    return seal(result)


def remove_sounds(draft: Mapping[str, Any], ids: Collection[str]) -> Draft:
    """Take these sounds off their tracks.

    Raises:
        EditRefused: One is not there.
    """
    result = editable(draft)
    chosen_sounds(result, ids)
    _drop(result, ids)
    return seal(result)


def set_mute(
    draft: Mapping[str, Any],
    *,
    ids: Collection[str] | None = None,
    on: bool = True,
    kinds: Collection[int] = (VIDEO, AUDIO),
    stills: Collection[str] = (),
) -> Draft:
    """Silence clips and sounds, or let them be heard again at the volume they had.

    Args:
        draft: The draft.
        ids: Which; None for all.
        on: False takes the silence away.
        kinds: Track types that are meant.
        stills: File names of photos, which make no sound.

    Raises:
        EditRefused: There is nothing of that kind.
    """
    result = editable(draft)
    found = [seg for _, seg in segments(result, *kinds) if seg["m"].get("src") not in stills]
    if ids is not None:
        found = [segment for segment in found if segment["id"] in ids]
    if not found:
        raise refuse("no_sound")
    for segment in found:
        segment["m"].pop("mute", None)
        if on:
            segment["m"]["mute"] = True
    return seal(result)


def set_sound_fades(
    draft: Mapping[str, Any],
    *,
    fade_in_ms: int | None = None,
    fade_out_ms: int | None = None,
    ids: Collection[str] | None = None,
) -> Draft:
    """Let sounds come and go softly.

    Args:
        draft: The draft.
        fade_in_ms: How long; 0 takes the fade away, None leaves it.
        fade_out_ms: Likewise.
        ids: Sounds on audio tracks; None for the music, or all of them where there is none.

    Raises:
        EditRefused: There is no such sound, or the fades are longer than it.
    """
    result = editable(draft)
    for segment in _sounds(result, ids):
        for key, length in (("fade_in", fade_in_ms), ("fade_out", fade_out_ms)):
            if length is not None:
                fade(segment, key, length)
    return seal(result)


def set_duck(
    draft: Mapping[str, Any],
    duck: bool | float = True,  # noqa: FBT001, FBT002  true, or how far
    *,
    ids: Collection[str] | None = None,
) -> Draft:
    """Let music step back while speech or a clip sounds.

    Args:
        draft: The draft.
        duck: True for the usual 12 dB, a number of dB, or False for not at all.
        ids: Sounds on audio tracks; None for the music.

    Raises:
        EditRefused: There is no music, or the number is outside 1-60.
    """
    result = editable(draft)
    found = _music(result) if ids is None else chosen_sounds(result, ids)
    if not found:
        raise refuse("no_music")
    for segment in found:
        put_duck(segment["m"], duck)
    return seal(result)


def set_loudness(draft: Mapping[str, Any], target: float | Literal["as-is"] | None) -> Draft:
    """Set how loud the whole mix becomes, in LUFS; ``as-is`` leaves it, None is the usual.

    Raises:
        EditRefused: *target* is outside -40 to -6.
    """
    result = editable(draft)
    if target is None:
        result["m"].pop("loudness", None)
        return seal(result)
    if target != "as-is" and not LUFS_LOW <= target <= LUFS_HIGH:
        raise refuse("loudness", lufs=target, low=LUFS_LOW, high=LUFS_HIGH)
    result["m"]["loudness"] = target
    return seal(result)


def _lay(draft: Draft, title: str, start_ms: int, length_ms: int, meta: dict[str, Any]) -> None:
    segment = {"id": new_id(draft, "s"), "s": start_ms, "d": length_ms, "m": meta}
    track_titled(draft, AUDIO, title)["sg"].append(segment)


def _drop(draft: Draft, ids: Collection[str]) -> None:
    for track in draft["t"]:
        if track.get("tt") == AUDIO:
            track["sg"] = [segment for segment in track["sg"] if segment["id"] not in ids]


def _sounds(draft: Draft, ids: Collection[str] | None) -> Sequence[dict[str, Any]]:
    if ids is not None:
        return chosen_sounds(draft, ids)
    found = _music(draft) or [segment for _, segment in segments(draft, AUDIO)]
    if not found:
        raise refuse("no_sound")
    return found


def _check_silence(draft: Draft, start_ms: int, stop_ms: int, *, but: Collection[str] = ()) -> None:
    for other in _music(draft):
        if other["id"] not in but and other["s"] < stop_ms and start_ms < end(other):
            name = other["m"].get("title") or other["m"].get("src") or MUSIC_TRACK
            raise refuse("music_there", name=name)
