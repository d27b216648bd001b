#!/usr/bin/env node
import { refuseDebugger } from "../node/on-signal.ts";
import { processIo } from "./io.ts";
import { run } from "./main.ts";

/** Milliseconds for what still runs when the work is done, such as a last word to a database. */
const LAST_WORDS = 2000;

refuseDebugger();
void run(process.argv.slice(2), processIo()).then((code) => {
  process.exitCode = code;
  // A call that was given up may have left a connection open, and some libraries have no way to close theirs: it must
  // not keep us. All output is written already, and a process that waits for nothing ends before this.
  setTimeout(() => process.exit(), LAST_WORDS).unref();
});
