import type { AnyModel } from "@anywidget/types";
import { Channel, Refused, type Reply } from "../shared/channel";
import { bytesOf } from "../shared/fetch";
import { type KernelNews, reconnectKernel, watchKernel } from "../shared/kernel";
import {
  type Lang,
  type Notice,
  PROTOCOL,
  type RequestKind,
  type Requests,
  type SegmentRef,
  type Thumbnails,
  type TimelineSnapshot,
  type TimelineView,
  type Waveform,
} from "../shared/protocol";
import { langFor } from "../shared/texts";
import { Watched } from "../shared/watched";
import { type Texts, textsIn } from "./texts";

/** A kernel that has not answered in this time is busy or gone, and the user is told. */
const SLOW_MS = 5000;

export interface TimelineState {
  /** Asleep: the line to the kernel is cut, or the kernel has forgotten this widget. */
  readonly connection: "connecting" | "ready" | "lost" | "restarted";
  /** The kernel's own words, where it has refused. */
  readonly refusal: string;
  readonly timeline: TimelineView | null;
  readonly selection: readonly SegmentRef[];
  /** Whether the selection is to be shown: Python has made it. */
  readonly reveal: boolean;
  readonly editable: boolean;
}

const INITIAL: TimelineState = {
  connection: "connecting",
  refusal: "",
  timeline: null,
  selection: [],
  reveal: false,
  editable: false,
};

/** What one widget model knows and can ask for; every view of the model shares it. */
export class TimelineStore extends Watched<TimelineState> {
  readonly lang: Lang;
  readonly texts: Texts;
  readonly #channel: Channel;
  readonly #model: AnyModel;
  readonly #signal: AbortSignal;
  #greeting = 0;

  constructor(model: AnyModel, signal: AbortSignal) {
    super(INITIAL, signal);
    this.lang = langFor(String(model.get("language") ?? ""));
    this.texts = textsIn(this.lang);
    this.#model = model;
    this.#signal = signal;
    this.#channel = new Channel(model, (notice) => this.#hear(notice), signal);
    const again = () => void this.hello();
    model.on("comm_live_update", again);
    watchKernel(model, (news) => this.#kernel(news), signal);
    signal.addEventListener("abort", () => {
      model.off("comm_live_update" as "msg:custom", again);
    });
  }

  /** Ask for all that the kernel holds; a later question overtakes one that is still open. */
  async hello(): Promise<void> {
    this.#greeting += 1;
    const mine = this.#greeting;
    const isLate = () => mine !== this.#greeting || this.#signal.aborted;
    const timer = setTimeout(() => {
      if (!isLate()) this.#lose("");
    }, SLOW_MS);
    try {
      const { data } = await this.#channel.request("hello_timeline", { protocol: PROTOCOL });
      if (!isLate()) this.#took(data);
    } catch (error) {
      if (isLate()) return;
      this.#lose(error instanceof Refused ? error.message : "");
      this.#log(error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Take the line up again; whether the kernel still knows this widget. */
  async reconnect(): Promise<boolean> {
    try {
      await reconnectKernel(this.#model);
      const fields = { protocol: PROTOCOL };
      const asked = this.#channel.request("hello_timeline", fields, { timeoutMs: SLOW_MS });
      this.#took((await asked).data);
      return true;
    } catch (error) {
      if (error instanceof Refused) this.#lose(error.message);
      this.#log(error);
      return false;
    }
  }

  /** Let the user have selected *segments*, in every view. */
  select(segments: readonly SegmentRef[]): void {
    this.patch({ selection: segments, reveal: false });
    this.#ask("select", { segments }).catch((error) => this.#log(error));
  }

  /** Give a text segment other words; settles once that is done. */
  async retext([track, segment]: SegmentRef, text: string): Promise<void> {
    await this.#ask("cue_text", { track, segment, text });
  }

  /** The picture at *atMs*; not *exact* is there at once. */
  async frame(atMs: number, width: number, exact: boolean): Promise<Blob | null> {
    const { buffers } = await this.#ask("frame", { at_ms: Math.round(atMs), width, exact });
    return pictureIn(buffers);
  }

  async thumbnails(
    count: number,
    width: number,
  ): Promise<{ sheet: Blob; facts: Thumbnails } | null> {
    if (!this.state.timeline?.previews) return null;
    const { data, buffers } = await this.#ask("thumbnails", { count, width });
    const sheet = pictureIn(buffers);
    return sheet && { sheet, facts: data };
  }

  async waveform(buckets: number): Promise<Waveform | null> {
    if (!this.state.timeline?.previews) return null;
    return (await this.#ask("waveform", { buckets })).data;
  }

  #ask<K extends RequestKind>(kind: K, fields: Requests[K]): Promise<Reply<K>> {
    return this.#channel.request(kind, fields);
  }

  #took({ timeline, selection, editable }: TimelineSnapshot): void {
    this.patch({ connection: "ready", refusal: "", timeline, selection, reveal: false, editable });
  }

  #hear(notice: Notice): void {
    if (notice.kind === "selection") {
      this.patch({ selection: notice.selection, reveal: notice.reveal });
    } else if (notice.kind === "timeline") this.patch({ timeline: notice.timeline });
  }

  #kernel(news: KernelNews): void {
    if (news === "restarted") {
      this.patch({ connection: "restarted", refusal: "" });
      this.#channel.forget();
    } else if (news === "cut") this.#lose("");
    else if (this.state.connection === "lost") void this.hello();
  }

  /** Nothing is heard of the kernel; one that began anew has forgotten this widget for good. */
  #lose(refusal: string): void {
    if (this.state.connection !== "restarted") this.patch({ connection: "lost", refusal });
  }

  #log(error: unknown): void {
    if (!this.#signal.aborted) console.warn("[nemo_nb]", error);
  }
}

function pictureIn(buffers: readonly DataView[]): Blob | null {
  const picture = buffers[0];
  return picture ? new Blob([bytesOf(picture)], { type: "image/jpeg" }) : null;
}
