/** The elements of a strip, before anything is on it. */
import { h } from "../shared/dom";
import type { Texts } from "./texts";

export type Parts = ReturnType<typeof partsOf>;

/** Make them; *act* is called by the three buttons. */
export function partsOf(texts: Texts, act: (deed: "in" | "out" | "fit") => void) {
  const button = (sign: string, name: string, key: string, deed: "in" | "out" | "fit") =>
    h("button", {
      text: sign,
      attrs: { type: "button", "aria-label": name, title: `${name} (${key})` },
      on: { click: () => act(deed) },
    });
  const zoomOut = button("−", texts.zoomOut, "-", "out");
  const zoomIn = button("+", texts.zoomIn, "+", "in");
  const fit = button(texts.fit, texts.fit, "0", "fit");
  const zoom = h("div", { class: "nmp-tl-zoom" }, zoomOut, zoomIn, fit);
  const summary = h("span", { class: "nmp-hint" });
  const count = h("span", { class: "nmp-hint" });
  const head = h(
    "div",
    { class: "nmp-tl-head" },
    // No heading: nobody knows what the page around has as its last.
    h("span", { class: "nmp-tl-title", text: texts.timeline }),
    summary,
    count,
    zoom,
  );
  const nothing = h("p", { class: "nmp-nothing", text: texts.nothingYet });
  const position = h("input", {
    class: "nmp-tl-position",
    attrs: { type: "range", min: 0, max: 0, step: "any", value: 0, "aria-label": texts.position },
  });
  const rulerCanvas = h("canvas", { attrs: { "aria-hidden": "true" } });
  const ruler = h("div", { class: "nmp-tl-ruler" }, rulerCanvas, position);
  const laneCanvas = h("canvas", { attrs: { "aria-hidden": "true" } });
  const gauge = h("div", { class: "nmp-tl-gauge" });
  const pulses = h("div", { class: "nmp-tl-pulses", attrs: { "aria-hidden": "true" } });
  const stage = h("div", { class: "nmp-tl-stage" }, gauge, laneCanvas);
  const spacer = h("div");
  const scroll = h("div", { class: "nmp-tl-scroll" }, stage, spacer);
  const playhead = h("div", { class: "nmp-tl-playhead", attrs: { "aria-hidden": "true" } });
  const thumb = h("div", { class: "nmp-tl-thumb" });
  const bar = h("div", { class: "nmp-tl-bar", attrs: { "aria-hidden": "true" } }, thumb);
  const body = h("div", { class: "nmp-tl-body" }, ruler, scroll, bar, playhead);
  const el = h(
    "section",
    { class: "nmp-tl", attrs: { "aria-label": texts.timeline } },
    head,
    nothing,
    body,
  );
  return {
    el,
    summary,
    count,
    zoom,
    zoomOut,
    fit,
    nothing,
    body,
    ruler,
    rulerCanvas,
    position,
    scroll,
    stage,
    gauge,
    laneCanvas,
    pulses,
    spacer,
    playhead,
    bar,
    thumb,
  };
}
