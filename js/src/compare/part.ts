import type { Deck } from "./deck";
import type { Looks } from "./modes";
import type { PlayerState } from "./state";
import type { PlayerStore } from "./store";

/** One piece of the player. `update` repaints it from the state, `tick` from the position. */
export interface Part {
  readonly el: HTMLElement;
  update(state: PlayerState, looks: Looks): void;
  tick?(): void;
}

/** What a view's parts can do; all of them work in a blind vote as well. */
export interface Context {
  readonly store: PlayerStore;
  readonly deck: Deck;
  readonly signal: AbortSignal;
  looks(): Looks;
  show(looks: Looks): void;
  /** What a variant is called here: by its side while a vote is blind. */
  label(variant: number): string;
  /** Whether the sound is on. */
  isLoud(): boolean;
  deeds: Deeds;
  /** Tell screen readers, once. */
  announce(text: string): void;
  /** Paint what went wrong. */
  fail(error: unknown): void;
}

/** What buttons and keys do alike. */
export interface Deeds {
  togglePlay(): void;
  step(frames: number): void;
  skip(ms: number): void;
  jump(by: 1 | -1): void;
  seek(ms: number): void;
  choose(variant: number): void;
  swap(): void;
  nextMode(): void;
  toggleLoop(): void;
  toggleSound(): void;
  toggleBlind(): void;
  voteAgain(): void;
  vote(choice: "left" | "right" | "tie"): void;
}
