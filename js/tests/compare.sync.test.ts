import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Deck, type Medium } from "../src/compare/deck";
import { faded, Sound } from "../src/compare/sound";
import { StillClock } from "../src/compare/still";
import { frameAt, middleOf, steer } from "../src/compare/sync";

/** A film that runs on the faked time, *skew* times too fast. */
class Film extends StillClock {
  plays = 0;

  constructor(
    seconds: number,
    readonly skew = 1,
  ) {
    super();
    this.duration = seconds;
    this.playbackRate = 1;
  }

  override get playbackRate(): number {
    return super.playbackRate / (this.skew ?? 1);
  }

  override set playbackRate(rate: number) {
    super.playbackRate = rate * (this.skew ?? 1);
  }

  override play(): Promise<void> {
    this.plays += 1;
    return super.play();
  }
}

const closing = { controller: new AbortController() };

beforeEach(() => {
  closing.controller = new AbortController();
  vi.useFakeTimers({ toFake: ["requestAnimationFrame", "cancelAnimationFrame", "performance"] });
});

afterEach(() => {
  closing.controller.abort();
  vi.useRealTimers();
});

function deckOf(films: readonly Medium[], durationMs = 60_000, fps = 30) {
  const ticks = { count: 0 };
  const deck = new Deck(() => {
    ticks.count += 1;
  }, closing.controller.signal);
  deck.load(films, durationMs, fps);
  return { deck, ticks };
}

describe("steering", () => {
  it("leaves alone what is in step", () => {
    expect(steer(0, false)).toBe(1);
    expect(steer(11, false)).toBe(1);
    expect(steer(-11, false)).toBe(1);
  });

  it("slows what is ahead and hurries what is behind, by 5 % at most while they are close", () => {
    for (const off of [13, 20, 25]) {
      const slower = steer(off, false) ?? 0;
      expect(slower).toBeLessThan(1);
      expect(slower).toBeGreaterThanOrEqual(0.95);
      expect(steer(-off, false)).toBeCloseTo(2 - slower);
    }
  });

  it("turns to harder means where they are not, within what a browser plays", () => {
    for (const off of [38, 100, 249]) {
      expect(steer(off, false)).toBeLessThan(0.75);
      expect(steer(off, false)).toBeGreaterThanOrEqual(0.25);
      expect(steer(-off, false)).toBeGreaterThan(1.25);
      expect(steer(-off, false)).toBeLessThanOrEqual(1.5);
    }
  });

  it("goes on until it is well in step, not just inside the limit", () => {
    expect(steer(8, false)).toBe(1);
    expect(steer(8, true)).toBeLessThan(1);
    expect(steer(3, true)).toBe(1);
  });

  it("gives up where seeking is faster", () => {
    expect(steer(251, false)).toBeNull();
    expect(steer(-4000, true)).toBeNull();
    expect(steer(Number.NaN, false)).toBeNull();
  });
});

describe("frames", () => {
  it.each([23.976, 24, 25, 29.97, 30, 50, 60])("are found again by their middle at %s", (fps) => {
    for (let frame = 0; frame < 5000; frame += 7) {
      expect(frameAt(middleOf(frame, fps), fps)).toBe(frame);
      // The first moment of a frame, cut to whole ms as a media clock may be.
      expect(frameAt((frame * 1000) / fps - 0.2, fps)).toBe(frame);
    }
  });
});

describe("the deck", () => {
  it("seeks all films to the middle of the same frame", () => {
    const films = [new Film(60), new Film(60), new Film(60)];
    const { deck } = deckOf(films);
    deck.seek(1234);
    expect(films.map((film) => film.currentTime)).toEqual([1.25, 1.25, 1.25]);
    expect(deck.frame).toBe(37);
  });

  it("steps frame by frame, and not beyond the ends", () => {
    const { deck } = deckOf([new Film(2)], 2000);
    deck.step(1);
    deck.step(1);
    expect(deck.frame).toBe(2);
    deck.step(-5);
    expect(deck.frame).toBe(0);
    deck.seek(99_999);
    expect(deck.frame).toBe(59);
  });

  it("keeps a film that runs 1 % too fast within 40 ms over a minute", () => {
    const films = [new Film(70), new Film(70, 1.01), new Film(70, 0.985)];
    const { deck } = deckOf(films, 70_000);
    deck.play();
    let worst = 0;
    for (let at = 0; at < 60_000; at += 250) {
      vi.advanceTimersByTime(250);
      const [lead, ...others] = films.map((film) => film.currentTime * 1000);
      worst = Math.max(worst, ...others.map((other) => Math.abs(other - (lead ?? 0))));
    }
    expect(deck.atMs).toBeGreaterThan(59_000);
    expect(worst).toBeLessThan(40);
    expect(films.every((film) => film.plays === 1)).toBe(true);
  });

  it("lets the one that is heard lead, and bends only the others", () => {
    const films = [new Film(70, 1.02), new Film(70), new Film(70, 0.99)];
    const { deck } = deckOf(films, 70_000);
    deck.follow(films[1] ?? null);
    const bent = new Set<number>();
    deck.play();
    for (let at = 0; at < 5000; at += 50) {
      vi.advanceTimersByTime(50);
      bent.add(films[1]?.playbackRate ?? 0);
    }
    expect([...bent]).toEqual([1]);
    expect(Math.abs(deck.atMs - (films[1]?.currentTime ?? 0) * 1000)).toBeLessThan(20);
    expect(films[0]?.playbackRate).toBeLessThan(1);
  });

  it("lines up anew what is far off", () => {
    const films = [new Film(60), new Film(60)];
    const { deck } = deckOf(films);
    deck.play();
    vi.advanceTimersByTime(500);
    (films[1] as Film).currentTime = 5;
    vi.advanceTimersByTime(100);
    expect(Math.abs((films[0]?.currentTime ?? 0) - (films[1]?.currentTime ?? 9))).toBeLessThan(
      0.01,
    );
    expect(films[0]?.plays).toBe(2);
  });

  it("holds all while one is not ready, and lets them go together", () => {
    const [one, other] = [new Film(60), new Film(60)];
    const { deck } = deckOf([one, other]);
    deck.play();
    vi.advanceTimersByTime(300);
    other.readyState = 2;
    vi.advanceTimersByTime(50);
    expect(deck.isHolding).toBe(true);
    expect(one.paused && other.paused).toBe(true);
    const stood = one.currentTime;
    vi.advanceTimersByTime(1000);
    expect(one.currentTime).toBe(stood);
    other.readyState = 4;
    vi.advanceTimersByTime(100);
    expect(deck.isHolding).toBe(false);
    expect(one.paused || other.paused).toBe(false);
  });

  it("carries out only the last of many seeks", () => {
    const film = new Film(60);
    const { deck } = deckOf([film]);
    film.seeking = true;
    for (const ms of [1000, 2000, 30_000]) deck.seek(ms);
    expect(film.currentTime).toBeLessThan(1);
    film.seeking = false;
    vi.advanceTimersByTime(50);
    expect(Math.abs(film.currentTime - 30)).toBeLessThan(0.05);
  });

  it("goes on with the longer film, and leaves the shorter on its end", () => {
    const [short, long] = [new Film(1), new Film(3)];
    const { deck } = deckOf([short, long], 3000);
    deck.play();
    vi.advanceTimersByTime(2000);
    expect(long.currentTime).toBeGreaterThan(1.8);
    expect(short.currentTime).toBe(1);
    expect(short.plays).toBe(1);
    vi.advanceTimersByTime(2000);
    expect(deck.isPlaying).toBe(false);
    expect(deck.frame).toBe(89);
  });

  it("plays again from the start after the end", () => {
    const { deck } = deckOf([new Film(1)], 1000);
    deck.play();
    vi.advanceTimersByTime(1500);
    deck.play();
    vi.advanceTimersByTime(100);
    expect(deck.atMs).toBeLessThan(300);
  });

  it("loops", () => {
    const { deck } = deckOf([new Film(10)], 10_000);
    deck.loop = { start_ms: 2000, end_ms: 3000 };
    deck.seek(2000);
    deck.play();
    for (let at = 0; at < 30; at += 1) {
      vi.advanceTimersByTime(200);
      expect(deck.atMs).toBeGreaterThan(1950);
      expect(deck.atMs).toBeLessThan(3050);
    }
  });

  it("runs on its own clock where there is no film", () => {
    const { deck } = deckOf([], 5000);
    deck.speed = 2;
    deck.play();
    vi.advanceTimersByTime(1000);
    expect(deck.atMs).toBeGreaterThan(1800);
    deck.pause();
    const stood = deck.atMs;
    vi.advanceTimersByTime(1000);
    expect(deck.atMs).toBe(stood);
  });

  it("leaves no timer and nothing playing behind", () => {
    const film = new Film(60);
    const { deck, ticks } = deckOf([film]);
    deck.play();
    vi.advanceTimersByTime(100);
    closing.controller.abort();
    const { count } = ticks;
    expect(vi.getTimerCount()).toBe(0);
    expect(film.paused).toBe(true);
    vi.advanceTimersByTime(1000);
    expect(ticks.count).toBe(count);
  });
});

describe("sound", () => {
  it("passes from one film to the next without a jump, the sum staying whole", () => {
    let volumes = [1, 0];
    for (let step = 0; step < 6; step += 1) {
      const next = faded(volumes, 1, 10);
      next.forEach((volume, index) => {
        expect(Math.abs(volume - (volumes[index] ?? 0))).toBeLessThan(0.2);
      });
      expect((next[0] ?? 0) + (next[1] ?? 0)).toBeCloseTo(1);
      volumes = next;
    }
    expect(volumes[1]).toBeCloseTo(1);
  });

  it("lets only the active film be heard", () => {
    const films = [0, 1, 2].map(() => ({ volume: 1, muted: false }));
    const sound = new Sound(closing.controller.signal);
    sound.set(films, 1);
    vi.advanceTimersByTime(200);
    expect(films.map(({ volume }) => volume)).toEqual([0, 1, 0]);
    expect(films.map(({ muted }) => muted)).toEqual([true, false, true]);
    sound.set(films, -1);
    vi.advanceTimersByTime(200);
    expect(films.every(({ muted }) => muted)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });
});
