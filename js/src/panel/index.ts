import type { AnyModel, AnyWidget } from "@anywidget/types";
import { h } from "../shared/dom";
import { PanelStore } from "./store";
import { drawPanel } from "./view";
import "./panel.css";

/** The panel of one session. anywidget calls this once a model, `render` once a view. */
const panel: AnyWidget = () => {
  let store: PanelStore | undefined;
  return {
    initialize({ model, signal }) {
      store = new PanelStore(model, signal);
      // Not awaited: anywidget gives up after 2 s, a busy kernel takes longer.
      void store.hello();
    },
    render({ model, el, signal }) {
      try {
        if (store) drawPanel(el, store, (name) => traitOf(model, name), signal);
      } catch (error) {
        // A throwing render shows nothing at all.
        console.error("[nemo_nb]", error);
        const words = error instanceof Error ? error.message : String(error);
        el.replaceChildren(h("p", { text: `${store?.texts.broken ?? ""} ${words}` }));
      }
    },
  };
};

export default panel;

function traitOf(model: AnyModel, name: string): string {
  return String(model.get(name) ?? "");
}
