/** Words in the room there is: cut at whole characters, written from where they begin. */

/** Wider than any lane, so that a novel in a segment is measured in part only. */
const MOST_CHARS = 400;
const MOST_KEPT = 4000;
const ELLIPSIS = "…";
const RTL_FIRST =
  /^[^\p{L}]*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;

export interface Label {
  readonly text: string;
  readonly rtl: boolean;
}

interface Measured {
  readonly whole: Label;
  readonly width: number;
  clusters: readonly string[] | null;
  room: number;
  cut: Label;
}

export class Labels {
  readonly #measure: (text: string) => number;
  readonly #known = new Map<string, Measured>();
  readonly #widths = new Map<string, number>();

  constructor(measure: (text: string) => number) {
    this.#measure = measure;
  }

  /** Forget all widths: the font is another one. */
  clear(): void {
    this.#known.clear();
    this.#widths.clear();
  }

  /** As much of *words* as *room* px hold, in one line. */
  fit(words: string, room: number): Label {
    const known = this.#known.get(words) ?? this.#add(words);
    if (known.width <= room) return known.whole;
    // Scrolling and a zoom by hairs leave a cut as it is.
    if (known.room > room || room > known.room + 3) {
      known.room = room;
      known.cut = { text: this.#cut(known, room), rtl: known.whole.rtl };
    }
    return known.cut;
  }

  /** The width of a text that `fit` gave. */
  widthOf(text: string): number {
    const known = this.#widths.get(text);
    if (known !== undefined) return known;
    if (this.#widths.size >= MOST_KEPT) this.#widths.clear();
    const width = this.#measure(text);
    this.#widths.set(text, width);
    return width;
  }

  #add(words: string): Measured {
    if (this.#known.size >= MOST_KEPT) this.#known.clear();
    const text = words.slice(0, MOST_CHARS).replace(/\s+/g, " ").trim();
    const whole = { text, rtl: RTL_FIRST.test(text) };
    const width = this.#measure(text);
    const measured = { whole, width, clusters: null, room: Number.POSITIVE_INFINITY, cut: whole };
    this.#known.set(words, measured);
    return measured;
  }

  #cut(known: Measured, room: number): string {
    known.clusters ??= clustersOf(known.whole.text);
    const { clusters, width } = known;
    let count = Math.floor((clusters.length * Math.max(0, room - this.widthOf(ELLIPSIS))) / width);
    const start = (taken: number) => clusters.slice(0, taken).join("").trimEnd() + ELLIPSIS;
    while (count > 0 && this.#measure(start(count)) > room) count -= 1;
    return count > 0 ? start(count) : "";
  }
}

const PLAIN = /^[\x20-\x7e]*$/;
let segmenter: Intl.Segmenter | undefined;

/** Characters as people count them: an emoji family or an accented letter is one. */
export function clustersOf(text: string): readonly string[] {
  if (PLAIN.test(text) || typeof Intl.Segmenter !== "function") return [...text];
  segmenter ??= new Intl.Segmenter();
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
