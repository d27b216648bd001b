#!/usr/bin/env node
import { refuseDebugger } from "../node/on-signal.ts";
import { processIo } from "./io.ts";
import { run } from "./main.ts";

refuseDebugger();
void run(process.argv.slice(2), processIo()).then((code) => (process.exitCode = code));
