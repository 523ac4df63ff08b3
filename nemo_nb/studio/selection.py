"""Which pictures an edit is about: those that were named, or all that it can mean."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from nemo_nb.studio.cutting import plays
from nemo_nb.studio.refusals import refuse
from nemo_nb.timeline.draft import AUDIO, VIDEO
from nemo_nb.timeline.draft_shape import Draft, is_card, pictures, segments


def chosen(
    draft: Draft, ids: Collection[str] | None, *, cards: bool = True
) -> list[dict[str, Any]]:
    """Return the pictures and overlays of *ids*, or all pictures where it is None.

    Args:
        draft: An editable draft.
        ids: Those that were named.
        cards: Whether all pictures are title cards too.

    Raises:
        EditRefused: There are none, or one of them is not there.
    """
    if ids is None:
        found = [one for one in pictures(draft) if cards or not is_card(one)]
        if not found:
            raise refuse("empty")
        return found
    return _named(draft, ids, VIDEO, "picture_gone")


def chosen_clips(
    draft: Draft, ids: Collection[str] | None, stills: Collection[str]
) -> list[dict[str, Any]]:
    """Return the clips of *ids*, or all of them.

    Raises:
        EditRefused: There are none, or one is a photo or a frozen frame.
    """
    found = chosen(draft, ids)
    clips = [segment for segment in found if plays(segment, stills)]
    if not clips or (ids is not None and len(clips) < len(found)):
        raise refuse("not_a_clip")
    return clips


def chosen_sounds(draft: Draft, ids: Collection[str]) -> list[dict[str, Any]]:
    """Return the sounds of *ids*, on audio tracks.

    Raises:
        EditRefused: One of them is not there.
    """
    return _named(draft, ids, AUDIO, "sound_gone")


def _named(draft: Draft, ids: Collection[str], kind: int, otherwise: str) -> list[dict[str, Any]]:
    found = [segment for _, segment in segments(draft, kind) if segment["id"] in ids]
    if not found or len(found) < len(set(ids)):
        raise refuse(otherwise)
    return found
