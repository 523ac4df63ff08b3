// @vitest-environment node
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { options } from "../bundles.mjs";

const MOST_BYTES = 120_000;
const MOST_GZIPPED = 40_000;

let files;
let outputs;

beforeAll(async () => {
  const built = await build({ ...options, write: false, metafile: true, logLevel: "silent" });
  files = built.outputFiles.map(({ path, contents }) => ({
    name: path.replace(/^.*[\\/]/, ""),
    contents,
  }));
  outputs = built.metafile.outputs;
}, 60_000);

it("there is one for each widget, and one that they fetch when they need it", () => {
  const scripts = files.map(({ name }) => name).filter((name) => name.endsWith(".js"));
  expect(scripts.sort()).toEqual(["compare.js", "markdown.js", "panel.js", "timeline.js"]);
});

describe.each(["compare", "markdown", "panel", "timeline"])("%s.js", (name) => {
  it("is small, as it is and as it travels", () => {
    const found = files.find((file) => file.name === `${name}.js`);
    const bytes = found?.contents.byteLength ?? Number.NaN;
    const gzipped = gzipSync(found?.contents ?? "").byteLength;
    console.info(`${name}.js: ${bytes} bytes, gzipped ${gzipped}`);
    expect(bytes).toBeLessThan(MOST_BYTES);
    expect(gzipped).toBeLessThan(MOST_GZIPPED);
  });

  it("holds a Markdown reader only where that is what it is for", () => {
    const [, output] = Object.entries(outputs).find(([path]) => path.endsWith(`/${name}.js`)) ?? [];
    const reads = Object.keys(output?.inputs ?? {}).some((path) => /marked|dompurify/.test(path));
    expect(reads).toBe(name === "markdown");
  });
});
