import { h, setAttr, setText } from "../shared/dom";
import { cueList } from "./cues";
import { exportBar } from "./exporting";
import { cuesOf, readableAt } from "./layout";
import type { Context, Part } from "./part";
import { screen } from "./screen";
import type { PanelState } from "./state";
import { stills } from "./stills";

/** As wide as a preview is ever asked for, in px. */
const MOST_WIDTH = 960;
/** Even widths alone, and not another one for each px that the window is dragged. */
const WIDTH_STEP = 16;

export interface Stage extends Part {
  /** Show the picture at *ms*: in the exported film, else as a still of the draft. */
  seek(ms: number): void;
}

type Showing = "draft" | "exported";

/** The picture: a still of the draft or what was exported, its captions, and the export. */
export function stage(context: Context, onTime: (ms: number) => void): Stage {
  const { texts } = context.store;
  const preview = stills(context, () => shown && paint(shown));
  const exported = screen(context, (ms) => {
    if (showing === "exported") moved(ms);
  });
  const nothing = h("p", { class: "nmp-nothing" });
  const picture = h("div", { class: "nmp-picture" }, nothing, preview.img, exported.el);
  const draftButton = choice(texts.draft, () => choose("draft"));
  const exportedButton = choice(texts.exported, () => choose("exported"));
  const choices = h(
    "div",
    { class: "nmp-choices", attrs: { role: "group", "aria-label": texts.showing } },
    draftButton,
    exportedButton,
  );
  const cues = cueList(context, (cue) => {
    const ms = showing === "exported" ? cue.startMs : readableAt(cue);
    seek(ms);
    moved(ms);
  });
  const bar = exportBar(context);
  const el = h("section", { class: "nmp-stage" }, picture, choices, cues.el, bar.el);
  let showing: Showing = "draft";
  let shown: PanelState | null = null;
  let atMs = 0;
  /** Whether nobody has gone anywhere yet. */
  let isFresh = true;

  function moved(ms: number): void {
    isFresh = false;
    atMs = ms;
    cues.moveTo(ms);
    onTime(ms);
  }

  function seek(ms: number): void {
    isFresh = false;
    atMs = ms;
    cues.moveTo(ms);
    if (showing === "exported" && exported.canSeek()) exported.seek(ms);
    else preview.want(ms, pictureWidth());
  }

  function choose(next: Showing): void {
    showing = next;
    if (next === "draft") {
      exported.pause();
      preview.want(atMs, pictureWidth());
    } else if (exported.canSeek()) exported.seek(atMs);
    if (shown) paint(shown);
  }

  function pictureWidth(): number {
    const dots = picture.clientWidth * (window.devicePixelRatio || 1);
    return Math.min(MOST_WIDTH, Math.max(160, Math.ceil(dots / WIDTH_STEP) * WIDTH_STEP));
  }

  function paint(state: PanelState): void {
    const isThere = state.video?.status === "ready";
    const canDraft = hasStills(state);
    if (showing === "exported" && !isThere) showing = "draft";
    if (showing === "draft" && isThere && !canDraft) showing = "exported";
    setAttr(exported.el, "hidden", showing !== "exported");
    setAttr(preview.img, "hidden", showing !== "draft" || !canDraft || !preview.url());
    setText(nothing, emptyWords(state, texts));
    setAttr(nothing, "hidden", showing === "exported" || !preview.img.hidden);
    setAttr(choices, "hidden", !(isThere && canDraft));
    setAttr(draftButton, "aria-pressed", String(showing === "draft"));
    setAttr(exportedButton, "aria-pressed", String(showing === "exported"));
    setText(exportedButton, state.export.outdated ? `${texts.exported} *` : texts.exported);
    setAttr(exportedButton, "title", state.export.outdated ? texts.outdated : null);
    const { width, height } = state.timeline ?? { width: 16, height: 9 };
    picture.style.setProperty("--ratio", `${width || 16} / ${height || 9}`);
  }

  return {
    el,
    seek,
    update(state) {
      const before = shown;
      shown = state;
      exported.show(state, preview.url());
      cues.show(state.timeline);
      const isNewVideo = state.video?.status === "ready" && before?.video?.status !== "ready";
      const isNewDraft = before !== null && state.timeline !== before.timeline;
      if (isNewVideo) {
        showing = "exported";
        // It plays from its beginning, wherever the draft was looked at.
        moved(0);
      } else if (isNewDraft && state.export.outdated && hasStills(state)) choose("draft");
      if (state.timeline && hasStills(state) && state.timeline !== before?.timeline) {
        preview.draftChanged(state.timeline);
        atMs = Math.min(atMs, state.timeline.duration_ms);
        const [first] = cuesOf(state.timeline);
        if (isFresh && first?.startMs === 0) {
          // The first picture shows the first text, not the moment before it comes.
          atMs = readableAt(first);
          cues.moveTo(atMs);
          onTime(atMs);
        }
        if (showing === "draft") preview.want(atMs, pictureWidth());
      }
      paint(state);
      bar.update(state);
    },
  };
}

function emptyWords(state: PanelState, texts: Context["store"]["texts"]): string {
  if (!state.timeline?.ready) return texts.noPicture;
  return hasStills(state) ? "" : texts.noPreview;
}

/** Whether there are pictures of the draft itself. */
function hasStills({ timeline }: PanelState): boolean {
  return (timeline?.ready && timeline.previews) ?? false;
}

function choice(text: string, act: () => void): HTMLButtonElement {
  return h("button", { class: "nmp-choice", text, attrs: { type: "button" }, on: { click: act } });
}
