import type { AnyWidget } from "@anywidget/types";
import { h } from "../shared/dom";
import { PlayerStore } from "./store";
import { drawPlayer } from "./view";
import "./compare.css";

/** The player of one comparison. anywidget calls this once a model, `render` once a view. */
const player: AnyWidget = () => {
  let store: PlayerStore | undefined;
  return {
    initialize({ model, signal }) {
      store = new PlayerStore(model, signal);
      // Not awaited: anywidget gives up after 2 s, a busy kernel takes longer.
      void store.hello();
    },
    render({ el, signal }) {
      try {
        if (store) drawPlayer(el, store, signal);
      } catch (error) {
        // A throwing render shows nothing at all.
        console.error("[nemo_nb]", error);
        const words = error instanceof Error ? error.message : String(error);
        el.replaceChildren(h("p", { text: `${store?.texts.broken ?? ""} ${words}` }));
      }
    },
  };
};

export default player;
