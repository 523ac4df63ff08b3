import type { AnyModel } from "@anywidget/types";
import { Channel, Refused, type Reply, Unanswered } from "../shared/channel";
import { bytes } from "../shared/format";
import {
  type Lang,
  type Notice,
  PROTOCOL,
  type Problem,
  plainProblem,
  type RequestKind,
  type Requests,
} from "../shared/protocol";
import { type Texts, textsFor } from "../shared/texts";
import { apply, INITIAL, type LoadedVideo, type PanelState, restore, type Upload } from "./state";
import { bytesOf, fetchVideo, MOST_VIDEO_BYTES, sendFile } from "./transfer";

/** A kernel that has not answered in this time is busy or gone, and the user is told. */
const SLOW_MS = 5000;
/**
 * Stop must never wait on a busy kernel: after this it is interrupted. Not sooner, because that
 * ends the running cell too, whatever it does.
 */
const STOP_MS = 3000;
/** How long a finished upload stays visible among the running ones. */
const DONE_MS = 1500;

interface Interruptible {
  kernel?: { interrupt(): Promise<void> } | null;
}

/** What one widget model knows and can ask for; every view of the model shares it. */
export class PanelStore {
  state: PanelState = INITIAL;
  readonly texts: Texts;
  readonly lang: Lang;
  readonly #channel: Channel;
  readonly #model: AnyModel;
  readonly #signal: AbortSignal;
  readonly #listeners = new Set<() => void>();
  readonly #cancels = new Map<string, AbortController>();
  #uploading: Promise<void> = Promise.resolve();
  #notified = true;
  #greeting = 0;
  #slow = 0;

  constructor(model: AnyModel, signal: AbortSignal) {
    const { texts, lang } = textsFor(String(model.get("language") ?? ""));
    this.texts = texts;
    this.lang = lang;
    this.#model = model;
    this.#signal = signal;
    this.#channel = new Channel(model, (notice) => this.#hear(notice), signal);
    const reconnect = () => void this.hello(true);
    model.on("comm_live_update", reconnect);
    signal.addEventListener("abort", () => {
      model.off("comm_live_update" as "msg:custom", reconnect);
      for (const cancel of this.#cancels.values()) cancel.abort();
      this.#listeners.clear();
      if (this.state.video?.url) URL.revokeObjectURL(this.state.video.url);
    });
  }

  /** Call *listener* after changes, many at once told once, until *signal* aborts. */
  subscribe(listener: () => void, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener));
  }

  /**
   * Ask for all that the kernel holds: at the start, and after a delta went missing.
   *
   * With *again*, ask although an earlier question is still open: its kernel may be gone.
   */
  async hello(again = false): Promise<void> {
    if (this.#greeting > 0 && !again) return;
    this.#greeting += 1;
    const mine = this.#greeting;
    try {
      const { data } = await this.#ask("hello", { protocol: PROTOCOL });
      if (mine !== this.#greeting) return;
      this.#set(restore(this.state, data, this.lang));
      void this.#loadVideo();
    } catch (error) {
      if (mine !== this.#greeting || this.#signal.aborted) return;
      const refusal = error instanceof Refused ? error.message : "";
      this.#patch({ connection: "lost", refusal });
      this.#log(error);
    } finally {
      if (mine === this.#greeting) this.#greeting = 0;
    }
  }

  /** Send a message, after the files that were added before it. */
  async send(text: string): Promise<void> {
    const key = newId();
    const waitingForFiles = this.state.uploads.some(isActive);
    this.#patch({ pending: [...this.state.pending, { key, text, waitingForFiles }] });
    try {
      await this.#uploading;
      await this.#ask("send", { text });
    } finally {
      this.#patch({ pending: this.state.pending.filter((pending) => pending.key !== key) });
    }
  }

  /** Stop the running turn; resolves with queued messages that were taken back. */
  async stop(): Promise<string[]> {
    if (this.state.stopping) return [];
    this.#patch({ stopping: true });
    try {
      const { data } = await this.#channel.request("stop", {}, { timeoutMs: STOP_MS });
      return data.returned;
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      await (this.#model.widget_manager as Interruptible).kernel?.interrupt();
      return [];
    } finally {
      this.#patch({ stopping: false });
    }
  }

  async unqueue(entry: number): Promise<void> {
    await this.#ask("unqueue", { entry });
  }

  async export(): Promise<void> {
    await this.#ask("export", { format: "mp4" });
  }

  async cancelExport(): Promise<void> {
    await this.#ask("export_cancel", {});
  }

  /** A still of the draft at *atMs*, as wide as asked. */
  async frame(atMs: number, width: number): Promise<Blob | null> {
    // Drawing may take long and says nothing about the kernel: no complaint if it does.
    const fields = { at_ms: Math.round(atMs), width };
    const { buffers } = await this.#channel.request("frame", fields);
    const picture = buffers[0];
    return picture ? new Blob([bytesOf(picture)], { type: "image/jpeg" }) : null;
  }

  /** Add files, one after the other and in their order; what cannot go says why at once. */
  addFiles(files: readonly File[]): void {
    for (const file of files) {
      const upload = newId();
      const problem = this.#objection(file);
      const stage = problem ? "failed" : "waiting";
      const entry: Upload = { upload, name: file.name, size: file.size, sent: 0, stage, problem };
      this.#patch({ uploads: [...this.state.uploads, entry] });
      if (problem) continue;
      const cancel = new AbortController();
      this.#cancels.set(upload, cancel);
      this.#uploading = this.#uploading.then(() => this.#carry(upload, file, cancel.signal));
    }
  }

  /** Cancel an upload, or take a finished or failed one off the list. */
  dropUpload(upload: string): void {
    const entry = this.state.uploads.find((candidate) => candidate.upload === upload);
    this.#cancels.get(upload)?.abort();
    this.#patch({ uploads: this.state.uploads.filter((each) => each.upload !== upload) });
    if (entry && isActive(entry)) {
      this.#channel.request("upload_cancel", { upload }).catch((error) => this.#log(error));
    }
  }

  async #carry(upload: string, file: File, signal: AbortSignal): Promise<void> {
    try {
      signal.throwIfAborted();
      this.#upload(upload, { stage: "reading" });
      await sendFile(this.#channel, upload, file, (sent) => this.#upload(upload, { sent }), signal);
      this.#upload(upload, { stage: "sending", sent: 0 });
      await this.#channel.request("upload_end", { upload });
      this.#upload(upload, { stage: "done", sent: file.size });
      setTimeout(() => this.dropUpload(upload), DONE_MS);
    } catch (error) {
      if (signal.aborted) return;
      const problem =
        error instanceof Refused ? error.problem : plainProblem(this.texts.unreadable(file.name));
      this.#upload(upload, { stage: "failed", problem });
      this.#log(error);
    } finally {
      this.#cancels.delete(upload);
    }
  }

  #objection(file: File): Problem | null {
    const { limitBytes } = this.state;
    if (file.size > limitBytes) {
      return {
        ...plainProblem(this.texts.tooLarge(file.name, bytes(file.size), bytes(limitBytes))),
        fix: this.texts.trimIt,
      };
    }
    return file.size === 0 ? plainProblem(this.texts.empty(file.name)) : null;
  }

  #upload(upload: string, change: Partial<Upload>): void {
    this.#patch({
      uploads: this.state.uploads.map((each) =>
        each.upload === upload ? { ...each, ...change } : each,
      ),
    });
  }

  #hear(notice: Notice): void {
    const next = apply(this.state, notice);
    if (next === null) {
      void this.hello();
      return;
    }
    this.#set(next);
    if (notice.kind === "export") void this.#loadVideo();
  }

  async #loadVideo(): Promise<void> {
    const wanted = this.state.export.video;
    const before = this.state.video;
    if (!wanted || wanted.video === before?.video) return;
    const video: LoadedVideo = {
      video: wanted.video,
      status: wanted.size_bytes > MOST_VIDEO_BYTES ? "too-big" : "loading",
      progress: 0,
      url: "",
      problem: "",
    };
    this.#patch({ video });
    if (before?.url) URL.revokeObjectURL(before.url);
    if (video.status === "too-big") return;
    const isCurrent = () => this.state.video?.video === video.video && !this.#signal.aborted;
    try {
      const blob = await fetchVideo(
        this.#channel,
        wanted,
        (progress) => isCurrent() && this.#patch({ video: { ...video, progress } }),
        this.#signal,
      );
      if (!isCurrent()) return;
      const url = URL.createObjectURL(blob);
      this.#patch({ video: { ...video, status: "ready", progress: 1, url } });
    } catch (error) {
      if (!isCurrent()) return;
      const problem = error instanceof Error ? error.message : String(error);
      this.#patch({ video: { ...video, status: "failed", problem } });
      this.#log(error);
    }
  }

  /** Ask, and say so where the kernel is slow; the answer is still waited for. */
  async #ask<K extends RequestKind>(kind: K, fields: Requests[K]): Promise<Reply<K>> {
    const timer = setTimeout(() => {
      this.#slow += 1;
      this.#patch({ connection: "lost" });
    }, SLOW_MS);
    const request = this.#channel.request(kind, fields);
    try {
      return await request;
    } finally {
      clearTimeout(timer);
      if (this.#slow > 0 && !this.#signal.aborted) {
        this.#slow = 0;
        if (this.state.connection === "lost") this.#patch({ connection: "ready" });
      }
    }
  }

  #patch(change: Partial<PanelState>): void {
    this.#set({ ...this.state, ...change });
  }

  #set(state: PanelState): void {
    if (state === this.state) return;
    this.state = state;
    if (!this.#notified) return;
    this.#notified = false;
    queueMicrotask(() => {
      this.#notified = true;
      for (const listener of this.#listeners) listener();
    });
  }

  #log(error: unknown): void {
    if (!this.#signal.aborted) console.warn("[nemo_nb]", error);
  }
}

function isActive(upload: Upload): boolean {
  return upload.stage !== "done" && upload.stage !== "failed";
}

function newId(): string {
  // Absent on plain-http hosts other than loopback, where Jupyter is often served.
  return crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
}
