import type { Ballot, CueGroup, Film, Notice, PlayerSnapshot, Problem } from "../shared/protocol";
import type { Round } from "./shuffle";

/** A film as this page has it: "ready" with a URL to play. */
export interface LoadedFilm {
  video: number;
  status: "loading" | "ready" | "failed" | "too-big";
  progress: number;
  url: string;
  problem: Problem | null;
}

/** A blind vote under way: what it asks, and how far it is. */
export interface Sitting {
  rounds: readonly Round[];
  at: number;
  /** How many of this player's ballots were cast before it. */
  since: number;
}

export interface PlayerState {
  connection: "connecting" | "ready" | "lost" | "restarted";
  refusal: string;
  size: { width: number; height: number; fps: number };
  names: readonly string[];
  variants: PlayerSnapshot["variants"];
  groups: readonly CueGroup[];
  films: readonly Film[];
  loaded: readonly (LoadedFilm | null)[];
  votes: number;
  ballots: readonly Ballot[];
  sitting: Sitting | null;
}

export const INITIAL: PlayerState = {
  connection: "connecting",
  refusal: "",
  size: { width: 16, height: 9, fps: 30 },
  names: [],
  variants: [],
  groups: [],
  films: [],
  loaded: [],
  votes: 0,
  ballots: [],
  sitting: null,
};

/** Begin from what the kernel holds; films that are here already stay. */
export function restore(state: PlayerState, snapshot: PlayerSnapshot): PlayerState {
  const { width, height, fps, variants, groups, votes, ballots } = snapshot;
  return {
    ...state,
    connection: "ready",
    refusal: "",
    size: { width: width || 16, height: height || 9, fps: fps || 30 },
    names: variants.map(({ name }) => name),
    variants,
    groups,
    films: variants.map(({ film }) => film),
    loaded: variants.map((_, index) => state.loaded[index] ?? null),
    votes,
    ballots,
  };
}

/** What a notice makes of the state. */
export function apply(state: PlayerState, notice: Notice): PlayerState {
  if (notice.kind === "votes") {
    return { ...state, votes: notice.count, ballots: notice.ballots };
  }
  if (notice.kind === "film") {
    const films = state.films.map((film) => (film.film === notice.film.film ? notice.film : film));
    return { ...state, films };
  }
  return state;
}

/** Frames a second: those of the films, once there are any. */
export function fpsOf(state: PlayerState): number {
  return state.films.find(({ fps }) => fps > 0)?.fps ?? state.size.fps;
}

/** The round that is being asked; null outside a blind vote and at its end. */
export function roundOf({ sitting }: PlayerState): Round | null {
  return sitting?.rounds[sitting.at] ?? null;
}

/** Whether a blind vote is under way: then no name is shown. */
export function isBlind(state: PlayerState): boolean {
  return roundOf(state) !== null;
}

/** Whether a film of these variants is still on its way here. */
export function isOnItsWay(state: PlayerState, variants: readonly number[]): boolean {
  return variants.some((variant) => {
    const status = state.films[variant]?.status;
    if (status === "ready") return (state.loaded[variant]?.status ?? "loading") === "loading";
    return status === "pending" || status === "processing";
  });
}
