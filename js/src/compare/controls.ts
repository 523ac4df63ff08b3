import { h, setAttr, setText } from "../shared/dom";
import { clock } from "../shared/format";
import { type Glyph, glyph, redraw } from "./icons";
import { MODES, pairWith } from "./modes";
import { differs, groupAt, marks } from "./moments";
import type { Context, Part } from "./part";
import { isBlind, type PlayerState, roundOf } from "./state";

const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2];
const AMPLIFY = [1, 4, 16];

function press(glyphName: Glyph, label: string, act: () => void): HTMLButtonElement {
  return h(
    "button",
    {
      class: "nmp-ab-tool",
      attrs: { type: "button", "aria-label": label, title: label },
      on: { click: act },
    },
    glyph(glyphName),
  );
}

function choiceGroup(label: string): HTMLElement {
  return h("div", { class: "nmp-choices", attrs: { role: "group", "aria-label": label } });
}

function picker(
  label: string,
  options: readonly [value: string, text: string][],
  onChange: (value: string) => void,
): { el: HTMLElement; select: HTMLSelectElement } {
  const select = h(
    "select",
    { attrs: { "aria-label": label }, on: { change: () => onChange(select.value) } },
    ...options.map(([value, text]) => h("option", { text, attrs: { value } })),
  );
  return { el: h("label", { class: "nmp-ab-picker" }, `${label} `, select), select };
}

/** Play, frames, cues that differ, loop, speed, sound, and the seek bar with its marks. */
export function transport(context: Context): Part {
  const { store, deck, deeds } = context;
  const { texts } = store;
  const play = press("play", texts.play, deeds.togglePlay);
  const loop = press("loop", texts.loop, deeds.toggleLoop);
  const sound = press("sound", texts.sound, deeds.toggleSound);
  const time = h("span", { class: "nmp-ab-time" });
  const ticks = h("div", { class: "nmp-ab-marks", attrs: { "aria-hidden": "true" } });
  const bar = h("input", {
    class: "nmp-ab-seek",
    attrs: { type: "range", min: 0, max: 1, step: "any", value: 0, "aria-label": texts.position },
    on: { input: () => deeds.seek(Number(bar.value)) },
  });
  const speed = picker(
    texts.speed,
    SPEEDS.map((value) => [String(value), `${value}×`]),
    (value) => {
      deck.speed = Number(value);
    },
  );
  speed.select.value = "1";
  const el = h(
    "div",
    { class: "nmp-ab-transport" },
    h("div", { class: "nmp-ab-bar" }, ticks, bar),
    h(
      "div",
      { class: "nmp-ab-tools" },
      press("previous", texts.previousCue, () => deeds.jump(-1)),
      press("back", texts.back, () => deeds.step(-1)),
      play,
      press("forward", texts.forward, () => deeds.step(1)),
      press("next", texts.nextCue, () => deeds.jump(1)),
      time,
      h("span", { class: "nmp-ab-space" }),
      loop,
      sound,
      speed.el,
    ),
  );
  const isPlayShown = { now: false };
  let marked: { groups: PlayerState["groups"]; durationMs: number } | null = null;

  function paintMarks(): void {
    const { groups } = store.state;
    if (marked?.groups === groups && marked.durationMs === deck.durationMs) return;
    marked = { groups, durationMs: deck.durationMs };
    ticks.replaceChildren(
      ...marks(groups, deck.durationMs).map(({ left, width }) => {
        const mark = h("i");
        mark.style.left = `${left}%`;
        mark.style.width = `${width}%`;
        return mark;
      }),
    );
  }

  return {
    el,
    update() {
      const isLoud = context.isLoud();
      setAttr(sound, "aria-pressed", String(isLoud));
      redraw(sound.firstElementChild as SVGSVGElement, isLoud ? "sound" : "silent");
      paintMarks();
      this.tick?.();
    },
    tick() {
      paintMarks();
      const { atMs, durationMs, isPlaying, frame } = deck;
      if (isPlayShown.now !== isPlaying) {
        isPlayShown.now = isPlaying;
        redraw(play.firstElementChild as SVGSVGElement, isPlaying ? "pause" : "play");
      }
      const label = isPlaying ? texts.pause : texts.play;
      setAttr(play, "aria-label", label);
      setAttr(play, "title", label);
      setAttr(loop, "aria-pressed", String(deck.loop !== null));
      setAttr(bar, "max", Math.max(1, durationMs));
      if (Number(bar.value) !== atMs) bar.value = String(atMs);
      const where = texts.at(clock(atMs, true), clock(durationMs, true));
      const group = store.state.groups[groupAt(store.state.groups, atMs)];
      const isOn = group && group.start_ms <= atMs && atMs < group.end_ms && differs(group);
      setAttr(bar, "aria-valuetext", isOn ? `${where}, ${texts.differsHere}` : where);
      bar.style.setProperty("--done", `${durationMs > 0 ? (100 * atMs) / durationMs : 0}%`);
      setText(time, `${clock(atMs, true)} / ${clock(durationMs, true)} · ${texts.frame(frame)}`);
    },
  };
}

/** Which way they are shown, and which one is in front and heard. */
export function choices(context: Context): Part {
  const { store } = context;
  const { texts } = store;
  const modes = choiceGroup(texts.view);
  const variants = choiceGroup(texts.variant);
  const modeButtons = MODES.map((mode) =>
    h("button", {
      class: "nmp-choice",
      text: texts.modes[mode],
      attrs: { type: "button" },
      on: { click: () => context.show({ ...context.looks(), mode }) },
    }),
  );
  modes.append(...modeButtons);
  const amplify = picker(
    texts.amplify,
    AMPLIFY.map((value) => [String(value), `${value}×`]),
    (value) => root()?.style.setProperty("--amplify", value),
  );
  const pair = h("span", { class: "nmp-ab-pair" });
  const el = h("div", { class: "nmp-ab-choice-row" }, modes, variants, pair, amplify.el);
  const root = () => el.closest<HTMLElement>(".nmp-player");
  let painted = "";

  return {
    el,
    update(state, looks) {
      const offered = isBlind(state) ? looks.pair : state.names.map((_, index) => index);
      const labels = offered.map((variant) => context.label(variant));
      const key = JSON.stringify([labels, offered]);
      if (key !== painted) {
        painted = key;
        variants.replaceChildren(
          ...offered.map((variant, index) =>
            h("button", {
              class: "nmp-choice",
              text: labels[index] ?? "",
              attrs: { type: "button" },
              on: { click: () => context.deeds.choose(variant) },
            }),
          ),
        );
      }
      [...variants.children].forEach((button, index) => {
        setAttr(button, "aria-pressed", String(offered[index] === looks.active));
      });
      modeButtons.forEach((button, index) => {
        setAttr(button, "aria-pressed", String(MODES[index] === looks.mode));
      });
      setAttr(amplify.el, "hidden", looks.mode !== "difference");
      const needsPair =
        state.names.length > 2 &&
        !roundOf(state) &&
        (looks.mode === "wipe" || looks.mode === "difference");
      setAttr(pair, "hidden", !needsPair);
      if (needsPair) paintPair(state);
      // Not merely hidden: it holds the names.
      else pair.replaceChildren();
    },
  };

  function paintPair(state: PlayerState): void {
    if (pair.childElementCount === 0) {
      const options = state.names.map((name, index): [string, string] => [String(index), name]);
      for (const side of [0, 1] as const) {
        const label = side === 0 ? texts.left : texts.right;
        const change = (value: string) =>
          context.show(pairWith(context.looks(), side, Number(value)));
        pair.append(picker(label, options, change).el);
      }
    }
    pair.querySelectorAll("select").forEach((select, side) => {
      select.value = String(context.looks().pair[side === 0 ? 0 : 1]);
    });
  }
}
