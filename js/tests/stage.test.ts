import { describe, expect, it, vi } from "vitest";
import type { Snapshot } from "../src/shared/protocol";
import { Kernel, SNAPSHOT, settled } from "./kernel";
import { closing, press, show, studio, timeline } from "./show";

const drafted = { ...timeline, previews: true };
const part = new DataView(new ArrayBuffer(10));

function exported(name: string): Snapshot["export"] {
  const video = { video: 1, name, size_bytes: 10, duration_ms: 4000 };
  return { ...SNAPSHOT.export, status: "completed", video };
}

async function finished(name: string, snapshot: Partial<Snapshot> = {}) {
  const panel = await show({ timeline, studio, ...snapshot });
  panel.kernel.answers("video", () => ({ data: { total_bytes: 10 }, buffers: [part] }));
  const made = vi.spyOn(URL, "createObjectURL");
  panel.kernel.tell({ kind: "export", export: exported(name) });
  await vi.waitFor(() => expect(panel.need("a[download]").hasAttribute("href")).toBe(true));
  await settled();
  const blob = made.mock.calls.map(([it]) => it as Blob).find((it) => !it.type.includes("jpeg"));
  return { ...panel, blob };
}

describe("an exported file", () => {
  it.each([
    ["cat.mp4", "video/mp4", "video.nmp-film"],
    ["cat.webm", "video/webm", "video.nmp-film"],
    ["cat.gif", "image/gif", "img.nmp-film"],
    ["cat.PNG", "image/png", "img.nmp-film"],
    ["cat.wav", "audio/wav", "audio"],
  ])("%s is shown by what plays it", async (name, type, css) => {
    const { need, el, blob } = await finished(name);
    expect(blob?.type).toBe(type);
    expect(need(css).getAttribute("src")).toMatch(/^blob:/);
    const shown = [...el.querySelectorAll<HTMLElement>(".nmp-screen > *")].filter(
      (it) => !it.hidden,
    );
    expect(shown).toEqual([need(css)]);
    expect(need("a[download]").getAttribute("download")).toBe(name);
  });

  it("begins where it plays from, wherever one had looked at the draft", async () => {
    const panel = await show({ timeline, studio });
    const place = panel.need<HTMLInputElement>("input[type=range]");
    place.value = "2000";
    place.dispatchEvent(new Event("input", { bubbles: true }));
    panel.kernel.answers("video", () => ({ data: { total_bytes: 10 }, buffers: [part] }));
    panel.kernel.tell({ kind: "export", export: exported("cat.mp4") });
    await vi.waitFor(() => expect(panel.need("video.nmp-film").hasAttribute("src")).toBe(true));
    expect(place.value).toBe("0");
  });

  it("says what of the timeline could not be shown", async () => {
    const { kernel, need } = await finished("cat.mp4");
    const notes = ["No font here has “𒀀”."];
    kernel.tell({ kind: "export", export: { ...exported("cat.mp4"), notes } });
    await settled();
    expect(need(".nmp-export li").textContent).toBe(notes[0]);
  });
});

describe("the format", () => {
  it("is chosen beside the button, of those that the backend has", async () => {
    const { kernel, need, named } = await show({ timeline, studio });
    const formats = need<HTMLSelectElement>("select");
    expect(formats.getAttribute("aria-label")).toBe("Format");
    expect([...formats.options].map((option) => option.value)).toEqual(studio.formats);
    formats.value = "gif";
    named("Export")?.click();
    expect(kernel.of("export").map((asked) => asked["format"])).toEqual(["gif"]);
  });

  it("is no question on a cloud", async () => {
    const { kernel, need, named } = await show({ timeline });
    expect(need("select").hidden).toBe(true);
    named("Export")?.click();
    expect(kernel.of("export").map((asked) => asked["format"])).toEqual(["mp4"]);
  });
});

describe("stills of the draft", () => {
  const stills = (kernel: Kernel) =>
    kernel.of("frame").map((asked) => [asked["at_ms"], asked["exact"]]);

  it("are there at once while one drags, and exact when one rests", async () => {
    vi.useFakeTimers();
    const kernel = new Kernel({ timeline: drafted, studio });
    kernel.answers("frame", () => ({ data: {}, buffers: [part] }));
    const { need } = await show({}, {}, kernel);
    await vi.advanceTimersByTimeAsync(1000);
    const before = kernel.of("frame").length;
    const slider = need<HTMLInputElement>("input[type=range]");
    for (const at of [500, 1000, 1500]) {
      slider.value = String(at);
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(
      stills(kernel)
        .slice(before)
        .map(([, exact]) => exact),
    ).toEqual([false, false, false]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(stills(kernel).at(-1)).toEqual([1500, true]);
    expect(stills(kernel).filter(([, exact]) => exact).length).toBeLessThanOrEqual(before + 1);
    closing.abort();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});

describe("captions beside the picture", () => {
  const many = (count: number) => ({
    ...drafted,
    duration_ms: count * 1000,
    tracks: [
      {
        kind: "text" as const,
        name: "",
        segments: Array.from({ length: count }, (_, index) => ({
          id: `c${index}`,
          label: `words ${index}`,
          start_ms: index * 1000,
          end_ms: index * 1000 + 800,
          volume: null,
        })),
      },
    ],
  });

  it("are listed, the current one is marked, and a click goes there", async () => {
    const { need, el } = await show({ timeline: many(5), studio });
    const rows = () => [...el.querySelectorAll<HTMLElement>(".nmp-cue")];
    expect(rows().map((row) => row.textContent)).toEqual(
      [0, 1, 2, 3, 4].map((index) => `0:0${index}words ${index}`),
    );
    rows()[3]?.querySelector("button")?.click();
    expect(rows().map((row) => row.hasAttribute("aria-current"))).toEqual([
      false,
      false,
      false,
      true,
      false,
    ]);
    expect(need<HTMLInputElement>("input[type=range]").value).toBe("3400");
  });

  it("stay few hundred rows, around the place, however many there are", async () => {
    const { el, need } = await show({ timeline: many(2000), studio });
    const rows = () => [...el.querySelectorAll<HTMLElement>(".nmp-cue")];
    expect(rows().length).toBe(300);
    const slider = need<HTMLInputElement>("input[type=range]");
    slider.value = "1500100";
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    expect(rows().length).toBe(300);
    expect(el.querySelector(".nmp-cue[aria-current]")?.textContent).toContain("words 1500");
  });

  it("are one stop of the Tab key; the arrow keys go through them", async () => {
    const { el } = await show({ timeline: many(4), studio });
    const buttons = [...el.querySelectorAll<HTMLButtonElement>(".nmp-cue button")];
    expect(buttons.map((button) => button.tabIndex)).toEqual([0, -1, -1, -1]);
    buttons[0]?.focus();
    const seen = ["ArrowDown", "ArrowDown", "ArrowUp", "End", "ArrowDown", "Home"].map((key) => {
      press(document.activeElement as Element, key);
      return buttons.indexOf(document.activeElement as HTMLButtonElement);
    });
    expect(seen).toEqual([1, 2, 1, 3, 3, 0]);
    buttons[2]?.focus();
    expect(buttons.map((button) => button.tabIndex)).toEqual([-1, -1, 0, -1]);
  });
});

describe("where nobody has gone anywhere", () => {
  const titled = (startMs: number) => ({
    ...drafted,
    tracks: [
      {
        kind: "text" as const,
        name: "",
        segments: [{ id: "c", label: "Hi", start_ms: startMs, end_ms: 3000, volume: null }],
      },
    ],
  });

  it("the first picture shows the first text, not the moment before it comes", async () => {
    const { kernel } = await show({ timeline: titled(0), studio });
    expect(kernel.of("frame").at(-1)?.["at_ms"]).toBe(500);
    const other = await show({ timeline: titled(1000), studio });
    expect(other.kernel.of("frame").at(-1)?.["at_ms"]).toBe(0);
  });
});
