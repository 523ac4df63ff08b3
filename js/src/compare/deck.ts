import { StillClock } from "./still";
import { canGoOn, type FilmState, frameAt, lasts, middleOf, steer } from "./sync";

/** A film as the deck drives it: a `<video>`, or a clock with its face. */
export interface Medium extends FilmState {
  currentTime: number;
  playbackRate: number;
  readonly paused: boolean;
  play(): Promise<void>;
  pause(): void;
}

export interface Span {
  start_ms: number;
  end_ms: number;
}

/**
 * All films on one clock: the one that is heard leads, the others are steered.
 *
 * *onTick* hears each new position and each change of what is going on.
 */
export class Deck {
  atMs = 0;
  durationMs = 0;
  fps = 30;
  /** Whether it is meant to play; it may be holding for a film that is not ready. */
  isPlaying = false;
  loop: Span | null = null;
  #speed = 1;
  #films: Medium[] = [];
  #heard: Medium | null = null;
  #steered = new WeakSet<Medium>();
  readonly #still = new StillClock();
  readonly #onTick: () => void;
  readonly #signal: AbortSignal;
  #holding = true;
  #wantedMs: number | null = null;
  #frame = 0;

  constructor(onTick: () => void, signal: AbortSignal) {
    this.#onTick = onTick;
    this.#signal = signal;
    signal.addEventListener("abort", () => {
      cancelAnimationFrame(this.#frame);
      for (const film of this.#films) film.pause();
      this.#films = [];
      this.#still.pause();
    });
  }

  /** Whether it waits for a film, of those that shall be playing. */
  get isHolding(): boolean {
    return this.isPlaying && this.#holding;
  }

  get speed(): number {
    return this.#speed;
  }

  set speed(speed: number) {
    this.#speed = speed;
    for (const film of this.#all()) film.playbackRate = speed;
    this.#steered = new WeakSet();
  }

  get frame(): number {
    return frameAt(this.atMs, this.fps);
  }

  /** Drive these films; *durationMs* is that of the longest variant, filmed or not. */
  load(films: readonly Medium[], durationMs: number, fps: number): void {
    for (const gone of this.#films) if (!films.includes(gone)) gone.pause();
    this.#films = [...films];
    this.#still.duration = durationMs / 1000;
    this.durationMs = durationMs;
    this.fps = fps;
    this.speed = this.#speed;
    this.seek(this.atMs);
  }

  /** Let the film that is heard lead: its sound is never bent. Without one, the first leads. */
  follow(film: Medium | null): void {
    this.#heard = film;
  }

  play(): void {
    if (this.isPlaying) return;
    this.isPlaying = true;
    const end = this.durationMs - 1500 / this.fps;
    if (this.#wantedMs === null && this.atMs >= end) this.seek(this.loop?.start_ms ?? 0);
    this.#run();
    this.#onTick();
  }

  pause(): void {
    if (!this.isPlaying) return;
    this.isPlaying = false;
    this.#hold();
    // Playing, each stood where it stood; standing still, all show one frame.
    this.seek(this.atMs);
  }

  /** Show the frame at *ms* in all films, then go on if it was playing. */
  seek(ms: number): void {
    const last = Math.max(0, frameAt(this.durationMs, this.fps) - 1);
    const frame = Math.min(last, frameAt(Math.max(0, ms), this.fps));
    this.#wantedMs = middleOf(frame, this.fps);
    this.atMs = Math.min(this.#wantedMs, this.durationMs);
    this.#hold();
    this.#settle();
    this.#run();
    this.#onTick();
  }

  /** Stand still, *frames* further on. */
  step(frames: number): void {
    this.pause();
    this.seek(middleOf(Math.max(0, this.frame + frames), this.fps));
  }

  #all(): Medium[] {
    return [...this.#films, this.#still];
  }

  /** Whose clock counts: of the films that have not ended; the still clock after them all. */
  #lead(): Medium {
    const order = this.#heard ? [this.#heard, ...this.#films] : this.#films;
    return (
      order.find((film) => this.#films.includes(film) && lasts(film, this.atMs)) ?? this.#still
    );
  }

  #run(): void {
    if (this.#signal.aborted) return;
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(this.#tick);
  }

  readonly #tick = (): void => {
    this.#settle();
    if (this.isPlaying) this.#advance();
    if (this.isPlaying || this.#wantedMs !== null) this.#run();
  };

  /** Carry out the last seek that was asked for, once the one before has landed. */
  #settle(): void {
    if (this.#wantedMs === null || this.#films.some((film) => film.seeking)) return;
    for (const film of this.#all()) film.currentTime = this.#wantedMs / 1000;
    this.#wantedMs = null;
  }

  #advance(): void {
    if (this.#wantedMs !== null) return;
    const running = this.#films.filter((film) => lasts(film, this.atMs));
    if (this.#holding) {
      // One film that is not ready holds all: they start in the same moment.
      if (!running.every(canGoOn)) return;
      this.#go(running);
    } else if (!running.every(canGoOn)) {
      this.#hold();
      this.#onTick();
      return;
    }
    const lead = this.#lead();
    this.atMs = Math.min(this.durationMs, lead.currentTime * 1000);
    if (lead !== this.#still) this.#still.currentTime = lead.currentTime;
    if (this.loop && this.atMs >= this.loop.end_ms) this.seek(this.loop.start_ms);
    else if (this.atMs >= this.durationMs - 1) this.pause();
    else this.#steer(lead, running);
    this.#onTick();
  }

  #steer(lead: Medium, running: readonly Medium[]): void {
    const at = lead.currentTime;
    for (const film of running) {
      if (film === lead) continue;
      const factor = steer((film.currentTime - at) * 1000, this.#steered.has(film));
      if (factor === null) {
        this.seek(at * 1000);
        return;
      }
      if (factor === 1) this.#steered.delete(film);
      else this.#steered.add(film);
      const rate = this.#speed * factor;
      if (film.playbackRate !== rate) film.playbackRate = rate;
    }
    // Who leads sets the speed, also after it was led by another.
    if (lead.playbackRate !== this.#speed) lead.playbackRate = this.#speed;
  }

  #hold(): void {
    this.#holding = true;
    for (const film of this.#all()) film.pause();
  }

  #go(running: readonly Medium[]): void {
    this.#holding = false;
    for (const film of [...running, this.#still]) {
      film.play().catch((error: unknown) => {
        // Paused again before it began: nothing is wrong. Anything else must not look as if it ran.
        if (error instanceof DOMException && error.name === "AbortError") return;
        console.warn("[nemo_nb]", error);
        if (!this.#signal.aborted) this.pause();
      });
    }
  }
}
