import type { AnyModel } from "@anywidget/types";
import { Channel, Refused, type Reply, Unanswered } from "../shared/channel";
import { bytesOf, fetchVideo, MOST_VIDEO_BYTES } from "../shared/fetch";
import { newId } from "../shared/ids";
import { type KernelNews, kernelOf, reconnectKernel, watchKernel } from "../shared/kernel";
import {
  type Lang,
  type Notice,
  PROTOCOL,
  type RequestKind,
  type Requests,
  type SegmentRef,
  type Thumbnails,
  type Waveform,
} from "../shared/protocol";
import { markdownOf } from "../shared/rich";
import { type Texts, textsFor } from "../shared/texts";
import { Watched } from "../shared/watched";
import { apply, cutOff, INITIAL, type LoadedVideo, type PanelState, restore } from "./state";
import { isActive, Uploads } from "./uploads";

/** A kernel that has not answered in this time is busy or gone, and the user is told. */
const SLOW_MS = 5000;
/**
 * Stop must never wait on a busy kernel: after this it is interrupted. Not sooner, because that
 * ends the running cell too, whatever it does.
 */
const STOP_MS = 3000;
/** How long a kernel that was restarted is asked whether it knows the panel again. */
const RECONNECT_MS = 5000;

/** What one widget model knows and can ask for; every view of the model shares it. */
export class PanelStore extends Watched<PanelState> {
  readonly texts: Texts;
  readonly lang: Lang;
  readonly uploads: Uploads;
  readonly #channel: Channel;
  readonly #model: AnyModel;
  readonly #signal: AbortSignal;
  #greeting = 0;
  #slow = 0;
  #isReading = false;

  constructor(model: AnyModel, signal: AbortSignal) {
    super(INITIAL, signal);
    const { texts, lang } = textsFor(String(model.get("language") ?? ""));
    this.texts = texts;
    this.lang = lang;
    this.#model = model;
    this.#signal = signal;
    this.#channel = new Channel(model, (notice) => this.#hear(notice), signal);
    this.uploads = new Uploads(this.#channel, texts, this.#uploadHost(), signal);
    const reconnect = () => void this.hello(true);
    model.on("comm_live_update", reconnect);
    watchKernel(model, (news) => this.#kernel(news), signal);
    signal.addEventListener("abort", () => {
      model.off("comm_live_update" as "msg:custom", reconnect);
      if (this.state.video?.url) URL.revokeObjectURL(this.state.video.url);
    });
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
      this.set(restore(this.state, data, this.lang));
      this.#readReplies();
      void this.#loadVideo();
    } catch (error) {
      if (mine !== this.#greeting || this.#signal.aborted) return;
      const refusal = error instanceof Refused ? error.message : "";
      if (this.state.connection !== "restarted") this.patch({ connection: "lost", refusal });
      this.#log(error);
    } finally {
      if (mine === this.#greeting) this.#greeting = 0;
    }
  }

  /** Take the line up again; whether the kernel still, or again, knows this panel. */
  async reconnect(): Promise<boolean> {
    const fields = { protocol: PROTOCOL };
    try {
      await reconnectKernel(this.#model);
      await this.#channel.request("hello", fields, { timeoutMs: RECONNECT_MS });
    } catch (error) {
      this.#log(error);
      if (!(error instanceof Refused)) return false;
    }
    await this.hello(true);
    return this.state.connection === "ready";
  }

  /** Send a message, after the files that were added before it. */
  async send(text: string): Promise<void> {
    const key = newId();
    const waitingForFiles = this.state.uploads.some(isActive);
    this.patch({ pending: [...this.state.pending, { key, text, waitingForFiles }] });
    try {
      await this.uploads.done;
      await this.#ask("send", { text });
    } finally {
      this.patch({ pending: this.state.pending.filter((pending) => pending.key !== key) });
    }
  }

  /** Send the last turn's message once more; the kernel undoes what it changed, if it can. */
  async retry(item: number, text: string): Promise<void> {
    const key = newId();
    this.patch({ pending: [...this.state.pending, { key, text, waitingForFiles: false }] });
    try {
      await this.#ask("retry", { item });
    } finally {
      this.patch({ pending: this.state.pending.filter((pending) => pending.key !== key) });
    }
  }

  /** Stop the running turn; resolves with queued messages that were taken back. */
  async stop(): Promise<string[]> {
    if (this.state.stopping) return [];
    this.patch({ stopping: true });
    try {
      const { data } = await this.#channel.request("stop", {}, { timeoutMs: STOP_MS });
      return data.returned;
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      await kernelOf(this.#model)?.interrupt?.();
      return [];
    } finally {
      this.patch({ stopping: false });
    }
  }

  async unqueue(entry: number): Promise<void> {
    await this.#ask("unqueue", { entry });
  }

  /** Take the last edit back, or make it again. */
  async step(what: "undo" | "redo"): Promise<void> {
    if (this.state.stepping || !this.state.studio?.[what]) return;
    this.patch({ stepping: true });
    try {
      // It waits for whatever else changes the timeline: slow is no sign of a lost kernel.
      await this.#channel.request(what, {});
    } finally {
      this.patch({ stepping: false });
    }
  }

  async export(format: string): Promise<void> {
    await this.#ask("export", { format });
  }

  async cancelExport(): Promise<void> {
    await this.#ask("export_cancel", {});
  }

  /** Let the user have selected *segments*, in every view. */
  select(segments: readonly SegmentRef[]): void {
    this.patch({ selection: { segments, reveal: false } });
    this.#channel.request("select", { segments }).catch((error) => this.#log(error));
  }

  /** Give a cue other words; settles once that is done, however long it is queued. */
  async retext([track, segment]: SegmentRef, text: string): Promise<void> {
    await this.#channel.request("cue_text", { track, segment, text });
  }

  /** A still of the draft at *atMs*, as wide as asked; not *exact* is there at once. */
  async frame(atMs: number, width: number, exact: boolean): Promise<Blob | null> {
    // Drawing may take long and says nothing about the kernel: no complaint if it does.
    const fields = { at_ms: Math.round(atMs), width, exact };
    const { buffers } = await this.#channel.request("frame", fields);
    const picture = buffers[0];
    return picture ? new Blob([bytesOf(picture)], { type: "image/jpeg" }) : null;
  }

  /** Thumbnails of the whole timeline on one picture; null where there are none. */
  async thumbnails(
    count: number,
    width: number,
  ): Promise<{ sheet: Blob; facts: Thumbnails } | null> {
    if (!this.state.studio) return null;
    const { data, buffers } = await this.#channel.request("thumbnails", { count, width });
    const sheet = buffers[0];
    return sheet
      ? { sheet: new Blob([bytesOf(sheet)], { type: "image/jpeg" }), facts: data }
      : null;
  }

  /** How loud the timeline is; null where nobody knows. */
  async waveform(buckets: number): Promise<Waveform | null> {
    if (!this.state.studio) return null;
    return (await this.#channel.request("waveform", { buckets })).data;
  }

  #uploadHost() {
    const store = this;
    return {
      get limitBytes() {
        return store.state.limitBytes;
      },
      change: (by: (uploads: PanelState["uploads"]) => PanelState["uploads"]) =>
        this.patch({ uploads: by(this.state.uploads) }),
      log: (error: unknown) => this.#log(error),
    };
  }

  #hear(notice: Notice): void {
    const next = apply(this.state, notice);
    if (next === null) {
      void this.hello();
      return;
    }
    this.set(next);
    if (notice.kind === "item" || notice.kind === "delta") this.#readReplies();
    if (notice.kind === "export") void this.#loadVideo();
  }

  #kernel(news: KernelNews): void {
    if (news === "restarted") {
      this.set(cutOff(this.state));
      this.#channel.forget();
    } else if (news === "cut" && this.state.connection === "ready") {
      this.patch({ connection: "lost", refusal: "" });
    } else if (news === "back" && this.state.connection === "lost") void this.hello(true);
  }

  /** Fetch what renders replies, once there is a reply. */
  #readReplies(): void {
    const hasReply = this.state.items.some((item) => item.type === "turn");
    if (!hasReply || this.state.markdown || this.#isReading) return;
    this.#isReading = true;
    markdownOf(this.#channel)
      .then(
        (markdown) => this.patch({ markdown }),
        (error) => this.#log(error),
      )
      .finally(() => {
        this.#isReading = false;
      });
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
    this.patch({ video });
    if (before?.url) URL.revokeObjectURL(before.url);
    if (video.status === "too-big") return;
    const isCurrent = () => this.state.video?.video === video.video && !this.#signal.aborted;
    try {
      const blob = await fetchVideo(
        this.#channel,
        wanted,
        (progress) => isCurrent() && this.patch({ video: { ...video, progress } }),
        this.#signal,
      );
      if (!isCurrent()) return;
      const url = URL.createObjectURL(blob);
      this.patch({ video: { ...video, status: "ready", progress: 1, url } });
    } catch (error) {
      if (!isCurrent()) return;
      const problem = error instanceof Error ? error.message : String(error);
      this.patch({ video: { ...video, status: "failed", problem } });
      this.#log(error);
    }
  }

  /** Ask, and say so where the kernel is slow; the answer is still waited for. */
  async #ask<K extends RequestKind>(kind: K, fields: Requests[K]): Promise<Reply<K>> {
    const timer = setTimeout(() => {
      this.#slow += 1;
      if (this.state.connection !== "restarted") this.patch({ connection: "lost" });
    }, SLOW_MS);
    const request = this.#channel.request(kind, fields);
    try {
      return await request;
    } finally {
      clearTimeout(timer);
      if (this.#slow > 0 && !this.#signal.aborted) {
        this.#slow = 0;
        if (this.state.connection === "lost") this.patch({ connection: "ready" });
      }
    }
  }

  #log(error: unknown): void {
    if (!this.#signal.aborted) console.warn("[nemo_nb]", error);
  }
}
