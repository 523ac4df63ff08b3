import { Refused, Unanswered } from "../shared/channel";
import { h, setAttr, setText } from "../shared/dom";
import { problemBox } from "../shared/problem";
import { type Problem, plainProblem } from "../shared/protocol";
import { choices, transport } from "./controls";
import { cues } from "./cues";
import { Deck } from "./deck";
import { hearKeys } from "./keys";
import { choose, type Looks, nextMode, swapped } from "./modes";
import { groupAt, jump, loopOf } from "./moments";
import type { Context, Deeds, Part } from "./part";
import type { Round } from "./shuffle";
import { stage } from "./stage";
import { isBlind, isOnItsWay, type PlayerState, roundOf } from "./state";
import type { PlayerStore } from "./store";
import { voting } from "./voting";

const FIRST: Looks = { mode: "side", active: 0, pair: [0, 1] };

/** Draw one view of the player into *el*; all of it ends with *signal*. */
export function drawPlayer(el: HTMLElement, store: PlayerStore, signal: AbortSignal): void {
  const { texts } = store;
  let looks = FIRST;
  let isLoud = true;
  let asked: Round | null = null;
  const live = h("div", { class: "nmp-live", attrs: { role: "status" } });
  const troubles = h("div", { class: "nmp-troubles" });
  const deck = new Deck(() => {
    for (const part of parts) part.tick?.();
  }, signal);

  function announce(text: string): void {
    // The same words twice are two events, and only a change is read out.
    setText(live, live.textContent === text ? `${text}\u00a0` : text);
  }

  function fail(error: unknown): void {
    if (signal.aborted) return;
    const problem = problemOf(error, store);
    const box = problemBox(problem, { label: texts.dismiss, act: () => box.remove() });
    troubles.replaceChildren(box);
    announce(problem.what);
  }

  function show(next: Looks): void {
    const before = looks;
    looks = next;
    if (next.mode !== before.mode) announce(texts.modes[next.mode]);
    else if (next.active !== before.active) announce(texts.heard(label(next.active)));
    update();
  }

  function label(variant: number): string {
    const round = roundOf(store.state);
    if (!round) return store.state.names[variant] ?? "";
    return variant === round.left ? "1" : variant === round.right ? "2" : "";
  }

  function loopHere(ms: number): void {
    const { groups } = store.state;
    const group = groups[groupAt(groups, ms)];
    deck.loop = group ? loopOf(group, deck.durationMs) : null;
  }

  const deeds: Deeds = {
    togglePlay: () => (deck.isPlaying ? deck.pause() : deck.play()),
    step: (frames) => deck.step(frames),
    skip: (ms) => deeds.seek(deck.atMs + ms),
    seek(ms) {
      if (deck.loop && !isBlind(store.state)) loopHere(ms);
      deck.seek(ms);
    },
    jump(by) {
      const group = jump(store.state.groups, deck.atMs, by);
      if (group) deeds.seek(group.start_ms);
      else announce(texts.noneLeft);
    },
    choose(variant) {
      if (variant < store.state.names.length) show(choose(looks, variant));
    },
    swap: () => show(swapped(looks)),
    nextMode: () => show({ ...looks, mode: nextMode(looks.mode) }),
    toggleLoop() {
      if (isBlind(store.state)) return;
      if (deck.loop) deck.loop = null;
      else loopHere(deck.atMs);
      update();
    },
    toggleSound() {
      isLoud = !isLoud;
      update();
    },
    toggleBlind() {
      if (store.state.sitting) store.leaveBlind();
      else store.startBlind();
      picture.el.focus();
    },
    voteAgain() {
      store.voteAgain();
      picture.el.focus();
    },
    vote(choice) {
      const round = roundOf(store.state);
      if (!round || isOnItsWay(store.state, [round.left, round.right])) return;
      store.vote(choice).then((isNoted) => {
        const { sitting } = store.state;
        if (!isNoted || !sitting || signal.aborted) return;
        const isOver = sitting.at >= sitting.rounds.length;
        // After the view has turned to the next round, which has words of its own.
        queueMicrotask(() =>
          announce(isOver ? texts.over : texts.noted(sitting.at, sitting.rounds.length)),
        );
      }, fail);
    },
  };
  const context: Context = {
    store,
    deck,
    signal,
    looks: () => looks,
    show,
    label,
    isLoud: () => isLoud,
    deeds,
    announce,
    fail,
  };
  const top = header(store, deeds);
  const banner = connectionBanner(store);
  const picture = stage(context);
  const help = keyHelp(store);
  const parts: Part[] = [
    top,
    banner,
    picture,
    transport(context),
    choices(context),
    voting(context),
    cues(context),
    help,
  ];
  const root = h(
    "div",
    {
      class: "nmp-root nmp-player",
      attrs: { lang: store.lang, role: "region", "aria-label": texts.player },
    },
    ...parts.map((part) => part.el),
    troubles,
    live,
  );

  /** Turn to the round that is asked now, or back to what everybody may see. */
  function turn(state: PlayerState): void {
    const round = roundOf(state);
    if (round === asked) return;
    asked = round;
    if (round) {
      const mode = looks.mode === "switch" ? "switch" : "side";
      looks = { mode, pair: [round.left, round.right], active: round.left };
      const group = state.groups[round.group];
      deck.loop = group ? loopOf(group, deck.durationMs) : null;
      // Standing still, the cue itself is what there is to see.
      deck.seek((deck.isPlaying ? deck.loop?.start_ms : group?.start_ms) ?? 0);
      // The last words may have named a variant.
      announce(texts.blindHint);
    } else {
      looks = { ...FIRST, mode: looks.mode };
      deck.loop = null;
      if (state.sitting) deck.pause();
    }
  }

  function update(): void {
    const { state } = store;
    turn(state);
    for (const part of parts) part.update(state, looks);
    for (const part of parts) part.tick?.();
    setAttr(root, "data-connection", state.connection);
    setAttr(root, "data-blind", isBlind(state));
  }

  hearKeys(root, () => isBlind(store.state), deeds, signal);
  store.subscribe(update, signal);
  el.append(root);
  update();
  signal.addEventListener("abort", () => root.remove());
}

/** The kernel's own words; the page's where it did not answer. */
function problemOf(error: unknown, { texts }: PlayerStore): Problem {
  if (error instanceof Refused) return error.problem;
  console.error("[nemo_nb]", error);
  if (error instanceof Unanswered) return { ...plainProblem(texts.disconnected), fix: texts.rerun };
  return plainProblem(String(error));
}

function header(store: PlayerStore, deeds: Deeds) {
  const { texts } = store;
  const votes = h("span", { class: "nmp-hint" });
  const blind = h("button", {
    class: "nmp-button",
    text: texts.startBlind,
    attrs: { type: "button" },
    on: { click: () => deeds.toggleBlind() },
  });
  const mute = h("p", { class: "nmp-hint", text: `${texts.captionsOnly} ${texts.howToFilm}` });
  const title = h("strong", { class: "nmp-ab-mark", text: texts.player });
  const row = h("div", { class: "nmp-ab-header" }, title, votes, blind);
  return {
    el: h("div", {}, row, mute),
    update(state: PlayerState) {
      setText(votes, state.votes > 0 ? texts.votes(state.votes) : "");
      setAttr(blind, "disabled", state.names.length === 0);
      setAttr(blind, "aria-pressed", String(state.sitting !== null));
      const hasNone = state.films.every(({ status }) => status === "none");
      setAttr(mute, "hidden", state.names.length === 0 || !hasNone);
    },
  };
}

/** What is said when the kernel is slow, gone, or shows the player of another version. */
function connectionBanner(store: PlayerStore) {
  const { texts } = store;
  const words = h("span");
  const again = h("button", {
    class: "nmp-link",
    text: texts.tryAgain,
    attrs: { type: "button" },
    on: { click: () => void store.hello() },
  });
  const el = h("div", { class: "nmp-banner" }, words, again);
  return {
    el,
    update({ connection, refusal }: PlayerState) {
      const lost = refusal || `${texts.disconnected} ${texts.rerun}`;
      setText(words, connection === "connecting" ? texts.connecting : lost);
      setAttr(el, "hidden", connection === "ready");
      setAttr(again, "hidden", connection === "connecting");
    },
  };
}

/** One line that says every key; other ones while a vote is blind. */
function keyHelp(store: PlayerStore) {
  const { texts } = store;
  const el = h("p", { class: "nmp-ab-keys nmp-hint", attrs: { "aria-label": texts.keysTitle } });
  let shown: unknown = null;
  return {
    el,
    update(state: PlayerState) {
      const keys = isBlind(state) ? texts.blindKeys : texts.keys;
      if (keys === shown) return;
      shown = keys;
      el.replaceChildren(
        ...keys.map(([key, deed]) =>
          h("span", {}, ...key.split(" ").flatMap((each) => [h("kbd", { text: each }), " "]), deed),
        ),
      );
    },
  };
}
