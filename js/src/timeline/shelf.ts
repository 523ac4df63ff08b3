import type { Parts } from "./parts";
import type { Row, Rows } from "./rows";

/** Higher than this the lanes scroll. */
const MOST_HEIGHT_PX = 264;
/** What is left free above and below a lane that is brought into sight. */
const MARGIN_PX = 3;

/** The lanes from top to bottom: how much of them is seen, and from where. */
export class Shelf {
  /** Of the lanes, px above what is seen. */
  top = 0;
  heightPx = 0;
  readonly #parts: Parts;

  constructor(parts: Parts, scrolled: () => void, signal: AbortSignal) {
    this.#parts = parts;
    const { scroll, stage } = parts;
    const onScroll = () => {
      this.top = scroll.scrollTop;
      scrolled();
    };
    scroll.addEventListener("scroll", onScroll, { signal, passive: true });
    // The browser brings what gets the focus into sight; that is done here, in step.
    stage.addEventListener("scroll", () => stage.scrollTo(0, 0), { signal });
  }

  get bottom(): number {
    return this.top + this.heightPx;
  }

  size(rows: Rows): void {
    const { stage, spacer, scroll } = this.#parts;
    this.heightPx = Math.min(MOST_HEIGHT_PX, rows.height);
    const rest = rows.height - this.heightPx;
    stage.style.height = `${this.heightPx}px`;
    spacer.style.height = `${rest}px`;
    this.top = Math.min(this.top, rest);
    scroll.scrollTop = this.top;
  }

  scrollTo(top: number): void {
    if (top !== this.top) this.#parts.scroll.scrollTop = top;
  }

  reveal(row: Row | undefined): void {
    if (!row) return;
    const least = row.top + row.height + MARGIN_PX - this.heightPx;
    this.scrollTo(Math.max(least, Math.min(this.top, row.top - MARGIN_PX)));
  }
}
