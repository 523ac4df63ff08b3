/** The page's colours as a canvas can use them; read once a theme, never while painting. */
import { h } from "../shared/dom";
import type { Track } from "../shared/protocol";

export interface Hue {
  readonly fill: string;
  readonly edge: string;
  readonly strong: string;
}

export interface Theme {
  readonly font: string;
  readonly smallFont: string;
  readonly ink: string;
  readonly inkSoft: string;
  readonly line: string;
  readonly bg: string;
  readonly lane: string;
  readonly accent: string;
  readonly kinds: Readonly<Record<Track["kind"], Hue>>;
}

/** Read the theme that *el* is shown in; the variables are those of strip.css. */
export function readTheme(el: HTMLElement): Theme {
  const probe = h("span", { attrs: { hidden: true } });
  el.append(probe);
  const style = getComputedStyle(probe);
  const color = (value: string): string => {
    probe.style.color = value;
    return style.color;
  };
  const hue = (kind: Track["kind"]): Hue => ({
    fill: color(`color-mix(in srgb, var(--nmp-tl-${kind}) 26%, var(--nemo-bg))`),
    edge: color(`color-mix(in srgb, var(--nmp-tl-${kind}) 62%, var(--nemo-bg))`),
    strong: color(`color-mix(in srgb, var(--nmp-tl-${kind}) 52%, var(--nemo-bg))`),
  });
  const size = Number.parseFloat(style.fontSize) || 13;
  const theme = {
    font: `${size * 0.92}px ${style.fontFamily}`,
    smallFont: `${size * 0.83}px ${style.fontFamily}`,
    ink: color("var(--nemo-ink)"),
    inkSoft: color("var(--nemo-ink-soft)"),
    line: color("var(--nemo-line)"),
    bg: color("var(--nemo-bg)"),
    lane: color("var(--nmp-tl-lane)"),
    accent: color("var(--nemo-accent)"),
    kinds: {
      video: hue("video"),
      audio: hue("audio"),
      text: hue("text"),
      other: hue("other"),
    },
  };
  probe.remove();
  return theme;
}

/** Call *changed* when the page gets other colours, until *signal* aborts. */
export function watchTheme(changed: () => void, signal: AbortSignal): void {
  const observer = new MutationObserver(changed);
  const attributes = ["data-jp-theme-name", "data-jp-theme-light", "data-vscode-theme-id", "class"];
  observer.observe(document.body, { attributes: true, attributeFilter: attributes });
  // Chosen by the system where the page has no themes of its own.
  const dark = window.matchMedia?.("(prefers-color-scheme: dark)");
  dark?.addEventListener("change", changed, { signal });
  signal.addEventListener("abort", () => observer.disconnect());
}
