"""Text, sound and overlays go along when pictures change their order, length or number.

::

    before = places(draft)      # after any split, which moves nothing
    …                           # the segments of the lanes change; what goes gets ``d`` 0
    return carry(draft, before)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from nemo_nb.timeline.draft import AUDIO, TEXT, number
from nemo_nb.timeline.draft_shape import Draft, end, lanes, seal, tracks

MIN_TEXT_MS: Final = 200
"""Shorter than this nothing can be read."""

Places = Mapping[str, tuple["Place", ...]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one picture of a lane stood."""

    id: str
    start_ms: int
    end_ms: int


def places(draft: Draft) -> Places:
    """Return where the pictures of every lane stand now, by the lane's id."""
    return {lane["id"]: _rows(lane) for lane in lanes(draft)}


def carry(draft: Draft, before: Places, *, anchored: Collection[str] = ()) -> Draft:
    """Bring everything else of *draft* to where its pictures are now, in place, and seal it.

    What lies over one picture goes with it and keeps its share of it. What lies over several
    keeps to their edges, or stays where it is when their order has changed. Sounds and clips
    keep their own length, and end with the pictures where they ended with or before them.

    Args:
        draft: Its lanes hold the pictures in their new order and length; one that was removed
            is still there with a length of 0.
        before: What :func:`places` said.
        anchored: Ids of pictures that were made longer or shorter at their end: what lies over
            them stays at its distance from their beginning.
    """
    own = lanes(draft)
    ways = [_Way(before.get(lane["id"], ()), _rows(lane), anchored) for lane in own]
    regions = [_region(lane) for lane in own]
    for track in tracks(draft):
        if any(track is lane for lane in own):
            continue
        region = _region(track)
        way = ways[regions.index(region)] if region in regions else ways[0]
        for segment in track["sg"]:
            way.take(segment, kind=track.get("tt"))
        least = MIN_TEXT_MS if track.get("tt") == TEXT else 1
        track["sg"] = [segment for segment in track["sg"] if segment["d"] >= least]
    for lane in own:
        lane["sg"] = [segment for segment in lane["sg"] if segment["d"] > 0]
    return seal(draft)


class _Way:
    """From old moments of one lane to new ones."""

    def __init__(
        self, old: tuple[Place, ...], new: tuple[Place, ...], anchored: Collection[str]
    ) -> None:
        self._old = [place for place in old if place.end_ms > place.start_ms]
        self._new = {place.id: place for place in new}
        self._anchored = anchored
        self._old_end = max((place.end_ms for place in old), default=0)
        self._new_end = max((place.end_ms for place in new), default=0)
        kept = [self._new[place.id].start_ms for place in self._old if place.id in self._new]
        self._in_order = kept == sorted(kept)

    def take(self, segment: dict[str, Any], *, kind: Any) -> None:
        """Move *segment*; what ends with the pictures by itself is left to the seal."""
        if segment["m"].get("fill") is True and segment["s"] == 0:
            return
        old_stop, length = end(segment), segment["d"]
        begin, stop = self._moved(segment["s"], old_stop)
        if kind == AUDIO or _runs(segment["m"]):
            stop = begin + length
            if old_stop <= self._old_end:
                stop = min(stop, self._new_end)
        segment |= {"s": begin, "d": stop - begin}
        if kind == TEXT and 0 < segment["d"] != length:
            _scale_words(segment["m"], segment["d"] / length)

    def _moved(self, begin: int, stop: int) -> tuple[int, int]:
        under = next((p for p in self._old if p.start_ms <= begin and stop <= p.end_ms), None)
        if under is not None:
            return self._within(under, begin), self._within(under, stop)
        if not self._in_order:
            return min(begin, self._new_end), min(stop, self._new_end)
        return self._begin(begin), self._stop(stop)

    def _within(self, old: Place, at_ms: int) -> int:
        new = self._new[old.id]
        if old.id in self._anchored:
            return min(new.start_ms + at_ms - old.start_ms, new.end_ms)
        share = (at_ms - old.start_ms) / (old.end_ms - old.start_ms)
        return new.start_ms + round(share * (new.end_ms - new.start_ms))

    def _begin(self, at_ms: int) -> int:
        if at_ms <= 0:
            return at_ms
        under = next((p for p in self._old if p.start_ms <= at_ms < p.end_ms), None)
        return self._beyond(at_ms) if under is None else self._within(under, at_ms)

    def _stop(self, at_ms: int) -> int:
        under = next((p for p in self._old if p.start_ms < at_ms <= p.end_ms), None)
        return self._beyond(at_ms) if under is None else self._within(under, at_ms)

    def _beyond(self, at_ms: int) -> int:
        return self._new_end + at_ms - self._old_end


def _runs(meta: Mapping[str, Any]) -> bool:
    """Whether a segment that is no sound runs through a clip once: photos have no ``in``."""
    return "in" in meta and meta.get("freeze") is not True and meta.get("loop") is not True


def _scale_words(meta: dict[str, Any], factor: float) -> None:
    words: Any = meta.get("words")
    if not isinstance(words, list):
        return
    scaled: list[Any] = []
    for word in cast("list[Any]", words):
        item = word
        if isinstance(word, Mapping):
            item = dict(cast("Mapping[str, Any]", word))
            for key in ("s", "d"):
                value = number(item.get(key))
                if value is not None:
                    item[key] = round(value * factor)
        scaled.append(item)
    meta["words"] = scaled


def _rows(lane: Mapping[str, Any]) -> tuple[Place, ...]:
    """Return where the segments of *lane* stand one after the other."""
    rows: list[Place] = []
    cursor = 0
    for segment in lane["sg"]:
        rows.append(Place(segment["id"], cursor, cursor + segment["d"]))
        cursor += segment["d"]
    return tuple(rows)


def _region(track: Mapping[str, Any]) -> Any:
    meta: Any = track.get("m")
    return cast("Mapping[str, Any]", meta).get("region") if isinstance(meta, Mapping) else None
