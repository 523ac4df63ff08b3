import { expect, it } from "vitest";
import { settled } from "./kernel";
import { press, show, studio, timeline, turn } from "./show";

const enabled = (button: Element | null) => button?.getAttribute("aria-disabled") === "false";

it("undo and redo are there on a studio alone", async () => {
  const { need } = await show();
  expect(need(".nmp-steps").hidden).toBe(true);
  const other = await show({ studio });
  expect(other.need(".nmp-steps").hidden).toBe(false);
});

it("undo and redo can be pressed while there is something to take back", async () => {
  const { kernel, button } = await show({ studio: { ...studio, undo: 2 } });
  expect([enabled(button("Undo")), enabled(button("Redo"))]).toEqual([true, false]);
  button("Undo")?.click();
  button("Undo")?.click();
  button("Redo")?.click();
  await settled();
  expect(kernel.of("undo").length).toBe(1);
  expect(kernel.of("redo")).toEqual([]);
  kernel.tell({ kind: "studio", studio: { ...studio, undo: 1, redo: 1 } });
  const [asked] = kernel.of("undo");
  if (asked) kernel.answer(asked, {});
  await settled();
  expect([enabled(button("Undo")), enabled(button("Redo"))]).toEqual([true, true]);
  kernel.tell({ kind: "item", item: turn() });
  await settled();
  expect([enabled(button("Undo")), enabled(button("Redo"))]).toEqual([false, false]);
});

it("an edit that was taken back is told to a screen reader", async () => {
  const { kernel, need } = await show({ studio });
  kernel.tell({ kind: "item", item: { type: "step", item: 1, what: "redo", changes: "title" } });
  await settled();
  expect(need("[role=status]").textContent).toBe("Redone: title");
});

it("Ctrl+Z and Ctrl+Shift+Z undo and redo outside text boxes, and the notebook hears neither", async () => {
  const { kernel, log, box } = await show({ studio: { ...studio, undo: 1, redo: 1 }, timeline });
  let heard = 0;
  const listener = () => {
    heard += 1;
  };
  document.addEventListener("keydown", listener, { capture: true });
  press(log, "z", { ctrlKey: true });
  await settled();
  const [asked] = kernel.of("undo");
  if (asked) kernel.answer(asked, {});
  await settled();
  press(log, "Z", { metaKey: true, shiftKey: true });
  await settled();
  expect([kernel.of("undo").length, kernel.of("redo").length, heard]).toEqual([1, 1, 0]);
  press(box, "z", { ctrlKey: true });
  expect([kernel.of("undo").length, heard]).toEqual([1, 1]);
  document.removeEventListener("keydown", listener, { capture: true });
});

it("nothing to undo is said, not asked for", async () => {
  const { kernel, log, need } = await show({ studio });
  press(log, "z", { ctrlKey: true });
  expect(kernel.of("undo")).toEqual([]);
  expect(need("[role=status]").textContent).toBe("There is nothing to undo");
});

it("plain keys stay in here, commands reach the notebook, text editing stays in its box", async () => {
  const { need, box, log } = await show();
  const root = need(".nmp-panel");
  const seen: boolean[] = [];
  // The notebook looks at the attribute as the key comes down.
  const listener = () => seen.push(root.hasAttribute("data-lm-suppress-shortcuts"));
  document.addEventListener("keydown", listener, { capture: true });
  press(log, "d");
  press(log, "s", { ctrlKey: true });
  press(box, "Enter");
  press(box, "s", { metaKey: true });
  press(box, "z", { ctrlKey: true });
  press(box, "ArrowLeft", { ctrlKey: true });
  document.removeEventListener("keydown", listener, { capture: true });
  expect(seen).toEqual([true, false, true, false, true, true]);
});
