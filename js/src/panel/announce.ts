import type { Context } from "./part";
import { stepWords } from "./rows";
import { exporting, type PanelState, running } from "./state";

/** Tell a screen reader when something starts and when it is over. */
export function announceChanges(
  context: Context,
  before: PanelState | null,
  state: PanelState,
): void {
  if (before?.connection !== "ready" || state.connection !== "ready") return;
  const { texts } = context.store;
  const was = running(before);
  const is = running(state);
  if (is && is.item !== was?.item) context.announce(texts.turnStarted);
  else if (was && !is) {
    const ended = state.items.find((item) => item.item === was.item);
    const problem = ended?.type === "turn" ? ended.problem : null;
    context.announce(problem?.what ?? texts.turnEnded);
  }
  const last = state.items.at(-1);
  if (last?.type === "step" && last !== before.items.find((item) => item.item === last.item)) {
    context.announce(`${stepWords(texts, last.what)} ${last.changes}`);
  }
  if (!exporting(before) && exporting(state)) context.announce(texts.exporting);
  if (exporting(before) && !exporting(state)) {
    context.announce(state.export.problem?.what ?? texts.exportReady);
  }
}
