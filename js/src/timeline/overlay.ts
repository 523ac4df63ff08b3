/** What is no canvas, put where it belongs once a frame: playhead, scroll bar, boxes. */
import { h, setAttr } from "../shared/dom";
import { type Board, rowOf, spotOf } from "./board";
import type { Camera } from "./camera";
import type { Spot } from "./chosen";
import type { Edits } from "./edits";
import type { Parts } from "./parts";
import { thumbOf } from "./scale";

/** How far beyond the edges something is placed that lies farther out. */
const BEYOND_PX = 8;

export class Overlay {
  readonly #parts: Parts;
  readonly #camera: Camera;
  readonly #edits: Edits;
  readonly #pulses = new Map<string, HTMLElement>();

  constructor(parts: Parts, camera: Camera, edits: Edits) {
    this.#parts = parts;
    this.#camera = camera;
    this.#edits = edits;
  }

  /** Where a segment lies, cut at the edges. */
  spanOf({ lanes }: Board, { lane, rank }: Spot): { left: number; width: number } {
    const found = lanes[lane];
    const edge = this.#camera.extent.widthPx + BEYOND_PX;
    const start = this.#camera.toPx(found?.starts[rank] ?? 0);
    const end = this.#camera.toPx(found?.ends[rank] ?? 0);
    const left = Math.min(edge, Math.max(-BEYOND_PX, start));
    return { left, width: Math.max(2, Math.min(edge, end) - left) };
  }

  place(board: Board, atMs: number, scrollTop: number, stagePx: number): void {
    const { playhead, thumb, bar, zoomOut, fit, pulses } = this.#parts;
    const { seen, extent, isWhole } = this.#camera;
    setAttr(playhead, "hidden", !this.#camera.sees(atMs));
    playhead.style.transform = `translateX(${this.#camera.toPx(atMs)}px)`;
    const { at, share } = thumbOf(seen, extent);
    bar.style.visibility = isWhole ? "hidden" : "visible";
    thumb.style.width = `${100 * share}%`;
    thumb.style.marginLeft = `${100 * at}%`;
    for (const button of [zoomOut, fit]) setAttr(button, "aria-disabled", isWhole && "true");
    pulses.style.transform = `translateY(${-scrollTop}px)`;
    this.#placePulses(board);
    this.#placeEditor(board, scrollTop, stagePx);
  }

  #placePulses(board: Board): void {
    const { pending } = this.#edits;
    for (const [id, pulse] of this.#pulses) {
      if (pending.has(id)) continue;
      pulse.remove();
      this.#pulses.delete(id);
    }
    for (const id of pending.keys()) {
      const spot = spotOf(board, id);
      const row = rowOf(board, spot);
      if (!spot || !row) continue;
      const pulse = this.#pulses.get(id) ?? h("div", { class: "nmp-tl-pulse" });
      if (!this.#pulses.has(id)) this.#parts.pulses.append(pulse);
      this.#pulses.set(id, pulse);
      const { left, width } = this.spanOf(board, spot);
      pulse.style.transform = `translate(${left}px, ${row.top + 1}px)`;
      pulse.style.width = `${width}px`;
      pulse.style.height = `${row.height - 2}px`;
    }
  }

  #placeEditor(board: Board, scrollTop: number, stagePx: number): void {
    const { editor } = this.#edits;
    const spot = editor.segment ? spotOf(board, editor.segment) : null;
    const row = rowOf(board, spot);
    if (!spot || !row) return;
    const { left, width } = this.spanOf(board, spot);
    const size = { width: this.#camera.extent.widthPx, height: stagePx };
    editor.place(left, row.top - scrollTop, width, size);
  }
}
