import { tryFromUtf8, utf8 } from "../../../core/base/bytes.ts";
import type { Host } from "../../../core/ports/host.ts";
import { askSecret } from "../ask.ts";
import { fromUnpadded, type Stanza } from "../header.ts";

interface Answer {
  readonly args: readonly string[];
  readonly body?: Uint8Array;
}

const FAIL: Answer = { args: ["fail"] };
const OK: Answer = { args: ["ok"] };

/**
 * What the user says to a plugin: messages, questions, a yes or no. Null: it is no question. `fail` where nobody can
 * answer. What is typed is never shown, as one cannot know whether it is a secret.
 */
export async function answerQuestion(
  { args, body }: Stanza,
  plugin: string,
  host: Host,
): Promise<Answer | null> {
  const [type = "", ...options] = args;
  const text = `age plugin ${plugin}: ${tryFromUtf8(body) ?? ""}`;
  if (type === "msg") {
    host.warn(text);
    return OK;
  }
  if (type === "request-secret" || type === "request-public") {
    const value = await askSecret(host, `${text}:`);
    return value === null ? FAIL : { args: ["ok"], body: utf8(value) };
  }
  return type === "confirm" ? confirm(text, options, host) : null;
}

async function confirm(text: string, options: readonly string[], host: Host): Promise<Answer> {
  const [yes, no] = options.map((option) => tryFromUtf8(fromUnpadded(option) ?? new Uint8Array()) ?? "");
  const choices = no === undefined ? `1: ${yes ?? "yes"}` : `1: ${yes ?? "yes"}, 2: ${no}`;
  const answer = await askSecret(host, `${text} [${choices}]:`);
  if (answer?.trim() === "1") return { args: ["ok", "yes"] };
  return answer?.trim() === "2" && no !== undefined ? { args: ["ok", "no"] } : FAIL;
}
