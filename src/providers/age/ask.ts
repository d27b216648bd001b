import { SopsError } from "../../core/base/errors.ts";
import type { Host } from "../../core/ports/host.ts";

const lastQuestions = new WeakMap<Host, Promise<unknown>>();

/**
 * Asks the user. Key groups open at the same time, but there is one terminal: one question after the other.
 * `remember` as in Host.
 */
export function askSecret(host: Host, question: string, remember?: string): Promise<string | null> {
  const before = lastQuestions.get(host) ?? Promise.resolve();
  const answer = before.then(() => host.promptSecret(question, remember));
  lastQuestions.set(
    host,
    answer.catch(() => undefined),
  );
  return answer;
}

export function noPassphrase(place: string): SopsError {
  return new SopsError(
    "KEY_UNUSABLE",
    `the passphrase of ${place} is needed, and there is no terminal to ask on`,
    {
      hint: "run it in a terminal, or use a key without a passphrase",
    },
  );
}

export function wrongPassphrase(place: string): SopsError {
  return new SopsError("KEY_DENIED", `wrong passphrase for ${place}`, { hint: "run the command again" });
}
