import { h, setAttr, setText } from "../shared/dom";
import { clock } from "../shared/format";
import { shareKeys } from "../shared/keys";
import type { SegmentRef, TimelineView } from "../shared/protocol";
import { captionList } from "./captions";
import { type Cue, cuesOf, wordsAt } from "./cues";
import { still } from "./still";
import type { TimelineState, TimelineStore } from "./store";
import type { Texts } from "./texts";
import { timelineStrip } from "./view";

/** Draw one view of the widget into *el*; all of it ends with *signal*. */
export function drawTimeline(el: HTMLElement, store: TimelineStore, signal: AbortSignal): void {
  const { texts } = store;
  const live = h("div", { class: "nmp-live", attrs: { role: "status" } });
  const line = banner(store, (text) => setText(live, text));
  const strip = timelineStrip({
    lang: store.lang,
    signal,
    onSeek: (ms) => moveTo(ms),
    onSelect: (selection) => store.select(selection),
    get onEdit() {
      if (!store.state.editable) return undefined;
      return (segment: SegmentRef, text: string) => store.retext(segment, text);
    },
    thumbnails: (count, width) => store.thumbnails(count, width),
    waveform: (buckets) => store.waveform(buckets),
    announce: (text) => setText(live, text),
  });
  const captions = captionList(texts, (cue) => pickCue(cue), signal);
  const details = h("div", { class: "nmp-tl-details" });
  const picture = still((ms, width, exact) => store.frame(ms, width, exact), signal);
  const looks = h("div", { class: "nmp-tl-looks" }, picture.el, details, captions.el);
  const root = h(
    "div",
    {
      class: "nmp-root nmp-timeline",
      attrs: { lang: store.lang, role: "region", "aria-label": texts.widget },
    },
    line.el,
    strip.el,
    looks,
    live,
  );
  let cues: Cue[] = [];
  let shown: TimelineState | null = null;
  let atMs = 0;

  function moveTo(ms: number): void {
    atMs = ms;
    const words = wordsAt(cues, ms).map((text) => `“${text}”`);
    if (!picture.el.hidden) picture.want(ms, [texts.pictureAt(clock(ms)), ...words].join(", "));
    mark();
  }

  function mark(): void {
    const keys = new Set(store.state.selection.map(keyOf));
    captions.mark((ref) => keys.has(keyOf(ref)), atMs);
  }

  /** Python has selected something: it comes into sight here too. */
  function reveal(): void {
    const keys = new Set(store.state.selection.map(keyOf));
    captions.reveal(cues.findIndex(({ ref }) => keys.has(keyOf(ref))));
  }

  function pickCue(cue: Cue): void {
    store.select([cue.ref]);
    strip.select([cue.ref], true);
    strip.moveTo(cue.startMs);
    moveTo(cue.startMs);
  }

  function showTimeline(timeline: TimelineView | null): void {
    strip.show(timeline);
    cues = cuesOf(timeline);
    captions.show(cues);
    const hasPictures = (timeline?.ready && timeline.previews) ?? false;
    picture.el.hidden = !hasPictures;
    looks.classList.toggle("nmp-tl-blind", !hasPictures);
    picture.shape((timeline?.width || 16) / (timeline?.height || 9));
    looks.hidden = !timeline?.ready;
    moveTo(Math.min(atMs, timeline?.duration_ms ?? 0));
  }

  function update(): void {
    const { state } = store;
    line.update(state);
    if (state.timeline !== shown?.timeline) showTimeline(state.timeline);
    const isSelected = state.selection !== shown?.selection || state.timeline !== shown?.timeline;
    if (isSelected) {
      strip.select(state.selection, state.reveal);
      details.replaceChildren(...detailsOf(state, texts));
      mark();
      if (state.reveal) reveal();
    }
    setAttr(root, "data-connection", state.connection);
    shown = state;
  }

  shareKeys(root, signal);
  store.subscribe(update, signal);
  el.append(root);
  update();
  signal.addEventListener("abort", () => root.remove());
}

function keyOf([track, segment]: SegmentRef): string {
  return `${track}/${segment}`;
}

/** What is selected, in words. */
function detailsOf({ timeline, selection, editable }: TimelineState, texts: Texts): HTMLElement[] {
  const found = selection.flatMap(([track, segment]) => {
    const lane = timeline?.tracks[track - 1];
    const one = lane?.segments[segment - 1];
    return lane && one ? [{ lane, one, segment }] : [];
  });
  const first = found[0];
  const note = editable ? [] : [h("p", { class: "nmp-hint", text: texts.copy })];
  if (!first) return [h("p", { class: "nmp-hint", text: texts.pickOne }), ...note];
  if (found.length > 1) {
    const ms = found.reduce((sum, { one }) => sum + one.end_ms - one.start_ms, 0);
    return [h("p", { text: texts.several(found.length, clock(ms)) }), ...note];
  }
  const { lane, one, segment } = first;
  const where = `${lane.name || texts.kinds[lane.kind]} · ${segment}`;
  const span = `${clock(one.start_ms)} – ${clock(one.end_ms)}`;
  const facts = [span, texts.lasts(clock(one.end_ms - one.start_ms))];
  if (one.volume !== null) facts.push(`${Math.round(one.volume * 100)} %`);
  return [
    h("p", { class: "nmp-tl-label", text: one.label, attrs: { dir: "auto" } }),
    h("p", { class: "nmp-hint", text: [where, ...facts].join(" · ") }),
    ...note,
  ];
}

/** What is said when the kernel is slow, gone, or began anew. */
function banner(store: TimelineStore, announce: (text: string) => void) {
  const { texts } = store;
  const words = h("span");
  const again = h("button", {
    class: "nmp-link",
    text: texts.reconnect,
    attrs: { type: "button" },
    on: {
      click: async () => {
        if (!(await store.reconnect())) announce(`${texts.stillGone} ${words.textContent}`);
      },
    },
  });
  const el = h("div", { class: "nmp-banner" }, words, again);
  return {
    el,
    update({ connection, refusal, timeline }: TimelineState) {
      const lines: Partial<Record<TimelineState["connection"], string>> = {
        connecting: timeline ? "" : texts.connecting,
        lost: refusal || texts.asleep,
        restarted: texts.restarted,
      };
      const line = lines[connection] ?? "";
      setText(words, line);
      setAttr(el, "hidden", line === "");
      setAttr(again, "hidden", connection === "connecting");
    },
  };
}
