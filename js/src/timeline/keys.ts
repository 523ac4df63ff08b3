/** What the keys do in a lane; where one goes is worked out, nothing is done here. */
import type { Spot, Way } from "./chosen";
import { type Lane, rankNear } from "./lane";

export type Deed =
  | { deed: "go"; to: Spot; way: Way | null }
  | { deed: "toggle" | "all" | "clear" | "open" | "edit" }
  | { deed: "zoom"; factor: number }
  | { deed: "fit" };

export interface Key {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

const PAGE = 10;
export const ZOOM_STEP = 1.5;

/** What zooms and fits, anywhere in the strip. */
export function zoomKey({ key, ctrlKey, metaKey, altKey }: Key): Deed | null {
  if (ctrlKey || metaKey || altKey) return null;
  if (key === "+" || key === "=") return { deed: "zoom", factor: ZOOM_STEP };
  if (key === "-" || key === "_") return { deed: "zoom", factor: 1 / ZOOM_STEP };
  return key === "0" ? { deed: "fit" } : null;
}

/** What a key does in the lane of *at*, or null where it is none of ours. */
export function laneKey(event: Key, at: Spot, lanes: readonly Lane[]): Deed | null {
  const command = event.ctrlKey || event.metaKey;
  if (event.altKey) return null;
  const to = target(event.key, at, lanes);
  if (to) {
    const way = event.shiftKey ? "extend" : command ? null : "only";
    return { deed: "go", to, way };
  }
  if (command) return commandKey(event.key);
  if (event.key === "Enter") return { deed: "open" };
  if (event.key === "F2") return { deed: "edit" };
  if (event.key === " ") return { deed: "toggle" };
  if (event.key === "Escape") return { deed: "clear" };
  return zoomKey(event);
}

function commandKey(key: string): Deed | null {
  if (key === " ") return { deed: "toggle" };
  return key === "a" || key === "A" ? { deed: "all" } : null;
}

function target(key: string, at: Spot, lanes: readonly Lane[]): Spot | null {
  const lane = lanes[at.lane];
  if (!lane) return null;
  const last = lane.segments.length - 1;
  const within = (rank: number): Spot => ({
    lane: at.lane,
    rank: Math.min(last, Math.max(0, rank)),
  });
  switch (key) {
    case "ArrowRight":
      return within(at.rank + 1);
    case "ArrowLeft":
      return within(at.rank - 1);
    case "PageDown":
      return within(at.rank + PAGE);
    case "PageUp":
      return within(at.rank - PAGE);
    case "Home":
      return within(0);
    case "End":
      return within(last);
    case "ArrowDown":
      return beside(at, lanes, 1);
    case "ArrowUp":
      return beside(at, lanes, -1);
    default:
      return null;
  }
}

/** The segment of the next lane that lies at the same time, or nearest to it. */
function beside(at: Spot, lanes: readonly Lane[], by: number): Spot {
  const from = lanes[at.lane];
  const to = lanes[at.lane + by];
  if (!from || !to) return at;
  const middle = ((from.starts[at.rank] as number) + (from.ends[at.rank] as number)) / 2;
  return { lane: at.lane + by, rank: rankNear(to, middle) };
}
