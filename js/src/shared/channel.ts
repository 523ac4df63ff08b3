import type { AnyModel } from "@anywidget/types";
import { newId } from "./ids";
import {
  type Answer,
  type Answers,
  isMessage,
  type Notice,
  type Problem,
  type RequestKind,
  type Requests,
} from "./protocol";

/** A request that the kernel answered with an error; the sentences are the kernel's own. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super([problem.what, problem.why, problem.fix].filter(Boolean).join(" "));
    this.name = "Refused";
  }
}

/** No answer came in time. The kernel may still be at it. */
export class Unanswered extends Error {
  constructor(kind: string, cause?: unknown) {
    super(`The kernel did not answer "${kind}".`, { cause });
    this.name = "Unanswered";
  }
}

export interface Reply<K extends RequestKind> {
  data: Answers[K];
  buffers: DataView[];
}

interface Waiting {
  resolve(reply: { data: unknown; buffers: DataView[] }): void;
  reject(error: Error): void;
}

/** Requests with answers, and notices, over one widget model's custom messages. */
export class Channel {
  readonly #model: AnyModel;
  readonly #waiting = new Map<string, Waiting>();
  readonly #onNotice: (notice: Notice) => void;

  constructor(model: AnyModel, onNotice: (notice: Notice) => void, signal: AbortSignal) {
    this.#model = model;
    this.#onNotice = onNotice;
    model.on("msg:custom", this.#receive);
    signal.addEventListener("abort", () => {
      model.off("msg:custom", this.#receive);
      this.forget();
    });
  }

  /** Wait no longer for what was asked so far: nobody will answer it. */
  forget(): void {
    for (const waiting of [...this.#waiting.values()]) waiting.reject(new Unanswered("this"));
  }

  /** Send a request; resolves with its answer, rejects with `Refused` or `Unanswered`. */
  request<K extends RequestKind>(
    kind: K,
    fields: Requests[K],
    options: { buffers?: ArrayBuffer[]; timeoutMs?: number } = {},
  ): Promise<Reply<K>> {
    const id = newId();
    return new Promise<Reply<K>>((resolve, reject) => {
      const timer = options.timeoutMs
        ? setTimeout(() => settle(() => reject(new Unanswered(kind))), options.timeoutMs)
        : undefined;
      const settle = (then: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        then();
      };
      this.#waiting.set(id, {
        resolve: (reply) => settle(() => resolve(reply as Reply<K>)),
        reject: (error) => settle(() => reject(error)),
      });
      try {
        this.#model.send({ id, kind, ...fields }, undefined, options.buffers ?? []);
      } catch (error) {
        // The comm has gone: the kernel was restarted, or the widget closed.
        settle(() => reject(new Unanswered(kind, error)));
      }
    });
  }

  readonly #receive = (message: unknown, buffers: DataView[]): void => {
    if (!isMessage(message)) return;
    if (message.kind === "answer") this.#settle(message, buffers);
    else this.#onNotice(message);
  };

  #settle(answer: Answer, buffers: DataView[]): void {
    const waiting = this.#waiting.get(answer.to);
    if (!waiting) return;
    if (answer.ok) waiting.resolve({ data: answer.data, buffers });
    else waiting.reject(new Refused(answer.error));
  }
}
