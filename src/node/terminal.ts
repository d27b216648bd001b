import { closeSync, openSync, writeSync } from "node:fs";
import { printable } from "../core/base/printable.ts";

/** The terminal itself, whatever stdin and stdout are. */
export interface Terminal {
  readonly read: number;
  readonly write: number;
}

/** Null where there is none. */
export function openTerminal(): Terminal | null {
  const [read, write] =
    process.platform === "win32" ? ["\\\\.\\CONIN$", "\\\\.\\CONOUT$"] : ["/dev/tty", "/dev/tty"];
  try {
    return { read: openSync(read, "r"), write: openSync(write, "w") };
  } catch {
    return null;
  }
}

/** Asks until the answer is yes or no; a terminal that ends means no. Null where there is no terminal. */
export async function askYesOrNo(question: string): Promise<boolean | null> {
  const terminal = openTerminal();
  if (terminal === null) return null;
  const { ReadStream } = await import("node:tty");
  const input = new ReadStream(terminal.read);
  input.setEncoding("utf8");
  const ask = (): void => void writeSync(terminal.write, `enc: ${printable(question)} (yes/no) `);
  try {
    ask();
    return await answerOf(input, ask);
  } finally {
    input.destroy();
    closeSync(terminal.write);
  }
}

function answerOf(input: NodeJS.ReadableStream, again: () => void): Promise<boolean> {
  return new Promise((resolve) => {
    input.on("data", (line: string) => {
      const answer = line.trim().toLowerCase();
      if (["yes", "y", "no", "n"].includes(answer)) resolve(answer.startsWith("y"));
      else again();
    });
    const no = (): void => {
      resolve(false);
    };
    input.on("end", no);
    input.on("error", no);
  });
}
