import * as cctv from "cctv-age";
import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { SopsError } from "../../../src/core/base/errors.ts";
import { nodePrimitives } from "../../../src/node/primitives.ts";
import { dearmor } from "../../../src/providers/age/armor.ts";
import { parseHeader } from "../../../src/providers/age/header.ts";
import type { AgeIdentity } from "../../../src/providers/age/identity.ts";
import { parseIdentities } from "../../../src/providers/age/identity-text.ts";
import { openWith } from "../../../src/providers/age/open.ts";
import { fakeHost } from "../../support/fake-host.ts";

/** C2SP/CCTV: lines `name: value`, an empty line, the age file. */
interface Vector {
  readonly name: string;
  readonly fields: ReadonlyMap<string, readonly string[]>;
  readonly file: Uint8Array;
}

function readVector(name: string, bytes: Uint8Array): Vector {
  const text = Buffer.from(bytes).toString("latin1");
  const end = text.indexOf("\n\n");
  const fields = new Map<string, string[]>();
  for (const line of text.slice(0, end).split("\n")) {
    const [key = "", ...value] = line.split(": ");
    fields.set(key, [...(fields.get(key) ?? []), value.join(": ")]);
  }
  const content = bytes.subarray(end + 2);
  return { name, fields, file: fields.has("compressed") ? new Uint8Array(inflateSync(content)) : content };
}

const host = fakeHost({ primitives: nodePrimitives });

async function identitiesOf({ fields }: Vector): Promise<readonly AgeIdentity[]> {
  const text = (fields.get("identity") ?? []).join("\n");
  const { identities: keys } = await parseIdentities(text, host, nodePrimitives);
  const passphrases = (fields.get("passphrase") ?? []).map((passphrase): AgeIdentity => ({
    kind: "library",
    stanzaType: "scrypt",
    addTo: (decrypter) => {
      decrypter.addPassphrase(passphrase);
    },
  }));
  return [...keys, ...passphrases];
}

/** What came out, in the classes of the vectors. */
async function outcome(vector: Vector): Promise<string> {
  const identities = await identitiesOf(vector);
  let file = vector.file;
  try {
    if (vector.fields.has("armored")) file = dearmor(Buffer.from(file).toString("latin1"));
  } catch (error) {
    return classOf(error, "armor failure");
  }
  try {
    parseHeader(file);
    for (const identity of identities) {
      const plaintext = await openWith(file, identity, nodePrimitives);
      if (plaintext !== null) return `success ${createHash("sha256").update(plaintext).digest("hex")}`;
    }
    return "no match";
  } catch (error) {
    return classOf(error, "header failure");
  }
}

function classOf(error: unknown, otherwise: string): string {
  if (!(error instanceof SopsError)) throw error;
  expect(["BAD_METADATA", "KEY_UNUSABLE"]).toContain(error.code);
  if (error.message.includes("payload")) return "payload failure";
  return error.message.endsWith("its header was changed") ? "HMAC failure" : otherwise;
}

const vectors = Object.entries({ ...cctv } as unknown as Record<string, Uint8Array>)
  .filter(([name]) => name !== "default")
  .map(([name, bytes]) => readVector(name, bytes));

test("all 143 vectors are there", () => {
  expect(vectors).toHaveLength(143);
});

test.each(vectors)("$name", async (vector) => {
  const expected = vector.fields.get("expect")?.[0] ?? "";
  const hash = vector.fields.get("payload")?.[0] ?? "";
  expect(await outcome(vector)).toBe(expected === "success" ? `success ${hash}` : expected);
});
