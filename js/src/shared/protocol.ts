/**
 * What the panel and the kernel say to each other; `protocol.py` holds the same tables.
 *
 * A request carries `id` and `kind`, and is answered exactly once by `{kind: "answer", to: id}`.
 * Notices come unasked. `upload_chunk` carries one buffer; so do the answers to `asset`,
 * `video`, `frame` and `thumbnails`. Times are integer milliseconds.
 */

export const PROTOCOL = 2;

export type Lang = "en" | "zh";

export type TurnStatus =
  | "queued"
  | "running"
  | "done"
  | "silent"
  | "stopped"
  | "failed"
  | "timeout";

/** An error as the kernel words it: what happened, why, what to do next. */
export interface Problem {
  what: string;
  why: string;
  fix: string;
  code: number | null;
}

/** A problem that has only one sentence. */
export function plainProblem(what: string): Problem {
  return { what, why: "", fix: "", code: null };
}

/** One exchange: what the user asked and what came back so far. */
export interface TurnItem {
  type: "turn";
  item: number;
  action: string;
  text: string;
  reply: string;
  progress: string;
  status: TurnStatus;
  suggestions: string[];
  /** What else there is to know, e.g. that a new session was started. */
  notes: string[];
  changes: string;
  problem: Problem | null;
  started_at_ms: number;
  duration_ms: number;
  /** The number of the last delta that `reply` holds. */
  seq: number;
}

/** Files that joined the media pool. */
export interface FilesItem {
  type: "files";
  item: number;
  names: string[];
  /** What of them is not used, in sentences. */
  notes: string[];
}

/** An edit that was taken back or made again by a button; `changes` says what that changed. */
export interface StepItem {
  type: "step";
  item: number;
  what: "undo" | "redo";
  changes: string;
}

export type Item = TurnItem | FilesItem | StepItem;

export interface QueueEntry {
  entry: number;
  text: string;
}

/** A segment by its track and its place on it, as in `Timeline.segments`. */
export type SegmentRef = readonly [track: number, segment: number];

export interface Segment {
  id: string;
  label: string;
  start_ms: number;
  end_ms: number;
  /** 0-1, or null where the draft says nothing. */
  volume: number | null;
}

export interface Track {
  kind: "video" | "audio" | "text" | "other";
  name: string;
  segments: Segment[];
}

export interface TimelineView {
  duration_ms: number;
  ready: boolean;
  summary: string;
  width: number;
  height: number;
  /** Whether the backend draws single frames of it. */
  previews: boolean;
  tracks: Track[];
}

export interface Video {
  video: number;
  name: string;
  size_bytes: number;
  duration_ms: number;
}

export interface ExportView {
  status: "idle" | "pending" | "processing" | "completed" | "failed" | "cancelled";
  progress: number;
  video: Video | null;
  problem: Problem | null;
  /** Whether this panel started it and so can cancel it. */
  cancellable: boolean;
  /** Whether the timeline has changed since. */
  outdated: boolean;
  /** What of the timeline could not be shown as asked for, in sentences. */
  notes: string[];
}

export interface CreditsView {
  available: number;
  total: number;
}

/** What only a studio can; a cloud has none of it. */
export interface StudioView {
  /** How many edits can be taken back, and made again. */
  undo: number;
  redo: number;
  /** What it exports, the usual one first. */
  formats: string[];
}

export interface Snapshot {
  items: Item[];
  queue: QueueEntry[];
  timeline: TimelineView | null;
  selection: SegmentRef[];
  studio: StudioView | null;
  export: ExportView;
  credits: CreditsView | null;
  examples: Record<Lang, string[]>;
  accept: string[];
  limit_bytes: number;
}

export interface TimelineSnapshot {
  timeline: TimelineView | null;
  selection: SegmentRef[];
  /** Whether a cue's text can be changed here: the timeline is a session's, not a copy. */
  editable: boolean;
}

/** Thumbnails of the whole timeline on one picture, row by row. */
export interface Thumbnails {
  columns: number;
  width: number;
  height: number;
  times_ms: number[];
}

/** The loudness of equal parts of the sound, 0-1. */
export interface Waveform {
  peaks: number[];
  duration_ms: number;
}

/** One cue of a variant as the player lists it. */
export interface Cue {
  start_ms: number;
  end_ms: number;
  text: string;
  /** How it looks, in words. */
  style: string;
  role: "caption" | "title";
}

/** A variant's picture on its way: rendered for the player, then fetched by `video`. */
export interface Film {
  film: number;
  status: "none" | "pending" | "processing" | "ready" | "failed";
  progress: number;
  /** Frames a second; 0 while there is no film. */
  fps: number;
  video: Video | null;
  problem: Problem | null;
}

export interface Variant {
  name: string;
  duration_ms: number;
  cues: Cue[];
  film: Film;
}

/** One aligned group of cues: for each variant the numbers of its cues in it. */
export interface CueGroup {
  start_ms: number;
  end_ms: number;
  cues: number[][];
  /** For each variant the first one that shows the same here: words, times and looks. */
  alike: number[];
}

/** A vote as `Comparison.vote` notes it; *winner* is one of the two, or "tie". */
export interface Ballot {
  cue: string;
  left: string;
  right: string;
  winner: string;
}

export interface PlayerSnapshot {
  width: number;
  height: number;
  fps: number;
  variants: Variant[];
  groups: CueGroup[];
  /** Whether it opens with a blind vote. */
  blind: boolean;
  /** How many votes the comparison has, whoever cast them. */
  votes: number;
  /** Those that were cast here. */
  ballots: Ballot[];
  /** What the votes of this player are noted under. */
  voter: string;
}

export interface Requests {
  hello: { protocol: number };
  hello_timeline: { protocol: number };
  hello_player: { protocol: number };
  asset: { name: string };
  send: { text: string };
  unqueue: { entry: number };
  stop: Record<never, never>;
  upload_begin: { upload: string; name: string; size_bytes: number };
  upload_chunk: { upload: string; offset: number };
  upload_end: { upload: string };
  upload_cancel: { upload: string };
  /** Send an item's message again; what it changed is undone first where that can be. */
  retry: { item: number };
  undo: Record<never, never>;
  redo: Record<never, never>;
  export: { format: string };
  export_cancel: Record<never, never>;
  refresh: Record<never, never>;
  video: { video: number; offset: number };
  /** Not `exact`: clips at their last key frame, which is there at once. */
  frame: { at_ms: number; width: number; exact: boolean };
  thumbnails: { count: number; width: number };
  waveform: { buckets: number };
  select: { segments: readonly SegmentRef[] };
  cue_text: { track: number; segment: number; text: string };
  /** Render a variant's film (again). */
  film: { film: number };
  vote: { cue: string; left: string; right: string; winner: string };
}

export interface Answers {
  hello: Snapshot;
  hello_timeline: TimelineSnapshot;
  hello_player: PlayerSnapshot;
  asset: Record<never, never>;
  send: { entry: number };
  unqueue: Record<never, never>;
  /** Queued messages that were taken back, for the user to send again or drop. */
  stop: { returned: string[] };
  upload_begin: { chunk_bytes: number };
  upload_chunk: { received_bytes: number };
  upload_end: Record<never, never>;
  upload_cancel: Record<never, never>;
  retry: { entry: number };
  undo: Record<never, never>;
  redo: Record<never, never>;
  export: Record<never, never>;
  export_cancel: Record<never, never>;
  refresh: Record<never, never>;
  video: { total_bytes: number };
  frame: Record<never, never>;
  thumbnails: Thumbnails;
  waveform: Waveform;
  select: Record<never, never>;
  cue_text: Record<never, never>;
  film: Record<never, never>;
  vote: { votes: number };
}

export interface Notices {
  item: { item: Item };
  delta: { item: number; seq: number; add: string; replace: boolean; progress: string };
  queue: { queue: QueueEntry[] };
  timeline: { timeline: TimelineView };
  studio: { studio: StudioView };
  upload: { name: string; sent_bytes: number; total_bytes: number };
  export: { export: ExportView };
  credits: { credits: CreditsView };
  selection: { selection: SegmentRef[]; reveal: boolean };
  film: { film: Film };
  votes: { count: number; ballots: Ballot[] };
}

export type RequestKind = keyof Requests;
export type NoticeKind = keyof Notices;

/** Every name of a message, checked by the compiler; a test compares them with `protocol.py`. */
type Names<T> = { [K in keyof T]: { [F in keyof T[K]]-?: true } };

export const REQUEST_FIELDS: Names<Requests> = {
  hello: { protocol: true },
  hello_timeline: { protocol: true },
  hello_player: { protocol: true },
  asset: { name: true },
  send: { text: true },
  unqueue: { entry: true },
  stop: {},
  upload_begin: { upload: true, name: true, size_bytes: true },
  upload_chunk: { upload: true, offset: true },
  upload_end: { upload: true },
  upload_cancel: { upload: true },
  retry: { item: true },
  undo: {},
  redo: {},
  export: { format: true },
  export_cancel: {},
  refresh: {},
  video: { video: true, offset: true },
  frame: { at_ms: true, width: true, exact: true },
  thumbnails: { count: true, width: true },
  waveform: { buckets: true },
  select: { segments: true },
  cue_text: { track: true, segment: true, text: true },
  film: { film: true },
  vote: { cue: true, left: true, right: true, winner: true },
};

export const NOTICE_FIELDS: Names<Notices> = {
  item: { item: true },
  delta: { item: true, seq: true, add: true, replace: true, progress: true },
  queue: { queue: true },
  timeline: { timeline: true },
  studio: { studio: true },
  upload: { name: true, sent_bytes: true, total_bytes: true },
  export: { export: true },
  credits: { credits: true },
  selection: { selection: true, reveal: true },
  film: { film: true },
  votes: { count: true, ballots: true },
};

export type Answer =
  | { kind: "answer"; to: string; ok: true; data: unknown }
  | { kind: "answer"; to: string; ok: false; error: Problem };

export type Notice = { [K in NoticeKind]: { kind: K } & Notices[K] }[NoticeKind];

/** Whether *message* is an answer or a notice of a kind this front end knows. */
export function isMessage(message: unknown): message is Answer | Notice {
  if (typeof message !== "object" || message === null) return false;
  const kind = (message as { kind?: unknown }).kind;
  return kind === "answer" || (typeof kind === "string" && Object.hasOwn(NOTICE_FIELDS, kind));
}
