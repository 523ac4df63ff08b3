import { describe, expect, it } from "vitest";
import type { TimelineView } from "../src/shared/protocol";
import { Chosen } from "../src/timeline/chosen";
import { type Key, laneKey, zoomKey } from "../src/timeline/keys";
import { lanesOf } from "../src/timeline/lane";
import { positionAfter } from "../src/timeline/position";

function view(prefix = ""): TimelineView {
  const track = (name: string, count: number, ms: number) => ({
    kind: "text" as const,
    name,
    segments: Array.from({ length: count }, (_, at) => ({
      id: `${prefix}${name}${at}`,
      label: name,
      start_ms: at * ms,
      end_ms: (at + 1) * ms,
      volume: null,
    })),
  });
  return {
    duration_ms: 12_000,
    ready: true,
    summary: "",
    width: 16,
    height: 9,
    previews: false,
    tracks: [track("a", 12, 1000), track("empty", 0, 1), track("b", 3, 4000)],
  };
}

const lanes = lanesOf(view());

function key(name: string, held: Partial<Key> = {}): Key {
  return { key: name, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held };
}

describe("the keys of a lane", () => {
  it.each([
    ["ArrowRight", 5],
    ["ArrowLeft", 3],
    ["PageDown", 11],
    ["PageUp", 0],
    ["Home", 0],
    ["End", 11],
  ])("%s goes to segment %i", (name, rank) => {
    const deed = laneKey(key(name), { lane: 0, rank: 4 }, lanes);
    expect(deed).toEqual({ deed: "go", to: { lane: 0, rank }, way: "only" });
  });

  it("stays at the ends", () => {
    expect(laneKey(key("ArrowRight"), { lane: 1, rank: 2 }, lanes)).toMatchObject({
      to: { lane: 1, rank: 2 },
    });
    expect(laneKey(key("ArrowUp"), { lane: 0, rank: 2 }, lanes)).toMatchObject({
      to: { lane: 0, rank: 2 },
    });
  });

  it("goes down and up at the same time", () => {
    expect(laneKey(key("ArrowDown"), { lane: 0, rank: 5 }, lanes)).toMatchObject({
      to: { lane: 1, rank: 1 },
    });
    expect(laneKey(key("ArrowUp"), { lane: 1, rank: 2 }, lanes)).toMatchObject({
      to: { lane: 0, rank: 10 },
    });
  });

  it("extends with Shift and only moves with Ctrl", () => {
    const at = { lane: 0, rank: 4 };
    expect(laneKey(key("ArrowRight", { shiftKey: true }), at, lanes)).toMatchObject({
      way: "extend",
    });
    expect(laneKey(key("ArrowRight", { ctrlKey: true }), at, lanes)).toMatchObject({ way: null });
  });

  it.each([
    ["Enter", "open"],
    ["F2", "edit"],
    [" ", "toggle"],
    ["Escape", "clear"],
    ["+", "zoom"],
    ["0", "fit"],
  ])("%s is %s", (name, deed) => {
    expect(laneKey(key(name), { lane: 0, rank: 0 }, lanes)?.deed).toBe(deed);
  });

  it("selects the lane with Ctrl+A, and leaves the notebook its own", () => {
    const at = { lane: 0, rank: 0 };
    expect(laneKey(key("a", { metaKey: true }), at, lanes)?.deed).toBe("all");
    for (const other of [key("s", { ctrlKey: true }), key("d"), key("Tab"), key("x")]) {
      expect(laneKey(other, at, lanes)).toBeNull();
    }
    expect(zoomKey(key("-", { ctrlKey: true }))).toBeNull();
  });
});

describe("the keys of the position", () => {
  it("step by a tick and by a mark, and go to the ends", () => {
    const press = (name: string) => positionAfter(key(name) as KeyboardEvent, 4000, 500, 9000);
    expect(press("ArrowRight")).toBe(4100);
    expect(press("ArrowDown")).toBe(3900);
    expect(press("PageUp")).toBe(4500);
    expect(press("Home")).toBe(0);
    expect(press("End")).toBe(9000);
    expect(press("a")).toBeNull();
    expect(positionAfter(key("ArrowLeft") as KeyboardEvent, 20, 500, 9000)).toBe(0);
  });
});

describe("a selection", () => {
  const refs = (chosen: Chosen) => chosen.refs(lanes);
  const only = Chosen.none.with({ lane: 0, rank: 3 }, "only");

  it("is one segment, or many by toggling, in the order of the lanes", () => {
    expect(refs(only)).toEqual([[1, 4]]);
    const two = only.with({ lane: 1, rank: 0 }, "toggle").with({ lane: 0, rank: 1 }, "toggle");
    expect(refs(two)).toEqual([
      [1, 2],
      [1, 4],
      [3, 1],
    ]);
    expect(refs(two.with({ lane: 0, rank: 3 }, "toggle"))).toEqual([
      [1, 2],
      [3, 1],
    ]);
  });

  it("extends from where it began, forth and back", () => {
    const forth = only.with({ lane: 0, rank: 5 }, "extend");
    expect(forth.size).toBe(3);
    const back = forth.with({ lane: 0, rank: 2 }, "extend");
    expect(refs(back)).toEqual([
      [1, 3],
      [1, 4],
    ]);
    // In another lane there is no way from here to there.
    expect(refs(only.with({ lane: 1, rank: 1 }, "extend"))).toEqual([
      [1, 4],
      [3, 2],
    ]);
  });

  it("is what Python names, less what is not there", () => {
    const chosen = Chosen.of(
      [
        [3, 2],
        [1, 1],
        [2, 1],
        [9, 9],
        [1, 99],
      ],
      lanes,
    );
    expect(refs(chosen)).toEqual([
      [1, 1],
      [3, 2],
    ]);
    expect(chosen.has(1, 1)).toBe(true);
  });

  it("stays with its segments when others come before them", () => {
    const after = view();
    after.tracks[0]?.segments.unshift({
      id: "new",
      label: "",
      start_ms: 0,
      end_ms: 0,
      volume: null,
    });
    const moved = only.carried(lanes, lanesOf(after));
    expect(moved.refs(lanesOf(after))).toEqual([[1, 5]]);
    expect(only.carried(lanes, lanesOf(view("other"))).size).toBe(0);
  });

  it("takes a whole lane", () => {
    expect(Chosen.lane(lanes, 1).size).toBe(3);
  });
});
