import { h, setAttr, setText } from "../shared/dom";
import { problemBox } from "../shared/problem";
import type { Cue } from "../shared/protocol";
import type { Context } from "./part";
import type { PlayerState } from "./state";
import { frameAt } from "./sync";

/** One variant on the stage: its film, or its captions until there is one. */
export interface Cell {
  readonly el: HTMLElement;
  readonly video: HTMLVideoElement;
  /** Whether its film can be played. */
  readonly isFilmed: boolean;
  update(state: PlayerState, label: string): void;
  tick(atMs: number): void;
}

export function cell(variant: number, context: Context, onLength: () => void): Cell {
  const { store, deck, signal } = context;
  const { texts } = store;
  const video = h("video", {
    class: "nmp-ab-film",
    attrs: { playsinline: true, preload: "auto", disablepictureinpicture: true, hidden: true },
    on: { loadedmetadata: onLength },
  });
  const captions = h("div", { class: "nmp-ab-captions" });
  const bar = h("progress", { attrs: { max: 100, "aria-label": texts.rendering } });
  const words = h("span");
  const onItsWay = h("div", { class: "nmp-ab-on-its-way", attrs: { hidden: true } }, words, bar);
  const trouble = h("div", { class: "nmp-ab-cell-trouble", attrs: { hidden: true } });
  const name = h("figcaption", { class: "nmp-ab-cell-name" });
  const el = h("figure", { class: "nmp-ab-cell" }, video, captions, onItsWay, trouble, name);
  let cues: readonly Cue[] = [];
  let url = "";
  let troubled: unknown = null;
  noteFrames(video, () => deck.fps, signal);
  signal.addEventListener("abort", () => {
    // Without this, Chromium keeps the decoder until the element is collected.
    video.removeAttribute("src");
    video.load();
  });

  function paintFilm(next: string): void {
    if (next === url) return;
    url = next;
    setAttr(video, "hidden", !url);
    setAttr(captions, "hidden", Boolean(url));
    if (url) video.src = url;
    else video.removeAttribute("src");
    video.load();
  }

  function paintTrouble(state: PlayerState): void {
    const film = state.films[variant];
    const problem =
      film?.status === "failed" ? film.problem : (state.loaded[variant]?.problem ?? null);
    if (problem === troubled) return;
    troubled = problem;
    setAttr(trouble, "hidden", !problem);
    const again = h("button", {
      class: "nmp-button",
      text: texts.again,
      attrs: { type: "button" },
      on: { click: () => store.renderAgain(film?.film ?? 0).catch(context.fail) },
    });
    trouble.replaceChildren(
      ...(problem ? [problemBox(problem), film?.status === "failed" ? again : ""] : []),
    );
  }

  return {
    el,
    video,
    get isFilmed() {
      return url !== "";
    },
    update(state, label) {
      cues = state.variants[variant]?.cues ?? [];
      const film = state.films[variant];
      const loaded = state.loaded[variant];
      paintFilm(loaded?.url ?? "");
      setText(name, label);
      setAttr(video, "aria-label", label);
      setAttr(el, "aria-label", label);
      const isLoading = film?.status === "ready" && loaded?.status === "loading";
      const isRendering = film?.status === "processing";
      setAttr(onItsWay, "hidden", !(isLoading || isRendering || film?.status === "pending"));
      setAttr(bar, "hidden", film?.status === "pending");
      bar.value = isLoading ? loaded.progress * 100 : (film?.progress ?? 0);
      setText(words, isLoading ? texts.loading : isRendering ? texts.rendering : texts.waiting);
      paintTrouble(state);
    },
    tick(atMs) {
      if (url) return;
      const now = cues.filter((cue) => cue.start_ms <= atMs && atMs < cue.end_ms);
      const key = now.map(({ role, text }) => `${role} ${text}`).join("\n\n");
      if (captions.dataset["now"] === key) return;
      captions.dataset["now"] = key;
      captions.replaceChildren(
        ...now.map(({ role, text }) => h("p", { class: `nmp-ab-said nmp-ab-${role}`, text })),
      );
    },
  };
}

/** Note on the film which frame of it is on screen, where the browser tells. */
function noteFrames(video: HTMLVideoElement, fps: () => number, signal: AbortSignal): void {
  if (!("requestVideoFrameCallback" in video)) return;
  let handle = 0;
  const note: VideoFrameRequestCallback = (_now, { mediaTime }) => {
    video.dataset["frame"] = String(frameAt(mediaTime * 1000, fps()));
    handle = video.requestVideoFrameCallback(note);
  };
  handle = video.requestVideoFrameCallback(note);
  signal.addEventListener("abort", () => video.cancelVideoFrameCallback(handle));
}
