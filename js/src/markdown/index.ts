import createPurify, { type Config } from "dompurify";
import { Marked } from "marked";

const TAGS = (
  "a b blockquote br code del em h1 h2 h3 h4 h5 h6 hr i kbd li ol p pre s strong sub sup " +
  "table tbody td th thead tr ul"
).split(" ");

const PURIFY: Config = {
  ALLOWED_TAGS: TAGS,
  ALLOWED_ATTR: ["href", "title", "start", "align"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOWED_URI_REGEXP: /^https?:/i,
};

const marked = new Marked({
  gfm: true,
  breaks: true,
  async: false,
  renderer: {
    // A picture from elsewhere would tell its server who reads this: its words are enough.
    image: ({ text }) => escapeHtml(text),
  },
});

const purify = createPurify(window);
purify.addHook("afterSanitizeAttributes", (node) => {
  if (node.tagName !== "A") return;
  if (!node.hasAttribute("href")) {
    node.replaceWith(...node.childNodes);
    return;
  }
  node.setAttribute("target", "_blank");
  node.setAttribute("rel", "noopener noreferrer");
});

/** Markdown from a backend, as nodes that run and load nothing. */
export function markdown(source: string): DocumentFragment {
  const html = marked.parse(source) as string;
  return purify.sanitize(html, { ...PURIFY, RETURN_DOM_FRAGMENT: true });
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
