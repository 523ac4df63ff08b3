import type { AnyModel } from "@anywidget/types";
import { Channel, Refused, type Reply } from "../shared/channel";
import { fetchVideo, MOST_VIDEO_BYTES } from "../shared/fetch";
import { bytes } from "../shared/format";
import { type KernelNews, watchKernel } from "../shared/kernel";
import {
  type Lang,
  type Notice,
  PROTOCOL,
  plainProblem,
  type RequestKind,
  type Requests,
} from "../shared/protocol";
import { langFor } from "../shared/texts";
import { Watched } from "../shared/watched";
import { cryptoRandom, rounds } from "./shuffle";
import { apply, INITIAL, type LoadedFilm, type PlayerState, restore, roundOf } from "./state";
import { type Texts, textsIn } from "./texts";
import { ballotOf, type Choice, unanswered } from "./votes";

/** A kernel that has not answered in this time is busy or gone, and the user is told. */
const SLOW_MS = 5000;

/** What one player's model knows and can ask for; every view of the model shares it. */
export class PlayerStore extends Watched<PlayerState> {
  readonly lang: Lang;
  readonly texts: Texts;
  readonly #channel: Channel;
  readonly #signal: AbortSignal;
  #since = 0;
  #isVoting = false;
  #greeting = 0;

  constructor(model: AnyModel, signal: AbortSignal) {
    super(INITIAL, signal);
    this.lang = langFor(String(model.get("language") ?? ""));
    this.texts = textsIn(this.lang);
    this.#signal = signal;
    this.#channel = new Channel(model, (notice) => this.#hear(notice), signal);
    const reconnect = () => void this.hello();
    model.on("comm_live_update", reconnect);
    watchKernel(model, (news) => this.#kernelNews(news), signal);
    signal.addEventListener("abort", () => {
      model.off("comm_live_update" as "msg:custom", reconnect);
      for (const film of this.state.loaded) if (film?.url) URL.revokeObjectURL(film.url);
    });
  }

  /** Ask for all that the kernel holds; a later question overtakes one that is still open. */
  async hello(): Promise<void> {
    this.#greeting += 1;
    const mine = this.#greeting;
    const isFirst = this.state.connection === "connecting" && this.state.names.length === 0;
    try {
      const { data } = await this.#ask("hello_player", { protocol: PROTOCOL });
      if (mine !== this.#greeting) return;
      this.set(restore(this.state, data));
      if (isFirst && data.blind) this.startBlind();
      this.#loadFilms();
    } catch (error) {
      if (mine !== this.#greeting || this.#signal.aborted) return;
      const refusal = error instanceof Refused ? error.message : "";
      if (this.state.connection !== "restarted") this.patch({ connection: "lost", refusal });
      this.#log(error);
    }
  }

  /** Render a variant's film again. */
  async renderAgain(film: number): Promise<void> {
    await this.#ask("film", { film });
  }

  /** Begin a blind vote, or go on with one: what has been voted on is not asked again. */
  startBlind(): void {
    const { groups, names, ballots } = this.state;
    const all = rounds(groups, names.length, cryptoRandom);
    const open = unanswered(all, ballots.slice(this.#since), names);
    const done = all.length - open.length;
    const answered = all.filter((round) => !open.includes(round));
    this.patch({ sitting: { rounds: [...answered, ...open], at: done, since: this.#since } });
  }

  /** Begin anew; the votes so far stay noted. */
  voteAgain(): void {
    this.#since = this.state.ballots.length;
    this.startBlind();
  }

  leaveBlind(): void {
    this.patch({ sitting: null });
  }

  /** Note a vote on the round that is asked, then ask the next; false where it was too early. */
  async vote(choice: Choice): Promise<boolean> {
    const { sitting, names } = this.state;
    const round = roundOf(this.state);
    if (!sitting || !round || this.#isVoting) return false;
    this.#isVoting = true;
    try {
      await this.#ask("vote", { ...ballotOf(round, names, choice) });
      if (this.state.sitting === sitting) {
        this.patch({ sitting: { ...sitting, at: sitting.at + 1 } });
      }
      return true;
    } finally {
      this.#isVoting = false;
    }
  }

  /** A restarted kernel knows nothing of this player; films that are here play on. */
  #kernelNews(news: KernelNews): void {
    const { connection } = this.state;
    if (news === "restarted") {
      this.patch({ connection: "restarted", refusal: this.texts.restarted });
      this.#channel.forget();
    } else if (news === "cut" && connection === "ready") {
      this.patch({ connection: "lost", refusal: "" });
    } else if (news === "back" && connection === "lost") void this.hello();
  }

  #hear(notice: Notice): void {
    this.set(apply(this.state, notice));
    if (notice.kind === "film" && notice.film.status === "ready") this.#loadFilms();
  }

  #loadFilms(): void {
    this.state.films.forEach((film, index) => {
      if (!film.video || film.video.video === this.state.loaded[index]?.video) return;
      void this.#loadFilm(index);
    });
  }

  async #loadFilm(index: number): Promise<void> {
    const video = this.state.films[index]?.video;
    if (!video) return;
    const isTooBig = video.size_bytes > MOST_VIDEO_BYTES;
    const film: LoadedFilm = {
      video: video.video,
      status: isTooBig ? "too-big" : "loading",
      progress: 0,
      url: "",
      problem: isTooBig ? plainProblem(this.texts.tooBig(bytes(video.size_bytes))) : null,
    };
    const before = this.state.loaded[index];
    this.#load(index, film);
    if (before?.url) URL.revokeObjectURL(before.url);
    if (isTooBig) return;
    const isWanted = () => this.state.loaded[index]?.video === film.video && !this.#signal.aborted;
    try {
      const blob = await fetchVideo(
        this.#channel,
        video,
        (progress) => isWanted() && this.#load(index, { ...film, progress }),
        this.#signal,
      );
      if (!isWanted()) return;
      const url = URL.createObjectURL(blob);
      this.#load(index, { ...film, status: "ready", progress: 1, url });
    } catch (error) {
      if (!isWanted()) return;
      const problem = error instanceof Refused ? error.problem : plainProblem(String(error));
      this.#load(index, { ...film, status: "failed", problem });
      this.#log(error);
    }
  }

  #load(index: number, film: LoadedFilm): void {
    const loaded = this.state.loaded.map((each, at) => (at === index ? film : each));
    this.patch({ loaded });
  }

  /** Ask, and say so where the kernel is slow; the answer is still waited for. */
  async #ask<K extends RequestKind>(kind: K, fields: Requests[K]): Promise<Reply<K>> {
    let isSlow = false;
    let isAnswered = true;
    const timer = setTimeout(() => {
      isSlow = true;
      if (this.state.connection === "restarted") return;
      this.patch({ connection: "lost", refusal: "" });
    }, SLOW_MS);
    try {
      return await this.#channel.request(kind, fields);
    } catch (error) {
      isAnswered = error instanceof Refused;
      throw error;
    } finally {
      clearTimeout(timer);
      if (isSlow && isAnswered && this.state.connection === "lost") {
        this.patch({ connection: "ready" });
      }
    }
  }

  #log(error: unknown): void {
    if (!this.#signal.aborted) console.warn("[nemo_nb]", error);
  }
}
