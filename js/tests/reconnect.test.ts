import { expect, it, vi } from "vitest";
import { Kernel, SNAPSHOT, settled } from "./kernel";
import { closing, show, turn } from "./show";

it("a restarted kernel is told of at once; what ran is over, what waited is the user's", async () => {
  const queue = [{ entry: 1, text: "and a caption" }];
  const { kernel, need, box, button } = await show({ items: [turn()], queue });
  kernel.status("restarting");
  await settled();
  expect(need(".nmp-banner").textContent).toContain("Run the cell again");
  expect(need("[role=status]").textContent).toContain("restarted");
  expect(button("Stop")).toBeNull();
  expect(box.value).toBe("and a caption");
});

it("Reconnect says honestly that there is nothing to connect to", async () => {
  vi.useFakeTimers();
  const { kernel, need } = await show();
  kernel.status("autorestarting");
  await vi.advanceTimersByTimeAsync(0);
  kernel.answers("hello", () => undefined);
  need(".nmp-banner button").click();
  await vi.advanceTimersByTimeAsync(5000);
  expect(need(".nmp-banner").textContent).toContain("nothing to reconnect to");
  // Its line stands: taking it up again would only lose what is on its way.
  expect(kernel.reconnects).toBe(0);
  vi.useRealTimers();
});

it("Try again takes up a line that is cut", async () => {
  const { kernel, need } = await show();
  kernel.connection("disconnected");
  await settled();
  need(".nmp-banner button").click();
  await settled();
  expect(kernel.reconnects).toBe(1);
});

it("Reconnect takes over where the kernel knows the panel", async () => {
  const { kernel, need, log } = await show();
  kernel.status("dead");
  await settled();
  const items = [turn({ text: "still there", status: "done" as const })];
  kernel.answers("hello", () => ({ data: { ...SNAPSHOT, items } }));
  need(".nmp-banner button").click();
  await settled();
  expect(need(".nmp-banner").hidden).toBe(true);
  expect(log.textContent).toContain("still there");
});

it("a line that was cut is told of, and taken up again by itself", async () => {
  const { kernel, need } = await show();
  kernel.connection("connecting");
  await settled();
  expect(need(".nmp-banner").hidden).toBe(false);
  const before = kernel.of("hello").length;
  kernel.connection("connected");
  await settled();
  expect(kernel.of("hello").length).toBe(before + 1);
  expect(need(".nmp-banner").hidden).toBe(true);
});

it("hosts that tell nothing of their kernel are no trouble", async () => {
  const kernel = new Kernel();
  (kernel.model as { widget_manager: unknown }).widget_manager = {};
  const { need } = await show({}, {}, kernel);
  expect(need(".nmp-banner").hidden).toBe(true);
});

it("nothing listens to the kernel once the panel has gone", async () => {
  const { kernel } = await show();
  expect(kernel.slots).toBeGreaterThan(0);
  closing.abort();
  expect(kernel.slots).toBe(0);
});
