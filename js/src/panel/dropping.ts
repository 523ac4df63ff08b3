import type { PanelStore } from "./store";

/** Take files that are dropped or pasted anywhere on *root*; *overlay* says that they may be. */
export function acceptFiles(root: HTMLElement, overlay: HTMLElement, store: PanelStore): void {
  let depth = 0;
  const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  const shade = (by: number) => {
    depth = Math.max(0, depth + by);
    overlay.hidden = depth === 0;
  };
  root.addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    shade(1);
  });
  root.addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  root.addEventListener("dragleave", (event) => {
    if (carriesFiles(event)) shade(-1);
  });
  root.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    shade(-depth);
    store.uploads.add([...(event.dataTransfer?.files ?? [])]);
  });
  root.addEventListener("paste", (event) => {
    event.stopPropagation();
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    store.uploads.add(files);
  });
}
