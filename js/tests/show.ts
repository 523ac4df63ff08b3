import { afterEach, beforeEach } from "vitest";
import { markdown } from "../src/markdown";
import panel from "../src/panel";
import type { Snapshot, StudioView, TurnItem } from "../src/shared/protocol";
import { Kernel, settled } from "./kernel";

const page = globalThis as { nemoNbMarkdown?: unknown };

export let closing: AbortController;

beforeEach(() => {
  closing = new AbortController();
  page.nemoNbMarkdown = Promise.resolve({ markdown });
});

afterEach(() => {
  closing.abort();
  document.body.replaceChildren();
  delete page.nemoNbMarkdown;
});

/** A panel on the page, on a kernel that holds *snapshot*. */
export async function show(
  snapshot: Partial<Snapshot> = {},
  traits: Record<string, string> = {},
  kernel = new Kernel(snapshot),
) {
  for (const [name, value] of Object.entries(traits)) kernel.trait(name, value);
  const { el, again } = await draw(kernel);
  await settled();
  return { kernel, el, again, ...parts(el) };
}

/** The same, without waiting for the kernel; `again` draws another view of the model. */
export async function draw(kernel: Kernel) {
  const widget = typeof panel === "function" ? await panel() : panel;
  const { model } = kernel;
  const again = async (signal: AbortSignal) => {
    const el = document.createElement("div");
    document.body.append(el);
    await widget.render?.({ model, el, signal } as never);
    return el;
  };
  await widget.initialize?.({ model, signal: closing.signal } as never);
  return { el: await again(closing.signal), again };
}

function parts(el: HTMLElement) {
  const get = <T extends Element = HTMLElement>(css: string) => el.querySelector<T>(css);
  const need = <T extends Element = HTMLElement>(css: string): T => {
    const found = get<T>(css);
    if (!found) throw new Error(`no ${css}`);
    return found;
  };
  return {
    get,
    need,
    box: need<HTMLTextAreaElement>("textarea"),
    log: need("[role=log]"),
    button: (name: string) => get<HTMLButtonElement>(`button[aria-label="${name}"]`),
    named: (text: string) =>
      [...el.querySelectorAll("button")].find((button) => button.textContent === text),
  };
}

export function turn(change: Partial<TurnItem> = {}): TurnItem {
  return {
    type: "turn",
    item: 1,
    action: "chat",
    text: "add a title",
    reply: "",
    progress: "",
    status: "running",
    suggestions: [],
    notes: [],
    changes: "",
    problem: null,
    started_at_ms: Date.now(),
    duration_ms: 0,
    seq: 0,
    ...change,
  };
}

export function press(el: Element, key: string, change: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent("keydown", {
    key,
    bubbles: true,
    cancelable: true,
    composed: true,
    ...change,
  });
  el.dispatchEvent(event);
  return event;
}

export function type(box: HTMLTextAreaElement, text: string, key: KeyboardEventInit = {}): void {
  box.value = text;
  box.dispatchEvent(new Event("input"));
  press(box, "Enter", key);
}

export const studio: StudioView = {
  undo: 0,
  redo: 0,
  formats: ["mp4", "webm", "gif", "png", "wav"],
};

export const timeline = {
  duration_ms: 4000,
  ready: true,
  summary: "Timeline (2 tracks)",
  width: 1920,
  height: 1080,
  previews: false,
  tracks: [
    {
      kind: "video" as const,
      name: "Video",
      segments: [{ id: "s1", label: "cat.jpg", start_ms: 0, end_ms: 4000, volume: null }],
    },
    {
      kind: "text" as const,
      name: "",
      segments: [{ id: "s2", label: "Hi", start_ms: 1000, end_ms: 3000, volume: 0.5 }],
    },
  ],
};
