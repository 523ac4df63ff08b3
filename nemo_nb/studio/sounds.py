"""What a segment of sound says of itself (its ``m``): generated music, songs, recordings. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, cast

from nemo_nb.models import MediaInfo
from nemo_nb.studio.music import genres, moods, read_music
from nemo_nb.studio.music.spec import MAX_BPM, MIN_BPM, find
from nemo_nb.studio.refusals import refuse
from nemo_nb.timeline.draft import number

DUCK_LOW_DB, DUCK_HIGH_DB = 1, 60
SONG_FADE_MS: Final = 2000
"""A song that is cut off where the pictures end goes out this softly."""

_NAMES: Final = (("genre", "genres", genres), ("mood", "moods", moods))


def generated(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the meta of music by *spec*, its words checked and in the studio's own names.

    Raises:
        EditRefused: A word or number means nothing.
    """
    wish = {key: spec[key] for key in ("bpm", "seed") if spec.get(key) is not None}
    for key, kind, known in _NAMES:
        given = spec.get(key)
        if given is not None:
            name = find(cast("Literal['genres', 'moods']", kind), given)
            if not name:
                names = ", ".join(choice.name for choice in known())
                raise refuse("music_word", given=given, what=key, known=names)
            wish[key] = name
    tempo = number(wish.get("bpm", MIN_BPM))
    if tempo is None or not MIN_BPM <= tempo <= MAX_BPM:
        low, high = f"{MIN_BPM:g}", f"{MAX_BPM:g}"
        raise refuse("bpm", bpm=wish.get("bpm"), low=low, high=high)
    meta: dict[str, Any] = {"music": wish}
    read = read_music(meta)
    if read is not None:
        meta["title"] = next(choice.en for choice in genres() if choice.name == read.genre)
    return meta


def recording(info: MediaInfo) -> dict[str, Any]:
    """Return the meta of a sound file.

    Raises:
        EditRefused: *info* is none.
    """
    if info.kind != "audio" or info.duration_ms <= 0:
        raise refuse("not_a_sound", name=info.name)
    return {"src": info.name, "title": info.name, "in": 0, "length": info.duration_ms}


def song(info: MediaInfo) -> dict[str, Any]:
    """Return the meta of a user's own music: it plays to the end of the pictures.

    Raises:
        EditRefused: *info* is no sound file.
    """
    return recording(info) | {
        "volume": 1.0,
        "loop": True,
        "fill": True,
        "fade_out": SONG_FADE_MS,
    }


def put_duck(meta: dict[str, Any], duck: bool | float) -> None:  # noqa: FBT001  true, or how far
    """Let a segment step back, in place: True, a number of dB, or False for not at all.

    Raises:
        EditRefused: The number is out of bounds.
    """
    meta.pop("duck", None)
    if duck is True:
        meta["duck"] = True
    elif duck is not False:
        if not DUCK_LOW_DB <= duck <= DUCK_HIGH_DB:
            raise refuse("duck", db=f"{duck:g}")
        meta["duck"] = duck


def check_volume(volume: float) -> None:
    """Refuse a volume outside 0-1."""
    if not 0 <= volume <= 1:
        raise refuse("volume", percent=f"{volume * 100:g}")
