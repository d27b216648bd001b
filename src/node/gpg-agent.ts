import { execFile } from "node:child_process";
import { SopsError } from "../core/base/errors.ts";
import { childEnvironment, type Environment } from "./child-environment.ts";

/** What gpg-agent answers where the user pressed Cancel: GPG_ERR_CANCELED of the pinentry. */
const CANCELLED = /^ERR 83886179 /m;

/**
 * A passphrase from a gpg-agent that runs already: from its cache under `name`, else by its pinentry, and then it is
 * kept as long as the agent keeps any. Null where there is no agent, or it cannot ask. Throws CANCELLED.
 */
export async function askAgent(name: string, question: string, env: Environment): Promise<string | null> {
  const command = ["GET_PASSPHRASE --data", name, "X", "Passphrase", argument(question)].join(" ");
  const answer = await send(command, env);
  if (CANCELLED.test(answer)) throw new SopsError("CANCELLED", "cancelled");
  const data = answer.split("\n").filter((line) => line.startsWith("D "));
  return data.length === 0 ? null : unescape(data.map((line) => line.slice(2)).join(""));
}

/** The passphrase was wrong: it must be asked for again. */
export async function forgetInAgent(name: string, env: Environment): Promise<void> {
  await send(`CLEAR_PASSPHRASE ${name}`, env);
}

/** The lines that the agent answers; none where it does not run. */
function send(command: string, env: Environment): Promise<string> {
  const args = ["--no-autostart", command, "/bye"];
  return new Promise((resolve) => {
    const child = execFile(
      "gpg-connect-agent",
      args,
      { env: childEnvironment(env), encoding: "latin1" },
      (_error, stdout) => {
        resolve(stdout);
      },
    );
    child.stdin?.end();
  });
}

/** In the Assuan protocol blanks are written as + and all else that is special by its byte in hex. */
function argument(text: string): string {
  return encodeURIComponent(text).replaceAll("%20", "+");
}

function unescape(text: string): string {
  return Buffer.from(
    text.replace(/%([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    "latin1",
  ).toString("utf8");
}
