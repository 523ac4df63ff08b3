/** The part of a timeline that is seen: ms ↔ px, zoom about a point, scrolling, round marks. */

/** What is seen: `startMs` lies at the left edge, a pixel is `msPerPx` long. */
export interface Seen {
  readonly startMs: number;
  readonly msPerPx: number;
}

/** A timeline on a lane of some width; both decide how far one can zoom and scroll. */
export interface Extent {
  readonly durationMs: number;
  readonly widthPx: number;
}

/** As near as it gets: a frame at 30 a second is 66 px wide, a word can be cut by eye. */
const LEAST_MS_PER_PX = 0.5;
/** Left free behind the end, so that its edge and the playhead on it can be seen. */
const TAIL_PX = 16;

export function toPx(seen: Seen, ms: number): number {
  return (ms - seen.startMs) / seen.msPerPx;
}

export function toMs(seen: Seen, px: number): number {
  return seen.startMs + px * seen.msPerPx;
}

/** All of it. */
export function fitted(extent: Extent): Seen {
  return { startMs: 0, msPerPx: farthest(extent) };
}

export function isFitted(seen: Seen, extent: Extent): boolean {
  return seen.msPerPx >= farthest(extent);
}

/** The nearest that can be shown: no farther than all of it, never beyond the ends. */
export function clamped(seen: Seen, extent: Extent): Seen {
  const far = farthest(extent);
  const msPerPx = Math.min(far, Math.max(Math.min(LEAST_MS_PER_PX, far), seen.msPerPx));
  const last = lastStart({ startMs: 0, msPerPx }, extent);
  return { startMs: Math.min(last, Math.max(0, seen.startMs)), msPerPx };
}

/** *factor* times as large; what lies at *px* stays there where the ends allow it. */
export function zoomed(seen: Seen, extent: Extent, factor: number, px: number): Seen {
  const { msPerPx } = clamped({ startMs: 0, msPerPx: seen.msPerPx / factor }, extent);
  return clamped({ startMs: toMs(seen, px) - px * msPerPx, msPerPx }, extent);
}

/** Moved to later times by *px*. */
export function scrolled(seen: Seen, extent: Extent, px: number): Seen {
  return clamped({ ...seen, startMs: seen.startMs + px * seen.msPerPx }, extent);
}

/** Moved as little as shows a span: its start at least, in the middle if it was out of sight. */
export function revealing(seen: Seen, extent: Extent, startMs: number, endMs: number): Seen {
  const { widthPx } = extent;
  const left = toPx(seen, startMs);
  const right = toPx(seen, endMs);
  if (left >= 0 && right <= widthPx) return seen;
  if (right - left > widthPx) {
    const isCovered = left <= 0 && right >= widthPx;
    return isCovered ? seen : clamped({ ...seen, startMs }, extent);
  }
  return scrolled(seen, extent, (left + right - widthPx) / 2);
}

/** A thumb that can be grabbed, px. */
const LEAST_THUMB_PX = 24;

/** Where the thumb of a scroll bar as wide as the lanes lies, and its length: shares of it. */
export function thumbOf(seen: Seen, extent: Extent): { at: number; share: number } {
  const share = thumbShare(seen, extent);
  const last = lastStart(seen, extent);
  return { at: last > 0 ? (1 - share) * (seen.startMs / last) : 0, share };
}

/** What is seen with the thumb at another place. */
export function scrolledTo(seen: Seen, extent: Extent, at: number): Seen {
  const rest = 1 - thumbShare(seen, extent);
  const startMs = rest > 0 ? (at / rest) * lastStart(seen, extent) : 0;
  return clamped({ ...seen, startMs }, extent);
}

function thumbShare(seen: Seen, extent: Extent): number {
  const share = seen.msPerPx / farthest(extent);
  return Math.min(1, Math.max(share, LEAST_THUMB_PX / Math.max(1, extent.widthPx)));
}

/** The latest start: with it, the end lies at the right edge. */
function lastStart({ msPerPx }: Seen, extent: Extent): number {
  return Math.max(0, (farthest(extent) - msPerPx) * usable(extent));
}

const STEPS_MS = [
  100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
  900_000, 1_800_000, 3_600_000,
];
/** A time such as 12:34.5 with some air. */
const MARK_PX = 72;
const HOUR_MS = 3_600_000;

/** The round times to write along what is seen, and the step between them. */
export function marksIn(seen: Seen, extent: Extent): { stepMs: number; marks: number[] } {
  const least = MARK_PX * seen.msPerPx;
  const stepMs = STEPS_MS.find((step) => step >= least) ?? Math.ceil(least / HOUR_MS) * HOUR_MS;
  const end = Math.min(extent.durationMs, toMs(seen, extent.widthPx));
  const marks: number[] = [];
  for (let ms = Math.floor(seen.startMs / stepMs) * stepMs; ms <= end; ms += stepMs) marks.push(ms);
  return { stepMs, marks };
}

function farthest({ durationMs, widthPx }: Extent): number {
  return Math.max(1, durationMs) / usable({ durationMs, widthPx });
}

function usable({ widthPx }: Extent): number {
  return Math.max(1, widthPx - TAIL_PX);
}
