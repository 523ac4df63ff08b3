import type { PanelState } from "./state";
import type { PanelStore } from "./store";

/** One piece of the panel: it owns an element and repaints it from the state. */
export interface Part {
  readonly el: HTMLElement;
  update(state: PanelState): void;
}

/** What every part is given. `fail` paints an error that a click ran into. */
export interface Context {
  store: PanelStore;
  signal: AbortSignal;
  /** Tell screen readers, once; never for every token. */
  announce(text: string): void;
  fail(error: unknown): void;
  /** Put text into the message box, for the user to send. */
  draft(text: string): void;
  /** Open the file picker. */
  pickFiles(): void;
}
