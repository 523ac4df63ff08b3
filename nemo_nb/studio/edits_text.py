"""Edits of captions and titles: pure, like all of ``edits``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from nemo_nb.studio.carrying import MIN_TEXT_MS
from nemo_nb.studio.edits import CAPTION_TRACK, TITLE_TRACK
from nemo_nb.studio.refusals import refuse
from nemo_nb.timeline.draft import TEXT
from nemo_nb.timeline.draft_shape import (
    Draft,
    editable,
    end,
    find,
    new_id,
    seal,
    segments,
    track_named,
    video_end,
)
from nemo_nb.timeline.styles import TextStyle, presets, resolve

TITLE_MS: Final = 3000
"""How long a title stands when nobody says otherwise."""

_SIZE_LOW, _SIZE_HIGH = 1.5, 25.0


def add_text(
    draft: Mapping[str, Any],
    text: str,
    *,
    role: str,
    start_ms: int,
    end_ms: int,
    style: Mapping[str, Any] | None = None,
) -> Draft:
    """Add one caption or title.

    Raises:
        EditRefused: No pictures, no words, times outside the pictures, or another text
            stands in the same place at the same time.
    """
    result = editable(draft)
    _check_words(text)
    _check_times(result, start_ms, end_ms)
    _check_room(result, set(), role, dict(style or {}), start_ms, end_ms)
    track = track_named(result, TEXT, TITLE_TRACK if role == "title" else CAPTION_TRACK)
    meta = {"text": text.strip(), "role": role, "style": dict(style or {})}
    segment = {"id": new_id(result, "s"), "s": start_ms, "d": end_ms - start_ms, "m": meta}
    track["sg"].append(segment)
    return seal(result)


def replace_text(draft: Mapping[str, Any], identity: str, text: str) -> Draft:
    """Give the text segment *identity* other words."""
    _check_words(text)
    result = editable(draft)
    _one(result, identity)["m"]["text"] = text.strip()
    return seal(result)


def remove_texts(draft: Mapping[str, Any], ids: Collection[str]) -> Draft:
    """Take these text segments away."""
    result = editable(draft)
    for track in result["t"]:
        if track.get("tt") == TEXT:
            track["sg"] = [segment for segment in track["sg"] if segment["id"] not in ids]
    return seal(result)


def restyle(
    draft: Mapping[str, Any],
    ids: Collection[str],
    changes: Mapping[str, Any],
    *,
    grow: float = 1.0,
) -> Draft:
    """Change how these text segments look.

    A new preset drops earlier deviations except the position, unless the preset has a place
    of its own.

    Args:
        draft: The draft.
        ids: Text segments.
        changes: Fields of :class:`~nemo_nb.timeline.styles.TextStyle`; ``preset`` among them.
        grow: Factor for the size of the letters, applied last.

    Raises:
        EditRefused: The letters would be too small or too large to use.
    """
    result = editable(draft)
    for segment in find(result, ids):
        role = segment["m"].get("role", "caption")
        style: dict[str, Any] = dict(segment["m"].get("style") or {})
        if "preset" in changes:
            kept = style.get("position")
            style = preset_style(changes["preset"], role)
            if kept and presets()[changes["preset"]].position == TextStyle().position:
                style["position"] = kept
        style |= changes
        if grow != 1.0:
            style["size"] = round(resolve(style, role).size * grow, 2)
        size = resolve(style, role).size
        if not _SIZE_LOW <= size <= _SIZE_HIGH:
            raise refuse("size", size=f"{size:g}", low=f"{_SIZE_LOW:g}", high=f"{_SIZE_HIGH:g}")
        segment["m"]["style"] = style
    return seal(result)


def preset_style(preset: str, role: str) -> dict[str, Any]:
    """Return the style dict for a named style; a title keeps a title's size and place."""
    style: dict[str, Any] = {"preset": preset}
    named, title = presets()[preset], resolve(None, "title")
    if role == "title":
        if named.position == TextStyle().position:
            style["position"] = title.position
        if named.size < title.size:
            style["size"] = title.size
    return style


def set_text_times(draft: Mapping[str, Any], identity: str, *, start_ms: int, end_ms: int) -> Draft:
    """Move the text segment *identity* to other times.

    Raises:
        EditRefused: Times outside the pictures, or another text stands there.
    """
    result = editable(draft)
    segment = _one(result, identity)
    _check_times(result, start_ms, end_ms)
    meta = segment["m"]
    role = meta.get("role", "caption")
    _check_room(result, {identity}, role, dict(meta.get("style") or {}), start_ms, end_ms)
    segment |= {"s": start_ms, "d": end_ms - start_ms}
    return seal(result)


def _one(draft: Draft, identity: str) -> dict[str, Any]:
    found = find(draft, {identity})
    if not found:
        raise refuse("text_gone")
    return found[0]


def _check_words(text: str) -> None:
    if not text.strip():
        raise refuse("no_words")


def _check_times(draft: Draft, start_ms: int, end_ms: int) -> None:
    last = video_end(draft)
    if not last:
        raise refuse("empty")
    if start_ms < 0 or end_ms > last:
        raise refuse("text_range", start_ms=start_ms, end_ms=end_ms, last_ms=last)
    if end_ms - start_ms < MIN_TEXT_MS:
        raise refuse("text_short", length_ms=end_ms - start_ms, least_ms=MIN_TEXT_MS)


def _check_room(
    draft: Draft, own: set[str], role: str, style: Mapping[str, Any], start_ms: int, end_ms: int
) -> None:
    place = resolve(style, role).position
    for _, segment in segments(draft, TEXT):
        meta = segment["m"]
        if segment["id"] in own or resolve(meta.get("style"), meta.get("role")).position != place:
            continue
        if segment["s"] < end_ms and start_ms < end(segment):
            raise refuse(
                "text_taken",
                text=meta.get("text", ""),
                place=place,
                start_ms=segment["s"],
                end_ms=end(segment),
            )
