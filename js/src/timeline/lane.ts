/** A track as the strip works with it: its segments by time, found by binary search. */
import type { SegmentRef, TimelineView, Track } from "../shared/protocol";

export interface Lane {
  readonly kind: Track["kind"];
  readonly name: string;
  /** The track's number, from 1: tracks without segments have no lane. */
  readonly track: number;
  readonly segments: Track["segments"];
  /** Starts, ends and the places in `segments`, in the order of the starts. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly places: Uint32Array;
  /** The latest end so far: it only grows, so that it can be searched. */
  readonly reach: Float64Array;
  /** Where each segment stands in that order. */
  readonly ranks: Uint32Array;
}

/** The lanes of a timeline: its tracks that hold something. */
export function lanesOf(timeline: TimelineView): Lane[] {
  return timeline.tracks.flatMap((track, index) =>
    track.segments.length > 0 ? [laneOf(track, index + 1)] : [],
  );
}

function laneOf({ kind, name, segments }: Track, track: number): Lane {
  const order = segments.map((_, place) => place);
  const start = (place: number) => segments[place]?.start_ms ?? 0;
  if (segments.some((segment, place) => place > 0 && segment.start_ms < start(place - 1))) {
    order.sort((a, b) => start(a) - start(b) || a - b);
  }
  const size = segments.length;
  const [starts, ends, reach] = [0, 1, 2].map(() => new Float64Array(size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const ranks = new Uint32Array(size);
  let latest = Number.NEGATIVE_INFINITY;
  order.forEach((place, rank) => {
    const segment = segments[place];
    starts[rank] = segment?.start_ms ?? 0;
    ends[rank] = Math.max(segment?.end_ms ?? 0, segment?.start_ms ?? 0);
    latest = Math.max(latest, ends[rank] ?? 0);
    reach[rank] = latest;
    ranks[place] = rank;
  });
  return {
    kind,
    name,
    track,
    segments,
    starts,
    ends,
    reach,
    ranks,
    places: Uint32Array.from(order),
  };
}

/** The ranks [from, to) of a lane that may show between two times. */
export function visible(lane: Lane, fromMs: number, toMs: number): [from: number, to: number] {
  return [firstAbove(lane.reach, fromMs), firstAbove(lane.starts, toMs)];
}

/** The index of the first value above *limit* in a growing array; its length if none is. */
export function firstAbove(values: Float64Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The rank of the segment at *ms*, the topmost where several lie; -1 if none within *slackMs*. */
export function rankAt(lane: Lane, ms: number, slackMs = 0): number {
  const [from, to] = visible(lane, ms - slackMs - 1, ms + slackMs);
  let nearest = -1;
  let distance = slackMs;
  for (let rank = to - 1; rank >= from; rank -= 1) {
    const start = lane.starts[rank] as number;
    const end = lane.ends[rank] as number;
    if (start <= ms && ms < end) return rank;
    const away = ms < start ? start - ms : ms - end;
    if (away <= distance) {
      nearest = rank;
      distance = away;
    }
  }
  return nearest;
}

/** The rank whose middle is nearest to *ms*: where an arrow key up or down arrives. */
export function rankNear(lane: Lane, ms: number): number {
  const inside = rankAt(lane, ms);
  if (inside >= 0) return inside;
  const after = Math.min(firstAbove(lane.starts, ms), lane.starts.length - 1);
  const before = Math.max(0, after - 1);
  const toAfter = Math.abs((lane.starts[after] as number) - ms);
  return ms - (lane.ends[before] as number) <= toAfter ? before : after;
}

/** What Python calls the segment of a rank. */
export function refOf(lane: Lane, rank: number): SegmentRef {
  return [lane.track, (lane.places[rank] as number) + 1];
}

export interface Bar {
  left: number;
  right: number;
  /** The rank of its first segment, and how many stand in it. */
  rank: number;
  count: number;
}

/** Narrower than this nobody tells segments apart: they are drawn as one. */
export const LEAST_PX = 2;

/**
 * What to draw of the ranks [from, to): segments as they are, and those below `LEAST_PX` that
 * touch each other as one bar, so that a lane never costs more bars than it has pixels. With
 * *isWanted*, of some of them.
 */
export function bars(
  lane: Lane,
  [from, to]: readonly [number, number],
  startMs: number,
  msPerPx: number,
  isWanted: (rank: number) => boolean = () => true,
): Bar[] {
  const found: Bar[] = [];
  let open: Bar | null = null;
  for (let rank = from; rank < to; rank += 1) {
    const left = ((lane.starts[rank] as number) - startMs) / msPerPx;
    const right = ((lane.ends[rank] as number) - startMs) / msPerPx;
    // A long segment further left is still seen, those that it covers are not.
    if (right < 0 || !isWanted(rank)) continue;
    if (right - left >= LEAST_PX) {
      found.push({ left, right, rank, count: 1 });
      open = null;
    } else if (open !== null && left <= open.right + 1) {
      open.right = Math.max(open.right, right);
      open.count += 1;
    } else {
      open = { left, right: Math.max(right, left + 1), rank, count: 1 };
      found.push(open);
    }
  }
  return found;
}
