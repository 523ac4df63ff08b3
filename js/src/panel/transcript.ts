import { h, icon, setAttr, setText } from "../shared/dom";
import { elapsed } from "../shared/format";
import type { Context, Part } from "./part";
import { offer, type Row, rowOf } from "./rows";
import { idle, type PanelState, running } from "./state";

/** How near the end, in px, counts as reading along. */
const NEAR_END = 48;

/** The conversation: turns, added files, and what is still waiting to be sent. */
export function transcript(context: Context): Part {
  const { store, signal } = context;
  const { texts } = store;
  const rows = new Map<number, Row>();
  const list = h("div", { class: "nmp-rows" });
  const waiting = h("div", { class: "nmp-rows" });
  const welcome = welcomeBox(context);
  const el = h(
    "div",
    {
      class: "nmp-transcript",
      // Live regions are told start and end elsewhere: not every token is read out.
      attrs: { role: "log", "aria-label": texts.transcript, "aria-live": "off", tabindex: 0 },
    },
    welcome.el,
    list,
    waiting,
  );
  let shown: PanelState | null = null;
  const timer = setInterval(() => tick(), 1000);
  signal.addEventListener("abort", () => clearInterval(timer));

  function tick(): void {
    const turn = shown && running(shown);
    const clock = turn && rows.get(turn.item)?.el.querySelector(".nmp-elapsed");
    if (turn && clock) setText(clock, elapsed(Date.now() - turn.started_at_ms));
  }

  function paintItems(state: PanelState): void {
    const { items, markdown } = state;
    const last = items.findLast((item) => item.type === "turn");
    const canRepeat = idle(state);
    const kept = new Set<number>();
    items.forEach((item, index) => {
      let row = rows.get(item.item);
      if (!row) {
        row = rowOf(item, context);
        rows.set(item.item, row);
      }
      if (list.children[index] !== row.el) list.insertBefore(row.el, list.children[index] ?? null);
      const isLast = item === last;
      row.update(item, { isLast, canRepeat: isLast && canRepeat, markdown });
      kept.add(item.item);
    });
    for (const [key, row] of rows) {
      if (kept.has(key)) continue;
      row.el.remove();
      rows.delete(key);
    }
  }

  function paintWaiting(state: PanelState): void {
    const pending = state.pending.map(({ text, waitingForFiles }) =>
      waitingRow(text, waitingForFiles ? texts.waitingForFiles : texts.sending),
    );
    const queued = state.queue.map(({ entry, text }) =>
      waitingRow(text, texts.queued, {
        label: texts.remove,
        act: () => store.unqueue(entry).catch(context.fail),
      }),
    );
    waiting.replaceChildren(...queued, ...pending);
  }

  return {
    el,
    update(state) {
      const follow = el.scrollHeight - el.scrollTop - el.clientHeight < NEAR_END;
      if (needsPaint(state, shown)) paintItems(state);
      if (state.queue !== shown?.queue || state.pending !== shown?.pending) paintWaiting(state);
      welcome.update(state);
      shown = state;
      tick();
      if (follow) el.scrollTop = el.scrollHeight;
    },
  };
}

function needsPaint(state: PanelState, shown: PanelState | null): boolean {
  return (
    shown === null ||
    state.items !== shown.items ||
    state.markdown !== shown.markdown ||
    idle(state) !== idle(shown)
  );
}

function waitingRow(
  text: string,
  label: string,
  remove?: { label: string; act(): void },
): HTMLElement {
  return h(
    "div",
    { class: "nmp-turn nmp-waiting" },
    h("p", { class: "nmp-asked", text, attrs: { dir: "auto" } }),
    h(
      "p",
      { class: "nmp-waiting-label" },
      label,
      remove &&
        h(
          "button",
          {
            class: "nmp-ghost",
            attrs: { type: "button", "aria-label": remove.label, title: remove.label },
            on: { click: remove.act },
          },
          icon("close"),
        ),
    ),
  );
}

function welcomeBox(context: Context): Part {
  const { texts } = context.store;
  const given = h("p", { class: "nmp-welcome-words", text: texts.welcome });
  const examples = h("div", { class: "nmp-chips" });
  const choose = h("button", {
    class: "nmp-link",
    text: texts.choose,
    attrs: { type: "button" },
    on: { click: () => context.pickFiles() },
  });
  const byPath = h("button", {
    class: "nmp-link",
    text: texts.byPath,
    attrs: { type: "button" },
    on: { click: () => context.draft(texts.uploadPath) },
  });
  const drop = h(
    "div",
    { class: "nmp-drop" },
    icon("drop"),
    h("span", {}, `${texts.dropHere}${texts.comma} `, choose, ` ${texts.or} `, byPath),
  );
  const trying = h("p", { class: "nmp-hint", text: texts.trySaying });
  const el = h("div", { class: "nmp-welcome" }, given, drop, trying, examples);
  let shown: readonly string[] | null = null;
  return {
    el,
    update(state) {
      const started = state.items.some((item) => item.type === "turn") || state.pending.length > 0;
      setAttr(el, "hidden", started);
      setText(given, state.items.length > 0 ? texts.sayIt : texts.welcome);
      setAttr(drop, "hidden", state.items.length > 0);
      setAttr(trying, "hidden", state.examples.length === 0);
      if (shown === state.examples) return;
      shown = state.examples;
      examples.replaceChildren(...state.examples.map((text) => offer(context, text)));
    },
  };
}
