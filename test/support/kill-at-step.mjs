// Loaded before enc (`node --import`): counts what enc does to the file system and kills the process, as a power
// failure would, before step KILL_AT; a write is torn in the middle.
import { createRequire, syncBuiltinESMExports } from "node:module";

const fs = createRequire(import.meta.url)("node:fs/promises");
const killAt = Number(process.env.KILL_AT);
const { open } = fs;
let step = 0;

function countStep() {
  step++;
  if (step === killAt) process.kill(process.pid, "SIGKILL");
}

async function tornWrite(handle, write, bytes, rest) {
  step++;
  if (step !== killAt) return write.call(handle, bytes, ...rest);
  await handle.appendFile(bytes.subarray(0, bytes.length / 2));
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => undefined);
}

fs.open = async (path, flags, mode) => {
  if (flags !== "r") countStep();
  const handle = await open(path, flags, mode);
  for (const name of ["chmod", "chown", "sync", "truncate", "close"]) {
    const method = handle[name];
    handle[name] = (...args) => {
      countStep();
      return method.apply(handle, args);
    };
  }
  const { writeFile } = handle;
  handle.writeFile = (bytes, ...rest) => tornWrite(handle, writeFile, bytes, rest);
  return handle;
};

for (const name of ["rename", "writeFile", "unlink", "rm"]) {
  const original = fs[name];
  fs[name] = (...args) => {
    countStep();
    return original(...args);
  };
}

// How many files take their places in one go.
const sync = createRequire(import.meta.url)("node:fs");
const { renameSync } = sync;
sync.renameSync = (...args) => {
  countStep();
  renameSync(...args);
};
syncBuiltinESMExports();
