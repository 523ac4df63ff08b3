const PATHS = {
  play: "M8 5.5v13l10.5-6.5z",
  pause: "M8.5 6v12M15.5 6v12",
  back: "M17 6v12l-8-6zM6.5 6v12",
  forward: "M7 6v12l8-6zM17.5 6v12",
  previous: "M11 6l-6 6 6 6M19 6l-6 6 6 6",
  next: "M13 6l6 6-6 6M5 6l6 6-6 6",
  loop: "M5 11V9.5A3.5 3.5 0 0 1 8.5 6H18M15 3l3 3-3 3M19 13v1.5a3.5 3.5 0 0 1-3.5 3.5H6M9 21l-3-3 3-3",
  sound: "M4 9.5v5h3.5L12 18V6L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a7.5 7.5 0 0 1 0 11",
  silent: "M4 9.5v5h3.5L12 18V6L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5",
} as const;

export type Glyph = keyof typeof PATHS;

/** Make a line icon that takes the text's colour; decorative, so hidden from screen readers. */
export function glyph(name: Glyph): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.append(document.createElementNS(space, "path"));
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "nmp-icon");
  svg.setAttribute("aria-hidden", "true");
  redraw(svg, name);
  return svg;
}

/** Let an icon of ours show another glyph. */
export function redraw(svg: SVGSVGElement, name: Glyph): void {
  svg.firstElementChild?.setAttribute("d", PATHS[name]);
}
