import { describe, expect, it } from "vitest";
import { utf8 } from "../../../src/core/base/bytes.ts";
import { commitTo, isCommittedTo } from "../../../src/core/file/commitment.ts";
import { nobleRuntime } from "../../../src/core/ports/noble.ts";
import { sealText } from "../../../src/core/model/enc-text.ts";
import { nodeRuntime } from "../../../src/node/runtime.ts";

const KEY = new Uint8Array(32).fill(7);
const TEXT = utf8("a: 1\n");

describe.each([
  ["node", nodeRuntime],
  ["pure JavaScript", nobleRuntime],
])("a commitment by %s", (_, runtime) => {
  const cipher = { runtime, aead: runtime.aead(KEY) };
  const macWith = (iv: Uint8Array): string => sealText(cipher.aead, iv, utf8("AB12"), utf8("2026"), "str");

  it("holds for the text and for no other", () => {
    const mac = macWith(commitTo(TEXT, cipher));
    expect(isCommittedTo(TEXT, mac, cipher)).toBe(true);
    expect(isCommittedTo(utf8("a: 1"), mac, cipher)).toBe(false);
    expect(isCommittedTo(utf8("a: 2\n"), mac, cipher)).toBe(false);
  });

  it("is a new IV of 32 bytes each time", () => {
    const [a, b] = [commitTo(TEXT, cipher), commitTo(TEXT, cipher)];
    expect([a.length, b.length]).toEqual([32, 32]);
    expect(a).not.toEqual(b);
  });

  it("holds under no other key, and in both implementations", () => {
    const mac = macWith(commitTo(TEXT, cipher));
    const other = { runtime, aead: runtime.aead(new Uint8Array(32)) };
    expect(isCommittedTo(TEXT, mac, other)).toBe(false);
    for (const judge of [nodeRuntime, nobleRuntime])
      expect(isCommittedTo(TEXT, mac, { runtime: judge, aead: judge.aead(KEY) })).toBe(true);
  });

  it("is not what SOPS writes: a random IV, one of another length, no MAC", () => {
    expect(isCommittedTo(TEXT, macWith(runtime.randomBytes(32)), cipher)).toBe(false);
    expect(isCommittedTo(TEXT, macWith(commitTo(TEXT, cipher).subarray(0, 16)), cipher)).toBe(false);
    expect(isCommittedTo(TEXT, "", cipher)).toBe(false);
  });
});
