import { afterEach, expect, it, vi } from "vitest";
import { markdown } from "../src/markdown";
import { Channel } from "../src/shared/channel";
import { markdownOf } from "../src/shared/rich";
import { Kernel } from "./kernel";

const page = globalThis as { nemoNbMarkdown?: unknown };
const source = new DataView(new TextEncoder().encode("export const markdown = 1").buffer);

afterEach(() => {
  delete page.nemoNbMarkdown;
});

function opened() {
  const kernel = new Kernel();
  const closing = new AbortController();
  kernel.answers("asset", () => ({ buffers: [source] }));
  return { kernel, channel: new Channel(kernel.model, () => {}, closing.signal) };
}

it("is fetched once a page, whatever number of models ask", async () => {
  const [one, other] = [opened(), opened()];
  const load = vi.fn(async () => ({ markdown }));
  const revoked = vi.spyOn(URL, "revokeObjectURL");
  const found = await Promise.all([
    markdownOf(one.channel, load),
    markdownOf(one.channel, load),
    markdownOf(other.channel, load),
  ]);
  expect(found).toEqual([markdown, markdown, markdown]);
  expect(one.kernel.of("asset").map((asked) => asked["name"])).toEqual(["markdown"]);
  expect(other.kernel.of("asset")).toEqual([]);
  expect(load).toHaveBeenCalledTimes(1);
  expect(revoked).toHaveBeenCalledTimes(1);
});

it("is asked for again after it could not be had", async () => {
  const { kernel, channel } = opened();
  const broken = async () => Promise.reject(new Error("blocked"));
  await expect(markdownOf(channel, broken)).rejects.toThrow("blocked");
  await expect(markdownOf(channel, async () => ({ markdown }))).resolves.toBe(markdown);
  expect(kernel.of("asset").length).toBe(2);
});
