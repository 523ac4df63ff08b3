import { h, icon, setAttr, setText } from "../shared/dom";
import type { Context, Part } from "./part";
import { type PanelState, running } from "./state";

/** Skill, backend and credits, always in sight; undo and redo where there is a studio. */
export function header(context: Context, get: (trait: string) => string): Part {
  const { texts } = context.store;
  const backend = get("backend");
  const local = backend === "on this machine";
  const known: Record<string, string> = {
    "on this machine": texts.onThisMachine,
    "Nemo cloud": texts.cloud,
  };
  const credits = h("span", { class: "nmp-credits" });
  const undo = stepButton(context, "undo");
  const redo = stepButton(context, "redo");
  const steps = h(
    "div",
    { class: "nmp-steps", attrs: { role: "group", "aria-label": texts.edits, hidden: true } },
    undo,
    redo,
  );
  const el = h(
    "div",
    { class: "nmp-header" },
    h("span", { class: "nmp-mark", text: texts.panel }),
    h("span", { class: "nmp-skill", text: get("skill") }),
    steps,
    h("span", {
      class: local ? "nmp-backend nmp-local" : "nmp-backend nmp-remote",
      text: known[backend] ?? backend,
    }),
    credits,
  );
  return {
    el,
    update(state) {
      const count = state.credits?.available;
      const free = local ? texts.free : "";
      const text =
        count === undefined
          ? free
          : texts.credits(new Intl.NumberFormat(context.store.lang).format(count));
      setText(credits, text);
      setAttr(credits, "hidden", !text);
      setAttr(steps, "hidden", !state.studio);
      // Not `disabled`: the button that was pressed keeps the focus when nothing is left.
      setAttr(undo, "aria-disabled", String(!canStep(state, "undo")));
      setAttr(redo, "aria-disabled", String(!canStep(state, "redo")));
    },
  };
}

/** Take an edit back or make it again, where that can be. */
export function step(context: Context, what: "undo" | "redo"): void {
  const { store } = context;
  if (canStep(store.state, what)) store.step(what).catch(context.fail);
  else context.announce(store.texts[what === "undo" ? "nothingToUndo" : "nothingToRedo"]);
}

function canStep(state: PanelState, what: "undo" | "redo"): boolean {
  const isFree = state.connection === "ready" && !state.stepping && !running(state);
  return isFree && (state.studio?.[what] ?? 0) > 0;
}

function stepButton(context: Context, what: "undo" | "redo"): HTMLButtonElement {
  const label = context.store.texts[what];
  const title = `${label} (${what === "undo" ? "Ctrl+Z" : "Ctrl+Shift+Z"})`;
  return h(
    "button",
    {
      class: "nmp-ghost nmp-step-button",
      attrs: { type: "button", "aria-label": label, title },
      on: { click: () => step(context, what) },
    },
    icon(what),
  );
}
