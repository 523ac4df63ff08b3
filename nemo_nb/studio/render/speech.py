"""When each word of a text is spoken, from what the draft knows and from estimates. Pure.

A text is a sequence of grapheme clusters here, and a word a span of them, its punctuation
included. Texts are edited after their words were timed: what still matches keeps its time,
what is new shares the time between its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate, pairwise, zip_longest
from typing import Final, NamedTuple

from uniseg.wordbreak import words as uax29_words

from nemo_nb.studio.render.words import Spoken
from nemo_nb.words import syllables

# Scripts written without spaces: Han, kana, Thai, Lao.
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff]")
# A Thai or Lao vowel that is written before its consonant always starts a syllable.
_THAI: Final = re.compile(r"[\u0e00-\u0eff]")
_LEADING_VOWELS: Final = frozenset("เแโใไເແໂໃໄ")
_LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f]")
_CLUSTERS_A_SYLLABLE: Final = 2.5
# What a pause takes, in syllables.
_PAUSES: Final = {
    **dict.fromkeys(",;:\u060c\u3001\uff0c\uff1b\uff1a", 1.0),
    **dict.fromkeys(".!?\u2026\u061f\u3002\uff01\uff1f", 2.0),
}
# A spoken word is looked for this many letters ahead; further on it is another one.
_REACH: Final = 60


class Timed(NamedTuple):
    """A word: the clusters from ``first`` to before ``last``, and its time in ms."""

    first: int
    last: int
    start_ms: float
    end_ms: float


def word_spans(clusters: Sequence[str]) -> list[tuple[int, int]]:
    """Return the words of a text as spans of its clusters; white space belongs to none.

    What is written without spaces is cut by UAX #29 (Han: by character), Thai and Lao where a
    syllable must begin.
    """
    spans: list[tuple[int, int]] = []
    for first, last in _chunks(clusters):
        cuts = [first, *_inner_cuts(clusters, first, last), last]
        spans.extend(pairwise(cuts))
    return spans


def word_times(clusters: Sequence[str], spoken: Sequence[Spoken], duration_ms: int) -> list[Timed]:
    """Return every word of a text with its time, in reading order.

    Args:
        clusters: The text.
        spoken: Words with known times, in order of time; may be none, or of another wording.
        duration_ms: How long the text shows; times are estimated to fill it.
    """
    known = list(_matched(clusters, spoken, duration_ms))
    covered = {index for word in known for index in range(word.first, word.last)}
    free = list(_uncovered(word_spans(clusters), covered))
    edges = [
        Timed(0, 0, 0.0, 0.0),
        *known,
        Timed(len(clusters), len(clusters), duration_ms, duration_ms),
    ]
    result = list(known)
    for before, after in pairwise(edges):
        between = [span for span in free if before.last <= span[0] < after.first]
        result.extend(_shared(clusters, between, before.end_ms, after.start_ms))
    return sorted(result)


def letter_times(clusters: Sequence[str], total_ms: float) -> list[float]:
    """Return when each cluster of a text is typed, evenly; the last one at *total_ms*."""
    steps = max(1, len(clusters) - 1)
    return [index * total_ms / steps for index in range(len(clusters))]


def _uncovered(
    spans: Sequence[tuple[int, int]], covered: Collection[int]
) -> Iterator[tuple[int, int]]:
    """Yield what of *spans* is not *covered*, in pieces."""
    for first, last in spans:
        begun: int | None = None
        for index in range(first, last + 1):
            if index < last and index not in covered:
                begun = index if begun is None else begun
            elif begun is not None:
                yield begun, index
                begun = None


def _chunks(clusters: Sequence[str]) -> Iterator[tuple[int, int]]:
    first: int | None = None
    for index, cluster in enumerate((*clusters, " ")):
        if cluster.isspace():
            if first is not None:
                yield first, index
            first = None
        elif first is None:
            first = index


def _inner_cuts(clusters: Sequence[str], first: int, last: int) -> list[int]:
    text = "".join(clusters[first:last])
    if not _UNSPACED.search(text):
        return []
    ends = {at: i for i, at in enumerate(accumulate(map(len, clusters[first:last])), first + 1)}
    cuts: list[int] = []
    at, begun = 0, False
    for piece in uax29_words(text):
        starts = bool(_sound(piece)) and (
            not _THAI.match(piece) or piece[0] in _LEADING_VOWELS or not begun
        )
        # What is no word joins the one before it; what stands before all, the first.
        if starts and begun and at in ends:
            cuts.append(ends[at])
        begun = begun or starts
        at += len(piece)
    return cuts


def _matched(
    clusters: Sequence[str], spoken: Sequence[Spoken], duration_ms: int
) -> Iterator[Timed]:
    """Yield the words of *spoken* that stand in the text, in its order, times not decreasing."""
    sounds = [_sound(cluster) for cluster in clusters]
    stream = "".join(sounds)
    owner = [index for index, sound in enumerate(sounds) for _ in sound]
    edges = _edges(clusters, sounds)
    found: list[tuple[int, int, Spoken]] = []
    at = 0
    for word in spoken:
        sound = _sound(word.text)
        place = stream.find(sound, at, at + len(sound) + _REACH) if sound else -1
        # "the" is not in "there".
        while place >= 0 and not {place, place + len(sound)} <= edges:
            place = stream.find(sound, place + 1, at + len(sound) + _REACH)
        if place >= 0:
            at = place + len(sound)
            found.append((owner[place], owner[at - 1] + 1, word))
    reached, time = 0, 0.0
    for (first, last, word), following in zip_longest(found, found[1:]):
        limit = len(clusters) if following is None else following[0]
        start = max(time, min(word.start_ms, duration_ms))
        next_ms = duration_ms if following is None else following[2].start_ms
        end = word.end_ms if word.end_ms > word.start_ms else next_ms
        time = max(start, min(end, next_ms, duration_ms))
        span = _with_marks(clusters, max(first, reached), last, reached, limit)
        reached = span[1]
        if span[0] < span[1]:
            yield Timed(*span, start, time)


def _edges(clusters: Sequence[str], sounds: Sequence[str]) -> set[int]:
    """Return where in the joined *sounds* a word may begin or end."""
    offsets = [0, *accumulate(map(len, sounds))]
    edges = {offsets[index] for span in word_spans(clusters) for index in span}
    for index, cluster in enumerate(clusters):
        # Where no spaces are written, whoever timed the words knows best.
        if _UNSPACED.search(cluster):
            edges |= {offsets[index], offsets[index + 1]}
    return edges


def _with_marks(
    clusters: Sequence[str], first: int, last: int, low: int, high: int
) -> tuple[int, int]:
    """Widen a word to the punctuation that touches it, between *low* and *high*."""

    def is_mark(index: int) -> bool:
        return not clusters[index].isspace() and not _sound(clusters[index])

    while last < high and is_mark(last):
        last += 1
    while first > low and is_mark(first - 1):
        first -= 1
    return first, last


def _shared(
    clusters: Sequence[str], spans: Sequence[tuple[int, int]], start_ms: float, end_ms: float
) -> Iterator[Timed]:
    """Share the time from *start_ms* to *end_ms* among words by how long they take to say."""
    weights = [_weight("".join(clusters[first:last])) for first, last in spans]
    last_ms = max(start_ms, end_ms)
    length = (last_ms - start_ms) / (sum(weights) or 1.0)
    # Sums of floats may pass the end by their last digit.
    passed = (min(last_ms, start_ms + length * done) for done in accumulate(weights))
    marks = [start_ms, *passed]
    for (first, last), (start, end) in zip(spans, pairwise(marks), strict=True):
        yield Timed(first, last, start, end)


def _weight(word: str) -> float:
    pause = max((_PAUSES.get(char, 0.0) for char in word[-2:]), default=0.0)
    sound = _sound(word)
    if _LATIN.search(sound):
        return syllables(sound) + pause
    if _UNSPACED.search(sound) and not _THAI.search(sound):
        return len(sound) + pause
    return max(1.0, len(sound) / _CLUSTERS_A_SYLLABLE) + pause


def _sound(text: str) -> str:
    """Return the letters and digits of *text*, in one case."""
    return "".join(char for char in text.casefold() if char.isalnum())
