import { describe, expect, it, vi } from "vitest";
import { settled } from "./kernel";
import { show, type } from "./show";

describe("files", () => {
  const file = (size: number, name = "cat.jpg") => new File([new Uint8Array(size)], name);

  function choose(input: HTMLInputElement, files: File[]): void {
    Object.defineProperty(input, "files", { value: files, configurable: true });
    input.dispatchEvent(new Event("change"));
  }

  it("that are too large or empty are refused before a byte is sent", async () => {
    const { kernel, el, need } = await show({ limit_bytes: 1000 });
    choose(need<HTMLInputElement>("input[type=file]"), [file(3000), file(0, "none.mp4")]);
    await settled();
    expect(el.textContent).toContain("“cat.jpg” has 3 kB; the limit is 1 kB.");
    expect(el.textContent).toContain("“none.mp4” is empty.");
    expect(kernel.of("upload_begin")).toEqual([]);
  });

  it("go one after the other, and a message waits for them", async () => {
    const { kernel, need, box } = await show();
    kernel.answers("upload_begin", () => ({ data: { chunk_bytes: 100 } }));
    kernel.answers("upload_chunk", () => ({ data: { received_bytes: 100 } }));
    choose(need<HTMLInputElement>("input[type=file]"), [file(100, "a.jpg"), file(100, "b.jpg")]);
    type(box, "caption them");
    await vi.waitFor(() => expect(kernel.of("upload_end").length).toBe(1));
    expect(kernel.of("upload_begin").map((asked) => asked["name"])).toEqual(["a.jpg"]);
    expect(kernel.of("send")).toEqual([]);
    kernel.answers("upload_end", () => ({}));
    const [first] = kernel.of("upload_end");
    if (first) kernel.answer(first, {});
    await vi.waitFor(() => expect(kernel.of("send").length).toBe(1));
    expect(kernel.of("upload_begin").map((asked) => asked["name"])).toEqual(["a.jpg", "b.jpg"]);
  });

  it("that the kernel refuses say why, and do not hold up the next", async () => {
    const { kernel, need, el } = await show();
    const error = { what: "“a.txt” is no media file.", why: "", fix: "Use mp4.", code: 4001 };
    kernel.answers("upload_begin", ({ name }) =>
      name === "a.txt" ? { error } : { data: { chunk_bytes: 100 } },
    );
    kernel.answers("upload_chunk", () => ({ data: { received_bytes: 1 } }));
    choose(need<HTMLInputElement>("input[type=file]"), [file(1, "a.txt"), file(1, "b.jpg")]);
    await vi.waitFor(() => expect(kernel.of("upload_end").length).toBe(1));
    expect(el.textContent).toContain("“a.txt” is no media file.Use mp4.");
  });
});
