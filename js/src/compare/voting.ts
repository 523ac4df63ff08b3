import { h, setAttr, setText } from "../shared/dom";
import type { Context, Part } from "./part";
import { isOnItsWay, type PlayerState, type Sitting } from "./state";
import { byChance, type Choice, tally } from "./votes";

/** The blind vote: the question while it runs, and at its end what came of it. */
export function voting(context: Context): Part {
  const { store } = context;
  const { texts } = store;
  const progress = h("span", { class: "nmp-ab-vote-progress" });
  const meter = h("progress", { attrs: { "aria-label": texts.blind } });
  const early = h("span", { class: "nmp-hint", text: texts.notYet });
  const button = (choice: Choice, text: string) =>
    h("button", {
      class: "nmp-button nmp-primary",
      text,
      attrs: { type: "button" },
      on: { click: () => context.deeds.vote(choice) },
    });
  const buttons = [
    button("left", texts.better(1)),
    button("tie", texts.tie),
    button("right", texts.better(2)),
  ];
  const leave = () =>
    h("button", {
      class: "nmp-link",
      text: texts.leaveBlind,
      attrs: { type: "button" },
      on: { click: () => context.deeds.toggleBlind() },
    });
  const asking = h(
    "div",
    { class: "nmp-ab-asking" },
    h("div", { class: "nmp-ab-vote-head" }, h("strong", { text: texts.question }), progress, meter),
    h("div", { class: "nmp-ab-vote-buttons" }, ...buttons),
    early,
    h("p", { class: "nmp-hint" }, `${texts.blindHint} `, leave()),
  );
  const reveal = h("div", { class: "nmp-ab-reveal", attrs: { hidden: true } });
  const el = h(
    "section",
    { class: "nmp-ab-voting", attrs: { hidden: true, "aria-label": texts.blind } },
    asking,
    reveal,
  );
  let revealed: readonly unknown[] = [];

  function paintReveal(state: PlayerState, sitting: Sitting): void {
    const now = [state.ballots, sitting, state.names];
    if (now.every((part, index) => part === revealed[index])) return;
    revealed = now;
    const again = h("button", {
      class: "nmp-button",
      text: texts.voteAgain,
      attrs: { type: "button" },
      on: { click: () => context.deeds.voteAgain() },
    });
    reveal.replaceChildren(
      h("strong", { text: texts.over }),
      counts(state, sitting),
      h("p", { text: verdict(state, sitting) }),
      h("p", { text: `${texts.cannotTell} ${texts.preferences}` }),
      h("div", { class: "nmp-ab-vote-buttons" }, again, leave()),
    );
  }

  function counts(state: PlayerState, sitting: Sitting): HTMLElement {
    const heads = ["", texts.wins, texts.losses, texts.ties];
    const rows = tally(state.ballots.slice(sitting.since), state.names);
    return h(
      "table",
      {},
      h("caption", { text: texts.tally }),
      h("thead", {}, h("tr", {}, ...heads.map((text) => th(text, "col")))),
      h(
        "tbody",
        {},
        ...rows.map(({ name, wins, losses, ties }) =>
          h(
            "tr",
            {},
            th(name, "row"),
            ...[wins, losses, ties].map((count) => h("td", { text: String(count) })),
          ),
        ),
      ),
    );
  }

  function verdict(state: PlayerState, sitting: Sitting): string {
    const rows = tally(state.ballots.slice(sitting.since), state.names);
    const best = [...rows].sort((a, b) => b.wins - b.losses - (a.wins - a.losses))[0];
    if (!best || best.wins <= best.losses) return texts.even;
    const chance = byChance(best.wins, best.losses);
    const percent = chance < 0.01 ? "< 1 %" : `${Math.round(chance * 100)} %`;
    return texts.canTell(best.name, best.wins, best.wins + best.losses, percent);
  }

  return {
    el,
    update(state) {
      const { sitting } = state;
      setAttr(el, "hidden", sitting === null);
      if (!sitting) return;
      const isOver = sitting.at >= sitting.rounds.length;
      setAttr(asking, "hidden", isOver);
      setAttr(reveal, "hidden", !isOver);
      const round = sitting.rounds[sitting.at];
      const isEarly = round !== undefined && isOnItsWay(state, [round.left, round.right]);
      for (const each of buttons) setAttr(each, "disabled", isEarly);
      setAttr(early, "hidden", !isEarly);
      const place = Math.min(sitting.at + 1, sitting.rounds.length);
      setText(progress, texts.progress(place, sitting.rounds.length));
      meter.max = Math.max(1, sitting.rounds.length);
      meter.value = sitting.at;
      if (isOver) paintReveal(state, sitting);
    },
  };
}

function th(text: string, scope: "col" | "row"): HTMLElement {
  return text ? h("th", { text, attrs: { scope } }) : h("td");
}
