import { h, setAttr } from "../shared/dom";
import { clock } from "../shared/format";
import type { TimelineView } from "../shared/protocol";
import { type Cue, cuesOf, nearest } from "./layout";
import type { Context } from "./part";

/** As many rows as are there at once; a longer list shows those around the place. */
const MOST_ROWS = 300;

export interface CueList {
  readonly el: HTMLElement;
  show(timeline: TimelineView | null): void;
  /** Mark what is on screen at *ms*. */
  moveTo(ms: number): void;
}

/** The texts of the timeline in their order: what is on screen is marked, a click goes there. */
export function cueList({ store }: Context, onSeek: (cue: Cue) => void): CueList {
  const { texts } = store;
  const list = h("ol", {
    class: "nmp-cues",
    attrs: { "aria-label": texts.captions, hidden: true },
    on: { keydown: (event) => walk(event), focusin: () => stop() },
  });
  let shown: TimelineView | null = null;
  let cues: Cue[] = [];
  let first = 0;
  let rows: HTMLElement[] = [];
  let atMs = 0;

  function paint(): void {
    const from = Math.max(
      0,
      Math.min(nearest(cues, atMs) - MOST_ROWS / 2, cues.length - MOST_ROWS),
    );
    first = from;
    rows = cues.slice(from, from + MOST_ROWS).map((cue) => row(cue, () => onSeek(cue)));
    list.replaceChildren(...rows);
    setAttr(list, "start", from + 1);
    setAttr(list, "hidden", cues.length === 0);
    stop();
  }

  /** One stop of the Tab key, whatever the number of rows: the one in focus, or on screen. */
  function stop(): void {
    const on = rows.find((row) => row.contains(list.ownerDocument.activeElement));
    const shown = on ?? rows[Math.max(0, nearest(cues, atMs) - first)] ?? rows[0];
    for (const row of rows)
      setAttr(row.firstElementChild ?? row, "tabindex", row === shown ? 0 : -1);
  }

  /** The arrow keys go from row to row. */
  function walk(event: KeyboardEvent): void {
    const at = rows.findIndex((row) => row.contains(event.target as Node));
    const last = rows.length - 1;
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: last }[event.key];
    if (at < 0 || to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    rows[Math.min(last, Math.max(0, to))]?.querySelector("button")?.focus();
  }

  function mark(follow: boolean): void {
    const near = nearest(cues, atMs) - first;
    const isOutside = near < 0 || near >= rows.length;
    const isAtEdge = near < rows.length / 10 && first > 0;
    if (cues.length > MOST_ROWS && (isOutside || isAtEdge)) paint();
    let hasMoved = false;
    rows.forEach((el, index) => {
      const cue = cues[first + index];
      const isOn = cue !== undefined && cue.startMs <= atMs && atMs < cue.endMs;
      const wasOn = el.hasAttribute("aria-current");
      if (isOn === wasOn) return;
      setAttr(el, "aria-current", isOn && "true");
      hasMoved = true;
      // Not while someone reads it.
      if (isOn && follow && !list.matches(":hover, :focus-within")) reveal(list, el);
    });
    if (hasMoved && !list.contains(list.ownerDocument.activeElement)) stop();
  }

  return {
    el: list,
    show(timeline) {
      if (timeline === shown) return;
      shown = timeline;
      cues = timeline ? cuesOf(timeline) : [];
      paint();
      mark(false);
    },
    moveTo(ms) {
      atMs = ms;
      mark(true);
    },
  };
}

function row(cue: Cue, act: () => void): HTMLElement {
  return h(
    "li",
    { class: "nmp-cue" },
    h(
      "button",
      { class: "nmp-cue-go", attrs: { type: "button" }, on: { click: act } },
      h("span", { class: "nmp-cue-time", text: clock(cue.startMs) }),
      h("span", { class: "nmp-cue-text", text: cue.text, attrs: { dir: "auto" } }),
    ),
  );
}

/** Scroll the list alone, and never the notebook around it. */
function reveal(list: HTMLElement, el: HTMLElement): void {
  const top = el.offsetTop - list.offsetTop;
  const isAbove = top < list.scrollTop;
  const isBelow = top + el.offsetHeight > list.scrollTop + list.clientHeight;
  if (isAbove) list.scrollTop = top;
  else if (isBelow) list.scrollTop = top + el.offsetHeight - list.clientHeight;
}
