import { h } from "../shared/dom";

/** After this long without another wish the picture is drawn exactly. */
const REST_MS = 220;
/** As wide as a picture is ever asked for, in px. */
const MOST_PX = 960;
const LEAST_PX = 160;

interface Wish {
  readonly ms: number;
  readonly words: string;
  readonly isExact: boolean;
}

export interface Still {
  readonly el: HTMLElement;
  /** The shape of the pictures to come. */
  shape(ratio: number): void;
  /** Show the picture at *ms*, which *words* describe: at once about so, then exactly. */
  want(ms: number, words: string): void;
}

/** The picture of the position: one question at a time, and of those that waited only the latest. */
export function still(
  ask: (ms: number, width: number, exact: boolean) => Promise<Blob | null>,
  signal: AbortSignal,
): Still {
  const img = h("img", { class: "nmp-tl-img", attrs: { alt: "", hidden: true } });
  const el = h("div", { class: "nmp-tl-still" }, img);
  let url = "";
  let wanted: Wish | null = null;
  let isBusy = false;
  let width = LEAST_PX;
  let resting: ReturnType<typeof setTimeout> | undefined;
  const sizes = new ResizeObserver((entries) => {
    const dots = (entries.at(-1)?.contentRect.width ?? 0) * (window.devicePixelRatio || 1);
    width = Math.min(MOST_PX, Math.max(LEAST_PX, Math.round(dots)));
  });
  sizes.observe(el);
  signal.addEventListener("abort", () => {
    sizes.disconnect();
    clearTimeout(resting);
    URL.revokeObjectURL(url);
  });

  function show(picture: Blob, words: string): void {
    const old = url;
    url = URL.createObjectURL(picture);
    img.src = url;
    img.alt = words;
    img.hidden = false;
    if (old) URL.revokeObjectURL(old);
  }

  async function pump(): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    while (wanted && !signal.aborted) {
      const { ms, words, isExact } = wanted;
      wanted = null;
      try {
        const picture = await ask(ms, width, isExact);
        if (picture && !signal.aborted) show(picture, words);
      } catch (error) {
        // A picture is a nicety: the timeline is there without it.
        if (!signal.aborted) console.warn("[nemo_nb]", error);
      }
    }
    isBusy = false;
  }

  return {
    el,
    shape(ratio) {
      el.style.aspectRatio = String(ratio);
    },
    want(ms, words) {
      clearTimeout(resting);
      wanted = { ms, words, isExact: false };
      void pump();
      resting = setTimeout(() => {
        wanted = { ms, words, isExact: true };
        void pump();
      }, REST_MS);
    },
  };
}
