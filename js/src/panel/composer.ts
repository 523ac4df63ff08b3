import { h, icon, setAttr } from "../shared/dom";
import { bytes } from "../shared/format";
import type { Context, Part } from "./part";
import { problemBox } from "./problem";
import { running, type Upload } from "./state";

/** The tallest the message box grows, in px. */
const MOST_HEIGHT = 160;

export interface Composer extends Part {
  draft(text: string): void;
  pickFiles(): void;
}

/** The message box, its buttons, and the files on their way. */
export function composer(context: Pick<Context, "store" | "fail">): Composer {
  const { store, fail } = context;
  const { texts } = store;
  const box = h("textarea", {
    class: "nmp-box",
    attrs: { "aria-label": texts.message, placeholder: texts.placeholder, rows: 1, dir: "auto" },
    on: {
      input: () => grow(),
      keydown: (event) => {
        // During composition (Chinese, Japanese…) Enter chooses a word.
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        send();
      },
    },
  });
  const input = h("input", {
    class: "nmp-file-input",
    attrs: { type: "file", multiple: true, "aria-label": texts.attach },
    on: {
      change: () => {
        store.addFiles([...(input.files ?? [])]);
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
  let shown: readonly Upload[] | null = null;

  function grow(): void {
    box.style.height = "auto";
    // Not laid out yet: one row, as it is.
    if (box.scrollHeight > 0) box.style.height = `${Math.min(box.scrollHeight, MOST_HEIGHT)}px`;
    setAttr(go, "disabled", !box.value.trim());
  }

  function draft(text: string): void {
    box.value = text;
    grow();
    box.focus();
    box.setSelectionRange(text.length, text.length);
  }

  function send(): void {
    const text = box.value.trim();
    if (!text) return;
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
    update(state) {
      const isRunning = running(state) !== undefined;
      if (isRunning && !stop.isConnected) buttons.prepend(stop);
      if (!isRunning && stop.isConnected) {
        const hadFocus = stop.ownerDocument.activeElement === stop;
        stop.remove();
        if (hadFocus) box.focus();
      }
      setAttr(stop, "disabled", state.stopping);
      setAttr(input, "accept", state.accept.map((ending) => `.${ending}`).join(",") || null);
      if (state.uploads === shown) return;
      shown = state.uploads;
      setAttr(uploads, "hidden", shown.length === 0);
      uploads.replaceChildren(...shown.map((upload) => uploadRow(context, upload)));
    },
  };
}

function uploadRow({ store }: Pick<Context, "store">, upload: Upload): HTMLElement {
  const { texts } = store;
  const dismiss = () => store.dropUpload(upload.upload);
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
