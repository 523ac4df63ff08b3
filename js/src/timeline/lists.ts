/** The lanes as a keyboard and a screen reader meet them: over the canvas, a listbox each. */
import { h, icon, setAttr } from "../shared/dom";
import type { Lane } from "./lane";
import type { Row, Rows } from "./rows";
import type { Texts } from "./texts";

/** How a lane's current segment stands. */
export interface Current {
  readonly rank: number;
  readonly words: string;
  readonly isSelected: boolean;
  readonly left: number;
  readonly width: number;
}

interface LaneElements {
  readonly row: HTMLElement;
  readonly list: HTMLElement;
  readonly option: HTMLElement;
}

/** Tells the ids of several strips on a page apart. */
let strips = 0;

export class Lists {
  readonly el = h("div", { class: "nmp-tl-lanes" });
  readonly #texts: Texts;
  readonly #onKey: (event: KeyboardEvent, lane: number) => void;
  readonly #onFocus: (lane: number) => void;
  readonly #id: string;
  #lanes: LaneElements[] = [];

  constructor(
    texts: Texts,
    onKey: (event: KeyboardEvent, lane: number) => void,
    onFocus: (lane: number) => void,
  ) {
    this.#texts = texts;
    this.#onKey = onKey;
    this.#onFocus = onFocus;
    strips += 1;
    this.#id = `nmp-tl-${strips}`;
  }

  /** Draw other lanes; those that stay keep their element, and with it the focus. */
  draw(lanes: readonly Lane[], rows: Rows): void {
    while (this.#lanes.length > lanes.length) this.#lanes.pop()?.row.remove();
    lanes.forEach((lane, index) => {
      const made = this.#lanes[index] ?? this.#add(index);
      this.#name(made, lane, rows.all[index] as Row);
    });
  }

  /** Let *lane* be the one that Tab reaches. */
  reach(lane: number): void {
    for (const [index, { list }] of this.#lanes.entries()) {
      setAttr(list, "tabindex", index === lane ? 0 : -1);
    }
  }

  focus(lane: number): void {
    this.#lanes[lane]?.list.focus({ preventScroll: true });
  }

  current(lane: number, { rank, words, isSelected, left, width }: Current): void {
    const option = this.#lanes[lane]?.option;
    if (!option) return;
    setAttr(option, "aria-label", words);
    setAttr(option, "aria-posinset", rank + 1);
    setAttr(option, "aria-selected", String(isSelected));
    option.style.transform = `translateX(${left}px)`;
    option.style.width = `${width}px`;
  }

  #add(index: number): LaneElements {
    const option = h("div", {
      class: "nmp-tl-current",
      attrs: { role: "option", id: `${this.#id}-${index}` },
    });
    const list = h(
      "div",
      {
        class: "nmp-tl-list",
        attrs: {
          role: "listbox",
          tabindex: -1,
          "aria-multiselectable": "true",
          "aria-activedescendant": option.id,
        },
        on: {
          keydown: (event) => this.#onKey(event, index),
          focus: () => this.#onFocus(index),
        },
      },
      option,
    );
    const name = h("div", { class: "nmp-tl-name" });
    const row = h("div", { class: "nmp-tl-lane" }, name, list);
    this.el.append(row);
    const made = { row, list, option };
    this.#lanes[index] = made;
    return made;
  }

  #name({ row, list, option }: LaneElements, lane: Lane, { top, height }: Row): void {
    const name = lane.name || this.#texts.kinds[lane.kind];
    const count = lane.segments.length;
    row.style.top = `${top}px`;
    row.style.height = `${height}px`;
    setAttr(row, "data-kind", lane.kind);
    const shown = row.firstElementChild as HTMLElement;
    setAttr(shown, "title", name);
    if (shown.textContent !== name || shown.dataset["kind"] !== lane.kind) {
      shown.dataset["kind"] = lane.kind;
      shown.replaceChildren(icon(lane.kind), h("span", { text: name, attrs: { dir: "auto" } }));
    }
    setAttr(list, "aria-label", `${name}: ${this.#texts.segments(count)}`);
    setAttr(option, "aria-setsize", count);
  }
}
