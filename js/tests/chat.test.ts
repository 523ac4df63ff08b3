import { describe, expect, it } from "vitest";
import type { Item } from "../src/shared/protocol";
import { settled } from "./kernel";
import { press, show, turn, type } from "./show";

const page = globalThis as { nemoNbMarkdown?: unknown };
const said = (...texts: string[]): Item[] =>
  texts.map((text, index) => turn({ item: index + 1, text, status: "done", reply: "ok" }));

describe("what was said before", () => {
  it("comes back with Up, and Down ends at what was being written", async () => {
    const { box } = await show({ items: said("one", "two", "two") });
    box.value = "dra";
    box.setSelectionRange(3, 3);
    const seen = [];
    for (const key of ["ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown", "ArrowDown"]) {
      press(box, key);
      seen.push(box.value);
    }
    expect(seen).toEqual(["two", "one", "one", "two", "dra"]);
  });

  it("leaves the arrows to the text on inner lines and while a word is composed", async () => {
    const { box } = await show({ items: said("one") });
    box.value = "first\nsecond";
    box.setSelectionRange(12, 12);
    expect(press(box, "ArrowUp").defaultPrevented).toBe(false);
    box.setSelectionRange(2, 2);
    press(box, "ArrowUp", { isComposing: true });
    press(box, "ArrowUp", { shiftKey: true });
    expect(box.value).toBe("first\nsecond");
    press(box, "ArrowUp");
    expect(box.value).toBe("one");
  });

  it("holds no edit that was made by hand", async () => {
    const { box } = await show({ items: [turn({ action: "edit", text: "Change the text" })] });
    press(box, "ArrowUp");
    expect(box.value).toBe("");
  });
});

describe("the last turn", () => {
  it.each(["done", "failed", "stopped", "timeout"] as const)(
    "that is %s can be sent again, once",
    async (status) => {
      const { kernel, named, log } = await show({ items: [turn({ item: 3, status })] });
      named("Send again")?.click();
      await settled();
      expect(named("Send again")?.disabled).toBe(true);
      named("Send again")?.click();
      await settled();
      expect(kernel.of("retry").map((asked) => asked["item"])).toEqual([3]);
      expect(kernel.of("send")).toEqual([]);
      expect(log.textContent).toContain("Sending");
    },
  );

  it("can be put into the box, to be changed and sent as another message", async () => {
    const { kernel, named, box } = await show({ items: said("add a titel") });
    named("Edit message")?.click();
    expect(box.value).toBe("add a titel");
    expect(kernel.of("send").length + kernel.of("retry").length).toBe(0);
    type(box, "add a title");
    await settled();
    expect(kernel.of("send").map((asked) => asked["text"])).toEqual(["add a title"]);
  });

  it("alone offers that, and not while it runs, something waits, or it was made by hand", async () => {
    const { kernel, el } = await show({ items: said("one", "two") });
    const shown = () => [...el.querySelectorAll<HTMLElement>(".nmp-deeds")].map((it) => !it.hidden);
    expect(shown()).toEqual([false, true]);
    kernel.tell({ kind: "queue", queue: [{ entry: 1, text: "three" }] });
    await settled();
    const again = [...el.querySelectorAll<HTMLButtonElement>(".nmp-deed")][2];
    expect([again?.textContent, again?.disabled]).toEqual(["Send again", true]);
    kernel.tell({ kind: "item", item: turn({ item: 3, text: "three" }) });
    await settled();
    expect(shown()).toEqual([false, false, false]);
    const byHand = turn({ item: 3, text: "Change", action: "edit", status: "done" });
    kernel.tell({ kind: "item", item: byHand });
    await settled();
    expect(shown()).toEqual([false, false, false]);
  });

  it("keeps its offers after an edit was taken back", async () => {
    const items: Item[] = [
      turn({ status: "done", suggestions: ["make it bold"] }),
      { type: "step", item: 2, what: "undo", changes: "removed: title “Hi”" },
    ];
    const { named, log } = await show({ items });
    expect(named("make it bold")).toBeDefined();
    expect(log.textContent).toContain("Undone:removed: title “Hi”");
  });
});

it("a file can be named by its path, in a message that uploads it", async () => {
  const { kernel, named, box } = await show();
  named("give a path")?.click();
  expect(box.value).toBe("upload ");
  type(box, "upload ~/cat.jpg");
  await settled();
  expect(kernel.of("send").map((asked) => asked["text"])).toEqual(["upload ~/cat.jpg"]);
});

describe("replies", () => {
  it("are shown as they are written until what renders them is there", async () => {
    let arrive: (module: unknown) => void = () => {};
    page.nemoNbMarkdown = new Promise((resolve) => {
      arrive = resolve;
    });
    const { log } = await show({ items: [turn({ status: "done", reply: "all **done** <b>" })] });
    expect(log.querySelector(".nmp-reply")?.textContent).toBe("all **done** <b>");
    const { markdown } = await import("../src/markdown");
    arrive({ markdown });
    await settled();
    expect(log.querySelector(".nmp-reply strong")?.textContent).toBe("done");
  });

  it("are read by the kernel's own reader, fetched with the first of them", async () => {
    delete page.nemoNbMarkdown;
    const { kernel } = await show();
    expect(kernel.of("asset")).toEqual([]);
    kernel.tell({ kind: "item", item: turn() });
    kernel.tell({ kind: "item", item: turn({ status: "done", reply: "ok" }) });
    await settled();
    expect(kernel.of("asset").length).toBe(1);
  });

  it("are followed by what else there is to know", async () => {
    const notes = ["A new session was started."];
    const { log } = await show({ items: [turn({ status: "done", reply: "ok", notes })] });
    expect(log.querySelector(".nmp-notes li")?.textContent).toBe(notes[0]);
  });

  it("say what of a file is not used", async () => {
    const notes = ["a.mp4: It has 2 sound tracks."];
    const { log } = await show({ items: [{ type: "files", item: 1, names: ["a.mp4"], notes }] });
    expect(log.querySelector("li")?.textContent).toBe(notes[0]);
  });
});
