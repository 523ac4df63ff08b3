import type { CueGroup } from "../shared/protocol";
import type { Span } from "./deck";

/** A jump back from within this of a cue's start goes to the cue before it. */
const AT_START_MS = 400;
/** What is heard and seen around a cue when it is looped. */
const AROUND_MS = 250;
/** No loop is shorter: a cue that flashes by would only flicker. */
const SHORTEST_LOOP_MS = 1200;
/** Marks closer than this, in percent of the bar, are one mark. */
const ONE_MARK = 0.4;

/** Whether the variants differ in a group of cues; with *pair*, those two alone. */
export function differs(group: CueGroup, pair?: readonly [number, number]): boolean {
  if (pair) return group.alike[pair[0]] !== group.alike[pair[1]];
  return group.alike.some((first) => first !== group.alike[0]);
}

/** The group on screen at *ms*, else the last that was, else the first; -1 where there is none. */
export function groupAt(groups: readonly CueGroup[], ms: number): number {
  let low = 0;
  let high = groups.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((groups[middle]?.start_ms ?? 0) <= ms) low = middle + 1;
    else high = middle;
  }
  return groups.length === 0 ? -1 : Math.max(0, low - 1);
}

/** The next differing group after *ms*, or before it; null where there is none. */
export function jump(groups: readonly CueGroup[], ms: number, by: 1 | -1): CueGroup | null {
  const able = groups.filter((group) => differs(group));
  const found =
    by > 0
      ? able.find((group) => group.start_ms > ms)
      : able.findLast((group) => group.start_ms < ms - AT_START_MS);
  return found ?? null;
}

/** What to play again and again to look at one group of cues. */
export function loopOf(group: Span, durationMs: number): Span {
  const spare = Math.max(AROUND_MS, (SHORTEST_LOOP_MS - (group.end_ms - group.start_ms)) / 2);
  const start_ms = Math.max(0, group.start_ms - spare);
  return { start_ms, end_ms: Math.max(start_ms + 1, Math.min(durationMs, group.end_ms + spare)) };
}

export interface Mark {
  left: number;
  width: number;
}

/** Where on the seek bar the variants differ, in percent; what nearly touches is one mark. */
export function marks(groups: readonly CueGroup[], durationMs: number): Mark[] {
  const found: Mark[] = [];
  if (durationMs <= 0) return found;
  for (const group of groups) {
    if (!differs(group) || group.start_ms >= durationMs) continue;
    const left = (100 * Math.max(0, group.start_ms)) / durationMs;
    const right = (100 * Math.min(durationMs, group.end_ms)) / durationMs;
    const last = found.at(-1);
    if (last && left - (last.left + last.width) < ONE_MARK) {
      last.width = Math.max(last.width, right - last.left);
    } else found.push({ left, width: Math.max(0, right - left) });
  }
  return found;
}
