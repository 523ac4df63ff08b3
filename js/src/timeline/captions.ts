import { h, setAttr, setText } from "../shared/dom";
import { clock } from "../shared/format";
import type { SegmentRef } from "../shared/protocol";
import { type Cue, cueAt } from "./cues";
import type { Texts } from "./texts";

/** The height of a row, as the style sheet has it. */
const ROW_PX = 24;
/** Rows drawn above and below what is seen, for a scroll that is faster than a frame. */
const SPARE_ROWS = 8;
const PAGE = 10;

export interface Captions {
  readonly el: HTMLElement;
  show(cues: readonly Cue[]): void;
  /** Mark what is selected, and what stands on the picture at *ms*. */
  mark(isSelected: (ref: SegmentRef) => boolean, ms: number): void;
  /** Let the cue of a place in the list be the current one, in sight; -1 is none. */
  reveal(index: number): void;
}

let lists = 0;

/** The captions in their order, however many: only the rows that are seen are there. */
export function captionList(texts: Texts, pick: (cue: Cue) => void, signal: AbortSignal): Captions {
  lists += 1;
  const name = `nmp-tl-captions-${lists}`;
  const rows = h("div", { class: "nmp-tl-rows", attrs: { role: "presentation" } });
  const el = h("div", { class: "nmp-tl-captions", attrs: { role: "listbox", tabindex: 0 } }, rows);
  const drawn = new Map<number, HTMLElement>();
  let cues: readonly Cue[] = [];
  let starts = new Float64Array();
  let isSelected: (ref: SegmentRef) => boolean = () => false;
  let current = 0;
  let onScreen = -1;
  let seenPx = 0;
  let scrollTop = 0;
  let frame = 0;

  const sizes = new ResizeObserver((entries) => {
    seenPx = entries.at(-1)?.contentRect.height ?? 0;
    schedule();
  });
  sizes.observe(el);
  signal.addEventListener("abort", () => {
    sizes.disconnect();
    cancelAnimationFrame(frame);
  });

  function schedule(): void {
    if (frame !== 0 || signal.aborted) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      paint();
    });
  }

  function paint(): void {
    const from = Math.max(0, Math.floor(scrollTop / ROW_PX) - SPARE_ROWS);
    const to = Math.min(cues.length, Math.ceil((scrollTop + seenPx) / ROW_PX) + SPARE_ROWS);
    const wanted = new Set([current]);
    for (let index = from; index < to; index += 1) wanted.add(index);
    for (const [index, row] of drawn) {
      if (wanted.has(index)) continue;
      row.remove();
      drawn.delete(index);
    }
    for (const index of wanted) {
      const cue = cues[index];
      if (cue) dress(drawn.get(index) ?? add(index, cue), index, cue);
    }
    setAttr(el, "aria-activedescendant", cues.length > 0 ? `${name}-${current}` : null);
  }

  function add(index: number, { text, startMs, endMs }: Cue): HTMLElement {
    const row = h(
      "div",
      {
        class: "nmp-tl-row",
        attrs: {
          role: "option",
          id: `${name}-${index}`,
          "aria-setsize": cues.length,
          "aria-posinset": index + 1,
          title: text,
        },
      },
      h("span", { class: "nmp-tl-time", text: `${clock(startMs)} – ${clock(endMs)}` }),
      h("span", { class: "nmp-tl-words", text: text.replace(/\s+/g, " "), attrs: { dir: "auto" } }),
    );
    row.style.transform = `translateY(${index * ROW_PX}px)`;
    drawn.set(index, row);
    rows.append(row);
    return row;
  }

  function dress(row: HTMLElement, index: number, cue: Cue): void {
    setAttr(row, "aria-selected", String(isSelected(cue.ref)));
    row.classList.toggle("nmp-tl-now", index === onScreen);
    row.classList.toggle("nmp-tl-on", index === current);
  }

  function reveal(index: number): void {
    if (seenPx === 0) return;
    const top = index * ROW_PX;
    const lowest = top + ROW_PX - seenPx;
    const next = Math.max(lowest, Math.min(scrollTop, top));
    if (next !== scrollTop) el.scrollTop = next;
  }

  function go(index: number): void {
    const cue = cues[index];
    if (!cue) return;
    current = index;
    reveal(index);
    schedule();
    pick(cue);
  }

  el.addEventListener(
    "scroll",
    () => {
      scrollTop = el.scrollTop;
      schedule();
    },
    { passive: true, signal },
  );
  el.addEventListener(
    "click",
    (event) => {
      const row = event.target instanceof Element && event.target.closest("[aria-posinset]");
      if (row) go(Number(row.getAttribute("aria-posinset")) - 1);
    },
    { signal },
  );
  el.addEventListener(
    "keydown",
    (event) => {
      const to = after(event, current, cues.length - 1);
      if (to === null) return;
      event.preventDefault();
      go(to);
    },
    { signal },
  );

  return {
    el,
    show(next) {
      cues = next;
      starts = Float64Array.from(cues, ({ startMs }) => startMs);
      current = Math.max(0, Math.min(current, cues.length - 1));
      for (const row of drawn.values()) row.remove();
      drawn.clear();
      rows.style.height = `${cues.length * ROW_PX}px`;
      // As high as its rows and its border, where they are few.
      el.style.setProperty("--nmp-tl-rows", `${cues.length * ROW_PX + 2}px`);
      setAttr(el, "aria-label", texts.captions(cues.length));
      setAttr(el, "hidden", cues.length === 0);
      setText(rows, "");
      schedule();
    },
    mark(selected, ms) {
      isSelected = selected;
      const now = cueAt(starts, ms);
      const cue = cues[now];
      const isOn = cue !== undefined && cue.startMs <= ms && ms < cue.endMs;
      // Whoever reads elsewhere in the list is left there.
      const isNew = isOn && now !== onScreen && !el.matches(":hover, :focus-within");
      onScreen = isOn ? now : -1;
      if (isNew) reveal(now);
      schedule();
    },
    reveal(index) {
      if (index < 0) return;
      current = index;
      reveal(index);
      schedule();
    },
  };
}

function after(
  { key, ctrlKey, metaKey, altKey }: KeyboardEvent,
  at: number,
  last: number,
): number | null {
  if (ctrlKey || metaKey || altKey) return null;
  const steps: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + PAGE,
    PageUp: at - PAGE,
    Home: 0,
    End: last,
    Enter: at,
    " ": at,
  };
  const to = steps[key];
  return to === undefined ? null : Math.min(last, Math.max(0, to));
}
