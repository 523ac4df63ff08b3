/** How the variants are shown: one at a time, all, one over the other, or their difference. */
export const MODES = ["switch", "side", "wipe", "difference"] as const;

export type Mode = (typeof MODES)[number];

/** What one view shows. *active* is the variant that is heard, and in front. */
export interface Looks {
  mode: Mode;
  active: number;
  /** The two that are wiped or subtracted. */
  pair: readonly [number, number];
}

export function nextMode(mode: Mode): Mode {
  return MODES[(MODES.indexOf(mode) + 1) % MODES.length] ?? "switch";
}

/** The variants on screen, from left to right; the last lies on top where they overlap. */
export function shownIn({ mode, active, pair }: Looks, variants: number): number[] {
  if (mode === "side") return Array.from({ length: variants }, (_, index) => index);
  return mode === "switch" ? [active] : [...pair];
}

/** Choose a variant to hear, and to see: one that is not of the pair takes the active one's place. */
export function choose(looks: Looks, variant: number): Looks {
  const [left, right] = looks.pair;
  if (variant === left || variant === right) return { ...looks, active: variant };
  return {
    ...looks,
    active: variant,
    pair: looks.active === left ? [variant, right] : [left, variant],
  };
}

/** Put *variant* on a side; the other side gives it up for what was here. */
export function pairWith(looks: Looks, side: 0 | 1, variant: number): Looks {
  const other = looks.pair[1 - side] ?? 0;
  const rest = other === variant ? (looks.pair[side] ?? 0) : other;
  const pair: [number, number] = side === 0 ? [variant, rest] : [rest, variant];
  return { ...looks, pair, active: pair.includes(looks.active) ? looks.active : pair[0] };
}

/** The other of the pair: what the A/B key brings to the front. */
export function swapped(looks: Looks): Looks {
  const [left, right] = looks.pair;
  return { ...looks, active: looks.active === left ? right : left };
}
