/** Which segments are selected, and how a click or a key changes that. */
import type { SegmentRef } from "../shared/protocol";
import { type Lane, refOf } from "./lane";

/** A segment on the strip: its lane from the top, and its rank by time on it. */
export interface Spot {
  readonly lane: number;
  readonly rank: number;
}

export type Way = "only" | "extend" | "toggle";

/** More segments than any lane has. */
const LANE = 2 ** 32;

function keyOf({ lane, rank }: Spot): number {
  return lane * LANE + rank;
}

/** A selection; immutable, so that telling whether it changed is comparing it. */
export class Chosen {
  static readonly none = new Chosen(new Set(), null);

  private constructor(
    private readonly keys: ReadonlySet<number>,
    private readonly anchor: Spot | null,
  ) {}

  get size(): number {
    return this.keys.size;
  }

  has(lane: number, rank: number): boolean {
    return this.keys.has(lane * LANE + rank);
  }

  /** Whether the same segments are selected, in whatever way. */
  equals(other: Chosen): boolean {
    return this.size === other.size && [...this.keys].every((key) => other.keys.has(key));
  }

  /** In the order of lanes and times. */
  spots(): Spot[] {
    return [...this.keys]
      .sort((a, b) => a - b)
      .map((key) => ({ lane: Math.floor(key / LANE), rank: key % LANE }));
  }

  refs(lanes: readonly Lane[]): SegmentRef[] {
    return this.spots().flatMap(({ lane, rank }) => {
      const found = lanes[lane];
      return found ? [refOf(found, rank)] : [];
    });
  }

  /** What a click with its modifiers, or a key with them, makes of it. */
  with(spot: Spot, way: Way): Chosen {
    if (way === "only") return new Chosen(new Set([keyOf(spot)]), spot);
    if (way === "toggle") {
      const keys = new Set(this.keys);
      if (!keys.delete(keyOf(spot))) keys.add(keyOf(spot));
      return new Chosen(keys, spot);
    }
    const anchor = this.anchor?.lane === spot.lane ? this.anchor : spot;
    const keys = new Set(this.anchor?.lane === spot.lane ? [] : this.keys);
    const [from, to] = [anchor.rank, spot.rank].sort((a, b) => a - b) as [number, number];
    for (let rank = from; rank <= to; rank += 1) keys.add(keyOf({ lane: spot.lane, rank }));
    return new Chosen(keys, anchor);
  }

  static lane(lanes: readonly Lane[], lane: number): Chosen {
    const count = lanes[lane]?.segments.length ?? 0;
    const keys = new Set(Array.from({ length: count }, (_, rank) => keyOf({ lane, rank })));
    return new Chosen(keys, { lane, rank: 0 });
  }

  /** What Python names; what is not there is left out. */
  static of(refs: readonly SegmentRef[], lanes: readonly Lane[]): Chosen {
    const byTrack = new Map(lanes.map((lane, index) => [lane.track, index]));
    const spots = refs.flatMap(([track, segment]): Spot[] => {
      const lane = byTrack.get(track);
      const rank = lane === undefined ? undefined : lanes[lane]?.ranks[segment - 1];
      return lane === undefined || rank === undefined ? [] : [{ lane, rank }];
    });
    return new Chosen(new Set(spots.map(keyOf)), spots[0] ?? null);
  }

  /** The same segments, by their ids, in a timeline that has changed. */
  carried(before: readonly Lane[], after: readonly Lane[]): Chosen {
    if (this.size === 0) return Chosen.none;
    const ids = new Set(this.spots().map(({ lane, rank }) => idAt(before, lane, rank)));
    const spots = after.flatMap((lane, index) =>
      lane.segments.flatMap((segment, place): Spot[] =>
        ids.has(segment.id) ? [{ lane: index, rank: lane.ranks[place] as number }] : [],
      ),
    );
    return new Chosen(new Set(spots.map(keyOf)), spots[0] ?? null);
  }
}

function idAt(lanes: readonly Lane[], lane: number, rank: number): string {
  const found = lanes[lane];
  return found?.segments[found.places[rank] as number]?.id ?? "";
}
