import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { nodeHost } from "../../../src/node/host.ts";
import { type RunningService, serve } from "../../../src/node/keyservice/serve.ts";
import { nodeProviders } from "../../../src/providers/index.ts";
import { enc } from "../../support/cli.ts";
import { IDENTITY, RECIPIENT } from "../../support/context.ts";
import { describeWith, requirePart } from "../../support/parts.ts";

const PLAIN = "a: c4n4ry\nb: 1\n";
const OTHER = "age1plzzeyxvv7hj8pr8v66c5clpghq9z6kkvz3p0e8xnx5tg2clmpwsm5gs2g";

let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "enc-test-"));
  writeFileSync(join(dir, "plain.yaml"), PLAIN);
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const env = (): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HOME: dir,
  SOPS_DISABLE_VERSION_CHECK: "1",
});

/** Both tools with no key of their own: what opens, opens by the key service. */
async function byEnc(...args: readonly string[]): Promise<Result> {
  const { code, stdout, stderr } = await enc(args, { cwd: dir, env: env() });
  return { code, stdout: stdout.toString(), stderr };
}

function bySops(...args: readonly string[]): Promise<Result> {
  const child = spawn(requirePart("sops"), args, { cwd: dir, env: env() });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => {
    child.on("close", (code) => {
      resolve({ code: code ?? -1, stdout, stderr });
    });
  });
}

type Tool = (...args: readonly string[]) => Promise<Result>;
const remote = (uri: string): string[] => ["--enable-local-keyservice=false", "--keyservice", uri];

/** Seals with one tool and opens with each, all through the key service. */
async function roundTrip(seal: Tool, uri: string, ...keys: readonly string[]): Promise<void> {
  const sealed = await seal("encrypt", ...keys, ...remote(uri), "plain.yaml");
  expect(sealed.stderr).toBe("");
  writeFileSync(join(dir, "sealed.yaml"), sealed.stdout);
  for (const open of [byEnc, bySops])
    expect(await open("decrypt", ...remote(uri), "sealed.yaml")).toEqual({
      code: 0,
      stdout: PLAIN,
      stderr: "",
    });
}

describeWith(["sops"], "sops as the client of our key service", () => {
  const running: RunningService[] = [];
  let refuse = false;
  beforeAll(async () => {
    const providers = nodeProviders();
    await providers.load();
    const world = {
      host: nodeHost({ env: { SOPS_AGE_KEY: IDENTITY, HOME: dir } }),
      providers,
      approve: () => Promise.resolve(!refuse),
    };
    running.push(await serve({ network: "tcp", host: "127.0.0.1", port: 0 }, world));
    running.push(await serve({ network: "unix", path: join(dir, "enc.sock") }, world));
  });
  afterAll(() => Promise.all(running.map((service) => service.stop())));

  it.each([0, 1])("seals and opens, by TCP and by a socket (%i)", async (i) => {
    await roundTrip(bySops, running[i]?.uri ?? "", "--age", RECIPIENT);
    await roundTrip(byEnc, running[i]?.uri ?? "", "--age", RECIPIENT);
  });

  it("opens key groups of which each needs the service", async () => {
    writeFileSync(
      join(dir, ".sops.yaml"),
      `creation_rules:\n  - key_groups:\n      - age: [${RECIPIENT}]\n      - age: [${OTHER}, ${RECIPIENT}]\n`,
    );
    await roundTrip(bySops, running[0]?.uri ?? "");
    await roundTrip(byEnc, running[0]?.uri ?? "");
    rmSync(join(dir, ".sops.yaml"));
  });

  it("is told why a key does not open, and that a request was refused", async () => {
    const uri = running[0]?.uri ?? "";
    const sealed = await bySops("encrypt", "--age", OTHER, ...remote(uri), "plain.yaml");
    writeFileSync(join(dir, "other.yaml"), sealed.stdout);
    const denied = await bySops("decrypt", ...remote(uri), "other.yaml");
    expect(denied.code).toBe(128);
    expect(denied.stderr).toContain("code = NotFound desc = no");
    refuse = true;
    const refused = await bySops("decrypt", ...remote(uri), "other.yaml");
    refuse = false;
    expect(refused.stderr.replace(/\s+\|?\s*/g, " ")).toContain(
      "code = PermissionDenied desc = Request rejected by user",
    );
  });
});

describeWith(["sops"], "a key service of sops, with us as its client", () => {
  const servers: ChildProcess[] = [];
  afterAll(() => {
    for (const server of servers) server.kill("SIGKILL");
  });

  async function sopsServer(
    network: string,
    address: string,
    more: Record<string, string>,
  ): Promise<ChildProcess> {
    const args = ["keyservice", "--network", network, "--address", address];
    const server = spawn(requirePart("sops"), args, {
      cwd: dir,
      env: { ...env(), ...more },
      stdio: "ignore",
    });
    servers.push(server);
    const uri = network === "tcp" ? `tcp://${address}` : `unix://${address}`;
    await until(
      async () =>
        !(await byEnc("decrypt", ...remote(uri), "known.yaml")).stderr.includes("cannot be reached"),
    );
    return server;
  }

  const withAge = { SOPS_AGE_KEY: IDENTITY };
  let tcp = "";
  beforeAll(async () => {
    const sealed = await byEnc("encrypt", "--age", RECIPIENT, "plain.yaml");
    writeFileSync(join(dir, "known.yaml"), sealed.stdout);
    tcp = `127.0.0.1:${String(await freePort())}`;
    await sopsServer("tcp", tcp, withAge);
  });

  it("seals and opens by TCP", async () => {
    await roundTrip(byEnc, `tcp://${tcp}`, "--age", RECIPIENT);
    await roundTrip(bySops, `tcp://${tcp}`, "--age", RECIPIENT);
  });

  it("seals and opens by a socket, and is missed when it is gone", async () => {
    const path = join(dir, "sops.sock");
    const server = await sopsServer("unix", path, withAge);
    await roundTrip(byEnc, `unix://${path}`, "--age", RECIPIENT);
    server.kill("SIGKILL");
    await new Promise((resolve) => server.on("exit", resolve));
    const { code, stderr } = await byEnc("decrypt", ...remote(`unix://${path}`), "known.yaml");
    expect(code).toBe(128);
    expect(stderr).toContain(`by unix://${path}: cannot be reached: nothing listens there`);
  });

  it("says in one line why it does not open a key", async () => {
    const sealed = await byEnc("encrypt", "--age", OTHER, "plain.yaml");
    writeFileSync(join(dir, "other.yaml"), sealed.stdout);
    const { code, stderr } = await byEnc("decrypt", ...remote(`tcp://${tcp}`), "other.yaml");
    expect(code).toBe(128);
    expect(stderr.split("\n")).toHaveLength(3);
    expect(stderr).toMatch(new RegExp(`hint: age ${OTHER} by tcp://${tcp}: .*identity`));
  });

  describeWith(["gpg"], "with keys of GPG", () => {
    it("opens what sops sealed for one", async () => {
      // A socket's path must be short, and gpg-agent has one in its home.
      const home = mkdtempSync(join(tmpdir(), "g-"));
      mkdirSync(home, { recursive: true, mode: 0o700 });
      const gpg = (...args: readonly string[]): string =>
        execFileSync(requirePart("gpg"), ["--batch", "--homedir", home, ...args], {
          stdio: ["ignore", "pipe", "ignore"],
        }).toString();
      try {
        gpg("--passphrase", "", "--quick-gen-key", "enc test", "future-default", "default", "never");
        const fp = /^fpr:+([0-9A-F]+):/m.exec(gpg("--list-keys", "--with-colons"))?.[1] ?? "";
        const address = join(home, "s");
        await sopsServer("unix", address, { GNUPGHOME: home });
        const sealed = await bySops("encrypt", "--pgp", fp, ...remote(`unix://${address}`), "plain.yaml");
        writeFileSync(join(dir, "pgp.yaml"), sealed.stdout);
        expect(await byEnc("decrypt", ...remote(`unix://${address}`), "pgp.yaml")).toEqual({
          code: 0,
          stdout: PLAIN,
          stderr: "",
        });
      } finally {
        execFileSync("gpgconf", ["--homedir", home, "--kill", "all"]);
        rmSync(home, { recursive: true, force: true });
      }
    });
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** sops does not tell which port 0 became. */
function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
  });
}
