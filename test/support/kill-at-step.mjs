// Loaded before enc (`node --import`): counts what enc does to the file system and kills the process, as a power
// failure would, before step KILL_AT; a write is torn in the middle.
import { createRequire, syncBuiltinESMExports } from "node:module";

const fs = createRequire(import.meta.url)("node:fs");
const killAt = Number(process.env.KILL_AT);
/** Descriptors that are open for writing: what is done to others is no step. */
const written = new Set();
let step = 0;

function countStep() {
  step++;
  if (step === killAt) process.kill(process.pid, "SIGKILL");
}

function counted(owner, name, isStep = () => true) {
  const original = owner[name];
  owner[name] = (...args) => {
    if (isStep(...args)) countStep();
    return original.apply(owner, args);
  };
}

for (const name of ["renameSync", "unlinkSync", "rmSync"]) counted(fs, name);
for (const name of ["fchmodSync", "fchownSync", "fsyncSync", "fsync", "ftruncateSync", "closeSync"])
  counted(fs, name, (fd) => written.has(fd));

// The closing one is counted already.
const { closeSync, openSync, writeFileSync, writeSync } = fs;
fs.openSync = (path, flags = "r", ...rest) => {
  if (flags === "r") return openSync(path, flags, ...rest);
  countStep();
  const fd = openSync(path, flags, ...rest);
  written.add(fd);
  return fd;
};
const { open: openLater } = fs;
fs.open = (path, flags, mode, done) => {
  countStep();
  openLater(path, flags, mode, (error, fd) => {
    written.add(fd);
    done(error, fd);
  });
};
fs.closeSync = (fd) => {
  closeSync(fd);
  written.delete(fd);
};
fs.writeFileSync = (file, bytes, ...rest) => {
  step++;
  if (step !== killAt) return writeFileSync(file, bytes, ...rest);
  if (written.has(file)) writeSync(file, bytes, 0, Math.floor(bytes.length / 2));
  process.kill(process.pid, "SIGKILL");
};

// What is written where it stands goes through handles.
const { open } = fs.promises;
fs.promises.open = async (path, flags, mode) => {
  if (flags === "r") return open(path, flags, mode);
  countStep();
  const handle = await open(path, flags, mode);
  for (const name of ["write", "writeFile", "sync", "truncate", "close"]) counted(handle, name);
  return handle;
};
syncBuiltinESMExports();
