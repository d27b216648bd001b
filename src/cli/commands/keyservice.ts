import { resolve } from "node:path";
import { SopsError } from "../../core/base/errors.ts";
import { nodeContext } from "../../node/context.ts";
import { type Address, parseHostPort } from "../../node/keyservice/address.ts";
import { isLocal, serve } from "../../node/keyservice/serve.ts";
import { untilSignal } from "../../node/on-signal.ts";
import type { Args } from "../args.ts";
import type { CommandModule } from "../command.ts";
import type { Io } from "../io.ts";
import { KEY_SERVER } from "../options.ts";
import { questionText } from "../ui.ts";

export const command: CommandModule = {
  operands: "",
  options: KEY_SERVER,
  notes:
    "whoever can connect can use your keys, and the connection is not encrypted: a unix socket is for you alone,\n" +
    "a TCP port is for every program and user of the machine. --verbose tells each request",
  examples: [
    ["enc keyservice --network unix --address ~/.enc.sock", "lend your keys, for example through ssh -R"],
    ["enc decrypt --keyservice unix:///home/me/.enc.sock secrets.yaml", "and use them"],
    ["enc keyservice --prompt", "on 127.0.0.1:5000, asking for each request"],
  ],
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  if (args.positionals.length > 0)
    throw new SopsError("USAGE", "keyservice takes no operand", {
      hint: "say where to listen with --network and --address",
    });
  const address = addressOf(args, io);
  const say = (line: string): void => {
    io.note(line);
  };
  // Which servers may have our token is nothing to be asked by whoever calls.
  const host = { ...(await io.host()), askToTrust: undefined };
  const { providers } = nodeContext(host);
  await providers.load?.();
  const stopped = untilSignal();
  const service = await serve(address, {
    host,
    providers,
    approve: args.has("prompt") ? approver(io) : undefined,
    log: args.has("verbose") ? say : undefined,
  });
  if (!isLocal(address)) say(`anyone who can reach ${service.uri} can use your keys, unencrypted`);
  say(`listening on ${service.uri}`);
  await stopped;
  await service.stop();
  return 0;
}

function addressOf(args: Args, io: Io): Address {
  const network = args.text("network") ?? "tcp";
  const text = args.text("address") ?? "127.0.0.1:5000";
  if (network === "unix" && text !== "") return { network, path: resolve(io.cwd, text) };
  const address = network === "tcp" ? parseHostPort(text) : null;
  if (address !== null) return address;
  throw new SopsError("USAGE", `cannot listen on network ${network}, address ${text}`, {
    hint: "--network tcp --address 127.0.0.1:5000, or --network unix --address /path/of/socket",
  });
}

/** Asks one question at a time, until it is answered. Where nobody answers, the answer is no. */
function approver(io: Io): (what: string, signal: AbortSignal) => Promise<boolean> {
  let before: Promise<unknown> = Promise.resolve();
  return (what, signal) => {
    const answer = before.then(async () => {
      for (;;) {
        if (signal.aborted) return false;
        io.writeErr(questionText(`${what}? (y/n)`));
        const line = await io.readLine(signal);
        if (line === null) return false;
        if (line.trim() === "y" || line.trim() === "n") return line.trim() === "y";
      }
    });
    before = answer;
    return answer;
  };
}
