import { h, setAttr, setText } from "../shared/dom";
import { type Cell, cell } from "./cell";
import { type Looks, shownIn } from "./modes";
import type { Context, Part } from "./part";
import { Sound } from "./sound";
import { fpsOf, type PlayerState, roundOf } from "./state";
import { wipe } from "./wipe";

/** The picture: every variant's cell, laid out as the mode says, all of them always running. */
export function stage(context: Context): Part {
  const { deck, signal, deeds } = context;
  const sound = new Sound(signal);
  const pictures = h("div", { class: "nmp-ab-pictures" });
  const divider = wipe(context, pictures);
  const both = h("div", { class: "nmp-ab-both" });
  const el = h(
    "div",
    {
      class: "nmp-ab-stage",
      attrs: { tabindex: 0, role: "group", "aria-label": context.store.texts.picture },
      on: { click: () => deeds.togglePlay() },
    },
    h("div", { class: "nmp-ab-frame" }, pictures, divider.el, both),
  );
  let cells: Cell[] = [];
  let shown: PlayerState | null = null;
  let loaded = "";

  /** Let the deck drive what can be played; again whenever that, or a length, has changed. */
  function load(): void {
    if (!shown) return;
    const state = shown;
    const filmed = cells.filter(({ isFilmed }) => isFilmed);
    const lengths = state.variants.map(({ duration_ms }, index) => {
      const length = cells[index]?.isFilmed ? cells[index].video.duration * 1000 : Number.NaN;
      return Number.isFinite(length) ? length : duration_ms;
    });
    const durationMs = Math.max(0, ...lengths);
    const fps = fpsOf(state);
    const key = [durationMs, fps, ...filmed.map(({ video }) => video.src)].join();
    if (key === loaded) return;
    loaded = key;
    deck.load(
      filmed.map(({ video }) => video),
      durationMs,
      fps,
    );
  }

  function arrange(state: PlayerState, looks: Looks): void {
    const round = roundOf(state);
    const onScreen = round && looks.mode === "side" ? looks.pair : shownIn(looks, cells.length);
    // In a blind vote the order of the elements must not tell which variant is which.
    const order = round ? [...looks.pair] : [];
    for (let index = 0; index < cells.length; index += 1) {
      if (!order.includes(index)) order.push(index);
    }
    order.forEach((index, place) => {
      const each = cells[index]?.el;
      if (each && pictures.children[place] !== each) {
        pictures.insertBefore(each, pictures.children[place] ?? null);
      }
    });
    cells.forEach(({ el: each }, index) => {
      const layer = onScreen.indexOf(index);
      setAttr(each, "data-layer", layer < 0 ? null : layer);
      setAttr(each, "data-heard", index === looks.active);
      setAttr(each, "aria-hidden", layer < 0 && "true");
      setAttr(each, "hidden", round !== null && !looks.pair.includes(index));
    });
    const columns = looks.mode === "side" ? columnsFor(onScreen.length, state.size) : 1;
    pictures.style.setProperty("--columns", String(columns));
    pictures.style.setProperty("--rows", String(Math.ceil(onScreen.length / columns)));
  }

  return {
    el,
    update(state, looks) {
      shown = state;
      if (cells.length !== state.names.length) {
        cells = state.names.map((_, variant) => cell(variant, context, load));
        pictures.replaceChildren(...cells.map(({ el: each }) => each));
      }
      setAttr(el, "data-mode", looks.mode);
      const { width, height } = state.size;
      el.style.setProperty("--ratio", String(width / height));
      cells.forEach((each, index) => {
        each.update(state, context.label(index));
      });
      // Names that lie on the pictures would be subtracted as well.
      setAttr(both, "hidden", looks.mode !== "difference");
      setText(both, looks.pair.map(context.label).join(" ↔ "));
      arrange(state, looks);
      load();
      const front = cells[looks.active];
      deck.follow(front?.isFilmed ? front.video : null);
      sound.set(
        cells.map(({ video }) => video),
        context.isLoud() ? looks.active : -1,
      );
      divider.update(state, looks);
    },
    tick() {
      for (const each of cells) each.tick(deck.atMs);
      setAttr(el, "data-state", deck.isHolding ? "holding" : deck.isPlaying ? "playing" : "paused");
    },
  };
}

/** Upright pictures stand in one row, others two by two. */
function columnsFor(count: number, size: { width: number; height: number }): number {
  if (count <= 2 || size.height > size.width) return Math.min(count, 4);
  return Math.ceil(Math.sqrt(count));
}
