import type { TimelineView } from "../shared/protocol";

/** A text of the timeline as a list shows it. */
export interface Cue {
  startMs: number;
  endMs: number;
  text: string;
}

/** The texts of *timeline* by their start. */
export function cuesOf(timeline: TimelineView): Cue[] {
  return timeline.tracks
    .filter((track) => track.kind === "text")
    .flatMap((track) => track.segments)
    .map((segment) => ({
      startMs: segment.start_ms,
      endMs: segment.end_ms,
      text: segment.label.replaceAll("\n", " "),
    }))
    .sort((one, other) => one.startMs - other.startMs);
}

/** When a text is fully there: many come with a movement that begins with nothing to see. */
export function readableAt(cue: Cue): number {
  return cue.startMs + Math.min(500, Math.round((cue.endMs - cue.startMs) / 2));
}

/** The number of the last cue that has begun at *atMs*; 0 before the first. */
export function nearest(cues: readonly Cue[], atMs: number): number {
  let low = 0;
  let high = cues.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cues[middle]?.startMs ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/** The texts that are on screen at *atMs*. */
export function textsAt(timeline: TimelineView, atMs: number): string[] {
  return timeline.tracks
    .filter((track) => track.kind === "text")
    .flatMap((track) => track.segments)
    .filter((segment) => segment.start_ms <= atMs && atMs < segment.end_ms)
    .map((segment) => segment.label);
}
