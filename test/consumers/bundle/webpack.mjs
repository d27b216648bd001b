/** Bundles an entry for Node, and fails where webpack has a word to say. `node webpack.mjs ENTRY FOLDER` */
import webpack from "webpack";

const [entry, path] = process.argv.slice(2);
const asModule = entry.endsWith(".mjs");
webpack(
  {
    mode: "development",
    devtool: false,
    target: "node20",
    entry,
    experiments: { outputModule: asModule },
    output: { path, filename: asModule ? "main.mjs" : "main.cjs", module: asModule },
  },
  (error, stats) => {
    const said = error ?? stats.toString({ all: false, errors: true, warnings: true });
    if (said !== "") throw new Error(String(said));
  },
);
