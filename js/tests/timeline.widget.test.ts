import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { plainProblem, type TimelineView } from "../src/shared/protocol";
import timeline from "../src/timeline";
import { captionList } from "../src/timeline/captions";
import { cueAt, cuesOf, wordsAt } from "../src/timeline/cues";
import { textsIn } from "../src/timeline/texts";
import { Kernel, settled } from "./kernel";

let closing: AbortController;

beforeEach(() => {
  closing = new AbortController();
});

afterEach(() => {
  closing.abort();
  document.body.replaceChildren();
});

function view(count = 3): TimelineView {
  const segments = Array.from({ length: count }, (_, at) => ({
    id: `s${at}`,
    label: `cue ${at}`,
    start_ms: at * 1000,
    end_ms: at * 1000 + 800,
    volume: null,
  }));
  return {
    duration_ms: count * 1000,
    ready: true,
    summary: "",
    width: 16,
    height: 9,
    previews: true,
    tracks: [{ kind: "text", name: "Captions", segments }],
  };
}

async function show(answer: object = {}, views = 1) {
  const kernel = new Kernel();
  const snapshot = { timeline: view(), selection: [], editable: false, ...answer };
  kernel.answers("hello_timeline", () => ({ data: snapshot }));
  kernel.answers("frame", () => ({ buffers: [new DataView(new ArrayBuffer(4))] }));
  kernel.answers("select", () => ({}));
  const widget = typeof timeline === "function" ? await timeline() : timeline;
  const { model } = kernel;
  const { signal } = closing;
  await widget.initialize?.({ model, signal } as never);
  const els = Array.from({ length: views }, () => document.createElement("div"));
  for (const el of els) {
    document.body.append(el);
    await widget.render?.({ model, el, signal } as never);
  }
  await settled();
  const one = <T extends Element = HTMLElement>(css: string, at = 0) => {
    const found = els[at]?.querySelector<T>(css);
    if (!found) throw new Error(`no ${css}`);
    return found;
  };
  return { kernel, one, els };
}

describe("the timeline widget", () => {
  it("asks for all there is, and shows the picture of the start with its words", async () => {
    const { kernel, one } = await show();
    expect(one(".nmp-tl").getAttribute("data-segments")).toBe("text:3");
    expect(kernel.of("frame")[0]).toMatchObject({ at_ms: 0, exact: false });
    expect(one<HTMLImageElement>("img").alt).toBe("Picture at 0:00, “cue 0”");
    expect(one(".nmp-tl-details").textContent).toContain("copy to look at");
    expect(one(".nmp-banner").hidden).toBe(true);
  });

  it("tells what Python has selected, also in a second view", async () => {
    const { kernel, one } = await show({}, 2);
    kernel.tell({ kind: "selection", selection: [[1, 2]], reveal: true });
    await settled();
    for (const at of [0, 1]) {
      expect(one(".nmp-tl-label", at).textContent).toBe("cue 1");
      expect(one(".nmp-tl-details", at).textContent).toContain("Captions · 2 · 0:01 – 0:01.8");
    }
    kernel.tell({
      kind: "selection",
      selection: [
        [1, 1],
        [1, 2],
        [7, 7],
      ],
      reveal: false,
    });
    await settled();
    expect(one(".nmp-tl-details").textContent).toContain("2 segments, 0:01.6 together");
    expect(kernel.of("select")).toEqual([]);
  });

  it("tells Python what is selected, and every view of it", async () => {
    const { kernel, one } = await show({}, 2);
    const list = one("[role=listbox]");
    list.dispatchEvent(new KeyboardEvent("keydown", { key: "End", bubbles: true }));
    expect(kernel.of("select")[0]).toMatchObject({ segments: [[1, 3]] });
    await settled();
    expect(one(".nmp-tl-label", 1).textContent).toBe("cue 2");
  });

  it("has nothing to look at where the backend draws nothing", async () => {
    const { kernel, els } = await show({ timeline: { ...view(), previews: false } });
    expect(els[0]?.querySelector<HTMLElement>(".nmp-tl-still")?.hidden).toBe(true);
    expect(kernel.of("frame")).toEqual([]);
    expect(kernel.of("thumbnails")).toEqual([]);
  });

  it("says that the kernel is gone, and takes the line up again", async () => {
    const { kernel, one } = await show();
    kernel.connection("disconnected");
    await settled();
    expect(one(".nmp-banner").textContent).toContain("not answering");
    one<HTMLButtonElement>(".nmp-banner button").click();
    await settled();
    expect(kernel.reconnects).toBe(1);
    expect(kernel.of("hello_timeline")).toHaveLength(2);
    expect(one(".nmp-banner").hidden).toBe(true);
  });

  it("does not take a kernel that began anew for one that knows it", async () => {
    vi.spyOn(console, "warn").mockReturnValue();
    const { kernel, one } = await show();
    kernel.status("restarting");
    kernel.connection("disconnected");
    kernel.connection("connected");
    await settled();
    expect(one(".nmp-banner").textContent).toContain("was restarted");
    expect(kernel.of("hello_timeline")).toHaveLength(1);
    kernel.answers("hello_timeline", () => ({
      error: { ...plainProblem("No."), why: "Unknown." },
    }));
    one<HTMLButtonElement>(".nmp-banner button").click();
    await settled();
    expect(one(".nmp-banner").textContent).toContain("was restarted");
    expect(one("[role=status]").textContent).toContain("Still no answer.");
  });

  it("leaves nothing behind", async () => {
    const { kernel, els } = await show({}, 2);
    const revoked = vi.spyOn(URL, "revokeObjectURL");
    closing.abort();
    expect(kernel.listening + kernel.slots).toBe(0);
    expect(els.every((el) => el.children.length === 0)).toBe(true);
    expect(revoked).toHaveBeenCalled();
  });
});

describe("the captions", () => {
  const cues = cuesOf(view(1000));
  const starts = Float64Array.from(cues, ({ startMs }) => startMs);

  it("are the texts of every track by time", () => {
    const two = view();
    two.tracks.push({ kind: "audio", name: "", segments: view().tracks[0]?.segments ?? [] });
    two.tracks.push({
      kind: "text",
      name: "",
      segments: [{ id: "t", label: "title", start_ms: 500, end_ms: 900, volume: null }],
    });
    expect(cuesOf(two).map(({ ref }) => ref)).toEqual([
      [1, 1],
      [3, 1],
      [1, 2],
      [1, 3],
    ]);
    expect(cuesOf(null)).toEqual([]);
    expect(wordsAt(cuesOf(two), 600)).toEqual(["cue 0", "title"]);
  });

  it("are found by time", () => {
    expect([-5, 0, 999, 1000, 1e9].map((ms) => cueAt(starts, ms))).toEqual([0, 0, 0, 1, 999]);
  });

  it("are there only as far as they are seen, and picked by keys", async () => {
    const picked = vi.fn();
    const list = captionList(textsIn("en"), picked, closing.signal);
    document.body.append(list.el);
    list.show(cues);
    await new Promise((resolve) => requestAnimationFrame(resolve));
    expect(list.el.querySelectorAll("[role=option]").length).toBeLessThan(40);
    expect(list.el.getAttribute("aria-label")).toBe("1000 captions");
    list.el.dispatchEvent(new KeyboardEvent("keydown", { key: "End" }));
    expect(picked).toHaveBeenCalledWith(cues[999]);
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const current = list.el.getAttribute("aria-activedescendant") ?? "";
    expect(document.getElementById(current)?.textContent).toContain("cue 999");
  });
});
