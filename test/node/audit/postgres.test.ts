import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type CliResult, enc } from "../../support/cli.ts";
import { newAuthority } from "../../support/cloud/certificates.ts";
import { IDENTITY, RECIPIENT } from "../../support/context.ts";
import { describeWith, requirePart } from "../../support/parts.ts";
import { runSops } from "../../support/real-sops.ts";
import { type Postgres, startPostgres } from "../../support/servers/postgres.ts";

const USER = userInfo().username;

describeWith(["initdb", "postgres", "sops"], "the audit table, beside real sops", () => {
  const authority = newAuthority("audit");
  let server: Postgres;
  let dir: string;
  /** sops reads one place only, which belongs to the machine: a copy of it that reads a file of the same length here. */
  let auditedSops: string;
  const HERE = "./sops-audit-cf.yaml";

  beforeAll(async () => {
    server = await startPostgres(authority.issue("127.0.0.1"));
    dir = await mkdtemp(join(tmpdir(), "enc-audit-"));
    auditedSops = join(dir, "sops");
    const program = (await readFile(requirePart("sops"))).toString("latin1");
    expect(HERE).toHaveLength("/etc/sops/audit.yaml".length);
    await writeFile(auditedSops, program.replaceAll("/etc/sops/audit.yaml", HERE), "latin1");
    await chmod(auditedSops, 0o755);
    await writeFile(join(dir, "ca.pem"), authority.cert);
  });
  afterAll(async () => {
    await server.stop();
    await rm(dir, { recursive: true });
  });
  beforeEach(async () => {
    await server.run("DELETE FROM audit_event");
    await configure(`${server.url}?sslmode=require`);
  });

  const configure = (connection: string): Promise<void> =>
    writeFile(
      join(dir, HERE),
      `backends:\n  postgres:\n    - connection_string: ${JSON.stringify(connection)}\n`,
    );
  const env = (): Record<string, string> => ({
    PATH: process.env["PATH"] ?? "",
    HOME: dir,
    SOPS_AGE_KEY: IDENTITY,
    SOPS_TS_AUDIT_CONFIG: join(dir, HERE),
  });
  const ours = (...argv: string[]): Promise<CliResult> => enc(argv, { cwd: dir, env: env() });
  const theirs = async (...argv: string[]): Promise<number> =>
    (await runSops(argv, { cwd: dir, env: env(), program: auditedSops })).code;

  test("each command leaves the same rows as with sops", async () => {
    const commands = [
      ["encrypt", "--age", RECIPIENT, "-i", "f.yaml"],
      ["decrypt", "f.yaml"],
      ["set", "f.yaml", '["a"]', '"y"'],
      ["unset", "f.yaml", '["b"]'],
      ["rotate", "-i", "f.yaml"],
      ["exec-env", "f.yaml", "true"],
      ["filestatus", "f.yaml"],
      ["--version"],
    ];
    const rowsOf = async (run: (...argv: string[]) => Promise<number>): Promise<unknown> => {
      await server.run("DELETE FROM audit_event");
      await writeFile(join(dir, "f.yaml"), "a: x\nb: z\n");
      const rows: unknown[] = [];
      for (const argv of commands) {
        expect(await run(...argv), argv.join(" ")).toBe(0);
        rows.push([argv[0], await server.rows()]);
      }
      return rows;
    };
    const expected = await rowsOf(theirs);
    expect(await rowsOf(async (...argv) => (await ours(...argv)).code)).toEqual(expected);
    expect(await server.rows()).toContainEqual(["rotate", USER, join(dir, "f.yaml")]);
  });

  test("what fails to open leaves no row, as with sops", async () => {
    await writeFile(join(dir, "g.yaml"), "a: x\n");
    await ours("encrypt", "--age", RECIPIENT, "-i", "g.yaml");
    await server.run("DELETE FROM audit_event");
    const other = {
      ...env(),
      SOPS_AGE_KEY: "AGE-SECRET-KEY-17LYC2RDKVDULVMRGXGJ3CUHTX227KQF5NLAVU9KKC2P6E9QA7ADQLVTJ73",
    };
    expect((await enc(["decrypt", "g.yaml"], { cwd: dir, env: other })).code).toBe(128);
    expect((await runSops(["decrypt", "g.yaml"], { cwd: dir, env: other, program: auditedSops })).code).toBe(
      128,
    );
    expect(await server.rows()).toEqual([]);
  });

  test.each<[string, () => string, RegExp]>([
    ["nobody listens", () => "postgres://sops:c4n4ry@127.0.0.1:9/x?sslmode=disable", /nothing listens there/],
    ["a wrong password", () => server.url.replace("password@", "c4n4ry@"), /refuses the password/],
    ["no such database", () => server.url.replace("/postgres", "/c4n4ry"), /no such database/],
    ["another table", () => `${server.url}?search_path=elsewhere`, /no table audit_event/],
    ["another CA", () => `${server.url}?sslmode=verify-full`, /unknown CA|self-signed/],
    ["a setting that is refused", () => `${server.url}?service=c4n4ry`, /the setting service/],
    ["no URL", () => "postgres://a:c4n4ry/@b/c@d", /is no URL/],
    ["no pairs", () => "host 'c4n4ry", /is not understood/],
  ])("%s: nothing is decrypted or written", async (_, connection, says) => {
    await writeFile(join(dir, "h.yaml"), "a: plain-canary\n");
    await ours("encrypt", "--age", RECIPIENT, "-i", "h.yaml");
    const before = await readFile(join(dir, "h.yaml"), "utf8");
    await configure(connection());
    for (const argv of [
      ["decrypt", "h.yaml"],
      ["rotate", "-i", "h.yaml"],
      ["set", "h.yaml", '["a"]', "1"],
      ["exec-env", "h.yaml", "echo ran > ran"],
    ]) {
      const result = await ours(...argv);
      expect(result.stderr).toMatch(says);
      expect(result.stderr).not.toContain("c4n4ry");
      expect(result).toMatchObject({ code: 1, stdout: Buffer.of() });
    }
    const shown = await ours("textconv", "h.yaml");
    expect(shown.stdout.toString()).not.toContain("plain-canary");
    expect(await readFile(join(dir, "h.yaml"), "utf8")).toBe(before);
    await expect(readFile(join(dir, "ran"))).rejects.toThrow();
    await writeFile(join(dir, "new.yaml"), "a: 1\n");
    expect((await ours("encrypt", "--age", RECIPIENT, "-i", "new.yaml")).code).toBe(1);
    expect(await readFile(join(dir, "new.yaml"), "utf8")).toBe("a: 1\n");
  });

  test.each([
    ["verify-full", (ca: string) => `?sslmode=verify-full&sslrootcert=${ca}`],
    ["verify-ca", (ca: string) => `?sslmode=verify-ca&sslrootcert=${ca}`],
    ["prefer", () => "?sslmode=prefer"],
    ["no TLS", () => "?sslmode=disable"],
    ["the default", () => ""],
  ])("sslmode: %s, by both programs", async (_, query) => {
    await configure(server.url + query(join(dir, "ca.pem")));
    await writeFile(join(dir, "t.yaml"), "a: x\n");
    expect(await ours("encrypt", "--age", RECIPIENT, "-i", "t.yaml")).toMatchObject({ code: 0, stderr: "" });
    expect(await theirs("decrypt", "t.yaml")).toBe(0);
    const file = join(dir, "t.yaml");
    expect(await server.rows()).toEqual([
      ["encrypt", USER, file],
      ["decrypt", USER, file],
    ]);
  });

  test("pairs instead of a URL, and several hosts", async () => {
    const pairs = `host=127.0.0.1,127.0.0.1 port=9,${String(server.port)} user=sops password='${server.password}' dbname=postgres sslmode=require`;
    await configure(pairs);
    await writeFile(join(dir, "p.yaml"), "a: x\n");
    expect(await ours("encrypt", "--age", RECIPIENT, "-i", "p.yaml")).toMatchObject({ code: 0, stderr: "" });
    expect(await theirs("decrypt", "p.yaml")).toBe(0);
    expect(await server.rows()).toHaveLength(2);
  });

  test("the variables of libpq lead nowhere else", async () => {
    await writeFile(join(dir, "v.yaml"), "a: x\n");
    const names = {
      PGHOSTADDR: "127.0.0.9",
      PGOPTIONS: "-c search_path=none",
      PGSSLNEGOTIATION: "direct",
      PGREPLICATION: "database",
    };
    const before = { ...process.env };
    Object.assign(process.env, names);
    try {
      const argv = ["encrypt", "--age", RECIPIENT, "-i", "v.yaml"];
      const result = await enc(argv, { cwd: dir, env: { ...env(), ...names } });
      expect(result).toMatchObject({ code: 0, stderr: "" });
    } finally {
      for (const name of Object.keys(names)) Reflect.deleteProperty(process.env, name);
      Object.assign(process.env, before);
    }
    expect(await server.rows()).toEqual([["encrypt", USER, join(dir, "v.yaml")]]);
  });

  test("a connection that the server ended is made anew; the server is told when we leave", async () => {
    const { auditOf } = await import("../../../src/node/audit/index.ts");
    const { nodeHost } = await import("../../../src/node/host.ts");
    const audit = auditOf(nodeHost({ env: env() }), "/f");
    await audit("decrypt");
    await server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sops'");
    await new Promise((resolve) => setTimeout(resolve, 300));
    await Promise.all([audit("encrypt"), audit("rotate")]);
    expect((await server.rows()).map(([action]) => action)).toEqual(["decrypt", "encrypt", "rotate"]);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await server.run("SELECT 1 FROM pg_stat_activity WHERE usename = 'sops'")).toEqual([]);
    expect(server.log()).not.toContain("unexpected EOF");
  });
});
