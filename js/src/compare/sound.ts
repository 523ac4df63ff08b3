/** Long enough that a change of sound does not click, short enough to be at once. */
const FADE_MS = 60;

/** Each film's next volume on the way to only *active* sounding (-1: none), after *passedMs*. */
export function faded(volumes: readonly number[], active: number, passedMs: number): number[] {
  const step = passedMs / FADE_MS;
  return volumes.map((volume, index) =>
    index === active ? Math.min(1, volume + step) : Math.max(0, volume - step),
  );
}

interface Sounding {
  volume: number;
  muted: boolean;
}

/** Lets one of several films be heard; from one to the next it is faded, never cut. */
export class Sound {
  #films: readonly Sounding[] = [];
  #active = -1;
  #frame = 0;
  #sinceMs = 0;

  constructor(signal: AbortSignal) {
    signal.addEventListener("abort", () => cancelAnimationFrame(this.#frame));
  }

  /** Let *films[active]* be heard, none for -1; a film that is new comes in silent. */
  set(films: readonly Sounding[], active: number): void {
    for (const film of films) {
      if (this.#films.includes(film)) continue;
      film.volume = 0;
      film.muted = true;
    }
    this.#films = films;
    this.#active = active;
    this.#sinceMs = performance.now();
    cancelAnimationFrame(this.#frame);
    this.#fade();
  }

  readonly #fade = (): void => {
    const now = performance.now();
    const volumes = this.#films.map((film) => film.volume);
    const next = faded(volumes, this.#active, now - this.#sinceMs);
    this.#sinceMs = now;
    this.#films.forEach((film, index) => {
      film.volume = next[index] ?? 0;
      film.muted = film.volume === 0 && index !== this.#active;
    });
    const isDone = this.#films.every((film, i) => film.volume === (i === this.#active ? 1 : 0));
    if (!isDone) this.#frame = requestAnimationFrame(this.#fade);
  };
}
