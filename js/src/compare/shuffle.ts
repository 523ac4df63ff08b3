import type { CueGroup } from "../shared/protocol";
import { differs } from "./moments";

/** A whole number from 0 to below *count*, each as likely. */
export type Random = (count: number) => number;

/** One question of a blind vote: two variants, and which stands on which side. */
export interface Round {
  /** The index of the group of cues; -1 for the whole of the films. */
  group: number;
  left: number;
  right: number;
}

/** The cue of a vote on variants whose captions are all alike. */
const WHOLE = "whole";

/** What a vote on a round is noted under. */
export function cueOf(round: Round): string {
  return round.group < 0 ? WHOLE : String(round.group + 1);
}

/** The browser's own source of chance, which nobody can foresee. */
export const cryptoRandom: Random = (count) => {
  const values = new Uint32Array(1);
  // Numbers beyond the last whole multiple would make the first few likelier.
  const limit = Math.floor(2 ** 32 / count) * count;
  do crypto.getRandomValues(values);
  while ((values[0] ?? 0) >= limit);
  return (values[0] ?? 0) % count;
};

/** *items* in an order that chance decides, each order as likely. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  const result: T[] = [];
  while (left.length > 0) result.push(...left.splice(random(left.length), 1));
  return result;
}

/**
 * The rounds of a blind vote: cue after cue, every pair that differs there.
 *
 * Sides are drawn anew for each round, and so is the order of a cue's pairs. Where no cue
 * differs, each pair is asked about once, as a whole.
 */
export function rounds(groups: readonly CueGroup[], variants: number, random: Random): Round[] {
  const pairs: [number, number][] = [];
  for (let one = 0; one < variants; one += 1) {
    for (let other = one + 1; other < variants; other += 1) pairs.push([one, other]);
  }
  const ask = (group: number, able: readonly [number, number][]): Round[] =>
    shuffled(able, random).map(([one, other]) => {
      const [left, right] = random(2) === 0 ? [one, other] : [other, one];
      return { group, left, right };
    });
  const found = groups.flatMap((group, index) =>
    ask(
      index,
      pairs.filter((pair) => differs(group, pair)),
    ),
  );
  return found.length > 0 ? found : ask(-1, pairs);
}
