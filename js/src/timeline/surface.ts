/** Canvases in the dots of the screen, painted once a frame and never when nothing changed. */

/** Beyond this the eye sees no more, and memory grows with the square. */
const MOST_DOTS = 3;

export class Surface {
  dots = 1;
  readonly #paint: () => void;
  readonly #signal: AbortSignal;
  #frame = 0;

  constructor(paint: () => void, signal: AbortSignal) {
    this.#paint = paint;
    this.#signal = signal;
    this.#watchDots();
    signal.addEventListener("abort", () => cancelAnimationFrame(this.#frame));
  }

  /** Paint with the next frame, however often this is asked. */
  schedule(): void {
    if (this.#frame !== 0 || this.#signal.aborted) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  /** Give *canvas* a size in px and return what draws on it, in px; null where nothing does. */
  fit(
    canvas: HTMLCanvasElement,
    widthPx: number,
    heightPx: number,
  ): CanvasRenderingContext2D | null {
    const width = Math.round(widthPx * this.dots);
    const height = Math.round(heightPx * this.dots);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
      canvas.style.width = `${widthPx}px`;
      canvas.style.height = `${heightPx}px`;
    }
    const ctx = canvas.getContext("2d");
    ctx?.setTransform(this.dots, 0, 0, this.dots, 0, 0);
    return ctx;
  }

  /** The window may move to another screen, the page be zoomed. */
  #watchDots(): void {
    if (this.#signal.aborted) return;
    this.dots = Math.min(MOST_DOTS, window.devicePixelRatio || 1);
    this.schedule();
    window
      .matchMedia?.(`(resolution: ${window.devicePixelRatio}dppx)`)
      .addEventListener("change", () => this.#watchDots(), { once: true, signal: this.#signal });
  }
}
