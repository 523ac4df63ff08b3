import { describe, expect, it } from "vitest";
import {
  clamped,
  fitted,
  isFitted,
  marksIn,
  revealing,
  scrolled,
  scrolledTo,
  thumbOf,
  toMs,
  toPx,
  zoomed,
} from "../src/timeline/scale";

const extent = { durationMs: 60_000, widthPx: 1016 };
const whole = fitted(extent);

describe("the scale of a timeline", () => {
  it("shows all of it, with a little air behind the end", () => {
    expect(toPx(whole, 0)).toBe(0);
    expect(toPx(whole, 60_000)).toBe(1000);
    expect(isFitted(whole, extent)).toBe(true);
  });

  it("turns px into ms and back", () => {
    const seen = { startMs: 1234, msPerPx: 7.5 };
    for (const px of [0, 1, 333.3, 1016]) expect(toPx(seen, toMs(seen, px))).toBeCloseTo(px, 9);
  });

  it.each([0, 200, 508, 1000])("keeps what lies under the pointer at %i px where it is", (px) => {
    let seen = zoomed(whole, extent, 4, 500);
    const ms = toMs(seen, px);
    seen = zoomed(seen, extent, 1.3, px);
    expect(toPx(seen, ms)).toBeCloseTo(px, 6);
  });

  it("zooms out to all of it and no farther, and in to half a ms and no nearer", () => {
    const near = zoomed(whole, extent, 1e9, 300);
    expect(near.msPerPx).toBe(0.5);
    expect(zoomed(near, extent, 1e-9, 300)).toEqual(whole);
  });

  it("does not zoom into a timeline that is shorter than the lane", () => {
    const short = { durationMs: 100, widthPx: 1016 };
    const seen = fitted(short);
    expect(zoomed(seen, short, 1000, 10).msPerPx).toBe(seen.msPerPx);
  });

  it("scrolls to the ends and not beyond", () => {
    const seen = zoomed(whole, extent, 10, 0);
    expect(scrolled(seen, extent, -50).startMs).toBe(0);
    const end = scrolled(seen, extent, 1e6);
    expect(toPx(end, 60_000)).toBeCloseTo(1000, 6);
    expect(scrolled(end, extent, 1)).toEqual(end);
  });

  it("holds on to the start where nothing lies, or no lane is there yet", () => {
    for (const odd of [
      { durationMs: 0, widthPx: 500 },
      { durationMs: 500, widthPx: 0 },
    ]) {
      const seen = clamped({ startMs: 99, msPerPx: 99 }, odd);
      expect(Number.isFinite(seen.msPerPx)).toBe(true);
      expect(seen.startMs).toBeLessThanOrEqual(Math.max(0, odd.durationMs));
    }
  });

  it("brings a span into sight, and leaves one that is seen alone", () => {
    const seen = zoomed(whole, extent, 10, 0);
    expect(revealing(seen, extent, 1000, 2000)).toBe(seen);
    const moved = revealing(seen, extent, 30_000, 31_000);
    expect(toPx(moved, 30_500)).toBeCloseTo(508, 6);
    const long = revealing(seen, extent, 20_000, 50_000);
    expect(toPx(long, 20_000)).toBeCloseTo(0, 6);
    // All that is seen lies in it.
    expect(revealing(long, extent, 10_000, 59_000)).toBe(long);
  });

  it("tells the scroll bar where it is", () => {
    expect(thumbOf(whole, extent)).toEqual({ at: 0, share: 1 });
    const seen = scrolled(zoomed(whole, extent, 4, 0), extent, 1e6);
    expect(thumbOf(seen, extent).share).toBeCloseTo(0.25, 9);
    expect(thumbOf(seen, extent).at).toBeCloseTo(0.75, 9);
    const near = zoomed(seen, extent, 1000, 0);
    // Long enough to be grabbed, and what it is dragged to is seen.
    const { at, share } = thumbOf(near, extent);
    expect(share * extent.widthPx).toBeCloseTo(24, 6);
    expect(scrolledTo(near, extent, at).startMs).toBeCloseTo(near.startMs, 3);
    expect(toPx(scrolledTo(near, extent, 1), 60_000)).toBeCloseTo(1000, 3);
    expect(scrolledTo(near, extent, -1).startMs).toBe(0);
    expect(scrolledTo(whole, extent, 0.5)).toEqual(whole);
  });

  it("writes round times, far enough apart, and none behind the end", () => {
    const { stepMs, marks } = marksIn(whole, extent);
    expect(stepMs).toBe(5000);
    expect(marks).toEqual(Array.from({ length: 13 }, (_, at) => at * 5000));
    const near = scrolled(zoomed(whole, extent, 40, 0), extent, 5000);
    const { stepMs: fine, marks: some } = marksIn(near, extent);
    expect(fine).toBe(200);
    expect(some[0]).toBeLessThanOrEqual(near.startMs);
    expect(some.length).toBeLessThan(12);
    const day = { durationMs: 86_400_000, widthPx: 300 };
    expect(marksIn(fitted(day), day).marks.length).toBeLessThanOrEqual(5);
  });
});
