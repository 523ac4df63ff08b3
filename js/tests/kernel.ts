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

type Slot = (sender: unknown, value: string) => void;

function signalOf(slots: Set<Slot>) {
  return {
    connect: (slot: Slot) => slots.add(slot),
    disconnect: (slot: Slot) => slots.delete(slot),
  };
}

/** What the host's widget manager has of the kernel. */
function connection(kernel: Kernel, statuses: Set<Slot>, connections: Set<Slot>) {
  return {
    get connectionStatus() {
      return kernel.line;
    },
    interrupt: async () => {
      kernel.interrupts += 1;
    },
    reconnect: async () => {
      kernel.reconnects += 1;
    },
    statusChanged: signalOf(statuses),
    connectionStatusChanged: signalOf(connections),
  };
}

/** The kernel's end of a comm: answers what it is told to answer, leaves the rest open. */
export class Kernel {
  readonly asked: Asked[] = [];
  interrupts = 0;
  reconnects = 0;
  /** Whether the line to the kernel stands. */
  line = "connected";
  readonly #statusSlots = new Set<Slot>();
  readonly #connectionSlots = new Set<Slot>();
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
    widget_manager: { kernel: connection(this, this.#statusSlots, this.#connectionSlots) },
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

  status(value: string): void {
    for (const slot of this.#statusSlots) slot(null, value);
  }

  connection(value: string): void {
    this.line = value;
    for (const slot of this.#connectionSlots) slot(null, value);
  }

  /** How many listen to the kernel itself. */
  get slots(): number {
    return this.#statusSlots.size + this.#connectionSlots.size;
  }
}

export const SNAPSHOT: Snapshot = {
  items: [],
  queue: [],
  timeline: null,
  selection: [],
  studio: null,
  export: {
    status: "idle",
    progress: 0,
    video: null,
    problem: null,
    cancellable: false,
    outdated: false,
    notes: [],
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
