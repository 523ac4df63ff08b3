import { expect, it } from "vitest";
import { Recall } from "../src/panel/recall";

it("goes back through what was said, and forth to what was being written", () => {
  const recall = new Recall();
  const said = ["one", "two"];
  expect(recall.older(said, "dra")).toBe("two");
  expect(recall.older(said, "two")).toBe("one");
  expect(recall.older(said, "one")).toBeNull();
  expect(recall.newer()).toBe("two");
  expect(recall.newer()).toBe("dra");
  expect(recall.newer()).toBeNull();
});

it("brings nothing back where nothing was said", () => {
  expect(new Recall().older([], "draft")).toBeNull();
});

it("starts again from the end once the user has typed", () => {
  const recall = new Recall();
  recall.older(["one", "two"], "");
  recall.older(["one", "two"], "");
  recall.leave();
  expect(recall.newer()).toBeNull();
  expect(recall.older(["one", "two"], "one!")).toBe("two");
  expect(recall.newer()).toBe("one!");
});
