import { describe, expect, it } from "vitest";
import {
  choose,
  type Looks,
  MODES,
  nextMode,
  pairWith,
  shownIn,
  swapped,
} from "../src/compare/modes";
import { differs, groupAt, jump, loopOf, marks } from "../src/compare/moments";
import { cryptoRandom, cueOf, rounds, shuffled } from "../src/compare/shuffle";
import { ballotOf, byChance, tally, unanswered } from "../src/compare/votes";
import { marked, wordsOf } from "../src/compare/worddiff";
import type { CueGroup } from "../src/shared/protocol";

function group(start_ms: number, end_ms: number, alike: number[]): CueGroup {
  return { start_ms, end_ms, alike, cues: alike.map(() => []) };
}

/** Chance that can be repeated: a linear congruential generator. */
function dice(seed: number) {
  let state = seed;
  return (count: number) => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * count);
  };
}

describe("word by word", () => {
  const other = (texts: string[]) =>
    marked(texts).map((runs) => runs.filter(({ isOther }) => isOther).map(({ text }) => text));

  it("marks what is not in both, and nothing else", () => {
    expect(other(["Hello big world", "Hello small world"])).toEqual([["big"], ["small"]]);
    expect(other(["Hello world", "Hello world"])).toEqual([[], []]);
    expect(other(["", "new words"])).toEqual([[], ["new words"]]);
  });

  it("keeps every character of every text", () => {
    const texts = ["A  b,\nc “d” – e!", "b, c d: e…", "", "你好，世界 👩‍👩‍👧"];
    expect(marked(texts).map((runs) => runs.map(({ text }) => text).join(""))).toEqual(texts);
  });

  it("joins neighbours into one mark", () => {
    expect(other(["one two three four", "one 2 3 four"])).toEqual([["two three"], ["2 3"]]);
  });

  it("knows the words of Chinese", () => {
    expect(wordsOf("我喜欢咖啡").length).toBeGreaterThan(1);
    expect(other(["我喜欢咖啡", "我喜欢茶"])).toEqual([["咖啡"], ["茶"]]);
  });

  it("holds the first against all others", () => {
    expect(other(["a b c", "a x c", "a b y"])[0]).toEqual(["b c"]);
  });

  it("does not choke on a whole book", () => {
    const book = Array.from({ length: 5000 }, (_, index) => `w${index}`).join(" ");
    expect(marked([book, `${book} more`])[1]?.[0]?.isOther).toBe(true);
  });
});

describe("moments", () => {
  const groups = [
    group(1000, 2000, [0, 0]),
    group(3000, 4000, [0, 1]),
    group(5000, 6000, [0, 1]),
    group(8000, 9000, [0, 0]),
  ];

  it("finds the cue that is on, or was last", () => {
    expect([0, 1500, 2500, 3000, 99_000].map((ms) => groupAt(groups, ms))).toEqual([0, 0, 0, 1, 3]);
    expect(groupAt([], 5)).toBe(-1);
  });

  it("jumps to cues that differ alone", () => {
    expect(jump(groups, 0, 1)?.start_ms).toBe(3000);
    expect(jump(groups, 3000, 1)?.start_ms).toBe(5000);
    expect(jump(groups, 5000, 1)).toBeNull();
    expect(jump(groups, 5900, -1)?.start_ms).toBe(5000);
    expect(jump(groups, 5100, -1)?.start_ms).toBe(3000);
    expect(jump(groups, 3000, -1)).toBeNull();
  });

  it("tells pairs apart in a group of three", () => {
    const three = group(0, 1, [0, 0, 2]);
    expect(differs(three)).toBe(true);
    expect(differs(three, [0, 1])).toBe(false);
    expect(differs(three, [2, 1])).toBe(true);
  });

  it("loops with air around, inside the film, and long enough", () => {
    expect(loopOf({ start_ms: 100, end_ms: 3000 }, 3100)).toEqual({ start_ms: 0, end_ms: 3100 });
    const short = loopOf({ start_ms: 5000, end_ms: 5100 }, 60_000);
    expect(short.end_ms - short.start_ms).toBe(1200);
  });

  it("marks where variants differ, and thousands as few", () => {
    expect(marks(groups, 10_000)).toEqual([
      { left: 30, width: 10 },
      { left: 50, width: 10 },
    ]);
    const many = Array.from({ length: 5000 }, (_, at) => group(at * 100, at * 100 + 80, [0, 1]));
    expect(marks(many, 500_000).length).toBeLessThan(300);
    expect(marks(groups, 0)).toEqual([]);
  });
});

describe("blind rounds", () => {
  it("ask about every pair that differs, cue after cue", () => {
    const found = rounds(
      [group(0, 1, [0, 0, 2]), group(2, 3, [0, 0, 0]), group(4, 5, [0, 1, 2])],
      3,
      dice(1),
    );
    const pairs = found.map(({ group: at, left, right }) => [at, ...[left, right].sort()].join());
    expect(pairs.sort()).toEqual(["0,0,2", "0,1,2", "2,0,1", "2,0,2", "2,1,2"].sort());
    expect(found.map((round) => round.group)).toEqual([0, 0, 2, 2, 2]);
  });

  it("ask about the whole where no cue differs", () => {
    const found = rounds([group(0, 1, [0, 0])], 2, dice(1));
    expect(found.map(cueOf)).toEqual(["whole"]);
    expect(rounds([], 4, dice(1))).toHaveLength(6);
  });

  it("draw the sides anew for each cue, either as likely", () => {
    const many = Array.from({ length: 20_000 }, (_, at) => group(at, at + 1, [0, 1]));
    const sides = rounds(many, 2, dice(7)).map(({ left }) => left);
    const ones = sides.filter((side) => side === 1).length;
    // Four standard deviations of a fair coin.
    expect(Math.abs(ones - 10_000)).toBeLessThan(4 * Math.sqrt(20_000 / 4));
    const turns = sides.filter((side, at) => at > 0 && side !== sides[at - 1]).length;
    expect(Math.abs(turns - 10_000)).toBeLessThan(4 * Math.sqrt(20_000 / 4));
  });

  it("put pairs into every order as often", () => {
    const counts = new Map<string, number>();
    const random = dice(3);
    for (let at = 0; at < 12_000; at += 1) {
      const key = shuffled(["a", "b", "c"], random).join("");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const found = [...counts.values()];
    expect(found).toHaveLength(6);
    const chi2 = found.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
    // The 99.9 % point of chi-squared with 5 degrees of freedom.
    expect(chi2).toBeLessThan(20.5);
  });

  it("take their chance from the browser's own source, within bounds", () => {
    const seen = new Set(Array.from({ length: 400 }, () => cryptoRandom(3)));
    expect([...seen].sort()).toEqual([0, 1, 2]);
  });
});

describe("votes", () => {
  const names = ["bold", "clean", "loud"];
  const round = { group: 4, left: 2, right: 0 };

  it("are noted by name, cue and side", () => {
    expect(ballotOf(round, names, "left")).toEqual({
      cue: "5",
      left: "loud",
      right: "bold",
      winner: "loud",
    });
    expect(ballotOf(round, names, "right").winner).toBe("bold");
    expect(ballotOf(round, names, "tie").winner).toBe("tie");
  });

  it("are not asked for twice, whichever side a variant had", () => {
    const asked = [round, { group: 4, left: 0, right: 1 }, { group: 5, left: 0, right: 2 }];
    const ballots = [{ cue: "5", left: "bold", right: "loud", winner: "tie" }];
    expect(unanswered(asked, ballots, names)).toEqual(asked.slice(1));
  });

  it("add up", () => {
    const ballots = [
      ballotOf(round, names, "left"),
      ballotOf(round, names, "tie"),
      ballotOf({ group: 1, left: 1, right: 2 }, names, "left"),
    ];
    expect(tally(ballots, names)).toEqual([
      { name: "bold", wins: 0, losses: 1, ties: 1 },
      { name: "clean", wins: 1, losses: 0, ties: 0 },
      { name: "loud", wins: 1, losses: 1, ties: 1 },
    ]);
  });

  it("say how often chance alone would split them so", () => {
    expect(byChance(0, 0)).toBe(1);
    expect(byChance(5, 5)).toBe(1);
    expect(byChance(10, 0)).toBeCloseTo(2 / 1024);
    // scipy.stats.binomtest(9, 12).pvalue
    expect(byChance(9, 3)).toBeCloseTo(0.14599609375);
    expect(byChance(3, 9)).toBe(byChance(9, 3));
  });
});

describe("modes", () => {
  const looks: Looks = { mode: "switch", active: 0, pair: [0, 1] };

  it("come round", () => {
    let mode = MODES[0];
    const seen = MODES.map(() => {
      mode = nextMode(mode) as typeof mode;
      return mode;
    });
    expect(new Set(seen).size).toBe(4);
    expect(mode).toBe(MODES[0]);
  });

  it("show one, all, or the pair", () => {
    expect(shownIn(looks, 3)).toEqual([0]);
    expect(shownIn({ ...looks, mode: "side" }, 3)).toEqual([0, 1, 2]);
    expect(shownIn({ ...looks, mode: "wipe", pair: [2, 1] }, 3)).toEqual([2, 1]);
  });

  it("bring a chosen variant into the pair, never twice", () => {
    expect(choose(looks, 1)).toEqual({ ...looks, active: 1 });
    expect(choose(looks, 2)).toEqual({ ...looks, active: 2, pair: [2, 1] });
    expect(pairWith({ ...looks, active: 1 }, 0, 1).pair).toEqual([1, 0]);
    expect(pairWith(looks, 1, 2)).toEqual({ ...looks, pair: [0, 2] });
    expect(pairWith(looks, 0, 2)).toEqual({ ...looks, active: 2, pair: [2, 1] });
  });

  it("swap to the other and back", () => {
    expect(swapped(looks).active).toBe(1);
    expect(swapped(swapped(looks))).toEqual(looks);
  });
});
