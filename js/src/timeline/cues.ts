/** The texts of a timeline in their order, as data: what the caption list shows. */
import type { SegmentRef, TimelineView } from "../shared/protocol";
import { firstAbove } from "./lane";

export interface Cue {
  readonly ref: SegmentRef;
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

export function cuesOf(timeline: TimelineView | null): Cue[] {
  const cues = (timeline?.tracks ?? []).flatMap((track, index) =>
    track.kind !== "text"
      ? []
      : track.segments.map(
          (segment, place): Cue => ({
            ref: [index + 1, place + 1],
            text: segment.label,
            startMs: segment.start_ms,
            endMs: segment.end_ms,
          }),
        ),
  );
  return cues.sort((a, b) => a.startMs - b.startMs);
}

/** The last cue that has begun at *ms*; 0 before the first. */
export function cueAt(starts: Float64Array, ms: number): number {
  return Math.max(0, firstAbove(starts, ms) - 1);
}

/** The words that stand on the picture at *ms*. */
export function wordsAt(cues: readonly Cue[], ms: number): string[] {
  return cues.filter(({ startMs, endMs }) => startMs <= ms && ms < endMs).map(({ text }) => text);
}
