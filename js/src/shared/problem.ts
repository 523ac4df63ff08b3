import { h, icon } from "./dom";
import type { Problem } from "./protocol";

/** An error as a readable box: what happened, why, what to do next. */
export function problemBox(
  problem: Problem,
  dismiss?: { label: string; act(): void },
): HTMLElement {
  const rest = [problem.why, problem.fix].filter(Boolean).join(" ");
  return h(
    "div",
    { class: "nmp-problem", attrs: { role: "group", "aria-label": problem.what } },
    icon("alert"),
    h(
      "div",
      { class: "nmp-problem-words" },
      h("strong", { text: problem.what }),
      rest && h("span", { text: rest }),
    ),
    dismiss &&
      h(
        "button",
        {
          class: "nmp-ghost",
          attrs: { type: "button", "aria-label": dismiss.label, title: dismiss.label },
          on: { click: dismiss.act },
        },
        icon("close"),
      ),
  );
}
