// Loaded before enc (`node --import`): while enc puts many new files in their places, a signal comes and the third one
// cannot be put there.
import { createRequire, syncBuiltinESMExports } from "node:module";

const fs = createRequire(import.meta.url)("node:fs");
const { renameSync } = fs;
let renames = 0;

fs.renameSync = (from, to) => {
  if (++renames !== 3) return renameSync(from, to);
  process.kill(process.pid, "SIGTERM");
  throw Object.assign(new Error("EIO: i/o error, rename"), { code: "EIO" });
};
syncBuiltinESMExports();
