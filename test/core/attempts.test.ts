import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { SopsError } from "../../src/core/base/errors.ts";
import type { KeyProvider } from "../../src/core/keys/key.ts";
import { decrypt, encrypt } from "../../src/ops/library.ts";
import { guarded } from "../../src/providers/guard.ts";
import { fakeHost } from "../support/fake-host.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";

const CANARY = "c4n4ry";
const REF = { type: "hckms", fields: { key_id: "mine:key1" } } as const;

/** As a program would bring one along. */
function provider(fails: () => Promise<never>): KeyProvider {
  return {
    type: "hckms",
    fields: ["created_at", "enc", "key_id"],
    identity: ({ fields }) => fields["key_id"] as string,
    fromConfig: () => [REF],
    effort: () => "dials",
    wrap: () => Promise.resolve("d3JhcHBlZA=="),
    unwrap: fails,
  };
}

const says = (message: string) => () => Promise.reject(new Error(message));

async function failureOf(work: Promise<unknown>): Promise<SopsError> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SopsError);
  return error as SopsError;
}

async function opened(own: KeyProvider): Promise<SopsError> {
  const options = { format: "yaml", host: fakeHost(), providers: new Map([["hckms", own]]) } as const;
  const sealed = await encrypt("a: one\n", { ...options, groups: [[REF]] });
  return failureOf(decrypt(sealed, options));
}

describe("NO_DATA_KEY says what each key failed with", () => {
  test("an own provider: its words, and what it threw", async () => {
    const thrown = new Error("my KMS says 403");
    const error = await opened(provider(() => Promise.reject(thrown)));
    expect(error).toMatchObject({ code: "NO_DATA_KEY", hint: "hckms mine:key1: my KMS says 403" });
    expect(error.attempts).toEqual([
      {
        key: { type: "hckms", fields: { key_id: "mine:key1", created_at: expect.any(String) as string } },
        identity: "mine:key1",
        group: 0,
        service: undefined,
        code: "FAILED",
        message: "my KMS says 403",
        cause: thrown,
      },
    ]);
    expect(error.cause).toBeInstanceOf(AggregateError);
    expect((error.cause as AggregateError).errors).toEqual([thrown]);
  });

  test("in one line and bounded; and where it says nothing, what kind of error it was", async () => {
    const long = await opened(provider(says(`one\n\ttwo ${"x".repeat(9999)}`)));
    expect(long.hint).toMatch(/^hckms mine:key1: one two x{400,500}\.\.\.$/);
    expect((await opened(provider(() => Promise.reject(new TypeError())))).hint).toContain("(TypeError)");
  });

  test("a SopsError: its code, message and hint; the place keeps them", async () => {
    const denied = new SopsError("KEY_DENIED", "no", { hint: "ask" });
    const error = (await opened(provider(() => Promise.reject(denied)))).at({ file: "a.yaml" });
    expect(error.attempts).toMatchObject([{ code: "KEY_DENIED", message: "no", hint: "ask", cause: denied }]);
    expect((error.cause as AggregateError).errors).toEqual([denied]);
  });

  test("a key that is not mine: nothing was thrown", async () => {
    const sealed = await encrypt("a: one\n", { format: "yaml", recipients: [RECIPIENT] });
    const error = await failureOf(decrypt(sealed, { format: "yaml" }));
    expect(error.attempts).toMatchObject([{ code: "NOT_MINE", identity: RECIPIENT, group: 0 }]);
    expect(error.cause).toBeUndefined();
    expect(await decrypt(sealed, { format: "yaml", identities: [IDENTITY] })).toBeInstanceOf(Uint8Array);
  });

  test("wrapping with an own provider: WRAP_FAILED with its words and its cause", async () => {
    const thrown = new Error("my KMS says 500");
    const own = { ...provider(says("")), wrap: () => Promise.reject(thrown) };
    const options = { format: "yaml", host: fakeHost(), providers: new Map([["hckms", own]]) } as const;
    const error = await failureOf(encrypt("a: one\n", { ...options, groups: [[REF]] }));
    expect(error).toMatchObject({ code: "WRAP_FAILED", cause: thrown });
    expect(error.message).toContain("hckms mine:key1: my KMS says 500");
  });
});

/** What an SDK throws can hold the request. */
describe("a provider of ours", () => {
  test("keeps nothing of what it did not expect but its kind and where it arose", async () => {
    const thrown = Object.assign(new TypeError(`bad ${CANARY}\n    at ${CANARY}`), {
      request: { body: CANARY },
    });
    const error = await opened(guarded(provider(() => Promise.reject(thrown))));
    expect(error.hint).toBe("hckms mine:key1: failed unexpectedly (TypeError)");
    const whole = inspect(error, { depth: 9, showHidden: true });
    expect(whole).not.toContain(CANARY);
    expect(whole).toContain("attempts.test.ts");
  });

  test.each([
    [new Error('Dynamic require of "node:crypto" is not supported'), 'Dynamic require of "node:crypto"'],
    [
      Object.assign(new Error("Cannot find module './vendor/x.cjs'"), { code: "MODULE_NOT_FOUND" }),
      "vendor/x.cjs",
    ],
  ])("says what part of enc a bundle lacks: %s", async (thrown, part) => {
    const error = await opened(guarded(provider(() => Promise.reject(thrown))));
    expect(error.attempts).toMatchObject([{ code: "CANNOT_LOAD" }]);
    expect(error.hint).toContain("cannot load a part of sops-ts: ");
    expect(error.hint).toContain(part);
  });

  test("lets the user's own reason through", async () => {
    const user = new AbortController();
    const own = guarded(
      provider(() => {
        user.abort(new Error("ctrl-c"));
        return Promise.reject(new Error(CANARY));
      }),
    );
    const cancelled = own.unwrap({ ...REF, enc: "" }, fakeHost(), user.signal);
    await expect(cancelled).rejects.toThrow("ctrl-c");
  });
});
