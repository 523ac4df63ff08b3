import { expect, it } from "vitest";
import { marks, place, textsAt } from "../src/panel/layout";

it("places a span to scale", () => {
  expect(place(2000, 5000, 10_000)).toEqual({ left: 20, width: 30 });
});

it("cuts what lies outside the timeline", () => {
  expect(place(-500, 12_000, 10_000)).toEqual({ left: 0, width: 100 });
  expect(place(11_000, 12_000, 10_000)).toEqual({ left: 100, width: 0 });
  expect(place(0, 10, 0)).toEqual({ left: 0, width: 0 });
});

it("gives wide rulers more marks and leaves none at the very end", () => {
  const narrow = marks(60_000, 200);
  const wide = marks(60_000, 1200);
  expect(wide.length).toBeGreaterThan(narrow.length);
  for (const mark of [...narrow, ...wide]) expect(mark.left).toBeLessThanOrEqual(96);
});

it("names the texts on the picture at a time, their end not included", () => {
  const segment = (label: string, start_ms: number, end_ms: number) => ({
    id: label,
    label,
    start_ms,
    end_ms,
    volume: null,
  });
  const timeline = {
    duration_ms: 4000,
    ready: true,
    summary: "",
    width: 16,
    height: 9,
    previews: false,
    tracks: [
      { kind: "video" as const, name: "", segments: [segment("clip", 0, 4000)] },
      {
        kind: "text" as const,
        name: "",
        segments: [segment("a", 0, 2000), segment("b", 2000, 4000)],
      },
    ],
  };
  expect(textsAt(timeline, 0)).toEqual(["a"]);
  expect(textsAt(timeline, 2000)).toEqual(["b"]);
  expect(textsAt(timeline, 4000)).toEqual([]);
});
