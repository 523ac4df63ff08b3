/** Draws a strip onto a canvas. Everything it needs is handed in: nothing here reads the page. */
import { clock } from "../shared/format";
import type { Waveform } from "../shared/protocol";
import type { Labels } from "./labels";
import { type Bar, bars, type Lane, visible } from "./lane";
import type { Marking } from "./painter";
import { cellAt, type Sheet } from "./previews";
import { type Row, type Rows, RULER_PX, rowsBetween } from "./rows";
import { type Extent, marksIn, type Seen, toPx } from "./scale";
import type { Hue, Theme } from "./theme";

export interface Scene {
  readonly lanes: readonly Lane[];
  readonly rows: Rows;
  readonly seen: Seen;
  readonly extent: Extent;
  readonly scrollTop: number;
  readonly heightPx: number;
  readonly theme: Theme;
  readonly labels: Labels;
  readonly marking: Marking;
  readonly sheet: Sheet | null;
  /** The lane that the pictures lie on. */
  readonly film: number;
  readonly wave: Waveform | null;
  /** The lanes that the loudness lies on. */
  isHeard(lane: number): boolean;
}

const RADIUS_PX = 4;
/** Slimmer than this a selected segment is all frame. */
const LEAST_FRAMED_PX = 6;
/** Narrower than this not even a letter fits. */
const LEAST_LABEL_PX = 22;
const PAD_PX = 6;
/** How far beyond the edges a bar is drawn: its round corners stay out of sight. */
const BEYOND_PX = 12;
/** Parts of the ruler between two marks. */
const TICKS = 5;
/** The width of a digit on the ruler, about. */
const DIGIT_PX = 6.5;

export function paintRuler(ctx: CanvasRenderingContext2D, scene: Scene): void {
  const { seen, extent, theme } = scene;
  ctx.clearRect(0, 0, extent.widthPx, RULER_PX);
  const { stepMs, marks } = marksIn(seen, extent);
  const tickPx = stepMs / TICKS / seen.msPerPx;
  ctx.font = theme.smallFont;
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  ctx.direction = "ltr";
  ctx.fillStyle = theme.line;
  for (const ms of marks) {
    const x = Math.round(toPx(seen, ms));
    ctx.fillRect(x, 5, 1, RULER_PX - 5);
    for (let tick = 1; tick < TICKS; tick += 1) {
      if (ms + (tick * stepMs) / TICKS > extent.durationMs) break;
      ctx.fillRect(Math.round(x + tick * tickPx), RULER_PX - 4, 1, 4);
    }
  }
  ctx.fillRect(0, RULER_PX - 1, extent.widthPx, 1);
  ctx.fillStyle = theme.inkSoft;
  for (const ms of marks) {
    const words = clock(ms, stepMs < 1000);
    const x = toPx(seen, ms) + 4;
    // One that the edge would cut says nothing.
    if (x + words.length * DIGIT_PX <= extent.widthPx) ctx.fillText(words, x, 8);
  }
}

export function paintLanes(ctx: CanvasRenderingContext2D, scene: Scene): void {
  const { lanes, rows, scrollTop, heightPx, extent, theme, seen } = scene;
  ctx.clearRect(0, 0, extent.widthPx, heightPx);
  ctx.textBaseline = "middle";
  const [from, to] = rowsBetween(rows, scrollTop, scrollTop + heightPx);
  const marks = marksIn(seen, extent).marks.map((ms) => Math.round(toPx(seen, ms)));
  for (let index = from; index < to; index += 1) {
    const row = rows.all[index];
    const lane = lanes[index];
    if (!row || !lane) continue;
    const top = row.top - scrollTop;
    ctx.fillStyle = theme.lane;
    ctx.fillRect(0, top, extent.widthPx, row.height);
    ctx.fillStyle = theme.line;
    ctx.globalAlpha = 0.4;
    for (const x of marks) ctx.fillRect(x, top, 1, row.height);
    ctx.globalAlpha = 1;
    paintLane(ctx, scene, index, lane, { top: top + 1, height: row.height - 2 });
  }
}

function paintLane(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  index: number,
  lane: Lane,
  row: Row,
): void {
  const { seen, extent, theme } = scene;
  const end = seen.startMs + extent.widthPx * seen.msPerPx;
  const range = visible(lane, seen.startMs, end);
  const all = bars(lane, range, seen.startMs, seen.msPerPx);
  const hue = theme.kinds[lane.kind];
  const single = all.filter((bar) => bar.count === 1);
  const merged = all.filter((bar) => bar.count > 1);
  fillBars(ctx, single, extent.widthPx, row, hue.fill);
  fillBars(ctx, merged, extent.widthPx, row, hue.edge);
  const hasFilm = index === scene.film && scene.sheet !== null;
  if (hasFilm) for (const bar of single) paintFilm(ctx, scene, lane, bar, row);
  if (scene.wave && scene.isHeard(index)) {
    const color = lane.kind === "audio" ? hue.edge : theme.kinds.audio.edge;
    const part = lane.kind === "audio" ? row : lowerPart(row);
    for (const bar of single) paintWave(ctx, scene, scene.wave, bar, part, color);
  }
  strokeBars(ctx, single, extent.widthPx, row, hue.edge, 1);
  if (scene.marking.hasSelection) paintSelected(ctx, scene, index, lane, range, row, hue, hasFilm);
  for (const bar of single) paintLabel(ctx, scene, index, bar, row, hasFilm);
}

function lowerPart(row: Row): Row {
  const height = Math.round(row.height * 0.4);
  return { top: row.top + row.height - height, height };
}

/** A bar as it is drawn: apart from its neighbours by a hair, cut where it leaves the canvas. */
function spanOf(bar: Bar, widthPx: number): [left: number, width: number] {
  const left = Math.max(-BEYOND_PX, bar.left + 0.5);
  const right = Math.min(widthPx + BEYOND_PX, Math.max(bar.right - 0.5, bar.left + 1.5));
  return [left, right - left];
}

function trace(
  ctx: CanvasRenderingContext2D,
  found: readonly Bar[],
  widthPx: number,
  row: Row,
  inset: number,
): void {
  ctx.beginPath();
  for (const bar of found) {
    const [left, width] = spanOf(bar, widthPx);
    const inner = width - 2 * inset;
    if (inner > 2 * RADIUS_PX) {
      ctx.roundRect(left + inset, row.top + inset, inner, row.height - 2 * inset, RADIUS_PX);
    } else {
      ctx.rect(left + inset, row.top + inset, Math.max(0.5, inner), row.height - 2 * inset);
    }
  }
}

function fillBars(
  ctx: CanvasRenderingContext2D,
  found: readonly Bar[],
  widthPx: number,
  row: Row,
  color: string,
): void {
  if (found.length === 0) return;
  trace(ctx, found, widthPx, row, 0);
  ctx.fillStyle = color;
  ctx.fill();
}

function strokeBars(
  ctx: CanvasRenderingContext2D,
  found: readonly Bar[],
  widthPx: number,
  row: Row,
  color: string,
  line: number,
): void {
  const wide = found.filter((bar) => bar.right - bar.left > 3 * line);
  if (wide.length === 0) return;
  trace(ctx, wide, widthPx, row, line / 2);
  ctx.strokeStyle = color;
  ctx.lineWidth = line;
  ctx.stroke();
}

function paintSelected(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  index: number,
  lane: Lane,
  range: readonly [number, number],
  row: Row,
  hue: Hue,
  hasFilm: boolean,
): void {
  const { seen, extent, theme, marking } = scene;
  const isChosen = (rank: number) => marking.isSelected(index, rank);
  const chosen = bars(lane, range, seen.startMs, seen.msPerPx, isChosen);
  if (chosen.length === 0) return;
  const isSlim = ({ left, right, count }: Bar) => count > 1 || right - left <= LEAST_FRAMED_PX;
  const slim = chosen.filter(isSlim);
  const wide = chosen.filter((bar) => !isSlim(bar));
  fillBars(ctx, slim, extent.widthPx, row, theme.accent);
  if (!hasFilm && lane.kind !== "audio") fillBars(ctx, wide, extent.widthPx, row, hue.strong);
  strokeBars(ctx, wide, extent.widthPx, row, theme.accent, 2);
}

function paintLabel(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  index: number,
  bar: Bar,
  row: Row,
  hasFilm: boolean,
): void {
  const { extent, theme, labels } = scene;
  // A segment that began before the left edge is named at the edge.
  const left = Math.max(0, bar.left) + PAD_PX;
  const right = Math.min(extent.widthPx, bar.right) - PAD_PX;
  const room = right - left;
  if (room < LEAST_LABEL_PX - 2 * PAD_PX) return;
  const { text, rtl } = labels.fit(scene.marking.nameOf(index, bar.rank), room);
  if (!text) return;
  const height = hasFilm ? 16 : row.height;
  const y = row.top + (hasFilm ? 2 : 0) + height / 2 + 0.5;
  ctx.font = theme.font;
  if (hasFilm) {
    const width = Math.min(room, labels.widthOf(text)) + 8;
    const x = rtl ? right - width + 4 : left - 4;
    ctx.globalAlpha = 0.86;
    ctx.fillStyle = theme.bg;
    ctx.beginPath();
    ctx.roundRect(x, row.top + 3, width, height, 3);
    ctx.fill();
    ctx.globalAlpha = 1;
  }
  ctx.fillStyle = theme.ink;
  ctx.direction = rtl ? "rtl" : "ltr";
  ctx.textAlign = rtl ? "right" : "left";
  ctx.fillText(text, rtl ? right : left, y + (hasFilm ? 1 : 0));
}

function paintFilm(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  lane: Lane,
  bar: Bar,
  row: Row,
): void {
  const { sheet, seen, extent } = scene;
  if (!sheet) return;
  const { columns, width, height } = sheet.facts;
  const cellPx = Math.max(8, (row.height * width) / height);
  const [left, span] = spanOf(bar, extent.widthPx);
  if (span < 4) return;
  const startMs = lane.starts[bar.rank] as number;
  const endMs = lane.ends[bar.rank] as number;
  ctx.save();
  trace(ctx, [bar], extent.widthPx, row, 0);
  ctx.clip();
  // Cells stand still on the film while it scrolls: they are counted from the segment's start.
  const first = Math.max(0, Math.floor((left - bar.left) / cellPx));
  for (let x = bar.left + first * cellPx; x < left + span; x += cellPx) {
    const ms = seen.startMs + (x + cellPx / 2) * seen.msPerPx;
    const cell = cellAt(sheet.times, Math.min(ms, endMs - 1), startMs, endMs);
    if (cell < 0) continue;
    const sx = (cell % columns) * width;
    const sy = Math.floor(cell / columns) * height;
    ctx.drawImage(sheet.image, sx, sy, width, height, x, row.top, cellPx, row.height);
  }
  ctx.restore();
}

function paintWave(
  ctx: CanvasRenderingContext2D,
  { seen, extent }: Scene,
  { peaks, duration_ms }: Waveform,
  bar: Bar,
  row: Row,
  color: string,
): void {
  const perMs = peaks.length / Math.max(1, duration_ms);
  const middle = row.top + row.height / 2;
  const from = Math.max(0, Math.ceil(bar.left));
  const to = Math.min(extent.widthPx, Math.floor(bar.right));
  ctx.fillStyle = color;
  ctx.beginPath();
  for (let x = from; x < to; x += 1) {
    const start = Math.max(0, Math.floor((seen.startMs + x * seen.msPerPx) * perMs));
    const end = Math.max(start + 1, Math.floor((seen.startMs + (x + 1) * seen.msPerPx) * perMs));
    let peak = 0;
    for (let at = start; at < end && at < peaks.length; at += 1) {
      peak = Math.max(peak, peaks[at] as number);
    }
    const half = Math.min(1, peak) * (row.height / 2 - 2);
    if (half >= 0.5) ctx.rect(x, middle - half, 1, 2 * half);
  }
  ctx.fill();
}
