import { h, setAttr } from "../shared/dom";
import { mimeOf } from "../shared/fetch";
import type { Context } from "./part";
import type { PanelState } from "./state";

/** Shows the exported file, whatever it is. */
export interface Screen {
  readonly el: HTMLElement;
  show(state: PanelState, posterUrl: string): void;
  /** Whether it has times to go to. */
  canSeek(): boolean;
  seek(ms: number): void;
  pause(): void;
}

type Kind = "video" | "audio" | "image";

/** Make the screen; *onTime* hears where it plays, at every frame. */
export function screen({ store, signal }: Context, onTime: (ms: number) => void): Screen {
  const { texts } = store;
  const common = { controls: true, preload: "auto" };
  const video = h("video", {
    class: "nmp-film",
    attrs: { ...common, playsinline: true, "aria-label": texts.exportedVideo },
  });
  const audio = h("audio", {
    class: "nmp-sound",
    attrs: { ...common, "aria-label": texts.exportedSound },
  });
  const image = h("img", { class: "nmp-film", attrs: { alt: texts.exportedPicture } });
  const el = h("div", { class: "nmp-screen", attrs: { hidden: true } }, video, audio);
  const players = [video, audio] as const;
  let kind: Kind = "video";
  let frame = 0;

  for (const player of players) {
    const tell = () => player === current() && onTime(player.currentTime * 1000);
    const follow = () => {
      tell();
      frame = player.paused ? 0 : requestAnimationFrame(follow);
    };
    player.addEventListener("play", () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(follow);
    });
    player.addEventListener("pause", tell);
    player.addEventListener("seeked", tell);
  }
  signal.addEventListener("abort", () => {
    if (frame) cancelAnimationFrame(frame);
    for (const player of players) stop(player);
  });

  function current(): HTMLMediaElement | null {
    return kind === "image" ? null : kind === "audio" ? audio : video;
  }

  return {
    el,
    show(state, posterUrl) {
      const url = state.video?.url ?? "";
      kind = kindOf(state.export.video?.name ?? "");
      for (const [one, owner] of [
        [video, "video"],
        [audio, "audio"],
        [image, "image"],
      ] as const) {
        const wanted = owner === kind ? url : "";
        setAttr(one, "hidden", owner !== kind);
        if (one === image) {
          // A picture without a source is something that is missing.
          if (owner === kind) el.append(image);
          else image.remove();
        }
        if ((one.getAttribute("src") ?? "") === wanted) continue;
        if (wanted) one.setAttribute("src", wanted);
        else if (one instanceof HTMLMediaElement) stop(one);
        else one.removeAttribute("src");
        if (one === video && wanted) setAttr(video, "poster", posterUrl || null);
      }
    },
    canSeek: () => current() !== null,
    seek(ms) {
      const player = current();
      if (player) player.currentTime = ms / 1000;
    },
    pause() {
      for (const player of players) player.pause();
    },
  };
}

/** Let go of the file: a player that keeps one keeps its memory. */
function stop(player: HTMLMediaElement): void {
  if (!player.hasAttribute("src")) return;
  player.pause();
  player.removeAttribute("src");
  player.load();
}

function kindOf(name: string): Kind {
  const [kind] = mimeOf(name).split("/");
  return kind === "audio" || kind === "image" ? kind : "video";
}
