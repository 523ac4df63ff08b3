import { Refused, Unanswered } from "../shared/channel";
import { h, setAttr, setText } from "../shared/dom";
import { shareKeys } from "../shared/keys";
import { problemBox } from "../shared/problem";
import { type Problem, plainProblem } from "../shared/protocol";
import { timelineStrip } from "../timeline/view";
import { announceChanges } from "./announce";
import { banner } from "./banner";
import { composer } from "./composer";
import { acceptFiles } from "./dropping";
import { header, step } from "./header";
import type { Context, Part } from "./part";
import { stage } from "./stage";
import type { PanelState } from "./state";
import type { PanelStore } from "./store";
import { transcript } from "./transcript";

/** Draw one view of the panel into *el*; all of it ends with *signal*. */
export function drawPanel(
  el: HTMLElement,
  store: PanelStore,
  trait: (name: string) => string,
  signal: AbortSignal,
): void {
  const { texts } = store;
  const live = h("div", { class: "nmp-live", attrs: { role: "status" } });
  const troubles = h("div", { class: "nmp-troubles" });
  const compose = composer({ store, fail });
  const context: Context = {
    store,
    signal,
    fail,
    announce: (text) => setText(live, text),
    draft: compose.draft,
    pickFiles: compose.pickFiles,
  };
  const top = header(context, trait);
  const line = banner(context);
  const talk = transcript(context);
  const strip = timeline(context, (ms) => screen.seek(ms));
  const screen = stage(context, strip.moveTo);
  const overlay = h("div", { class: "nmp-overlay", text: texts.dropNow, attrs: { hidden: true } });
  const root = h(
    "div",
    {
      class: "nmp-root nmp-panel",
      attrs: { lang: store.lang, role: "region", "aria-label": texts.panel },
    },
    top.el,
    line.el,
    h(
      "div",
      { class: "nmp-main" },
      h("div", { class: "nmp-talk" }, talk.el, troubles, compose.el),
      screen.el,
    ),
    strip.el,
    overlay,
    live,
  );
  const parts: Part[] = [top, line, talk, compose, screen, strip];
  let shown: PanelState | null = null;

  function fail(error: unknown): void {
    if (signal.aborted) return;
    const problem = problemOf(error, texts);
    const box = problemBox(problem, { label: texts.dismiss, act: () => box.remove() });
    troubles.replaceChildren(box);
    context.announce(problem.what);
  }

  /** Whoever pressed a button that has gone, or that rests now, is not left nowhere. */
  function keepFocus(focused: Element): void {
    const isThere = focused.isConnected && !focused.matches(":disabled, [hidden], [hidden] *");
    if (!isThere) compose.focus();
  }

  function update(): void {
    const { state } = store;
    const { activeElement } = root.ownerDocument;
    const focused = root.contains(activeElement) ? activeElement : null;
    for (const part of parts) {
      try {
        part.update(state);
      } catch (error) {
        // One part that cannot be drawn must not take the others with it.
        console.error("[nemo_nb]", error);
        troubles.replaceChildren(problemBox({ ...plainProblem(texts.broken), why: String(error) }));
      }
    }
    if (focused) keepFocus(focused);
    setAttr(root, "data-connection", state.connection);
    announceChanges(context, shown, state);
    shown = state;
  }

  shareKeys(root, signal, {
    undo: () => step(context, "undo"),
    redo: () => step(context, "redo"),
  });
  acceptFiles(root, overlay, store);
  store.subscribe(update, signal);
  el.append(root);
  update();
  signal.addEventListener("abort", () => root.remove());
}

/** The timeline, in step with the picture; what is selected is the same in every view. */
function timeline(context: Context, onSeek: (ms: number) => void) {
  const { store, signal, announce } = context;
  const strip = timelineStrip({
    lang: store.lang,
    signal,
    announce,
    onSeek,
    onSelect: (segments) => store.select(segments),
    onEdit: (segment, text) => store.retext(segment, text),
    thumbnails: (count, width) => store.thumbnails(count, width),
    waveform: (buckets) => store.waveform(buckets),
  });
  let shown: PanelState | null = null;
  return {
    el: strip.el,
    moveTo: (ms: number) => strip.moveTo(ms),
    update(state: PanelState) {
      // Thumbnails are asked for when a timeline is shown: by then it must be known who draws them.
      const isNew = state.timeline !== shown?.timeline || !state.studio !== !shown?.studio;
      if (shown === null || isNew) strip.show(state.timeline);
      if (state.selection !== shown?.selection) {
        strip.select(state.selection.segments, state.selection.reveal);
      }
      shown = state;
    },
  };
}

/** The kernel's own words; the page's where it did not answer. */
function problemOf(error: unknown, texts: Context["store"]["texts"]): Problem {
  if (error instanceof Refused) return error.problem;
  console.error("[nemo_nb]", error);
  if (error instanceof Unanswered) return { ...plainProblem(texts.disconnected), fix: texts.rerun };
  return plainProblem(String(error));
}
