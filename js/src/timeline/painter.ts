import { h } from "../shared/dom";
import type { Board } from "./board";
import type { Camera } from "./camera";
import { Labels } from "./labels";
import { paintLanes, paintRuler } from "./paint";
import type { Parts } from "./parts";
import type { Previews } from "./previews";
import { RULER_PX } from "./rows";
import type { Surface } from "./surface";
import { readTheme, type Theme } from "./theme";

/** What the painter asks of the strip for each segment. */
export interface Marking {
  /** What a segment is called; not always its label while it is being changed. */
  nameOf(lane: number, rank: number): string;
  isSelected(lane: number, rank: number): boolean;
  readonly hasSelection: boolean;
}

/** Brings a board onto the two canvases, in the page's colours. */
export class Painter {
  readonly #parts: Parts;
  readonly #surface: Surface;
  readonly #previews: Previews;
  readonly #labels: Labels;
  #theme: Theme | null = null;

  constructor(parts: Parts, surface: Surface, previews: Previews) {
    this.#parts = parts;
    this.#surface = surface;
    this.#previews = previews;
    const pen = h("canvas").getContext("2d");
    this.#labels = new Labels((text) => {
      if (!pen) return 0;
      pen.font = this.#theme?.font ?? "";
      return pen.measureText(text).width;
    });
  }

  /** The page's colours, and so perhaps its letters, are others now. */
  forgetTheme(): void {
    this.#theme = null;
    this.#surface.schedule();
  }

  paint(
    { lanes, rows, film }: Board,
    { seen, extent }: Camera,
    scrollTop: number,
    heightPx: number,
    marking: Marking,
  ): void {
    if (!this.#theme) {
      this.#theme = readTheme(this.#parts.el);
      this.#labels.clear();
    }
    const hasAudio = lanes.some(({ kind }) => kind === "audio");
    const scene = {
      lanes,
      rows,
      seen,
      extent,
      scrollTop,
      heightPx,
      theme: this.#theme,
      labels: this.#labels,
      marking,
      sheet: this.#previews.sheet,
      film,
      wave: this.#previews.wave,
      isHeard: (lane: number) => (hasAudio ? lanes[lane]?.kind === "audio" : lane === film),
    };
    const ruler = this.#surface.fit(this.#parts.rulerCanvas, extent.widthPx, RULER_PX);
    if (ruler) paintRuler(ruler, scene);
    const stage = this.#surface.fit(this.#parts.laneCanvas, extent.widthPx, heightPx);
    if (stage) paintLanes(stage, scene);
  }
}
