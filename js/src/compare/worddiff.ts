/** A run of a text, and whether another variant has it otherwise. */
export interface Piece {
  text: string;
  isOther: boolean;
}

/** Two texts longer than this together are no captions; then all of both counts as other. */
const MOST_CELLS = 250_000;

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });

/** A text's words, and what stands between them, in order: joined, they are the text. */
export function wordsOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/**
 * Each text in runs, with the words marked that not all texts have.
 *
 * The first is the reference: the others are held against it, and it against each of them.
 */
export function marked(texts: readonly string[]): Piece[][] {
  const all = texts.map(wordsOf);
  const reference = all[0] ?? [];
  const inAll = reference.map(() => true);
  const pieces = all.slice(1).map((words) => {
    const common = commonWords(reference, words);
    common.one.forEach((isCommon, index) => {
      if (!isCommon) inAll[index] = false;
    });
    return runs(words, common.other);
  });
  return texts.length === 0 ? [] : [runs(reference, inAll), ...pieces];
}

/** Which words of two texts belong to their longest common run of words, gaps allowed. */
function commonWords(one: readonly string[], other: readonly string[]) {
  const found = { one: one.map(() => false), other: other.map(() => false) };
  const width = other.length + 1;
  if (one.length * other.length > MOST_CELLS) return found;
  const longest = new Uint32Array((one.length + 1) * width);
  const at = (i: number, j: number) => longest[i * width + j] ?? 0;
  for (let i = one.length - 1; i >= 0; i -= 1) {
    for (let j = other.length - 1; j >= 0; j -= 1) {
      longest[i * width + j] =
        one[i] === other[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  for (let i = 0, j = 0; i < one.length && j < other.length; ) {
    if (one[i] === other[j]) {
      found.one[i++] = true;
      found.other[j++] = true;
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return found;
}

function runs(words: readonly string[], isCommon: readonly boolean[]): Piece[] {
  const pieces: Piece[] = [];
  words.forEach((text, index) => {
    const isOther = !isCommon[index];
    const last = pieces.at(-1);
    // A space between two marked words would tear the mark apart.
    const next = words.slice(index + 1).findIndex((word) => word.trim() !== "");
    const isGap = text.trim() === "" && last?.isOther && next >= 0 && !isCommon[index + 1 + next];
    if (last && (last.isOther === isOther || isGap)) last.text += text;
    else pieces.push({ text, isOther });
  });
  return pieces;
}
