/** Going back through what was said before; what was being written is kept. */
export class Recall {
  #said: readonly string[] = [];
  /** Where among `#said`; its length is what was being written. */
  #at = 0;
  #draft = "";
  #isOn = false;

  /** The message before the one that is shown; null where there is none. */
  older(said: readonly string[], draft: string): string | null {
    if (!this.#isOn) {
      if (said.length === 0) return null;
      this.#said = said;
      this.#at = said.length;
      this.#draft = draft;
      this.#isOn = true;
    }
    if (this.#at === 0) return null;
    this.#at -= 1;
    return this.#said[this.#at] ?? null;
  }

  /** The message after it, at last what was being written; null where nothing was brought back. */
  newer(): string | null {
    if (!this.#isOn) return null;
    this.#at += 1;
    if (this.#at < this.#said.length) return this.#said[this.#at] ?? null;
    this.leave();
    return this.#draft;
  }

  /** What is in the box now is the user's own again. */
  leave(): void {
    this.#isOn = false;
  }
}
