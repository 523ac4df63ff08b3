import { describe, expect, it, vi } from "vitest";
import type { Item } from "../src/shared/protocol";
import { Kernel, SNAPSHOT, settled } from "./kernel";
import { closing, draw, press, show, studio, timeline, turn, type } from "./show";

describe("the conversation", () => {
  it("sends with Enter and empties the box", async () => {
    const { kernel, box } = await show();
    type(box, "  add a title ");
    await settled();
    expect(kernel.of("send").map((asked) => asked["text"])).toEqual(["add a title"]);
    expect(box.value).toBe("");
  });

  it("sends nothing with Shift+Enter, while a word is composed, or when empty", async () => {
    const { kernel, box } = await show();
    type(box, "a", { shiftKey: true });
    type(box, "ni", { isComposing: true });
    type(box, "   ");
    await settled();
    expect(kernel.of("send")).toEqual([]);
  });

  it("shows a message before the kernel has answered", async () => {
    const { box, log } = await show();
    type(box, "make it faster");
    await settled();
    expect(log.textContent).toContain("make it faster");
    expect(log.textContent).toContain("Sending");
  });

  it("streams a reply, then shows it as the end has it", async () => {
    const { kernel, log } = await show();
    kernel.tell({ kind: "item", item: turn({ progress: "Reading the timeline" }) });
    const delta = { kind: "delta" as const, item: 1, replace: false, progress: "Adding" };
    kernel.tell({ ...delta, seq: 1, add: "Title **add" });
    kernel.tell({ ...delta, seq: 2, add: "ed**." });
    await settled();
    expect(log.querySelector("strong")?.textContent).toBe("added");
    expect(log.textContent).toContain("Adding");
    kernel.tell({ kind: "item", item: turn({ status: "done", reply: "All done.", seq: 2 }) });
    await settled();
    expect(log.textContent).toContain("All done.");
    expect(log.querySelector<HTMLElement>(".nmp-progress")?.hidden).toBe(true);
  });

  it("asks for all of it again when a delta went missing", async () => {
    const { kernel } = await show({ items: [turn()] });
    const before = kernel.of("hello").length;
    const delta = { kind: "delta" as const, item: 1, add: "x", replace: false, progress: "" };
    kernel.tell({ ...delta, seq: 5 });
    await settled();
    expect(kernel.of("hello").length).toBe(before + 1);
  });

  it("shows queued messages and takes one back", async () => {
    const queue = [{ entry: 4, text: "and a caption" }];
    const { kernel, log, button } = await show({ items: [turn()], queue });
    expect(log.textContent).toContain("and a caption");
    expect(log.textContent).toContain("Queued");
    button("Remove from the queue")?.click();
    expect(kernel.of("unqueue").map((asked) => asked["entry"])).toEqual([4]);
  });

  it("shows a failed turn's sentences", async () => {
    const problem = { what: "No credits are left.", why: "", fix: "Top up.", code: 2001 };
    const { log } = await show({ items: [turn({ status: "failed", problem })] });
    expect(log.querySelector("[role=group]")?.textContent).toBe("No credits are left.Top up.");
  });

  it("offers suggestions of the last turn, which fill the box and send nothing", async () => {
    const items: Item[] = [
      turn({ status: "done", suggestions: ["old"] }),
      turn({ item: 2, status: "done", suggestions: ["make it bold"] }),
    ];
    const { kernel, box, named } = await show({ items });
    expect(named("old")).toBeUndefined();
    named("make it bold")?.click();
    expect(box.value).toBe("make it bold");
    expect(kernel.of("send")).toEqual([]);
  });

  it("offers the skill's examples until something was said", async () => {
    const { kernel, named, need } = await show();
    expect(named(SNAPSHOT.examples.en[0] as string)).toBeDefined();
    kernel.tell({ kind: "item", item: turn() });
    await settled();
    expect(need(".nmp-welcome").hidden).toBe(true);
  });

  it("shows file names, captions and messages as text, never as HTML", async () => {
    const evil = "<img src=x onerror=alert(1)>";
    const track = { kind: "text" as const, name: evil, segments: [] as never[] };
    const segment = { id: "s", label: evil, start_ms: 0, end_ms: 10, volume: null };
    const { el } = await show({
      items: [
        turn({ text: evil, progress: evil }),
        { type: "files", item: 2, names: [evil], notes: [evil] },
      ],
      queue: [{ entry: 1, text: evil }],
      timeline: { ...timeline, tracks: [{ ...track, segments: [segment] }] },
      examples: { en: [evil], zh: [] },
    });
    expect(el.querySelectorAll("[onerror]").length).toBe(0);
    expect(el.querySelectorAll("img:not(.nmp-still)").length).toBe(0);
  });
});

describe("Stop", () => {
  it("is there only while a turn runs, also one that a cell started", async () => {
    const { kernel, button } = await show();
    expect(button("Stop")).toBeNull();
    kernel.tell({ kind: "item", item: turn() });
    await settled();
    expect(button("Stop")).not.toBeNull();
    kernel.tell({ kind: "item", item: turn({ status: "stopped" }) });
    await settled();
    expect(button("Stop")).toBeNull();
  });

  it("brings queued messages back into the box", async () => {
    const { kernel, button, box } = await show({ items: [turn()] });
    kernel.answers("stop", () => ({ data: { returned: ["one", "two"] } }));
    button("Stop")?.click();
    await settled();
    expect(box.value).toBe("one\ntwo");
    expect(kernel.interrupts).toBe(0);
  });

  it("interrupts a kernel that does not answer within 3 s", async () => {
    vi.useFakeTimers();
    const { kernel, button } = await show({ items: [turn()] });
    button("Stop")?.click();
    await vi.advanceTimersByTimeAsync(2999);
    expect(kernel.interrupts).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(kernel.interrupts).toBe(1);
    vi.useRealTimers();
  });
});

describe("timeline and export", () => {
  it("exports once there is something, shows progress and can be cancelled", async () => {
    const { kernel, named, el } = await show();
    expect(named("Export")?.disabled).toBe(true);
    kernel.tell({ kind: "timeline", timeline });
    await settled();
    named("Export")?.click();
    expect(kernel.of("export").length).toBe(1);
    const running = { ...SNAPSHOT.export, status: "processing" as const, cancellable: true };
    kernel.tell({ kind: "export", export: { ...running, progress: 42 } });
    await settled();
    expect(el.textContent).toContain("Exporting 42 %");
    named("Cancel")?.click();
    expect(kernel.of("export_cancel").length).toBe(1);
  });

  it("fetches the finished video and plays it from memory", async () => {
    const { kernel, need, el } = await show({ timeline });
    const part = new DataView(new ArrayBuffer(10));
    kernel.answers("video", () => ({ data: { total_bytes: 10 }, buffers: [part] }));
    const video = { video: 1, name: "cat.mp4", size_bytes: 10, duration_ms: 4000 };
    kernel.tell({ kind: "export", export: { ...SNAPSHOT.export, status: "completed", video } });
    await vi.waitFor(() => expect(need("video").getAttribute("src")).toMatch(/^blob:/));
    expect(need<HTMLVideoElement>("video").hidden).toBe(false);
    expect(el.textContent).toContain("Saved as cat.mp4");
    expect(need("a[download]").getAttribute("download")).toBe("cat.mp4");
  });

  it("shows why an export failed", async () => {
    const problem = { what: "It could not be rendered.", why: "", fix: "", code: null };
    const { need } = await show({
      timeline,
      export: { ...SNAPSHOT.export, status: "failed", problem },
    });
    expect(need(".nmp-export [role=group]").textContent).toContain("It could not be rendered.");
  });
});

describe("the panel itself", () => {
  it("always shows skill, backend and credits", async () => {
    const credits = { available: 1234, total: 2000 };
    const { need } = await show({ credits }, { backend: "Nemo cloud" });
    expect(need(".nmp-header").textContent).toBe("NemoCaption A/BNemo cloud1,234 credits");
  });

  it("says what is left of a studio's credits, and that it is free where it counts none", async () => {
    const { kernel, need } = await show();
    expect(need(".nmp-credits").textContent).toBe("free of charge");
    kernel.tell({ kind: "credits", credits: { available: 40, total: 100 } });
    await settled();
    expect(need(".nmp-credits").textContent).toBe("40 credits");
  });

  it("paints and logs what goes wrong in it, and draws the rest", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const { kernel, need, log } = await show();
    const broken = { ...timeline, tracks: null } as never;
    kernel.tell({ kind: "timeline", timeline: broken });
    kernel.tell({ kind: "item", item: turn({ text: "still there" }) });
    await settled();
    expect(need(".nmp-troubles [role=group]").textContent).toContain("could not be drawn");
    expect(log.textContent).toContain("still there");
    expect(logged).toHaveBeenCalled();
  });

  it("speaks Chinese to a Chinese session", async () => {
    const { need, button } = await show({ items: [turn()] }, { language: "zh" });
    expect(need(".nmp-header").textContent).toContain("本机");
    expect(button("停止")).not.toBeNull();
    expect(need(".nmp-panel").lang).toBe("zh");
  });

  it("offers Chinese examples to a Chinese session", async () => {
    const { named } = await show({}, { language: "zh" });
    expect(named(SNAPSHOT.examples.zh[0] as string)).toBeDefined();
    expect(named(SNAPSHOT.examples.en[0] as string)).toBeUndefined();
  });

  it("says that the kernel was restarted, in words of its own, and keeps the message", async () => {
    const { kernel, el, box, button } = await show({}, { language: "zh" });
    kernel.answers("send", () => {
      throw new Error("Cannot send");
    });
    box.value = "hello";
    box.dispatchEvent(new Event("input"));
    button("发送")?.click();
    await settled();
    expect(el.querySelector(".nmp-problem")?.textContent).toContain("请重新运行该单元格");
    expect(el.textContent).not.toContain("Cannot send");
    expect(box.value).toBe("hello");
  });

  it("announces start and end, and not every token", async () => {
    const { kernel, need } = await show();
    const said: string[] = [];
    const live = need("[role=status]");
    new MutationObserver(() => said.push(live.textContent ?? "")).observe(live, {
      childList: true,
    });
    kernel.tell({ kind: "item", item: turn() });
    await settled();
    for (let seq = 1; seq <= 20; seq += 1) {
      kernel.tell({ kind: "delta", item: 1, seq, add: "word ", replace: false, progress: "" });
      await settled();
    }
    kernel.tell({ kind: "item", item: turn({ status: "done", reply: "done" }) });
    await settled();
    expect(said).toEqual(["Working on your message", "Answer ready"]);
  });

  it("says that the kernel does not answer, and recovers when it does", async () => {
    vi.useFakeTimers();
    const kernel = new Kernel();
    kernel.answers("hello", () => undefined);
    const { el } = await draw(kernel);
    await vi.advanceTimersByTimeAsync(5000);
    const banner = el.querySelector<HTMLElement>(".nmp-banner");
    expect(banner?.textContent).toContain("not answering");
    kernel.answers("hello", () => ({ data: SNAPSHOT }));
    banner?.querySelector("button")?.click();
    await vi.advanceTimersByTimeAsync(0);
    expect(banner?.hidden).toBe(true);
    vi.useRealTimers();
  });

  it("says why the kernel refuses to talk", async () => {
    const kernel = new Kernel();
    const error = { what: "Another version.", why: "", fix: "Reload.", code: null };
    kernel.answers("hello", () => ({ error }));
    const { el } = await draw(kernel);
    await settled();
    expect(el.querySelector(".nmp-banner")?.textContent).toContain("Another version. Reload.");
  });

  it("lets one view go without a trace, and the other lives on", async () => {
    const { kernel, el, again } = await show({ timeline, studio: { ...studio, undo: 5 } });
    const going = new AbortController();
    const other = await again(going.signal);
    const log = other.querySelector("[role=log]") as HTMLElement;
    going.abort();
    expect(other.children.length).toBe(0);
    document.body.append(log);
    press(log, "z", { ctrlKey: true });
    expect(kernel.of("undo")).toEqual([]);
    kernel.tell({ kind: "item", item: turn({ text: "only here" }) });
    await settled();
    expect(el.textContent).toContain("only here");
    expect(log.textContent).not.toContain("only here");
  });

  it("leaves no listener, timer, object URL or element behind", async () => {
    vi.useFakeTimers();
    const revoked = vi.spyOn(URL, "revokeObjectURL");
    const { kernel, el } = await show({ timeline, items: [turn()] });
    kernel.answers("video", () => ({
      data: { total_bytes: 1 },
      buffers: [new DataView(new ArrayBuffer(1))],
    }));
    const video = { video: 1, name: "a.mp4", size_bytes: 1, duration_ms: 1 };
    kernel.tell({ kind: "export", export: { ...SNAPSHOT.export, status: "completed", video } });
    await vi.advanceTimersByTimeAsync(0);
    closing.abort();
    await vi.advanceTimersByTimeAsync(0);
    expect(kernel.listening).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    expect(el.children.length).toBe(0);
    expect(revoked.mock.calls.some(([url]) => url.startsWith("blob:"))).toBe(true);
    vi.useRealTimers();
  });
});
