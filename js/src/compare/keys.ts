import { shareKeys } from "../shared/keys";
import type { Deeds } from "./part";

/** What a key does; `isBlind` gives some of them to the vote. */
function deedOf(key: string, isBlind: boolean, deeds: Deeds): (() => void) | null {
  if (isBlind) {
    const votes: Record<string, () => void> = {
      "1": () => deeds.vote("left"),
      ArrowLeft: () => deeds.vote("left"),
      "2": () => deeds.vote("right"),
      ArrowRight: () => deeds.vote("right"),
      "0": () => deeds.vote("tie"),
      "=": () => deeds.vote("tie"),
    };
    if (votes[key]) return votes[key];
  } else if (/^[1-9]$/.test(key)) return () => deeds.choose(Number(key) - 1);
  const rest: Record<string, () => void> = {
    " ": deeds.togglePlay,
    ",": () => deeds.step(-1),
    ".": () => deeds.step(1),
    "[": () => deeds.jump(-1),
    "]": () => deeds.jump(1),
    ArrowLeft: () => deeds.skip(-1000),
    ArrowRight: () => deeds.skip(1000),
    x: deeds.swap,
    v: deeds.nextMode,
    l: deeds.toggleLoop,
    s: deeds.toggleSound,
    b: deeds.toggleBlind,
  };
  return rest[key.toLowerCase()] ?? rest[key] ?? null;
}

/** Whether a key belongs to what is focused: a list its letters, a button its space bar. */
function isTaken(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("select, textarea, input:not([type=range])")) return true;
  return event.key === " " && target?.closest("button, a, summary") !== null;
}

/** Let *root* hear the player's keys; those with Ctrl, Cmd or Alt are the notebook's. */
export function hearKeys(
  root: HTMLElement,
  isBlind: () => boolean,
  deeds: Deeds,
  signal: AbortSignal,
): void {
  shareKeys(root, signal);
  root.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
    const deed = deedOf(event.key, isBlind(), deeds);
    if (!deed) return;
    event.preventDefault();
    // A vote counts at once: a key that is held must not cast ten.
    const mayRepeat = !isBlind() && /^(Arrow|[,.])/.test(event.key);
    if (!event.repeat || mayRepeat) deed();
  });
}
