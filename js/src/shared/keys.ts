/** What a text box does itself with Ctrl or Cmd. */
const EDITING = new Set(["a", "c", "v", "x", "y", "z", "backspace", "delete", "home", "end"]);

const SUPPRESS = "data-lm-suppress-shortcuts";

export interface Undoing {
  undo(): void;
  redo(): void;
}

/** Whether keys go into *target* as text. */
export function isTextBox(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLInputElement) return target.type === "text";
  return target instanceof HTMLElement && target.isContentEditable;
}

/**
 * Share the keyboard with the notebook around *root*: plain keys (Enter, arrows, dd…) and those
 * that edit a text box stay in here; those with Ctrl or Cmd, as for saving, reach the notebook.
 *
 * The notebook hears a key on the document as it comes down, and looks then whether the element
 * wants to be left alone: only the window is before it.
 */
export function shareKeys(root: HTMLElement, signal: AbortSignal, undoing?: Undoing): void {
  root.setAttribute(SUPPRESS, "true");
  const onKey = (event: KeyboardEvent): void => {
    const { target } = event;
    if (!(target instanceof Node) || !root.contains(target)) return;
    const key = event.key.toLowerCase();
    const command = (event.ctrlKey || event.metaKey) && !event.altKey;
    const inText = isTextBox(target);
    if (undoing && command && !inText && (key === "z" || key === "y")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (key === "y" || event.shiftKey) undoing.redo();
      else undoing.undo();
      return;
    }
    const ours = !command || (inText && (EDITING.has(key) || key.startsWith("arrow")));
    if (ours) root.setAttribute(SUPPRESS, "true");
    else root.removeAttribute(SUPPRESS);
  };
  window.addEventListener("keydown", onKey, { capture: true, signal });
  // JupyterLab forbids a new line, and undoing, in whatever stands in a cell: it listens on the
  // text box itself, and is not told.
  root.addEventListener("beforeinput", (event) => event.stopPropagation(), {
    capture: true,
    signal,
  });
}
