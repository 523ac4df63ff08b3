import { type Channel, Refused, Unanswered } from "../shared/channel";
import { bytes } from "../shared/format";
import { newId } from "../shared/ids";
import { type Problem, plainProblem } from "../shared/protocol";
import type { Texts } from "../shared/texts";
import type { Upload } from "./state";
import { sendFile } from "./transfer";

/** How long a finished upload stays visible among the running ones. */
const DONE_MS = 1500;

interface Host {
  readonly limitBytes: number;
  change(by: (uploads: readonly Upload[]) => readonly Upload[]): void;
  log(error: unknown): void;
}

/** The files on their way, one after the other and in their order. */
export class Uploads {
  readonly #channel: Channel;
  readonly #texts: Texts;
  readonly #host: Host;
  readonly #cancels = new Map<string, AbortController>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #last: Promise<void> = Promise.resolve();

  constructor(channel: Channel, texts: Texts, host: Host, signal: AbortSignal) {
    this.#channel = channel;
    this.#texts = texts;
    this.#host = host;
    signal.addEventListener("abort", () => {
      for (const cancel of this.#cancels.values()) cancel.abort();
      for (const timer of this.#timers) clearTimeout(timer);
    });
  }

  /** Settles once every file that has been added so far is there, or has failed. */
  get done(): Promise<void> {
    return this.#last;
  }

  /** Add files; what cannot go says why at once. */
  add(files: readonly File[]): void {
    for (const file of files) {
      const upload = newId();
      const problem = this.#objection(file);
      const stage = problem ? "failed" : "waiting";
      const entry: Upload = { upload, name: file.name, size: file.size, sent: 0, stage, problem };
      this.#host.change((uploads) => [...uploads, entry]);
      if (problem) continue;
      const cancel = new AbortController();
      this.#cancels.set(upload, cancel);
      this.#last = this.#last.then(() => this.#carry(upload, file, cancel.signal));
    }
  }

  /** Cancel an upload, or take a finished or failed one off the list. */
  drop(upload: string): void {
    const running = this.#cancels.get(upload);
    running?.abort();
    this.#host.change((uploads) => uploads.filter((each) => each.upload !== upload));
    if (running) {
      const request = this.#channel.request("upload_cancel", { upload });
      request.catch((error) => this.#host.log(error));
    }
  }

  async #carry(upload: string, file: File, signal: AbortSignal): Promise<void> {
    try {
      signal.throwIfAborted();
      this.#patch(upload, { stage: "reading" });
      await sendFile(this.#channel, upload, file, (sent) => this.#patch(upload, { sent }), signal);
      this.#patch(upload, { stage: "sending", sent: 0 });
      await this.#channel.request("upload_end", { upload });
      this.#cancels.delete(upload);
      this.#patch(upload, { stage: "done", sent: file.size });
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        this.drop(upload);
      }, DONE_MS);
      this.#timers.add(timer);
    } catch (error) {
      if (signal.aborted) return;
      const words =
        error instanceof Unanswered ? this.#texts.disconnected : this.#texts.unreadable(file.name);
      const problem = error instanceof Refused ? error.problem : plainProblem(words);
      this.#patch(upload, { stage: "failed", problem });
      this.#host.log(error);
    } finally {
      this.#cancels.delete(upload);
    }
  }

  #objection(file: File): Problem | null {
    const { limitBytes } = this.#host;
    if (file.size > limitBytes) {
      return {
        ...plainProblem(this.#texts.tooLarge(file.name, bytes(file.size), bytes(limitBytes))),
        fix: this.#texts.trimIt,
      };
    }
    return file.size === 0 ? plainProblem(this.#texts.empty(file.name)) : null;
  }

  #patch(upload: string, change: Partial<Upload>): void {
    this.#host.change((uploads) =>
      uploads.map((each) => (each.upload === upload ? { ...each, ...change } : each)),
    );
  }
}

/** Whether the file is still on its way. */
export function isActive(upload: Upload): boolean {
  return upload.stage !== "done" && upload.stage !== "failed";
}
