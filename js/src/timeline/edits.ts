/** Texts of segments on their way to the kernel, and those that it did not take. */
import type { SegmentRef } from "../shared/protocol";
import { type Editor, editor, sentences } from "./editor";
import type { Texts } from "./texts";

type Send = (segment: SegmentRef, text: string) => Promise<void>;

interface Strip {
  /** What a segment is called in Python; null once it is gone. */
  refOf(id: string): SegmentRef | null;
  changed(): void;
  focusLane(): void;
  /** Whether the focus is in the strip, or nowhere. */
  isFocused(): boolean;
  announce(text: string): void;
}

export class Edits {
  readonly editor: Editor;
  readonly #pending = new Map<string, string>();
  /** What was refused, or left for another box, until its own is opened again. */
  readonly #kept = new Map<string, { text: string; problem: string }>();
  readonly #send: () => Send | undefined;
  readonly #strip: Strip;
  readonly #texts: Texts;
  readonly #signal: AbortSignal;

  constructor(texts: Texts, send: () => Send | undefined, strip: Strip, signal: AbortSignal) {
    this.#texts = texts;
    this.#send = send;
    this.#strip = strip;
    this.#signal = signal;
    this.editor = editor(
      texts,
      {
        commit: (id, text) => void this.#commit(id, text),
        done: () => strip.focusLane(),
        resized: () => strip.changed(),
      },
      signal,
    );
  }

  get canEdit(): boolean {
    return this.#send() !== undefined;
  }

  /** The ids of segments whose change is on its way. */
  get pending(): ReadonlyMap<string, string> {
    return this.#pending;
  }

  /** Open the box over a segment that says *original*, with what was left unsaved for it. */
  begin(id: string, original: string): void {
    const { segment, unsaved } = this.editor;
    if (segment && segment !== id && unsaved !== null) {
      this.#kept.set(segment, { text: unsaved, problem: "" });
    }
    const kept = this.#kept.get(id);
    this.#kept.delete(id);
    const text = kept?.text ?? this.#pending.get(id) ?? original;
    const problem = kept?.problem ?? "";
    this.editor.open({ segment: id, original, text, problem, takeFocus: true });
    this.#strip.changed();
  }

  /** The segments of another timeline: a box without its segment closes. */
  keep(ids: ReadonlySet<string>): void {
    if (this.editor.segment && !ids.has(this.editor.segment)) this.editor.close();
    for (const id of this.#kept.keys()) if (!ids.has(id)) this.#kept.delete(id);
  }

  async #commit(id: string, text: string): Promise<void> {
    const ref = this.#strip.refOf(id);
    const send = this.#send();
    if (!ref || !send) return;
    this.#pending.set(id, text);
    this.#strip.changed();
    let problem = "";
    try {
      await send(ref, text);
    } catch (error) {
      problem = sentences(error, this.#texts);
    }
    if (this.#signal.aborted) return;
    // Unless it has been changed once more meanwhile.
    if (this.#pending.get(id) === text) this.#pending.delete(id);
    if (problem) this.#refuse(id, text, problem);
    this.#strip.changed();
  }

  #refuse(id: string, text: string, problem: string): void {
    this.#strip.announce(problem);
    if (this.editor.segment || !this.#strip.refOf(id)) {
      // Another text is being written: this one waits where it belongs.
      this.#kept.set(id, { text, problem });
      return;
    }
    const takeFocus = this.#strip.isFocused();
    this.editor.open({ segment: id, original: "", text, problem, takeFocus });
  }
}
