/** One bundle per widget: anywidget loads each as a blob URL, where relative imports cannot work. */
import { mkdir, readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, context } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const outdir = fileURLToPath(new URL("../nemo_nb/notebook/widgets/static/", import.meta.url));

/** Every folder of src that has an entry point becomes a bundle of its name. */
const entryPoints = Object.fromEntries(
  (await readdir(`${here}src`, { recursive: true }))
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => /^[^/]+\/index\.ts$/.test(file))
    .map((file) => [file.split("/")[0], `src/${file}`]),
);

/** @type {import("esbuild").BuildOptions} */
const options = {
  absWorkingDir: here,
  entryPoints,
  outdir,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "inline",
  charset: "utf8",
  logLevel: "info",
};

await mkdir(outdir, { recursive: true });
if (process.argv.includes("--watch")) {
  await (await context(options)).watch();
} else {
  await build(options);
}
