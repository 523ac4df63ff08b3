import * as scale from "./scale";

/** What is seen of the timeline, and how that is moved; *changed* is called whenever it was. */
export class Camera {
  seen: scale.Seen = { startMs: 0, msPerPx: 1 };
  extent: scale.Extent = { durationMs: 0, widthPx: 0 };
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Whether all of it is seen. */
  get isWhole(): boolean {
    return scale.isFitted(this.seen, this.extent);
  }

  toPx(ms: number): number {
    return scale.toPx(this.seen, ms);
  }

  toMs(px: number): number {
    return scale.toMs(this.seen, px);
  }

  sees(ms: number): boolean {
    const px = this.toPx(ms);
    return px >= 0 && px <= this.extent.widthPx;
  }

  /** Another timeline, or lanes of another width. What was seen as a whole, still is. */
  over(extent: Partial<scale.Extent>): void {
    const wasWhole = this.isWhole || this.extent.durationMs === 0 || this.extent.widthPx === 0;
    this.extent = { ...this.extent, ...extent };
    if (wasWhole) this.fit();
    else this.look(this.seen);
  }

  look(seen: scale.Seen): void {
    this.seen = scale.clamped(seen, this.extent);
    this.#changed();
  }

  fit(): void {
    this.look(scale.fitted(this.extent));
  }

  zoom(factor: number, px: number): void {
    this.look(scale.zoomed(this.seen, this.extent, factor, px));
  }

  /** Scroll to later times; whether there was anything to scroll to. */
  scroll(px: number): boolean {
    const before = this.seen.startMs;
    this.look(scale.scrolled(this.seen, this.extent, px));
    return this.seen.startMs !== before;
  }

  reveal(startMs: number, endMs: number): void {
    this.look(scale.revealing(this.seen, this.extent, startMs, endMs));
  }

  /** A film that plays out of sight is followed, unless one has scrolled away from it. */
  follow(beforeMs: number, afterMs: number): void {
    if (!this.sees(beforeMs) || this.sees(afterMs)) return;
    const { widthPx } = this.extent;
    this.scroll(this.toPx(afterMs) - widthPx * (afterMs > beforeMs ? 0.1 : 0.5));
  }
}
