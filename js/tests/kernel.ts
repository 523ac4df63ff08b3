import type { AnyModel } from "@anywidget/types";
import type { Notice, Snapshot } from "../src/shared/protocol";

export interface Asked {
  id: string;
  kind: string;
  buffers: ArrayBuffer[];
  [field: string]: unknown;
}

type Answering = (
  asked: Asked,
) => { data?: unknown; buffers?: DataView[]; error?: object } | undefined;

/** The kernel's end of a comm: answers what it is told to answer, leaves the rest open. */
export class Kernel {
  readonly asked: Asked[] = [];
  interrupts = 0;
  readonly #answers = new Map<string, Answering>();
  readonly #listeners = new Map<string, Set<(...args: never[]) => void>>();
  readonly #traits: Record<string, unknown> = {
    skill: "Caption A/B",
    backend: "on this machine",
    language: "en",
  };

  readonly model = {
    get: (name: string) => this.#traits[name],
    set: (name: string, value: unknown) => {
      this.#traits[name] = value;
    },
    save_changes: () => {},
    send: (content: Record<string, unknown>, _callbacks?: unknown, buffers?: ArrayBuffer[]) => {
      const asked = { ...content, buffers: buffers ?? [] } as unknown as Asked;
      this.asked.push(asked);
      const answer = this.#answers.get(asked.kind)?.(asked);
      if (answer) queueMicrotask(() => this.answer(asked, answer));
    },
    on: (name: string, listener: (...args: never[]) => void) => {
      const set = this.#listeners.get(name) ?? new Set();
      this.#listeners.set(name, set.add(listener));
    },
    off: (name: string, listener: (...args: never[]) => void) => {
      this.#listeners.get(name)?.delete(listener);
    },
    widget_manager: { kernel: { interrupt: async () => this.#interrupted() } },
  } as unknown as AnyModel;

  constructor(snapshot: Partial<Snapshot> = {}) {
    this.answers("hello", () => ({ data: { ...SNAPSHOT, ...snapshot } }));
  }

  trait(name: string, value: unknown): void {
    this.#traits[name] = value;
  }

  answers(kind: string, answering: Answering): void {
    this.#answers.set(kind, answering);
  }

  answer(
    asked: Asked,
    { data, buffers, error }: { data?: unknown; buffers?: DataView[]; error?: object },
  ): void {
    const head = { kind: "answer", to: asked.id };
    this.emit(
      error ? { ...head, ok: false, error } : { ...head, ok: true, data: data ?? {} },
      buffers,
    );
  }

  tell(notice: Notice): void {
    this.emit(notice);
  }

  emit(message: unknown, buffers: DataView[] = []): void {
    for (const listener of this.#listeners.get("msg:custom") ?? []) {
      (listener as (message: unknown, buffers: DataView[]) => void)(message, buffers);
    }
  }

  of(kind: string): Asked[] {
    return this.asked.filter((asked) => asked.kind === kind);
  }

  get listening(): number {
    return [...this.#listeners.values()].reduce((sum, set) => sum + set.size, 0);
  }

  #interrupted(): void {
    this.interrupts += 1;
  }
}

export const SNAPSHOT: Snapshot = {
  items: [],
  queue: [],
  timeline: null,
  export: {
    status: "idle",
    progress: 0,
    video: null,
    problem: null,
    cancellable: false,
    outdated: false,
  },
  credits: null,
  examples: {
    en: ['add a title "Urban Dreams" for 3 seconds'],
    zh: ["加标题“都市之梦”，持续3秒"],
  },
  accept: ["mp4", "jpg"],
  limit_bytes: 1_000_000,
};

/** Let promises and microtasks settle. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 20; round += 1) await Promise.resolve();
}
