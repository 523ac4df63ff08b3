/** One bundle per widget: anywidget loads each as a blob URL, where relative imports cannot work. */
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Every folder of src that has an entry point becomes a bundle of its name. */
const entryPoints = Object.fromEntries(
  (await readdir(`${here}src`, { recursive: true }))
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => /^[^/]+\/index\.ts$/.test(file))
    .map((file) => [file.split("/")[0], `src/${file}`]),
);

/** @type {import("esbuild").BuildOptions & { outdir: string }} */
export const options = {
  absWorkingDir: here,
  entryPoints,
  outdir: fileURLToPath(new URL("../nemo_nb/notebook/widgets/static/", import.meta.url)),
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "inline",
  charset: "utf8",
  logLevel: "info",
};
