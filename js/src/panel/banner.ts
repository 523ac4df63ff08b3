import { h, setAttr, setText } from "../shared/dom";
import type { Context, Part } from "./part";
import type { PanelState } from "./state";

/** What is said when the kernel is slow, cut off or restarted, and what can be done then. */
export function banner({ store, announce, fail }: Context): Part {
  const { texts } = store;
  const words = h("span");
  const again = h("button", {
    class: "nmp-link",
    attrs: { type: "button" },
    on: { click: () => void act() },
  });
  const el = h("div", { class: "nmp-banner", attrs: { role: "group" } }, words, again);
  let shown: PanelState["connection"] | null = null;
  let isTrying = false;

  async function act(): Promise<void> {
    if (isTrying) return;
    isTrying = true;
    setAttr(again, "aria-disabled", "true");
    try {
      const isBack = await store.reconnect();
      announce(isBack ? texts.reconnected : texts.stillGone);
      if (!isBack && store.state.connection === "restarted") setText(words, texts.stillGone);
    } catch (error) {
      fail(error);
    } finally {
      isTrying = false;
      setAttr(again, "aria-disabled", null);
    }
  }

  return {
    el,
    update({ connection, refusal }) {
      if (connection !== shown || connection === "lost") {
        const lines: Partial<Record<PanelState["connection"], string>> = {
          connecting: texts.connecting,
          lost: refusal || `${texts.disconnected} ${texts.rerun}`,
          restarted: texts.restarted,
        };
        setText(words, lines[connection] ?? "");
      }
      setText(again, connection === "restarted" ? texts.reconnect : texts.tryAgain);
      setAttr(el, "hidden", connection === "ready");
      setAttr(again, "hidden", connection !== "lost" && connection !== "restarted");
      if (connection === "restarted" && shown !== "restarted") announce(texts.restarted);
      shown = connection;
    },
  };
}
