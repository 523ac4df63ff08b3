import { h, icon, setAttr, setText } from "../shared/dom";
import { clock } from "../shared/format";
import type { Segment, TimelineView, Track } from "../shared/protocol";
import { marks, place } from "./layout";
import type { Context, Part } from "./part";

export interface Strip extends Part {
  /** Show where the player is; does not call `onSeek`. */
  moveTo(ms: number): void;
}

/** The timeline: a row a track, segments to scale, and a playhead that can be dragged. */
export function strip(
  { store, signal }: Pick<Context, "store" | "signal">,
  onSeek: (ms: number) => void,
): Strip {
  const { texts } = store;
  const summary = h("span", { class: "nmp-hint" });
  const ruler = h("div", { class: "nmp-ruler", attrs: { "aria-hidden": "true" } });
  const slider = h("input", {
    class: "nmp-slider",
    attrs: { type: "range", min: 0, step: "any", value: 0, "aria-label": texts.position },
    on: {
      input: () => {
        moveTo(Number(slider.value));
        onSeek(Number(slider.value));
      },
    },
  });
  const lanes = h("div", { class: "nmp-lanes" });
  const playhead = h("div", { class: "nmp-playhead", attrs: { "aria-hidden": "true" } });
  const body = h("div", { class: "nmp-strip-body" }, ruler, slider, lanes, playhead);
  const nothing = h("p", { class: "nmp-nothing", text: texts.nothingYet });
  const el = h(
    "section",
    { class: "nmp-strip", attrs: { "aria-label": texts.timeline } },
    h("div", { class: "nmp-strip-head" }, h("h3", { text: texts.timeline }), summary),
    nothing,
    body,
  );
  let shown: TimelineView | null = null;

  const observer = new ResizeObserver(() => shown && paintRuler(shown));
  observer.observe(ruler);
  signal.addEventListener("abort", () => observer.disconnect());

  function moveTo(ms: number): void {
    const total = shown?.duration_ms ?? 0;
    const at = Math.min(Math.max(0, ms), total);
    slider.value = String(at);
    setAttr(slider, "aria-valuetext", `${clock(at)} / ${clock(total)}`);
    playhead.style.setProperty("--at", String(place(at, at, total).left / 100));
  }

  function paintRuler(timeline: TimelineView): void {
    const all = marks(timeline.duration_ms, ruler.clientWidth);
    const tenths = all.some(({ ms }) => ms % 1000 !== 0);
    ruler.replaceChildren(
      ...all.map(({ ms, left }) => {
        const mark = h("span", { text: clock(ms, tenths) });
        mark.style.left = `${left}%`;
        return mark;
      }),
    );
  }

  return {
    el,
    moveTo,
    update({ timeline }) {
      if (timeline === shown && nothing.hidden) return;
      shown = timeline;
      const filled = timeline?.ready ?? false;
      nothing.hidden = filled;
      body.hidden = !filled;
      setText(summary, filled && timeline ? clock(timeline.duration_ms) : "");
      if (!filled || !timeline) return;
      setAttr(slider, "max", timeline.duration_ms);
      paintRuler(timeline);
      lanes.replaceChildren(
        ...timeline.tracks
          .filter((track) => track.segments.length > 0)
          .map((track) => lane(track, timeline.duration_ms, texts)),
      );
      moveTo(Number(slider.value));
    },
  };
}

function lane(track: Track, totalMs: number, texts: Context["store"]["texts"]): HTMLElement {
  const name = track.name || texts.kinds[track.kind];
  const label = `${name}: ${texts.segments(track.segments.length)}`;
  return h(
    "div",
    { class: `nmp-lane nmp-${track.kind}` },
    h(
      "div",
      { class: "nmp-lane-name", attrs: { title: name } },
      icon(track.kind),
      h("span", { text: name }),
    ),
    h(
      "ul",
      { class: "nmp-segments", attrs: { "aria-label": label } },
      ...track.segments.map((segment) => segmentBar(segment, totalMs)),
    ),
  );
}

function segmentBar(segment: Segment, totalMs: number): HTMLElement {
  const { left, width } = place(segment.start_ms, segment.end_ms, totalMs);
  const span = `${clock(segment.start_ms)} – ${clock(segment.end_ms)}`;
  const volume = segment.volume === null ? "" : ` · ${Math.round(segment.volume * 100)} %`;
  const words = `${segment.label} (${span}${volume})`;
  const bar = h(
    "li",
    { class: "nmp-segment", attrs: { title: words, "aria-label": words } },
    h("span", { text: segment.label.replaceAll("\n", " "), attrs: { dir: "auto" } }),
  );
  bar.style.left = `${left}%`;
  bar.style.width = `${width}%`;
  return bar;
}
