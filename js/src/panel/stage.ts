import { h, icon, setAttr, setText } from "../shared/dom";
import { bytes, clock } from "../shared/format";
import { plainProblem, type TimelineView } from "../shared/protocol";
import { textsAt } from "./layout";
import type { Context, Part } from "./part";
import { problemBox } from "./problem";
import { exporting, type LoadedVideo, type PanelState } from "./state";

/** As wide as a preview is ever asked for, in px. */
const MOST_WIDTH = 960;

export interface Stage extends Part {
  /** Show the picture at *ms*: in the exported video, else as a still of the draft. */
  seek(ms: number): void;
}

type Showing = "draft" | "exported";

/** The picture: a still of the draft or the exported video, and the export itself. */
export function stage(context: Context, onTime: (ms: number) => void): Stage {
  const { store } = context;
  const { texts } = store;
  const preview = stills(context);
  const video = h("video", {
    class: "nmp-film",
    attrs: {
      controls: true,
      playsinline: true,
      preload: "auto",
      "aria-label": texts.exportedVideo,
    },
    on: { timeupdate: () => showing === "exported" && onTime(video.currentTime * 1000) },
  });
  const nothing = h("p", { class: "nmp-nothing" });
  const picture = h("div", { class: "nmp-picture" }, nothing, preview.img, video);
  const draftButton = choice(texts.draft, () => choose("draft"));
  const exportedButton = choice(texts.exported, () => choose("exported"));
  const choices = h(
    "div",
    { class: "nmp-choices", attrs: { role: "group", "aria-label": texts.showing } },
    draftButton,
    exportedButton,
  );
  const bar = exportBar(context);
  const el = h("section", { class: "nmp-stage" }, picture, choices, bar.el);
  let showing: Showing = "draft";
  let shown: PanelState | null = null;
  let atMs = 0;

  function choose(next: Showing): void {
    showing = next;
    if (next === "draft") {
      video.pause();
      preview.want(atMs, pictureWidth());
    }
    if (shown) paint(shown);
  }

  function pictureWidth(): number {
    const dots = picture.clientWidth * (window.devicePixelRatio || 1);
    return Math.min(MOST_WIDTH, Math.max(160, Math.round(dots)));
  }

  function paintVideo(loaded: LoadedVideo | null): void {
    const url = loaded?.url ?? "";
    if ((video.getAttribute("src") ?? "") === url) return;
    if (!url) {
      video.removeAttribute("src");
      video.load();
      return;
    }
    setAttr(video, "poster", preview.url());
    video.src = url;
  }

  function paint(state: PanelState): void {
    const isPlayable = state.video?.status === "ready";
    const canDraft = hasStills(state);
    if (showing === "exported" && !isPlayable) showing = "draft";
    if (showing === "draft" && isPlayable && !canDraft) showing = "exported";
    setAttr(video, "hidden", showing !== "exported");
    setAttr(preview.img, "hidden", showing !== "draft" || !canDraft || !preview.url());
    setText(nothing, emptyWords(state, texts));
    setAttr(nothing, "hidden", showing === "exported" || !preview.img.hidden);
    setAttr(choices, "hidden", !(isPlayable && canDraft));
    setAttr(draftButton, "aria-pressed", String(showing === "draft"));
    setAttr(exportedButton, "aria-pressed", String(showing === "exported"));
    setText(exportedButton, state.export.outdated ? `${texts.exported} *` : texts.exported);
    setAttr(exportedButton, "title", state.export.outdated ? texts.outdated : null);
    const { width, height } = state.timeline ?? { width: 16, height: 9 };
    picture.style.setProperty("--ratio", `${width || 16} / ${height || 9}`);
  }

  preview.onChange(() => shown && paint(shown));
  return {
    el,
    seek(ms) {
      atMs = ms;
      if (showing === "exported") video.currentTime = ms / 1000;
      else preview.want(ms, pictureWidth());
    },
    update(state) {
      const before = shown;
      shown = state;
      paintVideo(state.video);
      const isNewVideo = state.video?.status === "ready" && before?.video?.status !== "ready";
      const isNewDraft = before !== null && state.timeline !== before.timeline;
      if (isNewVideo) showing = "exported";
      else if (isNewDraft && state.export.outdated && hasStills(state)) choose("draft");
      if (state.timeline && hasStills(state) && state.timeline !== before?.timeline) {
        preview.draftChanged(state.timeline);
        atMs = Math.min(atMs, state.timeline.duration_ms);
        if (showing === "draft") preview.want(atMs, pictureWidth());
      }
      paint(state);
      bar.update(state);
    },
  };
}

/** Stills of the draft: one question at a time, and of those that waited only the latest. */
function stills({ store, signal }: Context) {
  const img = h("img", { class: "nmp-still", attrs: { alt: "", hidden: true } });
  let url = "";
  let wanted: { ms: number; width: number } | null = null;
  let isBusy = false;
  let timeline: TimelineView | null = null;
  let changed = () => {};
  signal.addEventListener("abort", () => URL.revokeObjectURL(url));

  function show(blob: Blob, ms: number): void {
    const old = url;
    url = URL.createObjectURL(blob);
    img.src = url;
    const words = timeline ? textsAt(timeline, ms).map((text) => `“${text}”`) : [];
    img.alt = [store.texts.previewAt(clock(ms)), ...words].join(", ");
    if (old) URL.revokeObjectURL(old);
    changed();
  }

  async function pump(): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    while (wanted && !signal.aborted) {
      const { ms, width } = wanted;
      wanted = null;
      try {
        const blob = await store.frame(ms, width);
        if (blob && !signal.aborted) show(blob, ms);
      } catch (error) {
        // A still is a nicety: the conversation goes on without it.
        if (!signal.aborted) console.warn("[nemo_nb]", error);
      }
    }
    isBusy = false;
  }

  return {
    img,
    url: () => url,
    want(ms: number, width: number) {
      wanted = { ms, width };
      void pump();
    },
    draftChanged(next: TimelineView) {
      timeline = next;
    },
    onChange(listener: () => void) {
      changed = listener;
    },
  };
}

/** Export, its progress and its result. */
function exportBar(context: Context): Part {
  const { store, fail } = context;
  const { texts } = store;
  const start = h(
    "button",
    {
      class: "nmp-button nmp-primary",
      attrs: { type: "button" },
      on: { click: () => store.export().catch(fail) },
    },
    icon("export"),
    texts.export,
  );
  const progress = h("progress", { attrs: { max: 100, value: 0, "aria-label": texts.exporting } });
  const words = h("span", { class: "nmp-hint nmp-export-words" });
  const cancel = h("button", {
    class: "nmp-button",
    text: texts.cancel,
    attrs: { type: "button" },
    on: { click: () => store.cancelExport().catch(fail) },
  });
  const download = h("a", { class: "nmp-link", text: texts.download });
  const problem = h("div");
  const el = h(
    "div",
    { class: "nmp-export" },
    h("div", { class: "nmp-export-row" }, start, progress, words, download, cancel),
    problem,
  );
  let shown: PanelState | null = null;
  return {
    el,
    update(state) {
      const isBusy = exporting(state);
      const loading = state.video?.status === "loading" ? state.video : null;
      setAttr(start, "disabled", isBusy || !state.timeline?.ready);
      setAttr(progress, "hidden", !isBusy && !loading);
      progress.value = loading && !isBusy ? loading.progress * 100 : state.export.progress;
      setAttr(cancel, "hidden", !isBusy || !state.export.cancellable);
      setText(words, exportWords(state, texts));
      setAttr(download, "hidden", isBusy || !state.video?.url);
      setAttr(download, "href", state.video?.url || null);
      setAttr(download, "download", state.export.video?.name ?? null);
      const failure =
        state.export.problem ?? (state.video?.problem ? plainProblem(state.video.problem) : null);
      if (state.export !== shown?.export || state.video !== shown?.video) {
        problem.replaceChildren(...(failure ? [problemBox(failure)] : []));
      }
      shown = state;
    },
  };
}

function exportWords(state: PanelState, texts: Context["store"]["texts"]): string {
  const { status, progress, video } = state.export;
  if (status === "pending") return `${texts.exportWaiting}…`;
  if (status === "processing") return `${texts.exporting} ${Math.round(progress)} %`;
  if (status === "cancelled") return texts.exportCancelled;
  if (state.video?.status === "loading") return `${texts.loadingVideo}…`;
  if (!video) return "";
  const size = bytes(video.size_bytes);
  const note = state.video?.status === "too-big" ? `, ${texts.tooBigToPlay}` : "";
  return `${texts.savedAs(video.name)} · ${clock(video.duration_ms)} · ${size}${note}`;
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
