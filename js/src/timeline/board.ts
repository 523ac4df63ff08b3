/** A timeline as it lies on the strip: lanes, their heights, and what is written on them. */
import { clock } from "../shared/format";
import type { SegmentRef, TimelineView, Track } from "../shared/protocol";
import type { Spot } from "./chosen";
import { type Lane, LEAST_PX, lanesOf, rankAt, refOf, visible } from "./lane";
import { type Row, type Rows, rowsOf } from "./rows";
import type { Texts } from "./texts";

type Segment = Track["segments"][number];

const KINDS = ["video", "audio", "text", "other"] as const;

export interface Board {
  readonly timeline: TimelineView | null;
  readonly lanes: readonly Lane[];
  readonly rows: Rows;
  /** The lane that pictures lie along; -1 where none do. */
  readonly film: number;
}

/** Lay *timeline* out; null, or one that holds nothing, is an empty board. */
export function boardOf(timeline: TimelineView | null, hasPictures: boolean): Board {
  const filled = timeline?.ready ? timeline : null;
  const lanes = filled ? lanesOf(filled) : [];
  const isFilmed = hasPictures && filled?.previews === true;
  const film = isFilmed ? lanes.findIndex(({ kind }) => kind === "video") : -1;
  return { timeline: filled, lanes, rows: rowsOf(lanes, film), film };
}

export function segmentAt({ lanes }: Board, { lane, rank }: Spot): Segment | undefined {
  const found = lanes[lane];
  return found?.segments[found.places[rank] as number];
}

export function spotOf({ lanes }: Board, id: string): Spot | null {
  for (const [lane, { segments, ranks }] of lanes.entries()) {
    const place = segments.findIndex((segment) => segment.id === id);
    if (place >= 0) return { lane, rank: ranks[place] as number };
  }
  return null;
}

export function refAt({ lanes }: Board, { lane, rank }: Spot): SegmentRef | null {
  const found = lanes[lane];
  return found ? refOf(found, rank) : null;
}

export function idsOn({ lanes }: Board): Set<string> {
  return new Set(lanes.flatMap(({ segments }) => segments.map(({ id }) => id)));
}

/** The current segment's lane and its row, where there are any. */
export function rowOf({ rows }: Board, spot: Spot | null): Row | undefined {
  return spot ? rows.all[spot.lane] : undefined;
}

/** `video:1 text:2` */
export function countsOn({ lanes }: Board): string {
  const counts = KINDS.map((kind) => {
    const found = lanes.filter((lane) => lane.kind === kind);
    return [kind, found.reduce((sum, { segments }) => sum + segments.length, 0)] as const;
  });
  return counts.flatMap(([kind, count]) => (count > 0 ? [`${kind}:${count}`] : [])).join(" ");
}

/** A segment in words, called *name*: its time, and how loud it is. */
export function wordsOf(segment: Segment, name: string): string {
  const span = `${clock(segment.start_ms)} – ${clock(segment.end_ms)}`;
  const volume = segment.volume === null ? "" : ` · ${Math.round(segment.volume * 100)} %`;
  return `${name} (${span}${volume})`;
}

/** How many segments of a lane are drawn as one at *ms*, and when; null where one stands alone. */
export function crowdAt(
  lane: Lane | undefined,
  ms: number,
  msPerPx: number,
  texts: Texts,
): string | null {
  const rank = lane ? rankAt(lane, ms, LEAST_PX * msPerPx) : -1;
  if (!lane || rank < 0) return null;
  const length = (lane.ends[rank] as number) - (lane.starts[rank] as number);
  if (length >= LEAST_PX * msPerPx) return null;
  const [from, to] = visible(lane, ms - 2 * msPerPx, ms + 2 * msPerPx);
  if (to - from < 2) return null;
  const span = `${clock(lane.starts[from] as number)} – ${clock(lane.ends[to - 1] as number)}`;
  return `${texts.segments(to - from)} (${span}): ${texts.toSee}`;
}
