import { SopsError } from "../../core/base/errors.ts";
import type { KeyRef } from "../../core/keys/key.ts";
import { textsOf } from "../entry-text.ts";
import { type EncryptionContext, parseContext } from "./context.ts";
import { checkArn } from "./key.ts";

const FIELDS: readonly string[] = ["arn", "role", "context", "aws_profile"];

/**
 * A comma list of `arn` or `arn+roleArn`, a list of such, or the fields of one key of a key group. Throws BAD_CONFIG
 * for any other shape, BAD_RECIPIENT for what is no ARN, BAD_ENCRYPTION_CONTEXT for a context.
 */
export function kmsKeysFrom(entry: unknown): readonly KeyRef[] {
  if (typeof entry === "object" && entry !== null && !Array.isArray(entry))
    return [fromFields(entry as Readonly<Record<string, unknown>>)];
  return textsOf(entry, "an AWS KMS key").map(fromText);
}

/** Spaces are removed wherever they are. A path may hold `+` but no colon, so `+arn:` starts the role. */
function fromText(text: string): KeyRef {
  const whole = text.replaceAll(" ", "");
  const at = whole.indexOf("+arn:");
  return at > 0 ? kmsRef(whole.slice(0, at), whole.slice(at + 1)) : kmsRef(whole);
}

function fromFields(entry: Readonly<Record<string, unknown>>): KeyRef {
  const unknown = Object.keys(entry).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined)
    throw badConfig(`an AWS KMS key has no field ${JSON.stringify(unknown)}`, `use ${FIELDS.join(", ")}`);
  return kmsRef(
    textField(entry, "arn") ?? "",
    textField(entry, "role"),
    contextField(entry["context"]),
    textField(entry, "aws_profile"),
  );
}

function kmsRef(arn: string, role?: string, context?: EncryptionContext, profile?: string): KeyRef {
  return {
    type: "kms",
    fields: {
      arn: checkArn(arn),
      ...(profile === undefined ? {} : { aws_profile: profile }),
      ...(context === undefined || Object.keys(context).length === 0 ? {} : { context }),
      ...(role === undefined ? {} : { role }),
    },
  };
}

/** Undefined where absent or empty. */
function textField(entry: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = entry[name];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string") return value;
  throw badConfig(`${name} of an AWS KMS key must be text`, `write ${name}: and the text`);
}

function contextField(value: unknown): EncryptionContext | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return parseContext(value);
  if (typeof value === "object" && !Array.isArray(value) && isTexts(value)) return value;
  throw badConfig("context of an AWS KMS key must be a map of texts", "write context: {name: value}");
}

function isTexts(value: object): value is EncryptionContext {
  return Object.values(value).every((item) => typeof item === "string");
}

function badConfig(message: string, hint: string): SopsError {
  return new SopsError("BAD_CONFIG", message, { hint });
}
