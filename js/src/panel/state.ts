import type {
  CreditsView,
  ExportView,
  Item,
  Lang,
  Notice,
  Problem,
  QueueEntry,
  SegmentRef,
  Snapshot,
  StudioView,
  TimelineView,
} from "../shared/protocol";
import type { Markdown } from "../shared/rich";

/** `lost`: no answer, so far; `restarted`: the kernel began anew and knows nothing of this. */
export type Connection = "connecting" | "ready" | "lost" | "restarted";

/** A message on its way to the kernel, shown at once. */
export interface Pending {
  key: string;
  text: string;
  waitingForFiles: boolean;
}

export interface Upload {
  upload: string;
  name: string;
  size: number;
  sent: number;
  /** `reading` from the browser to the kernel, `sending` from there to the backend. */
  stage: "waiting" | "reading" | "sending" | "done" | "failed";
  problem: Problem | null;
}

export interface LoadedVideo {
  video: number;
  status: "loading" | "ready" | "failed" | "too-big";
  progress: number;
  url: string;
  problem: string;
}

/** What is selected on the timeline; `reveal` where the views should show where it is. */
export interface Selection {
  segments: readonly SegmentRef[];
  reveal: boolean;
}

/** All that the views show. Every change makes new objects, so that views compare by identity. */
export interface PanelState {
  connection: Connection;
  /** Why there is no connection, where the kernel said so. */
  refusal: string;
  items: readonly Item[];
  queue: readonly QueueEntry[];
  pending: readonly Pending[];
  uploads: readonly Upload[];
  timeline: TimelineView | null;
  selection: Selection;
  studio: StudioView | null;
  export: ExportView;
  video: LoadedVideo | null;
  credits: CreditsView | null;
  examples: readonly string[];
  accept: readonly string[];
  limitBytes: number;
  stopping: boolean;
  /** Whether an edit is being taken back or made again. */
  stepping: boolean;
  /** Renders replies; null until it is there, and they are shown as they are written. */
  markdown: Markdown | null;
}

export const INITIAL: PanelState = {
  connection: "connecting",
  refusal: "",
  items: [],
  queue: [],
  pending: [],
  uploads: [],
  timeline: null,
  selection: { segments: [], reveal: false },
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
  video: null,
  credits: null,
  examples: [],
  accept: [],
  limitBytes: Number.POSITIVE_INFINITY,
  stopping: false,
  stepping: false,
  markdown: null,
};

/** Take over what the kernel holds; what only this page knows stays. */
export function restore(state: PanelState, snapshot: Snapshot, lang: Lang): PanelState {
  return {
    ...state,
    connection: "ready",
    refusal: "",
    items: snapshot.items,
    queue: snapshot.queue,
    timeline: snapshot.timeline,
    selection: { segments: snapshot.selection, reveal: false },
    studio: snapshot.studio,
    export: snapshot.export,
    credits: snapshot.credits,
    examples: snapshot.examples[lang],
    accept: snapshot.accept,
    limitBytes: snapshot.limit_bytes,
  };
}

/** The state after *notice*; null where a delta is missing and a snapshot must be asked for. */
export function apply(state: PanelState, notice: Notice): PanelState | null {
  switch (notice.kind) {
    case "item":
      return { ...state, items: upsert(state.items, notice.item) };
    case "delta": {
      const item = state.items.find((candidate) => candidate.item === notice.item);
      if (item?.type !== "turn" || notice.seq > item.seq + 1) return null;
      if (notice.seq <= item.seq) return state;
      const reply = notice.replace ? notice.add : item.reply + notice.add;
      const next = { ...item, reply, progress: notice.progress, seq: notice.seq };
      return { ...state, items: upsert(state.items, next) };
    }
    case "queue":
      return { ...state, queue: notice.queue };
    case "timeline":
      return { ...state, timeline: notice.timeline };
    case "studio":
      return { ...state, studio: notice.studio };
    case "selection":
      return { ...state, selection: { segments: notice.selection, reveal: notice.reveal } };
    case "upload":
      return { ...state, uploads: state.uploads.map((upload) => advance(upload, notice)) };
    case "export":
      return { ...state, export: notice.export };
    case "credits":
      return { ...state, credits: notice.credits };
    default:
      return state;
  }
}

/** The state once the kernel has begun anew: nothing runs any more, nothing will answer. */
export function cutOff(state: PanelState): PanelState {
  return {
    ...state,
    connection: "restarted",
    items: state.items.map((item) =>
      item.type === "turn" && item.status === "running" ? { ...item, status: "stopped" } : item,
    ),
    queue: [],
    export: exporting(state) ? { ...INITIAL.export, video: state.export.video } : state.export,
    stopping: false,
    stepping: false,
  };
}

/** Whether a message sent now would begin at once. */
export function idle(state: PanelState): boolean {
  const waits = state.queue.length + state.pending.length > 0;
  return state.connection === "ready" && !waits && !running(state);
}

/** What the user has said, oldest first, nothing twice in a row. */
export function prompts(state: PanelState): string[] {
  const said = state.items.flatMap((item) =>
    item.type === "turn" && item.action !== "edit" && item.text ? [item.text] : [],
  );
  return said.filter((text, index) => text !== said[index - 1]);
}

/** The turn that is running, if one is. */
export function running(state: PanelState): Extract<Item, { type: "turn" }> | undefined {
  for (const item of state.items) {
    if (item.type === "turn" && item.status === "running") return item;
  }
  return undefined;
}

/** Whether an export is under way. */
export function exporting(state: PanelState): boolean {
  return state.export.status === "pending" || state.export.status === "processing";
}

function upsert(items: readonly Item[], item: Item): Item[] {
  const at = items.findIndex((candidate) => candidate.item === item.item);
  return at < 0
    ? [...items, item]
    : items.map((existing, index) => (index === at ? item : existing));
}

function advance(upload: Upload, notice: Extract<Notice, { kind: "upload" }>): Upload {
  if (upload.stage !== "sending" || upload.name !== notice.name) return upload;
  const share = notice.total_bytes > 0 ? notice.sent_bytes / notice.total_bytes : 1;
  return { ...upload, sent: Math.round(upload.size * Math.min(1, share)) };
}
