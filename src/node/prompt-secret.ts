import { closeSync, writeSync } from "node:fs";
import { SopsError } from "../core/base/errors.ts";
import { printable } from "../core/base/printable.ts";
import { onEnd } from "./on-signal.ts";
import { openTerminal } from "./terminal.ts";

const ENTER = new Set(["\r", "\n"]);
const BACKSPACE = new Set(["\b", "\u007f"]);
const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const CTRL_U = "\u0015";

/**
 * Asks for a secret on the terminal itself, whatever stdin and stdout are, and does not show it.
 * Null where there is no terminal. Throws CANCELLED on ctrl-c, and on ctrl-d where nothing was typed.
 */
export async function promptSecret(question: string): Promise<string | null> {
  const terminal = openTerminal();
  if (terminal === null) return null;
  const { ReadStream } = await import("node:tty");
  const input = new ReadStream(terminal.read);
  writeSync(terminal.write, `${printable(question)} `);
  // A signal that ends us must not leave the user a terminal that shows nothing.
  const forget = onEnd(() => {
    input.setRawMode(false);
  });
  try {
    input.setRawMode(true);
    return await readSecret(input);
  } finally {
    forget();
    input.setRawMode(false);
    writeSync(terminal.write, "\n");
    input.destroy();
    closeSync(terminal.write);
  }
}

function readSecret(input: NodeJS.ReadableStream): Promise<string | null> {
  input.setEncoding("utf8");
  const line = new SecretLine();
  return new Promise((resolve, reject) => {
    input.on("data", (chunk: string) => {
      for (const character of chunk) {
        const outcome = line.type(character);
        if (outcome === "cancelled") reject(new SopsError("CANCELLED", "cancelled"));
        if (outcome === "done") resolve(line.text);
        if (outcome !== "more") return;
      }
    });
    input.on("end", () => {
      resolve(null);
    });
    input.on("error", reject);
  });
}

/** What has been typed so far: the few keys that a line editor without echo needs. */
export class SecretLine {
  #characters: string[] = [];

  get text(): string {
    return this.#characters.join("");
  }

  type(character: string): "more" | "done" | "cancelled" {
    if (character === CTRL_C) return "cancelled";
    if (ENTER.has(character)) return "done";
    if (character === CTRL_D) return this.#characters.length === 0 ? "cancelled" : "more";
    if (character === CTRL_U) this.#characters = [];
    else if (BACKSPACE.has(character)) this.#characters.pop();
    else this.#characters.push(character);
    return "more";
  }
}
