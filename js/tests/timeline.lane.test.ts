import { describe, expect, it } from "vitest";
import type { TimelineView, Track } from "../src/shared/protocol";
import {
  bars,
  firstAbove,
  type Lane,
  lanesOf,
  rankAt,
  rankNear,
  refOf,
  visible,
} from "../src/timeline/lane";
import { rowAt, rowsBetween, rowsOf } from "../src/timeline/rows";

function view(...tracks: Track[]): TimelineView {
  return {
    duration_ms: 10_000,
    ready: true,
    summary: "",
    width: 16,
    height: 9,
    previews: true,
    tracks,
  };
}

function track(kind: Track["kind"], ...spans: [number, number][]): Track {
  const segments = spans.map(([start_ms, end_ms], index) => ({
    id: `${kind}${index}`,
    label: String(index),
    start_ms,
    end_ms,
    volume: null,
  }));
  return { kind, name: "", segments };
}

function lane(...spans: [number, number][]): Lane {
  const [only] = lanesOf(view(track("text", ...spans)));
  if (!only) throw new Error("no lane");
  return only;
}

describe("a lane", () => {
  it("is there for each track that holds something, and knows its track", () => {
    const lanes = lanesOf(view(track("video"), track("text", [0, 1]), track("audio", [0, 1])));
    expect(lanes.map((each) => each.track)).toEqual([2, 3]);
    expect(refOf(lanes[1] as Lane, 0)).toEqual([3, 1]);
  });

  it("is in the order of time, whatever order the draft has", () => {
    const mixed = lane([5000, 6000], [0, 1000], [2000, 9000]);
    expect([...mixed.starts]).toEqual([0, 2000, 5000]);
    expect([0, 1, 2].map((rank) => refOf(mixed, rank)[1])).toEqual([2, 3, 1]);
    expect([...mixed.ranks]).toEqual([2, 0, 1]);
  });

  it("knows what is seen of it, also what began long before", () => {
    const some = lane([0, 9000], [1000, 2000], [3000, 4000], [5000, 6000]);
    expect(visible(some, 4500, 4600)).toEqual([0, 3]);
    expect(visible(some, 9000, 9500)).toEqual([4, 4]);
    expect(visible(lane([0, 10], [10, 20], [20, 30]), 10, 15)).toEqual([1, 2]);
  });

  it("agrees with looking at every segment", () => {
    let seed = 1;
    const random = (below: number) => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed % below;
    };
    const spans = Array.from({ length: 300 }, (): [number, number] => {
      const start = random(10_000);
      return [start, start + random(400)];
    });
    const some = lane(...spans);
    for (let at = 0; at < 200; at += 1) {
      const from = random(10_000);
      const to = from + random(500);
      const [low, high] = visible(some, from, to);
      spans.forEach(([start, end], place) => {
        const rank = some.ranks[place] as number;
        if (end > from && start <= to) expect(low <= rank && rank < high).toBe(true);
      });
      const hit = rankAt(some, from);
      const isCovered = spans.some(([start, end]) => start <= from && from < end);
      expect(hit >= 0).toBe(isCovered);
      if (hit >= 0) {
        expect(some.starts[hit]).toBeLessThanOrEqual(from);
        expect(some.ends[hit]).toBeGreaterThan(from);
      }
    }
  });

  it("is hit by the topmost segment, and by one nearby only with some slack", () => {
    const some = lane([0, 5000], [1000, 2000], [6000, 6001]);
    expect(rankAt(some, 1500)).toBe(1);
    expect(rankAt(some, 2500)).toBe(0);
    expect(rankAt(some, 5900)).toBe(-1);
    expect(rankAt(some, 5900, 200)).toBe(2);
    expect(rankAt(some, 6100, 200)).toBe(2);
  });

  it("is entered from beside at the same time, or the nearest", () => {
    const some = lane([0, 1000], [4000, 5000], [8000, 9000]);
    expect([500, 1200, 3900, 4500, 6400, 99_999, -5].map((ms) => rankNear(some, ms))).toEqual([
      0, 0, 1, 1, 1, 2, 0,
    ]);
  });

  it("searches an empty list too", () => {
    expect(firstAbove(new Float64Array(), 3)).toBe(0);
  });
});

describe("the bars that are drawn", () => {
  it("are the segments where they are wide enough", () => {
    const some = lane([0, 1000], [1000, 3000]);
    expect(bars(some, [0, 2], 500, 10)).toEqual([
      { left: -50, right: 50, rank: 0, count: 1 },
      { left: 50, right: 250, rank: 1, count: 1 },
    ]);
  });

  it("merge what is too slim to tell apart, up to the next gap", () => {
    const slim = Array.from({ length: 1000 }, (_, at): [number, number] => [at * 10, at * 10 + 9]);
    const all = bars(lane(...slim, [20_000, 20_010], [30_000, 40_000]), [0, 1002], 0, 10);
    expect(all.map(({ rank, count }) => [rank, count])).toEqual([
      [0, 1000],
      [1000, 1],
      [1001, 1],
    ]);
    expect(all[0]?.right).toBeCloseTo(999.9, 6);
  });

  it("never are more than there are pixels, and leave nothing out", () => {
    const slim = Array.from({ length: 50_000 }, (_, at): [number, number] => [at * 7, at * 7 + 3]);
    const all = bars(lane(...slim), [0, 50_000], 0, 350);
    expect(all.length).toBeLessThanOrEqual(1000);
    expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(50_000);
  });

  it("are those of some segments alone where only they are wanted", () => {
    const slim = Array.from({ length: 100 }, (_, at): [number, number] => [at * 10, at * 10 + 10]);
    const all = bars(lane(...slim), [0, 100], 0, 10, (rank) => rank < 3 || rank > 90);
    expect(all.map(({ rank, count }) => [rank, count])).toEqual([
      [0, 3],
      [91, 9],
    ]);
  });

  it("leave out what lies under a long segment and left of what is seen", () => {
    const some = lane([0, 9000], [100, 200], [300, 400], [8000, 8500]);
    expect(bars(some, [0, 4], 5000, 10).map(({ rank }) => rank)).toEqual([0, 3]);
  });
});

describe("the rows", () => {
  const lanes = lanesOf(
    view(
      track("video", [0, 9]),
      track("audio", [0, 9]),
      track("text", [0, 9]),
      track("video", [0, 9]),
    ),
  );

  it("are higher where pictures lie along them, and on that lane alone", () => {
    const plain = rowsOf(lanes, -1);
    const filmed = rowsOf(lanes, 0);
    expect(filmed.all[0]?.height).toBeGreaterThan(plain.all[0]?.height ?? 0);
    expect(filmed.all[3]?.height).toBe(plain.all[3]?.height);
    expect(rowsOf([], -1).height).toBe(0);
  });

  it("are found by height", () => {
    const rows = rowsOf(lanes, -1);
    const third = rows.all[2] ?? { top: 0, height: 0 };
    expect(rowAt(rows, third.top)).toBe(2);
    expect(rowAt(rows, third.top + third.height)).toBe(2);
    expect(rowAt(rows, rows.height + 50)).toBe(-1);
    expect(rowsBetween(rows, third.top + 1, third.top + 2)).toEqual([2, 3]);
    expect(rowsBetween(rows, 0, rows.height)).toEqual([0, 4]);
  });
});
