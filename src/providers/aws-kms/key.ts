import { SopsError } from "../../core/base/errors.ts";
import type { KeyRef } from "../../core/keys/key.ts";
import { contextText, type EncryptionContext } from "./context.ts";

/** A KMS key as a call needs it. */
export interface KmsKey {
  readonly arn: string;
  readonly region: string;
  readonly role: string | undefined;
  readonly profile: string | undefined;
  readonly context: EncryptionContext;
}

/**
 * format.md 11, but for the region: SOPS takes any text there, and puts it into the name of the server that gets
 * the request. Here it must be a part of a name.
 */
const ARN = /^arn:aws[\w-]*:kms:([a-z0-9-]+):[0-9]+:(?:key|alias)\/.+$/;

/** Throws BAD_RECIPIENT for what is not the ARN of a KMS key or alias. */
export function checkArn(arn: string): string {
  regionOf(arn);
  return arn;
}

function regionOf(arn: string): string {
  const region = ARN.exec(arn)?.[1];
  if (region !== undefined) return region;
  throw new SopsError("BAD_RECIPIENT", `not the ARN of an AWS KMS key: ${JSON.stringify(arn)}`, {
    hint: "write arn:aws:kms:REGION:ACCOUNT:key/ID or arn:aws:kms:REGION:ACCOUNT:alias/NAME",
  });
}

/** Throws BAD_RECIPIENT where its ARN is none. */
export function kmsKeyOf(ref: KeyRef): KmsKey {
  const arn = textField(ref, "arn") ?? "";
  return {
    arn,
    region: regionOf(arn),
    role: textField(ref, "role"),
    profile: textField(ref, "aws_profile"),
    context: contextOf(ref),
  };
}

/** `arn[+role]`, then the context and the profile where they are set (format.md 11, identity). Throws nothing. */
export function kmsIdentity(ref: KeyRef): string {
  const role = textField(ref, "role");
  const profile = textField(ref, "aws_profile");
  const context = contextText(contextOf(ref));
  const name = (textField(ref, "arn") ?? "") + (role === undefined ? "" : `+${role}`);
  if (profile !== undefined) return `${name}|${context}|${profile}`;
  return context === "" ? name : `${name}|${context}`;
}

/** An empty field is an absent one: SOPS writes `aws_profile: ""`. */
function textField(ref: KeyRef, name: string): string | undefined {
  const value = ref.fields[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function contextOf(ref: KeyRef): EncryptionContext {
  const { context } = ref.fields;
  return typeof context === "object" ? context : {};
}
