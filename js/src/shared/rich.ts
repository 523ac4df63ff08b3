import type { Channel } from "./channel";
import { bytesOf } from "./fetch";

/** Markdown from a backend, as nodes that run and load nothing. */
export type Markdown = (source: string) => DocumentFragment;

type Module = { markdown: Markdown };

/** Where a page keeps the one copy that all widgets of all models share. */
interface Page {
  nemoNbMarkdown?: Promise<Module>;
}

/**
 * The parser and the sanitizer, which are most of a panel's bytes: fetched from the kernel when
 * the first reply is there, once a page.
 */
export async function markdownOf(
  channel: Channel,
  load: (url: string) => Promise<Module> = (url) => import(/* @vite-ignore */ url),
): Promise<Markdown> {
  const page = globalThis as Page;
  const pending = page.nemoNbMarkdown ?? fetchModule(channel, load);
  page.nemoNbMarkdown = pending;
  try {
    return (await pending).markdown;
  } catch (error) {
    // The next reply tries again, perhaps with another kernel.
    if (page.nemoNbMarkdown === pending) delete page.nemoNbMarkdown;
    throw error;
  }
}

async function fetchModule(
  channel: Channel,
  load: (url: string) => Promise<Module>,
): Promise<Module> {
  const { buffers } = await channel.request("asset", { name: "markdown" });
  const source = buffers[0];
  if (!source) throw new Error("The kernel sent no Markdown reader.");
  const url = URL.createObjectURL(new Blob([bytesOf(source)], { type: "text/javascript" }));
  try {
    return await load(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}
