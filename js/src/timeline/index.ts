import type { AnyWidget } from "@anywidget/types";
import { h } from "../shared/dom";
import { TimelineStore } from "./store";
import { drawTimeline } from "./widget";
import "./timeline.css";

/** The widget of one timeline. anywidget calls this once a model, `render` once a view. */
const timeline: AnyWidget = () => {
  let store: TimelineStore | undefined;
  return {
    initialize({ model, signal }) {
      store = new TimelineStore(model, signal);
      // Not awaited: anywidget gives up after 2 s, a busy kernel takes longer.
      void store.hello();
    },
    render({ el, signal }) {
      try {
        if (store) drawTimeline(el, store, signal);
      } catch (error) {
        // A throwing render shows nothing at all.
        console.error("[nemo_nb]", error);
        const words = error instanceof Error ? error.message : String(error);
        el.replaceChildren(h("p", { text: `${store?.texts.broken ?? ""} ${words}` }));
      }
    },
  };
};

export default timeline;
