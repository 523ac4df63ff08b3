import { expect, it, vi } from "vitest";
import { Channel, Refused, Unanswered } from "../src/shared/channel";
import { Kernel } from "./kernel";

function open(notice = () => {}) {
  const kernel = new Kernel();
  const closing = new AbortController();
  return { kernel, closing, channel: new Channel(kernel.model, notice, closing.signal) };
}

it("matches answers to requests by id, in any order", async () => {
  const { kernel, channel } = open();
  const first = channel.request("send", { text: "a" });
  const second = channel.request("send", { text: "b" });
  const [a, b] = kernel.of("send");
  if (!a || !b) throw new Error("not sent");
  kernel.answer(b, { data: { entry: 2 } });
  kernel.answer(a, { data: { entry: 1 } });
  expect((await first).data.entry).toBe(1);
  expect((await second).data.entry).toBe(2);
});

it("rejects with the kernel's own sentences", async () => {
  const { kernel, channel } = open();
  const error = { what: "No.", why: "Because.", fix: "Try.", code: 4001 };
  kernel.answers("export", () => ({ error }));
  const failure = await channel.request("export", { format: "mp4" }).catch((caught) => caught);
  expect(failure).toBeInstanceOf(Refused);
  expect(failure.problem).toEqual(error);
  expect(failure.message).toBe("No. Because. Try.");
});

it("gives up after the time it was given, and ignores a late answer", async () => {
  vi.useFakeTimers();
  const { kernel, channel } = open();
  const waiting = channel.request("stop", {}, { timeoutMs: 1500 });
  const caught = waiting.catch((error) => error);
  vi.advanceTimersByTime(1500);
  expect(await caught).toBeInstanceOf(Unanswered);
  const [asked] = kernel.of("stop");
  if (asked) kernel.answer(asked, { data: { returned: [] } });
  vi.useRealTimers();
});

it("passes notices on and drops what it does not know", () => {
  const heard = vi.fn();
  const { kernel } = open(heard);
  kernel.emit({ kind: "queue", queue: [] });
  for (const strange of [null, 7, "x", {}, { kind: "toString" }, { kind: "from the future" }]) {
    kernel.emit(strange);
  }
  expect(heard).toHaveBeenCalledTimes(1);
});

it("stops listening and ends every wait when it is closed", async () => {
  const { kernel, closing, channel } = open();
  const caught = channel.request("export", { format: "mp4" }).catch((error) => error);
  closing.abort();
  expect(await caught).toBeInstanceOf(Unanswered);
  expect(kernel.listening).toBe(0);
});
