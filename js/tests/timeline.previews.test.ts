import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bucketCount, cellAt, Previews, thumbnailCount } from "../src/timeline/previews";
import { settled } from "./kernel";

const closed = vi.fn();
let closing: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  closing = new AbortController();
  closed.mockClear();
  vi.stubGlobal("createImageBitmap", async () => ({ close: closed }));
});

afterEach(() => {
  closing.abort();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function sources() {
  const facts = { columns: 1, width: 80, height: 45, times_ms: [500, 1500] };
  return {
    thumbnails: vi.fn(async (_count: number, _width: number) => ({ sheet: new Blob(), facts })),
    waveform: vi.fn(async (_buckets: number) => ({ peaks: [1], duration_ms: 2000 })),
  };
}

async function rest() {
  await vi.advanceTimersByTimeAsync(400);
  await settled();
}

describe("what is asked to look at", () => {
  it("is asked once the view rests, as fine as it needs", async () => {
    const asked = sources();
    const changed = vi.fn();
    const previews = new Previews(asked, changed, closing.signal);
    for (let at = 0; at < 30; at += 1) previews.want(800 + at, 80, 2, true);
    expect(asked.thumbnails).not.toHaveBeenCalled();
    await rest();
    expect(asked.thumbnails.mock.calls).toEqual([[12, 160]]);
    expect(asked.waveform.mock.calls).toEqual([[1000]]);
    expect(previews.sheet?.times).toEqual(Float64Array.from([500, 1500]));
    expect(changed).toHaveBeenCalled();
  });

  it("is asked again after zooming in, and not after zooming out", async () => {
    const asked = sources();
    const previews = new Previews(asked, () => {}, closing.signal);
    previews.want(800, 80, 1, false);
    await rest();
    previews.want(8000, 80, 1, false);
    await rest();
    previews.want(800, 80, 1, false);
    await rest();
    expect(asked.thumbnails.mock.calls.map(([count]) => count)).toEqual([12, 192]);
    expect(asked.waveform).not.toHaveBeenCalled();
    expect(closed).toHaveBeenCalledTimes(1);
  });

  it("is asked one after the other: a finer wish waits for the answer before", async () => {
    const asked = sources();
    let answer = () => {};
    asked.thumbnails.mockImplementationOnce(
      () =>
        new Promise((resolve) => {
          answer = () => resolve({ sheet: new Blob(), facts: FACTS });
        }),
    );
    const previews = new Previews(asked, () => {}, closing.signal);
    previews.want(800, 80, 1, false);
    await rest();
    previews.want(8000, 80, 1, false);
    await rest();
    expect(asked.thumbnails).toHaveBeenCalledTimes(1);
    answer();
    await rest();
    expect(asked.thumbnails).toHaveBeenCalledTimes(2);
  });

  it.each([false, true])("is asked anew where another timeline came meanwhile", async (isEmpty) => {
    const asked = sources();
    let answer = () => {};
    asked.thumbnails.mockImplementationOnce(
      () =>
        new Promise((resolve) => {
          answer = () => resolve({ sheet: new Blob(), facts: FACTS });
        }),
    );
    const previews = new Previews(asked, () => {}, closing.signal);
    previews.want(800, 80, 1, false);
    await rest();
    previews.renew(isEmpty);
    answer();
    await settled();
    // Pictures of a moment ago are better than none, but not where nothing lies any more.
    expect(previews.sheet === null).toBe(isEmpty);
    expect(closed).toHaveBeenCalledTimes(isEmpty ? 1 : 0);
    await rest();
    expect(asked.thumbnails).toHaveBeenCalledTimes(2);
    expect(previews.sheet?.times).toHaveLength(2);
  });

  it("is not asked for ever where it fails, and the strip goes on", async () => {
    const asked = sources();
    const warned = vi.spyOn(console, "warn").mockReturnValue();
    asked.thumbnails.mockRejectedValue(new Error("no"));
    const previews = new Previews(asked, () => {}, closing.signal);
    for (let at = 0; at < 5; at += 1) {
      previews.want(800, 80, 1, false);
      await rest();
    }
    expect(asked.thumbnails).toHaveBeenCalledTimes(1);
    expect(warned).toHaveBeenCalledTimes(1);
  });

  it("is let go with the view", async () => {
    const previews = new Previews(sources(), () => {}, closing.signal);
    previews.want(800, 80, 1, true);
    await rest();
    closing.abort();
    expect(closed).toHaveBeenCalledTimes(1);
    expect(previews.sheet).toBeNull();
    previews.want(80_000, 80, 1, true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("comes in few steps", () => {
    expect([1, 800, 1000, 9000, 1e9].map((px) => thumbnailCount(px, 80))).toEqual([
      12, 12, 24, 192, 384,
    ]);
    expect([100, 5000, 1e9].map(bucketCount)).toEqual([1000, 4000, 10_000]);
  });
});

describe("the cell of a moment", () => {
  const times = Float64Array.from([500, 1500, 2500, 3500]);

  it("is the nearest one of the same segment", () => {
    expect(cellAt(times, 1600, 0, 4000)).toBe(1);
    expect(cellAt(times, 2100, 0, 4000)).toBe(2);
    expect(cellAt(times, 2100, 1000, 2400)).toBe(1);
    expect(cellAt(times, 99_999, 0, 4000)).toBe(3);
  });

  it("is none where every picture is of something else", () => {
    expect(cellAt(times, 1900, 1800, 2200)).toBe(-1);
    expect(cellAt(new Float64Array(), 5, 0, 10)).toBe(-1);
  });
});

const FACTS = { columns: 1, width: 80, height: 45, times_ms: [0] };
