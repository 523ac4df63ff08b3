import { expect, it } from "vitest";
import { apply, INITIAL, restore, running } from "../src/panel/state";
import type { Notice, TurnItem } from "../src/shared/protocol";
import { SNAPSHOT } from "./kernel";

const TURN: TurnItem = {
  type: "turn",
  item: 1,
  action: "chat",
  text: "hello",
  reply: "",
  progress: "",
  status: "running",
  suggestions: [],
  notes: [],
  changes: "",
  problem: null,
  started_at_ms: 0,
  duration_ms: 0,
  seq: 0,
};
const delta = (seq: number, add: string, replace = false): Notice => ({
  kind: "delta",
  item: 1,
  seq,
  add,
  replace,
  progress: "",
});
const after = (...notices: Notice[]) =>
  notices.reduce<typeof INITIAL>(
    (state, notice) => apply(state, notice) ?? state,
    restore(INITIAL, { ...SNAPSHOT, items: [TURN] }, "en"),
  );
const reply = (state: typeof INITIAL) => (state.items[0] as TurnItem).reply;

it("adds deltas in their order", () => {
  expect(reply(after(delta(1, "Ti"), delta(2, "tle")))).toBe("Title");
});

it("takes no delta twice", () => {
  expect(reply(after(delta(1, "a"), delta(2, "b"), delta(2, "b"), delta(1, "a")))).toBe("ab");
});

it("replaces the text where the backend rewrote it", () => {
  expect(reply(after(delta(1, "Draft"), delta(2, "Done.", true)))).toBe("Done.");
});

it("asks for a snapshot where a delta is missing or its turn is unknown", () => {
  const state = after(delta(1, "a"));
  expect(apply(state, delta(3, "c"))).toBeNull();
  expect(apply(state, { ...delta(1, "x"), item: 9 } as Notice)).toBeNull();
});

it("knows the running turn until its item ends it", () => {
  const state = after(delta(1, "a"));
  expect(running(state)?.item).toBe(1);
  expect(running(after({ kind: "item", item: { ...TURN, status: "done" } }))).toBeUndefined();
});

it("leaves the objects of other items alone, so that views need not repaint them", () => {
  const state = after({
    kind: "item",
    item: { type: "files", item: 2, names: ["a.jpg"], notes: [] },
  });
  const next = apply(state, delta(1, "x"));
  expect(next?.items[1]).toBe(state.items[1]);
  expect(next?.items[0]).not.toBe(state.items[0]);
});
