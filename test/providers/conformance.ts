import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test, type TestContext } from "vitest";
import { parse } from "yaml";
import { fromUtf8, utf8 } from "../../src/core/base/bytes.ts";
import { type ErrorCode, SopsError } from "../../src/core/base/errors.ts";
import type { FormatName } from "../../src/core/model/format.ts";
import type { Host } from "../../src/core/ports/host.ts";
import type { KeyProvider, KeyRef, WrappedKey } from "../../src/core/keys/key.ts";
import { loadFormat } from "../../src/formats/index.ts";
import { nodeRuntime } from "../../src/node/runtime.ts";
import type { OpsContext } from "../../src/ops/context.ts";
import { decrypt } from "../../src/ops/decrypt.ts";
import { encrypt } from "../../src/ops/encrypt.ts";
import { openFile } from "../../src/ops/open.ts";
import { recordConformance } from "./record-conformance.ts";

/** A case that a provider cannot have, and why: a skipped test that says so. */
interface Without {
  readonly without: string;
}

/** A call that must be refused: `ref` is wrapped for, `key` is unwrapped. */
interface Denied {
  readonly what: string;
  readonly code: ErrorCode;
  /** Default: the host of the set-up. */
  readonly host?: Host;
  readonly ref?: KeyRef;
  readonly key?: WrappedKey;
}

/** A config entry and the fields of the keys that it names. */
interface ConfigForm {
  readonly entry: unknown;
  readonly keys: readonly KeyRef["fields"][];
}

/** A host whose server takes the connection and never answers. See test/support/servers/stalled.ts. */
export interface Stalled {
  readonly host: Host;
  /** Settles when the call has arrived there. */
  reached(): Promise<void>;
  /** What is still going on: connections, processes. */
  running(): number;
  stop(): Promise<void>;
}

export interface Setup {
  readonly provider: KeyProvider;
  /** May use `ref` for wrapping and unwrapping. */
  readonly host: Host;
  readonly ref: KeyRef;
  /** A wrapped key that is nobody's here: `unwrap` must answer null. */
  readonly foreign: { readonly key: WrappedKey; readonly host?: Host } | Without;
  readonly denied: readonly Denied[] | Without;
  readonly configForms: Readonly<Record<"string" | "comma list" | "list" | "object", ConfigForm | Without>>;
  readonly stalled: (() => Promise<Stalled>) | Without;
  /** Passwords, tokens, private keys of this set-up: no message may hold one. */
  readonly secrets: readonly string[];
  stop?(): Promise<void>;
}

const PLAIN: Readonly<Record<Exclude<FormatName, "binary">, string>> = {
  yaml: "a: one\n",
  json: '{\n  "a": "one"\n}\n',
  dotenv: "a=one\n",
  ini: "[s]\na = one\n",
};

/** What must hold for every provider (src/core/keys/key.ts). Call it inside `describe` or `describeWith`. */
export function conformance(name: string, setUp: () => Promise<Setup>): void {
  describe(`${name}: conformance`, () => {
    let setup: Setup;
    const dataKey = nodeRuntime.randomBytes(32);

    beforeAll(async () => {
      setup = await setUp();
    });
    afterAll(async () => {
      // Where the set-up itself failed there is none.
      await (setup as Setup | undefined)?.stop?.();
    });

    const wrapped = async (): Promise<WrappedKey> => {
      const { provider, host, ref } = setup;
      return { ...ref, enc: await provider.wrap(ref, dataKey, host) };
    };

    test("what it wraps it unwraps, each time to other bytes", async () => {
      const { provider, host } = setup;
      const [one, two] = [await wrapped(), await wrapped()];
      expect(await provider.unwrap(one, host)).toEqual(dataKey);
      expect(await provider.unwrap(two, host)).toEqual(dataKey);
      expect(one.enc).not.toBe(two.enc);
    });

    test("a share of 33 bytes comes back as well", async () => {
      const { provider, host, ref } = setup;
      const share = nodeRuntime.randomBytes(33);
      const key = { ...ref, enc: await provider.wrap(ref, share, host) };
      expect(await provider.unwrap(key, host)).toEqual(share);
    });

    test("a key that is not ours is null", async (context) => {
      const { provider, host } = setup;
      const foreign = orSkip(setup.foreign, context);
      expect(await provider.unwrap(foreign.key, foreign.host ?? host)).toBeNull();
    });

    test("a refusal is an error with a code and a hint", async (context) => {
      for (const denied of orSkip(setup.denied, context)) {
        const error = await refusalOf(denied, setup, dataKey);
        expect(error, denied.what).toBeInstanceOf(SopsError);
        expect(error, denied.what).toMatchObject({ code: denied.code });
        const { message, hint = "" } = error as SopsError;
        expect(hint, denied.what).not.toBe("");
        expect(message, denied.what).not.toMatch(/\.$|[\0-\x1f\x7f]/);
      }
    });

    test.each(Object.keys(PLAIN) as (keyof typeof PLAIN)[])("metadata in %s comes back", async (format) => {
      const { provider, host, ref } = setup;
      const ctx: OpsContext = { runtime: nodeRuntime, host, providers: new Map([[provider.type, provider]]) };
      const formats = { input: await loadFormat(format), output: await loadFormat(format) };
      const settings = { groups: [[ref]], shamirThreshold: 0, macOnlyEncrypted: false };
      const sealed = await encrypt(utf8(PLAIN[format]), formats, settings, ctx);
      const { file } = await openFile(sealed, formats.input, {}, ctx);
      const key = file.metadata.groups[0]?.keys[0];
      expect(file.metadata.groups[0]?.keys).toHaveLength(1);
      expect(key?.fields).toMatchObject(ref.fields);
      expect(key !== undefined && provider.identity(key)).toBe(provider.identity(ref));
      expect(key?.fields["created_at"] !== undefined).toBe(provider.fields.includes("created_at"));
      expect(fromUtf8(await decrypt(sealed, formats, {}, ctx))).toBe(PLAIN[format]);
      if (format === "yaml") expectSopsOrder(fromUtf8(sealed), provider);
    });

    test.for(["string", "comma list", "list", "object"] as const)("config: %s", (form, context) => {
      const { provider } = setup;
      const { entry, keys } = orSkip(setup.configForms[form], context);
      expect(provider.fromConfig(entry)).toEqual(keys.map((fields) => ({ type: provider.type, fields })));
    });

    test.each([[7], [null], [[null]], [{ nonsense: "x" }]])("config: %j is refused", (entry) => {
      const code = expect.stringMatching(/^BAD_(?:CONFIG|RECIPIENT)$/) as string;
      expect(() => setup.provider.fromConfig(entry)).toThrow(expect.objectContaining({ code }));
    });

    test("a cancelled call rejects and leaves nothing running", async (context) => {
      const { provider, ref } = setup;
      const start = orSkip(setup.stalled, context);
      const key = await wrapped();
      for (const call of ["wrap", "unwrap"] as const) {
        const stalled = await start();
        const abort = new AbortController();
        const running = settled<unknown>(
          call === "wrap"
            ? provider.wrap(ref, dataKey, stalled.host, abort.signal)
            : provider.unwrap(key, stalled.host, abort.signal),
        );
        await Promise.race([stalled.reached(), running]);
        abort.abort();
        expect(await within(3000, running), call).toMatchObject({ status: "rejected" });
        await expect.poll(() => stalled.running(), { timeout: 3000 }).toBe(0);
        await stalled.stop();
      }
    });

    test("a call that was cancelled before it began rejects", async (context) => {
      const { provider, host, ref } = setup;
      orSkip(setup.stalled, context);
      const key = await wrapped();
      const aborted = AbortSignal.abort();
      await expect(provider.wrap(ref, dataKey, host, aborted)).rejects.toThrow();
      await expect(provider.unwrap(key, host, aborted)).rejects.toThrow();
    });

    test("twenty unwraps at the same time", async () => {
      const { provider, host } = setup;
      const key = await wrapped();
      const all = await Promise.all(Array.from({ length: 20 }, () => provider.unwrap(key, host)));
      expect(all).toEqual(Array.from({ length: 20 }, () => dataKey));
    });

    test("no message holds the data key or a secret of the set-up", async () => {
      const { provider, host, ref, denied, secrets } = setup;
      const key = await wrapped();
      const broken = [
        "",
        "AAAA",
        "not base64!",
        key.enc.slice(0, -12),
        key.enc.replace(/[a-z](?=\w{20})/, "0"),
      ];
      const calls: Promise<unknown>[] = [
        ...broken.map((enc) => provider.unwrap({ ...key, enc }, host)),
        ...("without" in denied ? [] : denied.map((each) => refusalOf(each, setup, dataKey))),
        provider.wrap({ ...ref, fields: {} }, dataKey, host),
      ];
      const errors = (await Promise.all(calls.map(settled))).flatMap((result) =>
        result.status === "rejected"
          ? [result.reason as unknown]
          : result.value instanceof Error
            ? [result.value]
            : [],
      );
      expect(errors).not.toEqual([]);
      for (const error of errors) expectNothingOf([...spellings(dataKey), ...secrets], error);
    });

    recordConformance(() => setup);

    test("what using it costs is one of the three", () => {
      const { provider, host, ref } = setup;
      expect(["silent", "dials", "asks"]).toContain(provider.effort(ref, host));
    });
  });
}

function orSkip<T extends object>(value: T | Without, context: TestContext): T {
  if ("without" in value) return context.skip(value.without);
  return value;
}

/** Fields as SOPS sorts them, and none but those of the provider. */
function expectSopsOrder(yaml: string, provider: KeyProvider): void {
  const { sops } = parse(yaml) as { sops: Readonly<Record<string, readonly Record<string, unknown>[]>> };
  const written = Object.keys(sops[provider.type]?.[0] ?? {});
  expect(written).toContain("enc");
  expect(written).toEqual([...written].sort());
  expect(provider.fields).toEqual([...provider.fields].sort());
  expect(written.filter((field) => !provider.fields.includes(field))).toEqual([]);
}

/** The error of a call that must fail. */
async function refusalOf(denied: Denied, setup: Setup, dataKey: Uint8Array): Promise<unknown> {
  const { provider } = setup;
  const host = denied.host ?? setup.host;
  const call: Promise<unknown> =
    denied.key === undefined
      ? provider.wrap(denied.ref ?? setup.ref, dataKey, host)
      : provider.unwrap(denied.key, host);
  const result = await settled(call);
  if (result.status === "rejected") return result.reason;
  throw new Error(`${denied.what}: this call must be refused`);
}

async function settled<T>(promise: Promise<T>): Promise<PromiseSettledResult<T>> {
  const [result] = await Promise.allSettled([promise]);
  return result;
}

async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`nothing within ${milliseconds} ms`));
    }, milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function spellings(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes);
  const encodings = ["latin1", "base64", "base64url", "hex"] as const;
  return [...encodings.map((encoding) => buffer.toString(encoding)), buffer.toString("hex").toUpperCase()];
}

function expectNothingOf(secrets: readonly string[], error: unknown): void {
  const { message, hint = "", stack = "" } = error as SopsError;
  const bytes = inspect(error, { depth: 20, showHidden: true, maxArrayLength: null, maxStringLength: null });
  for (const text of [message, hint, stack, bytes])
    expect(secrets.filter((secret) => secret !== "" && text.includes(secret))).toEqual([]);
  expect(errorBytes(error)).toBe(false);
}

/** Does an error carry bytes, such as a request's body, which `inspect` prints as numbers? */
function errorBytes(error: unknown, seen = new Set<unknown>()): boolean {
  if (ArrayBuffer.isView(error)) return true;
  if (typeof error !== "object" || error === null || seen.has(error)) return false;
  seen.add(error);
  return Object.getOwnPropertyNames(error).some((name) =>
    errorBytes((error as Record<string, unknown>)[name], seen),
  );
}
