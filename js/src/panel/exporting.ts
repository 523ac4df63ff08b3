import { h, icon, setAttr, setText } from "../shared/dom";
import { bytes, clock } from "../shared/format";
import { problemBox } from "../shared/problem";
import { plainProblem } from "../shared/protocol";
import type { Context, Part } from "./part";
import { exporting, type PanelState } from "./state";

/** What every backend exports. */
const USUAL = ["mp4"];

/** Export, its format, its progress and its result. */
export function exportBar(context: Context): Part {
  const { store, fail } = context;
  const { texts } = store;
  const start = h(
    "button",
    {
      class: "nmp-button nmp-primary",
      attrs: { type: "button" },
      on: { click: () => store.export(formats.value || "mp4").catch(fail) },
    },
    icon("export"),
    texts.export,
  );
  const formats = h("select", { class: "nmp-format", attrs: { "aria-label": texts.format } });
  const progress = h("progress", { attrs: { max: 100, value: 0, "aria-label": texts.exporting } });
  const words = h("span", { class: "nmp-hint nmp-export-words" });
  const cancel = h("button", {
    class: "nmp-button",
    text: texts.cancel,
    attrs: { type: "button" },
    on: { click: () => store.cancelExport().catch(fail) },
  });
  const download = h("a", { class: "nmp-link", text: texts.download });
  const notes = h("ul", { class: "nmp-notes" });
  const problem = h("div");
  const el = h(
    "div",
    { class: "nmp-export" },
    h("div", { class: "nmp-export-row" }, start, formats, progress, words, download, cancel),
    notes,
    problem,
  );
  let shown: PanelState | null = null;
  let offered = "";

  function paintFormats(names: readonly string[]): void {
    if (offered === names.join()) return;
    offered = names.join();
    formats.replaceChildren(
      ...names.map((name) =>
        h("option", { text: formatName(name, texts), attrs: { value: name } }),
      ),
    );
    setAttr(formats, "hidden", names.length < 2);
  }

  return {
    el,
    update(state) {
      const isBusy = exporting(state);
      const loading = state.video?.status === "loading" ? state.video : null;
      paintFormats(state.studio?.formats ?? USUAL);
      setAttr(start, "disabled", isBusy || !state.timeline?.ready);
      setAttr(formats, "disabled", isBusy || !state.timeline?.ready);
      setAttr(progress, "hidden", !isBusy && !loading);
      progress.value = loading && !isBusy ? loading.progress * 100 : state.export.progress;
      setAttr(cancel, "hidden", !isBusy || !state.export.cancellable);
      setText(words, exportWords(state, texts));
      setAttr(download, "hidden", isBusy || !state.video?.url);
      setAttr(download, "href", state.video?.url || null);
      setAttr(download, "download", state.export.video?.name ?? null);
      if (state.export !== shown?.export || state.video !== shown?.video) {
        const told = isBusy ? [] : state.export.notes;
        notes.replaceChildren(...told.map((text) => h("li", { text, attrs: { dir: "auto" } })));
        setAttr(notes, "hidden", told.length === 0);
        const failure =
          state.export.problem ?? (state.video?.problem ? plainProblem(state.video.problem) : null);
        problem.replaceChildren(...(failure ? [problemBox(failure)] : []));
      }
      shown = state;
    },
  };
}

function formatName(name: string, texts: Context["store"]["texts"]): string {
  const known = texts.formats[name as keyof typeof texts.formats];
  return known ? `${name.toUpperCase()} · ${known}` : name.toUpperCase();
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
  const length = video.duration_ms > 0 ? ` · ${clock(video.duration_ms)}` : "";
  return `${texts.savedAs(video.name)}${length} · ${size}${note}`;
}
