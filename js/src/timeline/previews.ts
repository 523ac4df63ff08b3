/** Thumbnails and loudness along the lanes: asked for when the view has come to rest, as fine as it needs. */
import type { Thumbnails, Waveform } from "../shared/protocol";
import { firstAbove } from "./lane";

/** What is asked for grows in steps, so that a little zoom asks for nothing. */
const THUMBNAIL_STEPS = [12, 24, 48, 96, 192, 384];
const WAVEFORM_STEPS = [1000, 4000, 10_000];
const REST_MS = 300;
/** The studio's own bounds for a thumbnail's width are 16 and 640. */
const MOST_THUMBNAIL_PX = 320;

export interface Sheet {
  readonly image: CanvasImageSource;
  readonly facts: Thumbnails;
  readonly times: Float64Array;
}

interface Sources {
  thumbnails?(count: number, width: number): Promise<{ sheet: Blob; facts: Thumbnails } | null>;
  waveform?(buckets: number): Promise<Waveform | null>;
}

/** How many thumbnails *lengthPx* of film need, in cells of *cellPx*. */
export function thumbnailCount(lengthPx: number, cellPx: number): number {
  return stepFor(THUMBNAIL_STEPS, lengthPx / Math.max(1, cellPx));
}

/** How many parts of the sound *lengthPx* of lane need. */
export function bucketCount(lengthPx: number): number {
  return stepFor(WAVEFORM_STEPS, lengthPx / 2);
}

function stepFor(steps: readonly number[], wanted: number): number {
  return steps.find((step) => step >= wanted) ?? (steps.at(-1) as number);
}

/** The cell of a sheet that shows a span best: nearest to *ms*, but of no other segment; or -1. */
export function cellAt(times: Float64Array, ms: number, startMs: number, endMs: number): number {
  const after = firstAbove(times, ms);
  let best = -1;
  let distance = Number.POSITIVE_INFINITY;
  for (const cell of [after - 1, after]) {
    const time = times[cell];
    if (time === undefined || time < startMs || time >= endMs) continue;
    if (Math.abs(time - ms) < distance) {
      best = cell;
      distance = Math.abs(time - ms);
    }
  }
  return best;
}

/** What one strip has been given to look at, and what it still has to ask. */
export class Previews {
  sheet: Sheet | null = null;
  wave: Waveform | null = null;
  readonly #sources: Sources;
  readonly #changed: () => void;
  readonly #signal: AbortSignal;
  /** The timeline that is shown, by number: an answer may be about an earlier one. */
  #generation = 0;
  #isEmpty = false;
  #had = { thumbnails: 0, waveform: 0 };
  #asking = { thumbnails: false, waveform: false };
  #wanted = { count: 0, width: 0, buckets: 0 };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(sources: Sources, changed: () => void, signal: AbortSignal) {
    this.#sources = sources;
    this.#changed = changed;
    this.#signal = signal;
    signal.addEventListener("abort", () => {
      clearTimeout(this.#timer);
      this.#take(null);
    });
  }

  /** Another timeline is shown. The old pictures stay until the new ones are there. */
  renew(isEmpty: boolean): void {
    this.#generation += 1;
    this.#isEmpty = isEmpty;
    this.#had = { thumbnails: 0, waveform: 0 };
    if (isEmpty) {
      this.#take(null);
      this.wave = null;
    }
  }

  /**
   * Ask, once the view rests, for what is missing.
   *
   * @param lengthPx How long the whole timeline would be at this zoom.
   * @param cellPx The width of one thumbnail on the screen; 0 where none are drawn.
   * @param dots Screen dots to a px.
   * @param hasSound Whether loudness is drawn anywhere.
   */
  want(lengthPx: number, cellPx: number, dots: number, hasSound: boolean): void {
    this.#wanted = {
      count: cellPx > 0 ? thumbnailCount(lengthPx, cellPx) : 0,
      width: Math.min(MOST_THUMBNAIL_PX, Math.max(16, Math.round(cellPx * dots))),
      buckets: hasSound ? bucketCount(lengthPx) : 0,
    };
    this.#wait();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    if (this.#signal.aborted) return;
    this.#timer = setTimeout(() => {
      const { count, width, buckets } = this.#wanted;
      if (count > this.#had.thumbnails) void this.#askPictures(count, width);
      if (buckets > this.#had.waveform) void this.#askWave(buckets);
    }, REST_MS);
  }

  async #askPictures(count: number, width: number): Promise<void> {
    const ask = this.#sources.thumbnails;
    if (!ask || this.#asking.thumbnails) return;
    const mine = this.#generation;
    this.#asking.thumbnails = true;
    this.#had.thumbnails = count;
    try {
      const found = await ask(count, width);
      const image = found && (await decoded(found.sheet));
      if (!image || !found) return;
      // Of a moment ago is better than none; better ones are asked for at once.
      const isLate = mine !== this.#generation && (this.sheet !== null || this.#isEmpty);
      if (isLate || this.#signal.aborted) image.close();
      else
        this.#take({ image, facts: found.facts, times: Float64Array.from(found.facts.times_ms) });
    } catch (error) {
      this.#log(error);
    } finally {
      this.#asking.thumbnails = false;
      this.#wait();
    }
  }

  async #askWave(buckets: number): Promise<void> {
    const ask = this.#sources.waveform;
    if (!ask || this.#asking.waveform) return;
    const mine = this.#generation;
    this.#asking.waveform = true;
    this.#had.waveform = buckets;
    try {
      const found = await ask(buckets);
      if (mine === this.#generation && !this.#signal.aborted) {
        this.wave = found;
        this.#changed();
      }
    } catch (error) {
      this.#log(error);
    } finally {
      this.#asking.waveform = false;
      this.#wait();
    }
  }

  #take(sheet: Sheet | null): void {
    const old = this.sheet?.image;
    this.sheet = sheet;
    if (old && "close" in old) (old as ImageBitmap).close();
    if (!this.#signal.aborted) this.#changed();
  }

  #log(error: unknown): void {
    // Pictures along a lane are a nicety: the strip goes on without them.
    if (!this.#signal.aborted) console.warn("[nemo_nb]", error);
  }
}

async function decoded(sheet: Blob): Promise<ImageBitmap | null> {
  return typeof createImageBitmap === "function" ? createImageBitmap(sheet) : null;
}
