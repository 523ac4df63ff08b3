import { h, setAttr, setText } from "../shared/dom";
import type { Context, Part } from "./part";

/** Skill, backend and credits: always in sight. */
export function header(context: Context, get: (trait: string) => string): Part {
  const { texts } = context.store;
  const backend = get("backend");
  const local = backend === "on this machine";
  const known: Record<string, string> = {
    "on this machine": texts.onThisMachine,
    "Nemo cloud": texts.cloud,
  };
  const credits = h("span", { class: "nmp-credits" });
  const el = h(
    "div",
    { class: "nmp-header" },
    h("span", { class: "nmp-mark", text: texts.panel }),
    h("span", { class: "nmp-skill", text: get("skill") }),
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
      const text = local
        ? texts.free
        : count === undefined
          ? ""
          : texts.credits(new Intl.NumberFormat(context.store.lang).format(count));
      setText(credits, text);
      setAttr(credits, "hidden", !text);
    },
  };
}
