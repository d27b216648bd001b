import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { utf8 } from "../../core/base/bytes.ts";
import { SopsError } from "../../core/base/errors.ts";
import { printableJson } from "../../core/base/printable.ts";
import { reasonOf } from "../errno.ts";
import type { AuditEvent, Backend } from "./backend.ts";

const { O_APPEND, O_CREAT, O_WRONLY } = constants;

/**
 * Adds a line of JSON to a file; a new one is only for its owner. The line goes out in one write at the end of the file,
 * so that lines of programs that run at the same time stay whole, and is on the disk before the answer.
 */
export function fileBackend(path: string): Backend {
  return {
    async record(event) {
      try {
        await append(path, utf8(lineOf(event)));
      } catch (cause) {
        throw new SopsError("AUDIT_FAILED", `cannot write to the audit file: ${reasonOf(cause)}`, {
          hint: "nothing was done: every use of a file must be written down here; ask who set up the audit",
          place: { file: path },
        });
      }
    },
  };
}

async function append(path: string, line: Uint8Array): Promise<void> {
  const file = await open(path, O_APPEND | O_CREAT | O_WRONLY, 0o600);
  try {
    const { bytesWritten } = await file.write(line);
    if (bytesWritten < line.length) throw new Error("a part of the line");
    await file.datasync();
  } finally {
    await file.close();
  }
}

function lineOf({ action, username, file, time }: AuditEvent): string {
  return `${printableJson({ time: time.toISOString(), action, username, file })}\n`;
}
