type Child = Node | string | null | undefined | false;

interface Props {
  class?: string;
  text?: string;
  attrs?: Record<string, string | number | boolean | null | undefined>;
  on?: { [E in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[E]) => void };
}

/** Make an element. Texts become text nodes: nothing here parses HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (props.class) element.className = props.class;
  if (props.text !== undefined) element.textContent = props.text;
  for (const [name, value] of Object.entries(props.attrs ?? {})) setAttr(element, name, value);
  for (const [name, listener] of Object.entries(props.on ?? {})) {
    element.addEventListener(name, listener as EventListener);
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

/** Set, or with null, undefined and false remove, an attribute; leave an equal one alone. */
export function setAttr(
  element: Element,
  name: string,
  value: string | number | boolean | null | undefined,
): void {
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else {
    const text = value === true ? "" : String(value);
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
}

/** Set text only where it differs, so that a screen reader and a selection are left in peace. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

const ICONS = {
  attach: "M8 12.5l6-6a2.5 2.5 0 0 1 3.5 3.5l-8 8a4.5 4.5 0 0 1-6.4-6.4l7.4-7.4",
  send: "M4 12l16-8-6 16-3-6z",
  stop: "M7 7h10v10H7z",
  video: "M4 6h16v12H4zM10 9.5v5l4.5-2.5z",
  audio: "M9 18a2.5 2.5 0 1 1-2.5-2.5H9V6l9-2v10.5M18 16.5a2.5 2.5 0 1 1-2.5-2.5H18",
  text: "M5 6V5h14v1M12 5v14M9.5 19h5",
  other: "M5 5h14v14H5z",
  check: "M5 12.5l4.5 4.5L19 7.5",
  alert: "M12 4l9 16H3zM12 10v4M12 17v.5",
  close: "M6 6l12 12M18 6L6 18",
  export: "M12 4v11M7.5 10.5L12 15l4.5-4.5M5 19h14",
  undo: "M8 5L4 9l4 4M4.5 9H14a5.5 5.5 0 0 1 0 11h-4",
  redo: "M16 5l4 4-4 4M19.5 9H10a5.5 5.5 0 0 0 0 11h4",
  again: "M19 12a7 7 0 1 1-2.2-5.1M19 4v4.5h-4.5",
  edit: "M5 19l1-4L16 5l3 3L9 18z",
  drop: "M12 16V5M7.5 9.5L12 5l4.5 4.5M5 19h14",
} as const;

export type IconName = keyof typeof ICONS;

/** Make a line icon that takes the text's colour; decorative, so hidden from screen readers. */
export function icon(name: IconName): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "nmp-icon");
  svg.setAttribute("aria-hidden", "true");
  return svg;
}
