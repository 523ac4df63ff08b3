import { h, setAttr } from "../shared/dom";
import type { Context, Part } from "./part";

const STEP = 2;
const LEAP = 10;

/** The divider of the wipe: dragged, or moved with the arrow keys. */
export function wipe(context: Context, pictures: HTMLElement): Part {
  const { texts } = context.store;
  let share = 50;
  const el = h("div", {
    class: "nmp-ab-divider",
    attrs: {
      role: "slider",
      tabindex: 0,
      "aria-label": texts.divider,
      "aria-valuemin": 0,
      "aria-valuemax": 100,
    },
    on: {
      // A click here is no click on the picture, which would play.
      click: (event) => event.stopPropagation(),
      pointerdown: (event) => {
        el.setPointerCapture(event.pointerId);
        event.preventDefault();
        el.focus();
      },
      pointermove: (event) => {
        if (!el.hasPointerCapture(event.pointerId)) return;
        const box = pictures.getBoundingClientRect();
        move(((event.clientX - box.left) / Math.max(1, box.width)) * 100);
      },
      keydown: (event) => {
        const by: Record<string, number> = {
          ArrowLeft: share - STEP,
          ArrowRight: share + STEP,
          PageDown: share - LEAP,
          PageUp: share + LEAP,
          Home: 0,
          End: 100,
        };
        const next = by[event.key];
        if (next === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        move(next);
      },
    },
  });

  function move(next: number): void {
    share = Math.min(100, Math.max(0, next));
    const percent = String(Math.round(share));
    setAttr(el, "aria-valuenow", percent);
    setAttr(el, "aria-valuetext", `${percent} %`);
    pictures.parentElement?.style.setProperty("--wipe", `${share}%`);
  }

  return {
    el,
    update(_state, { mode }) {
      setAttr(el, "hidden", mode !== "wipe");
      move(share);
    },
  };
}
