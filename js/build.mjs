/** Build the bundles into the package; with `--watch` again at every change. */
import { mkdir } from "node:fs/promises";
import { build, context } from "esbuild";
import { options } from "./bundles.mjs";

await mkdir(options.outdir, { recursive: true });
if (process.argv.includes("--watch")) {
  await (await context(options)).watch();
} else {
  await build(options);
}
