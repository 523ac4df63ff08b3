import { describe, expect, it } from "vitest";
import { bytes, clock, elapsed } from "../src/shared/format";

describe("clock", () => {
  it.each([
    [0, "0:00"],
    [3000, "0:03"],
    [2500, "0:02.5"],
    [62_500, "1:02.5"],
    [600_000, "10:00"],
    [-5, "0:00.0"],
  ])("writes %i ms as %s", (ms, text) => expect(clock(ms)).toBe(text));

  it("carries rounded tenths into the minute instead of writing 60.0", () => {
    expect(clock(59_960)).toBe("1:00.0");
  });
});

it("tells how long something runs in seconds, then minutes", () => {
  expect(elapsed(12_900)).toBe("12 s");
  expect(elapsed(65_000)).toBe("1 min 05 s");
});

it.each([
  [999, "999 B"],
  [1000, "1 kB"],
  [1_234_567, "1.2 MB"],
  [200_000_000, "200 MB"],
  [999_900, "1.0 MB"],
  [3_400_000_000, "3.4 GB"],
])("writes %i bytes as %s", (count, text) => expect(bytes(count)).toBe(text));
