import { h } from "../shared/dom";
import { clock } from "../shared/format";
import type { TimelineView } from "../shared/protocol";
import { textsAt } from "./layout";
import type { Context } from "./part";

/** After this long without another wish, in ms, the picture is drawn exactly. */
const REST_MS = 220;

interface Wish {
  ms: number;
  width: number;
  exact: boolean;
}

export interface Stills {
  readonly img: HTMLImageElement;
  /** The picture's object URL, or "". */
  url(): string;
  /** Show the draft at *ms*: at once about so, and exactly when nothing else is wanted. */
  want(ms: number, width: number): void;
  draftChanged(next: TimelineView): void;
}

/** Stills of the draft: one question at a time, and of those that waited only the latest. */
export function stills({ store, signal }: Context, changed: () => void): Stills {
  const img = h("img", { class: "nmp-still", attrs: { alt: "", hidden: true } });
  let url = "";
  let wanted: Wish | null = null;
  let isBusy = false;
  let timeline: TimelineView | null = null;
  let resting: ReturnType<typeof setTimeout> | undefined;
  signal.addEventListener("abort", () => {
    clearTimeout(resting);
    URL.revokeObjectURL(url);
  });

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
      const { ms, width, exact } = wanted;
      wanted = null;
      try {
        const blob = await store.frame(ms, width, exact);
        if (blob && !signal.aborted) show(blob, ms);
      } catch (error) {
        // A still is a nicety: the conversation goes on without it.
        if (!signal.aborted) console.warn("[nemo_nb]", error);
      }
    }
    isBusy = false;
  }

  function ask(wish: Wish): void {
    wanted = wish;
    void pump();
  }

  return {
    img,
    url: () => url,
    want(ms, width) {
      clearTimeout(resting);
      ask({ ms, width, exact: false });
      resting = setTimeout(() => ask({ ms, width, exact: true }), REST_MS);
    },
    draftChanged(next) {
      timeline = next;
    },
  };
}
