import { Refused, Unanswered } from "../shared/channel";
import { h, setAttr, setText } from "../shared/dom";
import { type Problem, plainProblem } from "../shared/protocol";
import { composer } from "./composer";
import { header } from "./header";
import type { Context } from "./part";
import { problemBox } from "./problem";
import { stage } from "./stage";
import { exporting, type PanelState, running } from "./state";
import type { PanelStore } from "./store";
import { strip } from "./strip";
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
  const banner = connectionBanner(store);
  const talk = transcript(context);
  const timeline = strip(context, (ms) => screen.seek(ms));
  const screen = stage(context, (ms) => timeline.moveTo(ms));
  const overlay = h("div", { class: "nmp-overlay", text: texts.dropNow, attrs: { hidden: true } });
  const root = h(
    "div",
    {
      class: "nmp-panel",
      attrs: { lang: store.lang, role: "region", "aria-label": texts.panel },
    },
    top.el,
    banner.el,
    h(
      "div",
      { class: "nmp-main" },
      h("div", { class: "nmp-talk" }, talk.el, troubles, compose.el),
      screen.el,
    ),
    timeline.el,
    overlay,
    live,
  );
  const parts = [top, banner, talk, compose, screen, timeline];
  let shown: PanelState | null = null;

  function fail(error: unknown): void {
    if (signal.aborted) return;
    const problem = problemOf(error, texts);
    const box = problemBox(problem, { label: texts.dismiss, act: () => box.remove() });
    troubles.replaceChildren(box);
    context.announce(problem.what);
  }

  function update(): void {
    const state = store.state;
    for (const part of parts) part.update(state);
    setAttr(root, "data-connection", state.connection);
    announceChanges(context, shown, state);
    shown = state;
  }

  keepShortcutsAway(root);
  acceptFiles(root, overlay, store);
  store.subscribe(update, signal);
  el.append(root);
  update();
  signal.addEventListener("abort", () => root.remove());
}

/** The kernel's own words; the page's where it did not answer. */
function problemOf(error: unknown, texts: Context["store"]["texts"]): Problem {
  if (error instanceof Refused) return error.problem;
  console.error("[nemo_nb]", error);
  if (error instanceof Unanswered) return { ...plainProblem(texts.disconnected), fix: texts.rerun };
  return plainProblem(String(error));
}

/**
 * Keep the notebook's plain keys (Enter, arrows, dd…) from acting on the cell while someone
 * works in here; those with Ctrl or Cmd, as for saving, still do. The notebook sees a key
 * before this panel does, but it sees the modifier alone first.
 */
function keepShortcutsAway(root: HTMLElement): void {
  const suppress = (on: boolean) => setAttr(root, "data-lm-suppress-shortcuts", on && "true");
  const byModifier = (event: KeyboardEvent) => suppress(!event.ctrlKey && !event.metaKey);
  root.addEventListener("keydown", byModifier);
  root.addEventListener("keyup", byModifier);
  root.addEventListener("focusin", () => suppress(true));
  suppress(true);
}

/** Files dropped or pasted anywhere on the panel. */
function acceptFiles(root: HTMLElement, overlay: HTMLElement, store: PanelStore): void {
  let depth = 0;
  const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  const shade = (by: number) => {
    depth = Math.max(0, depth + by);
    overlay.hidden = depth === 0;
  };
  root.addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    shade(1);
  });
  root.addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  root.addEventListener("dragleave", (event) => {
    if (carriesFiles(event)) shade(-1);
  });
  root.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    shade(-depth);
    store.addFiles([...(event.dataTransfer?.files ?? [])]);
  });
  root.addEventListener("paste", (event) => {
    event.stopPropagation();
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    store.addFiles(files);
  });
}

/** What is said when the kernel is slow, gone, or the panel lives on elsewhere. */
function connectionBanner(store: PanelStore) {
  const { texts } = store;
  const words = h("span");
  const again = h("button", {
    class: "nmp-link",
    text: texts.tryAgain,
    attrs: { type: "button" },
    on: { click: () => void store.hello(true) },
  });
  const el = h("div", { class: "nmp-banner" }, words, again);
  return {
    el,
    update({ connection, refusal }: PanelState) {
      const lines: Partial<Record<PanelState["connection"], string>> = {
        connecting: texts.connecting,
        lost: refusal || `${texts.disconnected} ${texts.rerun}`,
      };
      setText(words, lines[connection] ?? "");
      setAttr(el, "hidden", connection === "ready");
      setAttr(again, "hidden", connection !== "lost");
    },
  };
}

/** Tell a screen reader when something starts and when it is over. */
function announceChanges(context: Context, before: PanelState | null, state: PanelState): void {
  if (before?.connection !== "ready") return;
  const { texts } = context.store;
  const was = running(before);
  const is = running(state);
  if (is && is.item !== was?.item) context.announce(texts.turnStarted);
  else if (was && !is) {
    const ended = state.items.find((item) => item.item === was.item);
    const problem = ended?.type === "turn" ? ended.problem : null;
    context.announce(problem?.what ?? texts.turnEnded);
  }
  if (!exporting(before) && exporting(state)) context.announce(texts.exporting);
  if (exporting(before) && !exporting(state)) {
    context.announce(state.export.problem?.what ?? texts.exportReady);
  }
}
