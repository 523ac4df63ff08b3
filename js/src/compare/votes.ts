import type { Ballot } from "../shared/protocol";
import { cueOf, type Round } from "./shuffle";

const TIE = "tie";

export type Choice = "left" | "right" | "tie";

/** A choice in a round as the kernel notes it. */
export function ballotOf(round: Round, names: readonly string[], choice: Choice): Ballot {
  const left = names[round.left] ?? "";
  const right = names[round.right] ?? "";
  const winner = choice === "left" ? left : choice === "right" ? right : TIE;
  return { cue: cueOf(round), left, right, winner };
}

/** The rounds that no ballot answers yet, whichever sides it had. */
export function unanswered(
  all: readonly Round[],
  ballots: readonly Ballot[],
  names: readonly string[],
): Round[] {
  const key = (cue: string, one: string, other: string) =>
    JSON.stringify([cue, ...[one, other].sort()]);
  const done = new Set(ballots.map(({ cue, left, right }) => key(cue, left, right)));
  return all.filter((round) => {
    const { cue, left, right } = ballotOf(round, names, "tie");
    return !done.has(key(cue, left, right));
  });
}

export interface Count {
  name: string;
  wins: number;
  losses: number;
  ties: number;
}

/** What each variant won, lost and tied, in the order of *names*. */
export function tally(ballots: readonly Ballot[], names: readonly string[]): Count[] {
  return names.map((name) => {
    const own = ballots.filter(({ left, right }) => left === name || right === name);
    const wins = own.filter(({ winner }) => winner === name).length;
    const ties = own.filter(({ winner }) => winner === TIE).length;
    return { name, wins, ties, losses: own.length - wins - ties };
  });
}

/**
 * How likely chance alone splits this many decided votes at least as unevenly (exact binomial,
 * two-sided); 1 where there are none.
 */
export function byChance(wins: number, losses: number): number {
  const total = wins + losses;
  const few = Math.min(wins, losses);
  let term = 0.5 ** total;
  let sum = 0;
  for (let count = 0; count <= few; count += 1) {
    sum += term;
    term *= (total - count) / (count + 1);
  }
  return Math.min(1, 2 * sum);
}
