import { fromByteString, toByteString } from "../../../core/base/bytes.ts";
import { SopsError } from "../../../core/base/errors.ts";
import type { Conversation, Host } from "../../../core/ports/host.ts";
import type { Primitives } from "../../../core/ports/primitives.ts";
import { endsStanza, readStanza, type Stanza, stanzaText } from "../header.ts";
import { answerQuestion } from "./questions.ts";

/** Milliseconds after which the user is told what is waited for: most likely a touch. */
const WAIT = 5000;
const NOTHING = new Uint8Array();

export type StateMachine = "recipient-v1" | "identity-v1";

/** One run of a plugin (C2SP age-plugin): stanzas both ways over its stdin and stdout. */
export class PluginConnection {
  readonly name: string;
  readonly #host: Host;
  readonly #conversation: Conversation;
  readonly #signal: AbortSignal | undefined;
  #unread = "";

  private constructor(name: string, host: Host, conversation: Conversation, signal?: AbortSignal) {
    this.name = name;
    this.#host = host;
    this.#conversation = conversation;
    this.#signal = signal;
  }

  /** Throws EXEC where the plugin is not installed, UNSUPPORTED where no program can run. */
  static async open(
    name: string,
    machine: StateMachine,
    host: Host,
    signal?: AbortSignal,
  ): Promise<PluginConnection> {
    const program = `age-plugin-${name}`;
    if (host.converse === undefined)
      throw new SopsError("UNSUPPORTED", `the age plugin ${name} cannot run here: programs are not started`, {
        hint: "use enc in a terminal, or sops-ts/node",
      });
    try {
      const conversation = await host.converse([program, `--age-plugin=${machine}`], signal);
      return new PluginConnection(name, host, conversation, signal);
    } catch (error) {
      if (!(error instanceof SopsError)) throw error;
      throw new SopsError("EXEC", `the age plugin ${name} cannot run: there is no program ${program}`, {
        hint: `install ${program} and put it on the PATH`,
      });
    }
  }

  async send(args: readonly string[], body: Uint8Array = NOTHING): Promise<void> {
    await this.#conversation.write(fromByteString(stanzaText({ args: [...args], body })));
  }

  /** A stanza of an unknown type, most of the time: what a plugin must skip, so that it stays able to. */
  async grease(crypto: Primitives): Promise<void> {
    const [dice = 0, ...random] = crypto.randomBytes(32);
    if (dice % 3 === 0) return;
    const args = random.slice(0, dice % 4).map(String);
    await this.send(
      [`grease-${String(random[10])}`, ...args],
      Uint8Array.from(random).subarray(0, dice % 32),
    );
  }

  /**
   * What the plugin wants, until it is done. `handle` answers true for what it took, which is confirmed with `ok`;
   * questions to the user are answered here, and all else is `unsupported`.
   */
  async serve(handle: (stanza: Stanza) => boolean): Promise<void> {
    for (;;) {
      const stanza = await this.#receive();
      if (stanza.args[0] === "done") return;
      if (handle(stanza)) {
        await this.send(["ok"]);
        continue;
      }
      const answer = await answerQuestion(stanza, this.name, this.#host);
      await this.send(answer?.args ?? ["unsupported"], answer?.body);
    }
  }

  close(): Promise<void> {
    return this.#conversation.close();
  }

  /** An error of the plugin's, in its own words: those are meant for the user. */
  failed(what: string): SopsError {
    return new SopsError("KEY_UNUSABLE", `the age plugin ${this.name} ${what}`, {
      hint: `check its identity and the token; AGEDEBUG=plugin shows what age-plugin-${this.name} prints`,
    });
  }

  async #receive(): Promise<Stanza> {
    const timer = setTimeout(() => {
      this.#host.warn(`waiting for the age plugin ${this.name}`);
    }, WAIT);
    try {
      const first = await this.#line();
      const lines = [await this.#line()];
      while (!endsStanza(lines.at(-1) ?? "")) lines.push(await this.#line());
      return this.#parse(first, lines);
    } finally {
      clearTimeout(timer);
    }
  }

  #parse(first: string, lines: string[]): Stanza {
    try {
      return readStanza(first, { next: () => lines.shift() ?? "" });
    } catch {
      throw this.failed("broke the plugin protocol");
    }
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#unread.indexOf("\n");
      if (end >= 0) {
        const line = this.#unread.slice(0, end);
        this.#unread = this.#unread.slice(end + 1);
        return line;
      }
      const bytes = await this.#conversation.read();
      this.#signal?.throwIfAborted();
      if (bytes === null) throw this.failed("ended before it was done");
      this.#unread += toByteString(bytes);
    }
  }
}
