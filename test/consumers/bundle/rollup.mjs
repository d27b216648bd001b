/** Bundles an ES module for Node, and fails where Rollup misses something. `node rollup.mjs ENTRY FOLDER` */
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { rollup } from "rollup";

const [input, dir] = process.argv.slice(2);
const bundle = await rollup({
  input,
  external: [/^node:/],
  plugins: [nodeResolve()],
  onwarn({ code, message }) {
    // Of what tree shaking left out.
    if (code !== "UNUSED_EXTERNAL_IMPORT") throw new Error(message);
  },
});
await bundle.write({ dir, format: "es", entryFileNames: "main.mjs", chunkFileNames: "[name]-[hash].mjs" });
