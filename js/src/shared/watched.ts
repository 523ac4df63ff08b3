/** State that views watch: replaced as a whole, never changed, and told of once a microtask. */
export class Watched<State extends object> {
  #state: State;
  #isTold = true;
  readonly #signal: AbortSignal;
  readonly #listeners = new Set<() => void>();

  constructor(state: State, signal: AbortSignal) {
    this.#state = state;
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#listeners.clear());
  }

  get state(): State {
    return this.#state;
  }

  /** Call *listener* after changes, many at once told once, until *signal* aborts. */
  subscribe(listener: () => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener));
  }

  protected patch(change: Partial<State>): void {
    this.set({ ...this.#state, ...change });
  }

  protected set(state: State): void {
    if (state === this.#state || this.#signal.aborted) return;
    this.#state = state;
    if (!this.#isTold) return;
    this.#isTold = false;
    queueMicrotask(() => {
      this.#isTold = true;
      for (const listener of this.#listeners) listener();
    });
  }
}
