/** The text of a segment, changed where it stands. */
import { Refused } from "../shared/channel";
import { h, setAttr, setText } from "../shared/dom";
import type { Texts } from "./texts";

/** What the box is opened with. */
export interface Opening {
  /** The segment's id, and what it says now. */
  readonly segment: string;
  readonly original: string;
  readonly text: string;
  /** Why *text* was refused, if it was. */
  readonly problem: string;
  /** Not while one is at work elsewhere. */
  readonly takeFocus: boolean;
}

export interface Editor {
  readonly el: HTMLElement;
  /** The id of the segment that is being edited; "" while none is. */
  readonly segment: string;
  /** What is in the box and not what the segment says; null where that is the same, or shut. */
  readonly unsaved: string | null;
  open(what: Opening): void;
  /** Put the box over its segment: px from the top left corner of the lanes, which are *size*. */
  place(left: number, top: number, width: number, size: { width: number; height: number }): void;
  close(): void;
}

interface Deeds {
  /** Take over *text*; the box is closed already. */
  commit(segment: string, text: string): void;
  /** The box was closed by a key: the focus goes back to where it came from. */
  done(): void;
  /** The box has another height: it must be placed again. */
  resized(): void;
}

const LEAST_PX = 190;

export function editor(texts: Texts, deeds: Deeds, signal: AbortSignal): Editor {
  const box = h("textarea", {
    class: "nmp-tl-box",
    attrs: { rows: 2, dir: "auto", "aria-label": texts.editText, spellcheck: "true" },
  });
  const hint = h("span", { class: "nmp-hint", text: texts.editKeys });
  const trouble = h("span", { class: "nmp-tl-trouble", attrs: { role: "alert" } });
  const el = h("div", { class: "nmp-tl-editor", attrs: { hidden: true } }, box, trouble, hint);
  let segment = "";
  /** What saving would change nothing about; null where even the same may be tried again. */
  let before: string | null = null;
  let heightPx = 0;
  const sizes = new ResizeObserver((entries) => {
    heightPx = entries.at(-1)?.borderBoxSize[0]?.blockSize ?? heightPx;
    deeds.resized();
  });
  sizes.observe(el);
  signal.addEventListener("abort", () => sizes.disconnect());

  function close(): void {
    segment = "";
    el.hidden = true;
  }

  function commit(): void {
    const [which, text] = [segment, box.value];
    close();
    deeds.done();
    if (text !== before) deeds.commit(which, text);
  }

  box.addEventListener("keydown", (event) => {
    // The strip's own keys are letters here.
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      commit();
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
      deeds.done();
    }
  });
  // What was typed is not lost by a click beside it, and not sent by it either.
  box.addEventListener("blur", () => {
    if (box.value === before) close();
  });

  return {
    el,
    get segment() {
      return segment;
    },
    get unsaved() {
      return segment && box.value !== before ? box.value : null;
    },
    open({ segment: which, original, text, problem, takeFocus }) {
      segment = which;
      before = problem ? null : original;
      box.value = text;
      setText(trouble, problem);
      setAttr(box, "aria-invalid", problem !== "" && "true");
      el.hidden = false;
      if (!takeFocus) return;
      box.focus({ preventScroll: true });
      // What was refused is mended, not written over.
      if (problem) box.setSelectionRange(text.length, text.length);
      else box.select();
    },
    place(left, top, width, size) {
      const wide = Math.min(size.width, Math.max(LEAST_PX, width));
      const x = Math.min(Math.max(0, left), size.width - wide);
      // Higher than a lane: upwards there is always something it may cover.
      const y = Math.min(top, size.height - heightPx);
      el.style.width = `${wide}px`;
      el.style.transform = `translate(${x}px, ${y}px)`;
    },
    close,
  };
}

/** What went wrong, in the kernel's own words where it has any. */
export function sentences(error: unknown, texts: Texts): string {
  if (error instanceof Refused) return error.message;
  const words = error instanceof Error ? error.message : String(error);
  return `${texts.notSaved} ${words}`.trim();
}
