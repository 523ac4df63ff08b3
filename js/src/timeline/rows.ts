/** How high the lanes are and where each of them lies, from the top of the first. */
import { firstAbove, type Lane } from "./lane";

export interface Row {
  readonly top: number;
  readonly height: number;
}

export interface Rows {
  readonly all: readonly Row[];
  readonly height: number;
  readonly bottoms: Float64Array;
}

export const RULER_PX = 22;
const GAP_PX = 3;
const HEIGHTS = { video: 30, audio: 30, text: 26, other: 26 };
/** With pictures along it. */
const FILM_PX = 46;

/** Lay the lanes out; pictures lie along lane *film*, -1 where along none. */
export function rowsOf(lanes: readonly Lane[], film: number): Rows {
  let top = GAP_PX;
  const all = lanes.map((lane, index) => {
    const row = { top, height: index === film ? FILM_PX : HEIGHTS[lane.kind] };
    top += row.height + GAP_PX;
    return row;
  });
  const bottoms = Float64Array.from(all, (row) => row.top + row.height);
  return { all, height: all.length > 0 ? top : 0, bottoms };
}

/** The lanes [from, to) between two heights. */
export function rowsBetween(rows: Rows, top: number, bottom: number): [number, number] {
  const from = firstAbove(rows.bottoms, top);
  let to = from;
  while (to < rows.all.length && (rows.all[to]?.top ?? 0) < bottom) to += 1;
  return [from, to];
}

/** The lane at a height; between two, the upper one; -1 below the last. */
export function rowAt(rows: Rows, y: number): number {
  const index = firstAbove(rows.bottoms, y - GAP_PX);
  return index < rows.all.length ? index : -1;
}
