import { h, setAttr, setText } from "../shared/dom";
import { clock } from "../shared/format";
import type { CueGroup } from "../shared/protocol";
import { differs, groupAt } from "./moments";
import type { Context, Part } from "./part";
import { type PlayerState, roundOf } from "./state";
import { marked } from "./worddiff";

/** How many cues stand in the table at once; thousands would only slow the page. */
const MOST_ROWS = 40;

/** The words of every variant, cue by cue, with what differs marked; the current one stands out. */
export function cues(context: Context): Part {
  const { store, deck, deeds } = context;
  const { texts } = store;
  const head = h("tr");
  const body = h("tbody");
  const more = h("p", { class: "nmp-hint", attrs: { hidden: true } });
  const scroll = h(
    "div",
    { class: "nmp-ab-cues", attrs: { tabindex: 0, role: "region", "aria-label": texts.cues } },
    h("table", {}, h("thead", {}, head), body),
  );
  const el = h("div", { class: "nmp-ab-cue-part" }, scroll, more);
  let painted = "";
  let first = 0;
  let current = -1;

  function columns(state: PlayerState): readonly number[] {
    const round = roundOf(state);
    return round ? [round.left, round.right] : state.names.map((_, index) => index);
  }

  function paint(state: PlayerState): void {
    const round = roundOf(state);
    const now = groupAt(state.groups, deck.atMs);
    const shown = columns(state);
    const { start, end } = windowOf(round?.group ?? null, now, state.groups.length);
    const key = JSON.stringify([start, end, shown, shown.map(context.label), round !== null]);
    const isSame = key === painted && body.dataset["of"] === String(state.groups.length);
    if (!isSame) {
      painted = key;
      first = start;
      body.dataset["of"] = String(state.groups.length);
      head.replaceChildren(
        h("th", { text: texts.time, attrs: { scope: "col" } }),
        ...shown.map((variant) =>
          h("th", { text: context.label(variant), attrs: { scope: "col" } }),
        ),
      );
      body.replaceChildren(
        ...state.groups.slice(start, end).map((group) => row(state, group, shown, round !== null)),
      );
      current = -1;
    }
    setAttr(el, "hidden", end - start === 0);
    const isPart = !round && end - start < state.groups.length;
    setAttr(more, "hidden", !isPart);
    setText(more, isPart ? texts.beyond(end - start, state.groups.length) : "");
    markCurrent(state, now);
  }

  function row(
    state: PlayerState,
    group: CueGroup,
    shown: readonly number[],
    isBlinded: boolean,
  ): HTMLElement {
    const own = shown.map((variant) =>
      (group.cues[variant] ?? []).flatMap((at) => state.variants[variant]?.cues[at] ?? []),
    );
    const pieces = marked(own.map((each) => each.map(({ text }) => text).join(" / ")));
    const styles = own.map((each) => [...new Set(each.map(({ style }) => style))].join("; "));
    const spans = own.map((each) =>
      each.length > 0
        ? `${clock(each[0]?.start_ms ?? 0)} – ${clock(each.at(-1)?.end_ms ?? 0)}`
        : "",
    );
    const hasOther = (all: readonly string[]) => all.some((one) => one !== all[0]);
    const go = h("button", {
      class: "nmp-link",
      text: clock(group.start_ms, true),
      attrs: { type: "button", "aria-label": texts.goTo(clock(group.start_ms, true)) },
      on: { click: () => deeds.seek(group.start_ms) },
    });
    const cells = pieces.map((runs, index) =>
      h(
        "td",
        {},
        own[index]?.length
          ? h(
              "span",
              { class: "nmp-ab-words" },
              ...runs.map(({ text, isOther }) => (isOther ? h("mark", { text }) : text)),
            )
          : h("span", { class: "nmp-hint", text: texts.noCue }),
        hasOther(spans) && spans[index] && h("small", { text: spans[index] }),
        // How a caption looks in words may be what its variant is called.
        !isBlinded && hasOther(styles) && styles[index] && h("small", { text: styles[index] }),
      ),
    );
    const line = h("tr", {}, h("th", { attrs: { scope: "row" } }, go), ...cells);
    setAttr(line, "data-differs", differs(group));
    return line;
  }

  function markCurrent(state: PlayerState, now: number): void {
    const group = state.groups[now];
    const isOn = group && deck.atMs >= group.start_ms && deck.atMs < group.end_ms;
    const at = isOn ? now - first : -1;
    if (at === current) return;
    setAttr(body.children[current] ?? body, "aria-current", null);
    current = at;
    const line = body.children[at];
    if (!(line instanceof HTMLElement)) return;
    setAttr(line, "aria-current", "true");
    // Not scrollIntoView: that would move the notebook as well.
    const room = scroll.clientHeight;
    const isSeen = line.offsetTop >= scroll.scrollTop + 24;
    if (!isSeen || line.offsetTop + line.offsetHeight > scroll.scrollTop + room) {
      scroll.scrollTop = Math.max(0, line.offsetTop - room / 2);
    }
  }

  return {
    el,
    update: paint,
    tick: () => paint(store.state),
  };
}

/** Which cues the table holds: that of the round, else a window that moves in half steps. */
function windowOf(
  round: number | null,
  now: number,
  count: number,
): { start: number; end: number } {
  if (round !== null) return round < 0 ? { start: 0, end: 0 } : { start: round, end: round + 1 };
  const half = MOST_ROWS / 2;
  const start = Math.max(0, Math.min(count - MOST_ROWS, Math.floor(now / half) * half - half / 2));
  return { start, end: Math.min(count, start + MOST_ROWS) };
}
