import { setAttr } from "../shared/dom";
import { clock } from "../shared/format";
import type { Camera } from "./camera";
import { marksIn } from "./scale";

/** The slider "Position": its value, its words and its keys. */
export class Position {
  atMs = 0;
  readonly #input: HTMLInputElement;
  readonly #camera: Camera;
  readonly #onSeek: (ms: number) => void;

  constructor(
    input: HTMLInputElement,
    camera: Camera,
    onSeek: (ms: number) => void,
    signal: AbortSignal,
  ) {
    this.#input = input;
    this.#camera = camera;
    this.#onSeek = onSeek;
    input.addEventListener("input", () => this.seek(Number(input.value)), { signal });
  }

  /** Stand at *ms*; nobody is told. */
  moveTo(ms: number): void {
    const { durationMs } = this.#camera.extent;
    const before = this.atMs;
    this.atMs = Math.min(Math.max(0, ms), durationMs);
    setAttr(this.#input, "max", durationMs);
    this.#input.value = String(this.atMs);
    setAttr(this.#input, "aria-valuetext", `${clock(this.atMs)} / ${clock(durationMs)}`);
    this.#camera.follow(before, this.atMs);
  }

  /** Go to *ms* for the user. */
  seek(ms: number): void {
    this.moveTo(Math.round(Math.min(Math.max(0, ms), this.#camera.extent.durationMs)));
    this.#onSeek(this.atMs);
  }

  /** Whether a key was one of the slider's. */
  key(event: KeyboardEvent): boolean {
    const { seen, extent } = this.#camera;
    const to = positionAfter(event, this.atMs, marksIn(seen, extent).stepMs, extent.durationMs);
    if (to === null) return false;
    event.preventDefault();
    this.seek(to);
    this.#camera.reveal(this.atMs, this.atMs);
    return true;
  }
}

/** Where a key takes the position: arrows by a tick, Page by a mark; null where it is none. */
export function positionAfter(
  { key, ctrlKey, metaKey, altKey }: KeyboardEvent,
  atMs: number,
  stepMs: number,
  durationMs: number,
): number | null {
  if (ctrlKey || metaKey || altKey) return null;
  const tick = stepMs / 5;
  const places: Record<string, number> = {
    ArrowRight: atMs + tick,
    ArrowUp: atMs + tick,
    ArrowLeft: atMs - tick,
    ArrowDown: atMs - tick,
    PageUp: atMs + stepMs,
    PageDown: atMs - stepMs,
    Home: 0,
    End: durationMs,
  };
  const to = places[key];
  return to === undefined ? null : Math.min(durationMs, Math.max(0, to));
}
