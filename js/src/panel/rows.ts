import { h, type IconName, icon, setAttr, setText } from "../shared/dom";
import { problemBox } from "../shared/problem";
import type { FilesItem, Item, StepItem, TurnItem } from "../shared/protocol";
import type { Markdown } from "../shared/rich";
import type { Context } from "./part";

/** What a row is shown with beside its item. */
export interface Around {
  /** Whether it is the newest turn. */
  isLast: boolean;
  /** Whether its message may be sent again now. */
  canRepeat: boolean;
  markdown: Markdown | null;
}

/** One item of the conversation. */
export interface Row {
  readonly el: HTMLElement;
  update(item: Item, around: Around): void;
}

/** Make the row for *item*; it stays that kind of row. */
export function rowOf(item: Item, context: Context): Row {
  if (item.type === "turn") return turnRow(context);
  return item.type === "files" ? filesRow(context) : stepRow(context);
}

function turnRow(context: Context): Row {
  const { texts } = context.store;
  const asked = h("p", { class: "nmp-asked", attrs: { dir: "auto" } });
  const reply = h("div", { class: "nmp-reply", attrs: { dir: "auto" } });
  const notes = h("ul", { class: "nmp-notes" });
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
  let shown: TurnItem | null = null;
  let around: Around | null = null;
  const retry = deed("again", texts.retry, () => {
    if (shown) context.store.retry(shown.item, shown.text).catch(context.fail);
  });
  const edit = deed("edit", texts.edit, () => shown && context.draft(shown.text));
  const deeds = h("div", { class: "nmp-deeds" }, retry, edit);
  const el = h(
    "article",
    { class: "nmp-turn" },
    asked,
    h(
      "div",
      { class: "nmp-answer" },
      ...[reply, notes, changes, progress, outcome, problem, deeds, suggestions],
    ),
  );
  return {
    el,
    update(item, next) {
      if (item.type !== "turn") return;
      if (item === shown && same(next, around)) return;
      setText(asked, item.text);
      setAttr(asked, "hidden", !item.text);
      if (item.reply !== shown?.reply || next.markdown !== around?.markdown) {
        // As it is written, until what renders it is there.
        reply.replaceChildren(next.markdown ? next.markdown(item.reply) : item.reply);
        reply.classList.toggle("nmp-unread", !next.markdown);
      }
      setAttr(reply, "hidden", !item.reply);
      paintNotes(notes, item.notes);
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
      const isOver = next.isLast && !isRunning;
      setAttr(deeds, "hidden", !isOver || item.action === "edit" || !item.text);
      setAttr(retry, "disabled", !next.canRepeat);
      const offers = isOver ? item.suggestions : [];
      setAttr(suggestions, "hidden", offers.length === 0);
      suggestions.replaceChildren(...offers.map((text) => offer(context, text)));
      shown = item;
      around = next;
    },
  };
}

function filesRow({ store }: Context): Row {
  const names = h("p", { class: "nmp-files" });
  const notes = h("ul", { class: "nmp-notes" });
  const el = h("div", { class: "nmp-event" }, names, notes);
  return {
    el,
    update(item) {
      const files = item as FilesItem;
      names.replaceChildren(
        icon("check"),
        h("span", { text: store.texts.added }),
        ...files.names.map((name) =>
          h("span", { class: "nmp-file", text: name, attrs: { dir: "auto" } }),
        ),
      );
      paintNotes(notes, files.notes);
    },
  };
}

function stepRow({ store }: Context): Row {
  const el = h("p", { class: "nmp-files nmp-step" });
  return {
    el,
    update(item) {
      const { what, changes } = item as StepItem;
      el.replaceChildren(
        icon(what),
        h("span", { text: stepWords(store.texts, what) }),
        h("span", { class: "nmp-step-changes", text: changes, attrs: { dir: "auto" } }),
      );
    },
  };
}

/** `Undone:`, in the panel's language. */
export function stepWords(texts: Context["store"]["texts"], what: StepItem["what"]): string {
  return what === "undo" ? texts.undone : texts.redone;
}

/** A ready message: a click puts it into the message box, where the user still decides. */
export function offer(context: Context, text: string): HTMLElement {
  return h("button", {
    class: "nmp-chip",
    text,
    attrs: { type: "button", dir: "auto" },
    on: { click: () => context.draft(text) },
  });
}

function paintNotes(list: HTMLElement, notes: readonly string[]): void {
  setAttr(list, "hidden", notes.length === 0);
  list.replaceChildren(...notes.map((text) => h("li", { text, attrs: { dir: "auto" } })));
}

function deed(name: IconName, text: string, act: () => void): HTMLButtonElement {
  return h(
    "button",
    { class: "nmp-deed", attrs: { type: "button" }, on: { click: act } },
    icon(name),
    text,
  );
}

function same(one: Around, other: Around | null): boolean {
  return (
    one.isLast === other?.isLast &&
    one.canRepeat === other.canRepeat &&
    one.markdown === other.markdown
  );
}
