import { h, icon, setAttr } from "../shared/dom";
import { bytes } from "../shared/format";
import { problemBox } from "../shared/problem";
import { isTextRowEnd } from "./caret";
import type { Context, Part } from "./part";
import { Recall } from "./recall";
import { type PanelState, prompts, running, type Upload } from "./state";

/** The tallest the message box grows, in px. */
const MOST_HEIGHT = 160;

export interface Composer extends Part {
  draft(text: string): void;
  pickFiles(): void;
  focus(): void;
}

/** The message box, its buttons, and the files on their way. */
export function composer(context: Pick<Context, "store" | "fail">): Composer {
  const { store, fail } = context;
  const { texts } = store;
  const box = h("textarea", {
    class: "nmp-box",
    attrs: { "aria-label": texts.message, placeholder: texts.placeholder, rows: 1, dir: "auto" },
    on: {
      input: () => {
        recall.leave();
        grow();
      },
      keydown: (event) => {
        // During composition (Chinese, Japanese…) Enter chooses a word, and arrows go through them.
        if (event.isComposing || event.shiftKey) return;
        if (event.key === "Enter") {
          event.preventDefault();
          send();
        } else if (event.key === "ArrowUp" || event.key === "ArrowDown") bringBack(event);
      },
    },
  });
  const input = h("input", {
    class: "nmp-file-input",
    attrs: { type: "file", multiple: true, "aria-label": texts.attach },
    on: {
      change: () => {
        store.uploads.add([...(input.files ?? [])]);
        input.value = "";
      },
    },
  });
  const attach = h(
    "label",
    { class: "nmp-button nmp-attach", attrs: { title: texts.attach } },
    input,
    icon("attach"),
  );
  const stop = h(
    "button",
    {
      class: "nmp-button nmp-stop",
      attrs: { type: "button", "aria-label": texts.stop, title: texts.stop },
      on: { click: () => void stopTurn() },
    },
    icon("stop"),
  );
  const go = h(
    "button",
    {
      class: "nmp-button nmp-send",
      attrs: { type: "button", "aria-label": texts.send, title: texts.send },
      on: { click: () => send() },
    },
    icon("send"),
  );
  const uploads = h("ul", { class: "nmp-uploads", attrs: { "aria-label": texts.attach } });
  const buttons = h("div", { class: "nmp-buttons" }, go);
  const el = h(
    "div",
    { class: "nmp-composer" },
    uploads,
    h("div", { class: "nmp-compose" }, attach, box, buttons),
  );
  const recall = new Recall();
  let shown: PanelState | null = null;

  /** Go through what was said before, from the first line up and from the last one down. */
  function bringBack(event: KeyboardEvent): void {
    const up = event.key === "ArrowUp";
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!isTextRowEnd(box, up ? "first" : "last")) return;
    const text = up ? recall.older(prompts(store.state), box.value) : recall.newer();
    if (text === null) return;
    event.preventDefault();
    box.value = text;
    grow();
    const at = up ? 0 : text.length;
    box.setSelectionRange(at, at);
  }

  function grow(): void {
    box.style.height = "auto";
    // Not laid out yet: one row, as it is.
    if (box.scrollHeight > 0) box.style.height = `${Math.min(box.scrollHeight, MOST_HEIGHT)}px`;
    setAttr(go, "disabled", !box.value.trim());
  }

  function draft(text: string): void {
    recall.leave();
    box.value = text;
    grow();
    box.focus();
    box.setSelectionRange(text.length, text.length);
  }

  function send(): void {
    const text = box.value.trim();
    if (!text) return;
    recall.leave();
    box.value = "";
    grow();
    store.send(text).catch((error) => {
      if (!box.value) draft(text);
      fail(error);
    });
  }

  async function stopTurn(): Promise<void> {
    try {
      const returned = await store.stop();
      if (returned.length > 0 && !box.value) draft(returned.join("\n"));
    } catch (error) {
      fail(error);
    }
  }

  grow();
  return {
    el,
    draft,
    pickFiles: () => input.click(),
    focus: () => box.focus(),
    update(state) {
      const isRunning = running(state) !== undefined;
      if (isRunning && !stop.isConnected) buttons.prepend(stop);
      if (!isRunning && stop.isConnected) stop.remove();
      setAttr(stop, "disabled", state.stopping);
      setAttr(input, "accept", state.accept.map((ending) => `.${ending}`).join(",") || null);
      const queue = shown?.queue ?? [];
      if (state.connection === "restarted" && shown?.connection !== "restarted" && !box.value) {
        // Nobody sends it any more: it is the user's again.
        const kept = queue.map((queued) => queued.text).join("\n");
        if (kept) draft(kept);
      }
      const before = shown?.uploads;
      shown = state;
      if (state.uploads === before) return;
      setAttr(uploads, "hidden", state.uploads.length === 0);
      uploads.replaceChildren(...state.uploads.map((upload) => uploadRow(context, upload)));
    },
  };
}

function uploadRow({ store }: Pick<Context, "store">, upload: Upload): HTMLElement {
  const { texts } = store;
  const dismiss = () => store.uploads.drop(upload.upload);
  if (upload.problem) {
    const box = problemBox(upload.problem, { label: texts.dismiss, act: dismiss });
    return h("li", {}, box);
  }
  const label = `${texts.cancel}: ${upload.name}`;
  const state = { waiting: texts.waiting, done: texts.done }[upload.stage as "waiting" | "done"];
  return h(
    "li",
    { class: "nmp-upload" },
    h("span", { class: "nmp-file", text: upload.name, attrs: { dir: "auto" } }),
    h("progress", {
      attrs: { max: 100, value: share(upload), "aria-label": upload.name },
    }),
    h("span", { class: "nmp-hint", text: state ?? bytes(upload.size) }),
    upload.stage !== "done" &&
      h(
        "button",
        {
          class: "nmp-ghost",
          attrs: { type: "button", "aria-label": label, title: label },
          on: { click: dismiss },
        },
        icon("close"),
      ),
  );
}

/** Both stages on one bar: half for the way into the kernel, half for the way out of it. */
function share({ stage, sent, size }: Upload): number {
  if (stage === "waiting") return 0;
  if (stage === "done") return 100;
  const part = size > 0 ? (50 * sent) / size : 0;
  return Math.round(stage === "reading" ? part : 50 + part);
}
