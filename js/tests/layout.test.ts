import { expect, it } from "vitest";
import { cuesOf, nearest, textsAt } from "../src/panel/layout";

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

it("finds the last cue that has begun", () => {
  const cue = (startMs: number) => ({ startMs, endMs: startMs + 500, text: "" });
  const cues = [cue(1000), cue(2000), cue(2000), cue(4000)];
  expect([0, 1000, 1999, 2000, 3999, 9000].map((at) => nearest(cues, at))).toEqual([
    0, 0, 0, 2, 2, 3,
  ]);
  expect(nearest([], 10)).toBe(0);
});

it("lists the texts of all text tracks by their start, each on one line", () => {
  const segment = (label: string, start_ms: number) => ({
    id: label,
    label,
    start_ms,
    end_ms: start_ms + 1,
    volume: null,
  });
  const track = (kind: "text" | "audio", ...segments: ReturnType<typeof segment>[]) => ({
    kind,
    name: "",
    segments,
  });
  const view = {
    duration_ms: 10,
    ready: true,
    summary: "",
    width: 16,
    height: 9,
    previews: true,
    tracks: [
      track("text", segment("b\nc", 5)),
      track("audio", segment("song", 0)),
      track("text", segment("a", 1)),
    ],
  };
  expect(cuesOf(view).map((cue) => cue.text)).toEqual(["a", "b c"]);
});
