import { describe, expect, it, vi } from "vitest";
import { clustersOf, Labels } from "../src/timeline/labels";

// Every character as people count them is 10 px wide.
const measure = (text: string) => clustersOf(text).length * 10;

describe("a label", () => {
  it("is whole where there is room, in one line", () => {
    expect(new Labels(measure).fit("one\n two", 80).text).toBe("one two");
  });

  it("is cut with an ellipsis where there is not", () => {
    const labels = new Labels(measure);
    expect(labels.fit("Urban Dreams", 60).text).toBe("Urban…");
    expect(labels.fit("Urban Dreams", 25).text).toBe("U…");
    expect(labels.fit("Urban Dreams", 15).text).toBe("");
  });

  it("is cut between characters, never inside one", () => {
    const family = "👨‍👩‍👧‍👦";
    expect(new Labels(measure).fit(`${family}${family}é́x`, 29).text).toBe(`${family}…`);
    expect(clustersOf(`a${family}é`)).toEqual(["a", family, "é"]);
  });

  it("knows from which side it is read", () => {
    const labels = new Labels(measure);
    expect(labels.fit("“مرحبا” hello", 500).rtl).toBe(true);
    expect(labels.fit("1. שלום", 500).rtl).toBe(true);
    expect(labels.fit("hello مرحبا", 500).rtl).toBe(false);
    expect(labels.fit("中文", 500).rtl).toBe(false);
  });

  it("is measured once, however often it is painted", () => {
    const counted = vi.fn(measure);
    const labels = new Labels(counted);
    labels.fit("Urban Dreams", 60);
    const calls = counted.mock.calls.length;
    for (let at = 0; at < 50; at += 1) labels.fit("Urban Dreams", 60);
    expect(counted.mock.calls.length).toBe(calls);
    labels.clear();
    labels.fit("Urban Dreams", 60);
    expect(counted.mock.calls.length).toBeGreaterThan(calls);
  });

  it("of a whole novel is no work", () => {
    const counted = vi.fn(measure);
    new Labels(counted).fit("word ".repeat(100_000), 100);
    for (const [text] of counted.mock.calls) expect(text.length).toBeLessThan(500);
  });
});
