/** Whether the caret stands alone on the first or last row of *box*, as far as one can tell. */
export function isTextRowEnd(box: HTMLTextAreaElement, row: "first" | "last"): boolean {
  const { selectionStart: start, selectionEnd: end, value } = box;
  if (start !== end) return false;
  if (start === (row === "first" ? 0 : value.length)) return true;
  const rest = row === "first" ? value.slice(0, start) : value.slice(start);
  // A line that is broken by its width alone has rows that nothing tells of.
  return !rest.includes("\n") && fitsOneRow(box);
}

function fitsOneRow(box: HTMLTextAreaElement): boolean {
  const style = getComputedStyle(box);
  const row = Number.parseFloat(style.lineHeight) || Number.parseFloat(style.fontSize) * 1.5;
  const inside =
    box.scrollHeight -
    (Number.parseFloat(style.paddingTop) || 0) -
    (Number.parseFloat(style.paddingBottom) || 0);
  return !(inside > row * 1.5) || box.value.includes("\n");
}
