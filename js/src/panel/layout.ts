import { ticks } from "../shared/format";
import type { TimelineView } from "../shared/protocol";

/** A mark this close to the end, as a share of the whole, would run into the edge. */
const LAST_MARK = 0.96;

/** Where something lies on a lane, in percent of its width. */
export interface Place {
  left: number;
  width: number;
}

/** The place of a span; what lies outside the timeline is cut at its edges. */
export function place(startMs: number, endMs: number, totalMs: number): Place {
  if (totalMs <= 0) return { left: 0, width: 0 };
  const left = Math.min(100, Math.max(0, (100 * startMs) / totalMs));
  const right = Math.min(100, Math.max(left, (100 * endMs) / totalMs));
  return { left, width: right - left };
}

/** The ruler's marks with their places, the start left out; *lanePx* decides how many fit. */
export function marks(totalMs: number, lanePx: number): { ms: number; left: number }[] {
  const most = Math.max(2, Math.floor(lanePx / 64));
  return ticks(totalMs, most)
    .filter((ms) => ms > 0 && ms <= totalMs * LAST_MARK)
    .map((ms) => ({ ms, left: place(ms, ms, totalMs).left }));
}

/** The track and segment that a screen reader or a caption list should name at *atMs*. */
export function textsAt(timeline: TimelineView, atMs: number): string[] {
  return timeline.tracks
    .filter((track) => track.kind === "text")
    .flatMap((track) => track.segments)
    .filter((segment) => segment.start_ms <= atMs && atMs < segment.end_ms)
    .map((segment) => segment.label);
}
