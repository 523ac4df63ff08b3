/** Films this close are in step: a clock that is read from script is no surer. */
const IN_STEP_MS = 4;
/** From here on a film is steered, until it is in step again. */
const OUT_OF_STEP_MS = 12;
/** Up to here it is a matter of a few percent, which nobody sees. */
const CLOSE_MS = 25;
/** Further apart, films are lined up anew: to wait for all is then the shorter way. */
const FAR_MS = 250;

/** In what time a small difference shall be gone, and the most it may change a film's speed. */
const GENTLE_MS = 500;
const MOST_GENTLE = 0.05;
/** The same for a film that a busy machine has thrown out of step. To slow down costs nothing. */
const HARD_MS = 150;
const MOST_SLOWER = 0.75;
const MOST_FASTER = 0.5;

/**
 * The factor on its speed that brings a film back, given how far it is ahead of the clock.
 *
 * 1 leaves it alone; null says that it is too far off for that, and has to be sought. More than
 * 5 % are for a film that a busy machine has thrown out of step, for a moment; it is never the
 * one that is heard.
 */
export function steer(aheadMs: number, isSteered: boolean): number | null {
  const off = Math.abs(aheadMs);
  if (!Number.isFinite(aheadMs) || off > FAR_MS) return null;
  if (off <= (isSteered ? IN_STEP_MS : OUT_OF_STEP_MS)) return 1;
  const most = off <= CLOSE_MS ? MOST_GENTLE : aheadMs > 0 ? MOST_SLOWER : MOST_FASTER;
  const change = Math.min(most, off / (off <= CLOSE_MS ? GENTLE_MS : HARD_MS));
  // In half percents: a new speed every frame would be work for nothing.
  return 1 - Math.sign(aheadMs) * Math.max(0.005, Math.round(change * 200) / 200);
}

/** The frame that is on screen at *ms*; what rounding took from its first moment is given back. */
export function frameAt(ms: number, fps: number): number {
  return Math.max(0, Math.floor((ms * fps) / 1000 + 0.02));
}

/** The middle of a frame, in ms: the same frame in every film, however its times are rounded. */
export function middleOf(frame: number, fps: number): number {
  return ((frame + 0.5) * 1000) / fps;
}

/** What the deck has to know of a film to decide. */
export interface FilmState {
  readonly currentTime: number;
  readonly duration: number;
  readonly readyState: number;
  readonly seeking: boolean;
}

const HAVE_FUTURE_DATA = 3;

/** Whether a film has more to show at *atMs*; a shorter one stands on its last frame. */
export function lasts(film: FilmState, atMs: number): boolean {
  // A few ms: the end of the sound and of the picture are never quite the same.
  return !(film.duration * 1000 <= atMs + 5);
}

/** Whether a film can go on from where it stands. */
export function canGoOn(film: FilmState): boolean {
  return !film.seeking && film.readyState >= HAVE_FUTURE_DATA;
}
