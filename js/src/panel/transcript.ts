import { h, icon, setAttr, setText } from "../shared/dom";
import { elapsed } from "../shared/format";
import { markdown } from "../shared/markdown";
import type { FilesItem, Item, TurnItem } from "../shared/protocol";
import type { Context, Part } from "./part";
import { problemBox } from "./problem";
import { type PanelState, running } from "./state";

/** How near the end, in px, counts as reading along. */
const NEAR_END = 48;

interface Row {
  el: HTMLElement;
  update(item: Item, isLast: boolean): void;
}

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

  function paintItems(items: readonly Item[]): void {
    const kept = new Set<number>();
    items.forEach((item, index) => {
      let row = rows.get(item.item);
      if (!row) {
        row = item.type === "turn" ? turnRow(context) : filesRow(context);
        rows.set(item.item, row);
      }
      if (list.children[index] !== row.el) list.insertBefore(row.el, list.children[index] ?? null);
      row.update(item, index === items.length - 1);
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
      if (state.items !== shown?.items) paintItems(state.items);
      if (state.queue !== shown?.queue || state.pending !== shown?.pending) paintWaiting(state);
      welcome.update(state);
      shown = state;
      tick();
      if (follow) el.scrollTop = el.scrollHeight;
    },
  };
}

function turnRow(context: Context): Row {
  const { texts } = context.store;
  const asked = h("p", { class: "nmp-asked", attrs: { dir: "auto" } });
  const reply = h("div", { class: "nmp-reply", attrs: { dir: "auto" } });
  const changes = h("p", { class: "nmp-changes" });
  const words = h("span");
  const clock = h("span", { class: "nmp-elapsed" });
  const progress = h(
    "p",
    { class: "nmp-progress" },
    h("span", { class: "nmp-spinner" }),
    words,
    clock,
  );
  const outcome = h("p", { class: "nmp-outcome" });
  const problem = h("div");
  const suggestions = h("div", { class: "nmp-chips" });
  const el = h(
    "article",
    { class: "nmp-turn" },
    asked,
    h("div", { class: "nmp-answer" }, reply, changes, progress, outcome, problem, suggestions),
  );
  let shown: TurnItem | null = null;
  return {
    el,
    update(item, isLast) {
      if (item.type !== "turn") return;
      setText(asked, item.text);
      setAttr(asked, "hidden", !item.text);
      if (item.reply !== shown?.reply) reply.replaceChildren(markdown(item.reply));
      setAttr(reply, "hidden", !item.reply);
      setText(changes, item.changes);
      setAttr(changes, "hidden", !item.changes);
      const isRunning = item.status === "running";
      setAttr(progress, "hidden", !isRunning);
      setText(words, item.progress || texts.working);
      const ending = { stopped: texts.stopped, timeout: texts.timedOut, failed: texts.failed };
      const end = item.problem ? "" : (ending[item.status as keyof typeof ending] ?? "");
      setText(outcome, end);
      setAttr(outcome, "hidden", !end);
      if (item.problem !== shown?.problem) {
        problem.replaceChildren(...(item.problem ? [problemBox(item.problem)] : []));
      }
      const offers = isLast && !isRunning ? item.suggestions : [];
      setAttr(suggestions, "hidden", offers.length === 0);
      suggestions.replaceChildren(...offers.map((text) => offer(context, text)));
      shown = item;
    },
  };
}

function filesRow(context: Context): Row {
  const el = h("p", { class: "nmp-files" });
  return {
    el,
    update(item) {
      const { names } = item as FilesItem;
      el.replaceChildren(
        icon("check"),
        h("span", { text: context.store.texts.added }),
        ...names.map((name) =>
          h("span", { class: "nmp-file", text: name, attrs: { dir: "auto" } }),
        ),
      );
    },
  };
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
  const drop = h(
    "div",
    { class: "nmp-drop" },
    icon("drop"),
    h("span", {}, `${texts.dropHere} ${texts.or} `, choose),
  );
  const trying = h("p", { class: "nmp-hint", text: texts.trySaying });
  const el = h("div", { class: "nmp-welcome" }, given, drop, trying, examples);
  let shown: readonly string[] | null = null;
  return {
    el,
    update(state) {
      const started = state.items.some((item) => item.type === "turn") || state.pending.length > 0;
      setAttr(el, "hidden", started);
      setAttr(drop, "hidden", state.items.length > 0);
      setAttr(trying, "hidden", state.examples.length === 0);
      if (shown === state.examples) return;
      shown = state.examples;
      examples.replaceChildren(...state.examples.map((text) => offer(context, text)));
    },
  };
}

/** A ready message: a click puts it into the message box, where the user still decides. */
function offer(context: Context, text: string): HTMLElement {
  return h("button", {
    class: "nmp-chip",
    text,
    attrs: { type: "button", dir: "auto" },
    on: { click: () => context.draft(text) },
  });
}
