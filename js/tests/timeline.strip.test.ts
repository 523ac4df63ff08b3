import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SegmentRef, TimelineView } from "../src/shared/protocol";
import { type TimelineHost, timelineStrip } from "../src/timeline/view";
import { settled } from "./kernel";

/** Lanes of 1016 px: a timeline of 10 s is 1000 px long, 10 ms to a px. */
class Sizes {
  static open = 0;
  readonly #tell: ResizeObserverCallback;
  constructor(tell: ResizeObserverCallback) {
    this.#tell = tell;
  }
  observe(el: Element): void {
    Sizes.open += 1;
    const width = el.classList.contains("nmp-tl-gauge") ? 1016 : 0;
    const entry = { contentRect: { width, height: 0 }, borderBoxSize: [{ blockSize: 80 }] };
    this.#tell([entry as unknown as ResizeObserverEntry], this as unknown as ResizeObserver);
  }
  unobserve(): void {}
  disconnect(): void {
    Sizes.open -= 1;
  }
}

let closing: AbortController;

beforeEach(() => {
  closing = new AbortController();
  Sizes.open = 0;
  vi.stubGlobal("ResizeObserver", Sizes);
});

afterEach(() => {
  closing.abort();
  expect(Sizes.open).toBe(0);
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

function view(change: Partial<TimelineView> = {}): TimelineView {
  const text = (id: string, label: string, start_ms: number) => ({
    id,
    label,
    start_ms,
    end_ms: start_ms + 2000,
    volume: null,
  });
  return {
    duration_ms: 10_000,
    ready: true,
    summary: "",
    width: 1920,
    height: 1080,
    previews: false,
    tracks: [
      {
        kind: "video",
        name: "",
        segments: [{ id: "v", label: "clip.mp4", start_ms: 0, end_ms: 10_000, volume: 0.6 }],
      },
      { kind: "audio", name: "Music", segments: [] },
      {
        kind: "text",
        name: "Captions",
        segments: [text("a", "one", 0), text("b", "two", 3000), text("c", "three", 6000)],
      },
    ],
    ...change,
  };
}

async function show(change: Partial<TimelineHost> = {}, timeline: TimelineView | null = view()) {
  const host = {
    lang: "en" as const,
    signal: closing.signal,
    onSeek: vi.fn<(ms: number) => void>(),
    onSelect: vi.fn<(refs: readonly SegmentRef[]) => void>(),
    announce: vi.fn<(text: string) => void>(),
  };
  const strip = timelineStrip({ ...host, ...change });
  document.body.append(strip.el);
  strip.show(timeline);
  await frame();
  const one = <T extends Element = HTMLElement>(css: string) => {
    const found = strip.el.querySelector<T>(css);
    if (!found) throw new Error(`no ${css}`);
    return found;
  };
  const list = (name: string) => one(`[role=listbox][aria-label^="${name}:"]`);
  const option = (name: string) => list(name).querySelector("[role=option]") as HTMLElement;
  return { ...host, ...change, strip, host, one, list, option, stage: one(".nmp-tl-stage") };
}

/** Let the next frame be painted. */
async function frame(): Promise<void> {
  await settled();
  await new Promise((resolve) => requestAnimationFrame(resolve));
}

function press(el: Element, key: string, held: KeyboardEventInit = {}): boolean {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...held });
  return !el.dispatchEvent(event);
}

function click(el: Element, x: number, y: number, held: MouseEventInit = {}): void {
  const at = { bubbles: true, cancelable: true, clientX: x, clientY: y, button: 0, ...held };
  el.dispatchEvent(new PointerEvent("pointerdown", { ...at, pointerId: 1 }));
  el.dispatchEvent(new PointerEvent("pointerup", { ...at, pointerId: 1 }));
}

/** In the middle of a lane: the video's, then the captions'. */
const VIDEO_Y = 15;
const TEXT_Y = 45;

describe("the strip", () => {
  it("names its lanes, their segments and how many of each kind there are", async () => {
    const { strip, list, option } = await show();
    expect(strip.el.getAttribute("data-segments")).toBe("video:1 text:3");
    expect(list("Video").getAttribute("aria-label")).toBe("Video: 1 segment");
    expect(option("Video").getAttribute("aria-label")).toBe("clip.mp4 (0:00 – 0:10 · 60 %)");
    expect(list("Captions").getAttribute("aria-activedescendant")).toBe(option("Captions").id);
    expect(option("Captions").getAttribute("aria-setsize")).toBe("3");
    expect(strip.el.querySelectorAll("[role=listbox]")).toHaveLength(2);
  });

  it("names a segment without words after its kind", async () => {
    const bare = view();
    for (const track of bare.tracks) for (const segment of track.segments) segment.label = "";
    const { option } = await show({}, bare);
    expect(option("Video").getAttribute("aria-label")).toMatch(/^Video \(/);
  });

  it("says that there is nothing while there is nothing", async () => {
    const { strip, one } = await show({}, null);
    expect(one(".nmp-nothing").hidden).toBe(false);
    expect(one(".nmp-tl-body").hidden).toBe(true);
    strip.show(view({ ready: false }));
    expect(strip.el.getAttribute("data-segments")).toBe("");
    strip.show(view());
    expect(one(".nmp-nothing").hidden).toBe(true);
  });

  it("speaks Chinese to who reads it", async () => {
    const { one } = await show({ lang: "zh" });
    expect(one("input").getAttribute("aria-label")).toBe("位置");
    expect(one("button").getAttribute("aria-label")).toBe("缩小");
  });

  it("selects what is clicked, tells Python's name of it, and seeks there", async () => {
    const { stage, host, onSelect, onSeek, option } = await show();
    click(stage, 350, TEXT_Y);
    expect(onSelect).toHaveBeenLastCalledWith([[3, 2]]);
    expect(onSeek).toHaveBeenLastCalledWith(3500);
    await frame();
    expect(option("Captions").getAttribute("aria-selected")).toBe("true");
    expect(option("Captions").getAttribute("aria-posinset")).toBe("2");
    click(stage, 100, VIDEO_Y, { ctrlKey: true });
    expect(onSelect).toHaveBeenLastCalledWith([
      [1, 1],
      [3, 2],
    ]);
    expect(onSeek).toHaveBeenCalledTimes(1);
    click(stage, 700, TEXT_Y, { shiftKey: true });
    expect(host.onSelect.mock.lastCall?.[0]).toHaveLength(3);
    click(stage, 250, TEXT_Y);
    expect(onSelect).toHaveBeenLastCalledWith([]);
  });

  it("takes a drag for scrolling, not for a click", async () => {
    const { stage, onSelect, one } = await show();
    one<HTMLButtonElement>("button[aria-label='Zoom in']").click();
    const at = (x: number) => ({ bubbles: true, clientX: x, clientY: TEXT_Y, pointerId: 1 });
    stage.dispatchEvent(new PointerEvent("pointerdown", at(500)));
    stage.dispatchEvent(new PointerEvent("pointermove", at(200)));
    expect(one(".nmp-tl-body").classList).toContain("nmp-tl-drag");
    stage.dispatchEvent(new PointerEvent("pointerup", at(200)));
    expect(one(".nmp-tl-body").classList).not.toContain("nmp-tl-drag");
    expect(onSelect).not.toHaveBeenCalled();
    await frame();
    // The first segment has left at the left edge.
    expect(one(".nmp-tl-current").style.transform).toBe("translateX(-8px)");
  });

  it("shows what Python selects, and tells nobody", async () => {
    const { strip, onSelect, onSeek, option, one, announce } = await show();
    const refs: SegmentRef[] = [
      [3, 3],
      [9, 9],
    ];
    strip.select(refs, true);
    await frame();
    expect(option("Captions").getAttribute("aria-posinset")).toBe("3");
    expect(option("Captions").getAttribute("aria-selected")).toBe("true");
    expect(one(".nmp-tl-head").textContent).toContain("1 selected");
    expect(announce).toHaveBeenCalledWith("1 selected");
    expect(onSelect).not.toHaveBeenCalled();
    expect(onSeek).not.toHaveBeenCalled();
  });

  it("extends from where it began, also where its host tells back what it was told", async () => {
    const { strip, list, onSelect, host } = await show();
    host.onSelect.mockImplementation((refs) => strip.select(refs, false));
    press(list("Captions"), "End");
    press(list("Captions"), "ArrowLeft", { shiftKey: true });
    press(list("Captions"), "ArrowLeft", { shiftKey: true });
    expect(onSelect).toHaveBeenLastCalledWith([
      [3, 1],
      [3, 2],
      [3, 3],
    ]);
    press(list("Captions"), "ArrowRight", { shiftKey: true });
    expect(onSelect).toHaveBeenLastCalledWith([
      [3, 2],
      [3, 3],
    ]);
  });

  it("takes a click on a lane's name for nothing", async () => {
    const { stage, onSelect, onSeek } = await show();
    click(stage, 350, TEXT_Y);
    click(stage, -40, TEXT_Y);
    expect(onSelect).toHaveBeenCalledTimes(1);
    expect(onSeek).toHaveBeenCalledTimes(1);
  });

  it("keeps what is selected by its id when the timeline changes", async () => {
    const { strip, option, stage } = await show();
    click(stage, 350, TEXT_Y);
    const next = view();
    const [, , captions] = next.tracks;
    captions?.segments.splice(0, 1);
    strip.show(next);
    await frame();
    expect(option("Captions").getAttribute("aria-setsize")).toBe("2");
    press(option("Captions"), "Home");
    strip.select([], false);
    strip.show(view());
    await frame();
    expect(strip.el.querySelectorAll("[aria-selected=true]")).toHaveLength(0);
  });

  it("moves the position by keys, and not onto what the player says itself", async () => {
    const { strip, one, host, onSeek } = await show();
    const slider = one<HTMLInputElement>("input");
    expect(press(slider, "End")).toBe(true);
    expect(onSeek).toHaveBeenLastCalledWith(10_000);
    expect(slider.getAttribute("aria-valuetext")).toBe("0:10 / 0:10");
    host.onSeek.mockClear();
    strip.moveTo(2500);
    expect(slider.value).toBe("2500");
    expect(onSeek).not.toHaveBeenCalled();
    slider.value = "4000";
    slider.dispatchEvent(new Event("input"));
    expect(onSeek).toHaveBeenCalledWith(4000);
    expect(press(slider, "s", { ctrlKey: true })).toBe(false);
  });

  it("zooms about the pointer with Ctrl, and lets the page scroll otherwise", async () => {
    const { stage, option } = await show();
    const wheel = (change: WheelEventInit) =>
      !stage.dispatchEvent(
        new WheelEvent("wheel", { bubbles: true, cancelable: true, clientX: 300, ...change }),
      );
    expect(wheel({ deltaY: 50 })).toBe(false);
    expect(wheel({ deltaX: 50 })).toBe(false);
    expect(wheel({ deltaY: -500, ctrlKey: true })).toBe(true);
    await frame();
    press(option("Captions"), "ArrowRight");
    await frame();
    // Its start lay under the pointer.
    expect(option("Captions").style.transform).toBe("translateX(300px)");
    expect(wheel({ deltaX: 50 })).toBe(true);
    expect(wheel({ deltaY: 50, shiftKey: true })).toBe(true);
  });

  it("follows a film that plays out of sight, but not who has scrolled away", async () => {
    const { strip, stage, one } = await show();
    const at = () => Number.parseFloat(one(".nmp-tl-playhead").style.transform.slice(11));
    for (let step = 0; step < 6; step += 1) press(one("button"), "+");
    strip.moveTo(5000);
    await frame();
    expect(one(".nmp-tl-playhead").hidden).toBe(false);
    expect(at()).toBeCloseTo(101.6, 1);
    const far = { bubbles: true, cancelable: true, deltaX: 5000 };
    stage.dispatchEvent(new WheelEvent("wheel", far));
    strip.moveTo(5100);
    await frame();
    expect(one(".nmp-tl-playhead").hidden).toBe(true);
  });

  it("moves the playhead to where one clicks on the ruler, or goes by the keys", async () => {
    const { host, one } = await show();
    const at = () => Number.parseFloat(one(".nmp-tl-playhead").style.transform.slice(11));
    click(one(".nmp-tl-ruler"), 700, 5);
    await frame();
    expect(host.onSeek).toHaveBeenLastCalledWith(7000);
    expect(at()).toBeCloseTo(700, 0);
    press(one("[aria-label=Position]"), "Home");
    await frame();
    expect(at()).toBe(0);
  });

  it("repaints in the colours of another theme", async () => {
    const spy = vi.spyOn(window, "getComputedStyle");
    await show();
    const before = spy.mock.calls.length;
    document.body.setAttribute("data-jp-theme-light", "false");
    await frame();
    await frame();
    expect(spy.mock.calls.length).toBeGreaterThan(before);
  });
});

describe("the text of a segment", () => {
  async function editing(onEdit: (ref: SegmentRef, text: string) => Promise<void>) {
    const parts = await show({ onEdit: vi.fn(onEdit) });
    const box = parts.one<HTMLTextAreaElement>("textarea");
    const write = (text: string) => {
      parts.stage.dispatchEvent(
        new MouseEvent("dblclick", { bubbles: true, clientX: 350, clientY: TEXT_Y }),
      );
      box.value = text;
    };
    return { ...parts, box, frameOf: parts.one(".nmp-tl-editor"), write };
  }

  it("is changed where it stands: Enter sends it, and it pulses until it is done", async () => {
    let done = () => {};
    const waiting = new Promise<void>((resolve) => {
      done = resolve;
    });
    const { box, frameOf, write, onEdit, one, option, strip } = await editing(() => waiting);
    write("other words");
    expect(frameOf.hidden).toBe(false);
    expect(press(box, "Enter", { shiftKey: true })).toBe(false);
    press(box, "Enter");
    expect(frameOf.hidden).toBe(true);
    expect(onEdit).toHaveBeenCalledWith([3, 2], "other words");
    press(option("Captions"), "ArrowRight");
    await frame();
    expect(option("Captions").getAttribute("aria-label")).toBe("other words (0:03 – 0:05)");
    expect(one(".nmp-tl-pulse").style.width).toBe("200px");
    done();
    await frame();
    expect(strip.el.querySelector(".nmp-tl-pulse")).toBeNull();
    expect(option("Captions").getAttribute("aria-label")).toBe("two (0:03 – 0:05)");
  });

  it("stays as it was after Escape, or where nothing was changed", async () => {
    const { box, frameOf, write, onEdit } = await editing(async () => {});
    write("thrown away");
    press(box, "Escape");
    expect(frameOf.hidden).toBe(true);
    write("two");
    press(box, "Enter");
    expect(onEdit).not.toHaveBeenCalled();
  });

  it("is not sent by a click beside it, and not lost", async () => {
    const { box, frameOf, write, onEdit } = await editing(async () => {});
    write("half a sen");
    box.dispatchEvent(new FocusEvent("blur"));
    expect(frameOf.hidden).toBe(false);
    expect(box.value).toBe("half a sen");
    expect(onEdit).not.toHaveBeenCalled();
  });

  it("that was refused comes back, with the reason", async () => {
    const { box, frameOf, write, announce, one } = await editing(async () => {
      throw new Error("No such cue.");
    });
    write("refused words");
    press(box, "Enter");
    await frame();
    expect(frameOf.hidden).toBe(false);
    expect(box.value).toBe("refused words");
    expect(one("[role=alert]").textContent).toContain("No such cue.");
    expect(announce).toHaveBeenCalledWith(expect.stringContaining("No such cue."));
    // The same words may be tried again.
    press(box, "Enter");
    await frame();
    expect(frameOf.hidden).toBe(false);
  });

  it("that was refused waits where another one is being written", async () => {
    let refuse = (_error: Error) => {};
    const { box, write, stage } = await editing(
      () =>
        new Promise((_, reject) => {
          refuse = reject;
        }),
    );
    write("refused words");
    press(box, "Enter");
    const at = { bubbles: true, clientX: 100, clientY: TEXT_Y };
    stage.dispatchEvent(new MouseEvent("dblclick", at));
    box.value = "being written";
    refuse(new Error("No."));
    await frame();
    expect(box.value).toBe("being written");
    press(box, "Escape");
    write("");
    expect(box.value).toBe("");
    stage.dispatchEvent(new MouseEvent("dblclick", { ...at, clientX: 350 }));
    await frame();
    expect(box.value).toBe("two");
  });

  it("that was left for another is there when its own box is opened again", async () => {
    const { box, write, stage, onEdit } = await editing(async () => {});
    const open = (clientX: number) =>
      stage.dispatchEvent(new MouseEvent("dblclick", { bubbles: true, clientX, clientY: TEXT_Y }));
    write("half a sentence");
    open(100);
    expect(box.value).toBe("one");
    press(box, "Escape");
    open(350);
    expect(box.value).toBe("half a sentence");
    press(box, "Enter");
    expect(onEdit).toHaveBeenCalledWith([3, 2], "half a sentence");
  });

  it("opens with F2 and Enter, and only where it can be changed", async () => {
    const { option, frameOf, box } = await editing(async () => {});
    press(option("Captions"), "F2");
    expect(frameOf.hidden).toBe(false);
    expect(box.value).toBe("one");
    press(box, "Escape");
    press(option("Video"), "F2");
    expect(frameOf.hidden).toBe(true);
    press(option("Captions"), "Enter");
    expect(frameOf.hidden).toBe(false);
  });

  it("of a timeline that cannot be changed is gone to instead", async () => {
    const { option, one, onSeek } = await show();
    press(option("Captions"), "End");
    press(option("Captions"), "Enter");
    expect(onSeek).toHaveBeenCalledWith(6000);
    expect(one(".nmp-tl-editor").hidden).toBe(true);
  });

  it("is not kept open for a segment that has gone", async () => {
    const { write, frameOf, strip } = await editing(async () => {});
    write("for nobody");
    strip.show(view({ tracks: view().tracks.slice(0, 1) }));
    expect(frameOf.hidden).toBe(true);
  });
});
