import { builtins } from "./builtins-plugin.mjs";
import { buildCommonJs } from "./common-js.mjs";
import { buildSdks } from "./sdks.mjs";

/** "neutral" also for Node: the condition "node" of packages leads to their CommonJS, which cannot be shaken or split. */
export const shared = (root, outdir) => ({
  absWorkingDir: root,
  outdir,
  bundle: true,
  platform: "neutral",
  mainFields: ["module", "main"],
  target: "es2022",
  minifySyntax: true,
  minifyWhitespace: true,
  external: ["node:*"],
  plugins: [builtins],
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});

/** As `refuseDebugger` in src/node/on-signal.ts: what enc.cjs imports takes some milliseconds to load. */
const takeSignal = '{ const nothing = () => {}; process.on("SIGUSR1", nothing).off("SIGUSR1", nothing); }';

/**
 * CommonJS: Node starts it 20 ms sooner than an ES module, whose loader it then need not load. V8 reads every byte of a
 * file that it loads, 4 ms for 100 kB, and each file costs half a millisecond: so enc.cjs holds what opening a file with
 * an age key needs, and no more.
 */
const command = {
  entries: { enc: "src/cli/bin.ts" },
  together: {
    enc: [
      "src/cli/bin.ts",
      "src/cli/commands/decrypt.ts",
      "src/providers/age/index.ts",
      "src/node/host.ts",
      "src/node/primitives.ts",
      "src/core/model/tree-equal.ts",
      "src/formats/edits.ts",
    ],
    yaml: ["src/formats/yaml/index.ts"],
    json: ["src/formats/json/index.ts"],
  },
  folder: "enc",
  first: takeSignal,
};

/** The command (enc.cjs, enc/) and the SDKs of its key providers (vendor/) in `outdir`. Answers the source files. */
export async function buildCommand(root, outdir) {
  const options = shared(root, outdir);
  const built = [buildCommonJs(root, options, command), buildSdks(root, options, "cjs")];
  return (await Promise.all(built)).flat();
}
