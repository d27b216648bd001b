import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";
import { isIP } from "node:net";

/** PEM texts, as node:tls takes them. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority that lives as long as the test run. */
export interface Authority {
  /** PEM of its own certificate: what a client must trust. */
  readonly cert: string;
  /** A leaf certificate for one host name or IPv4 address. */
  issue(host: string): Certificate;
}

const DAY = 86_400_000;
const OID = {
  commonName: "550403",
  ecdsaWithSha256: "2a8648ce3d040302",
  basicConstraints: "551d13",
  keyUsage: "551d0f",
  subjectAltName: "551d11",
} as const;

/**
 * Node can sign but not issue X.509, and openssl is not on every machine: so the few fields of RFC 5280 that Node and
 * Go check are written here by hand, in DER.
 */
export function newAuthority(name: string): Authority {
  const ca = newKeyPair();
  const constraints = extension(OID.basicConstraints, sequence(tlv(0x01, Buffer.from([0xff]))));
  const usage = extension(OID.keyUsage, bitString(Buffer.from([0b0000_0110]), 1));
  const cert = certificate({
    subject: name,
    issuer: name,
    key: ca.publicKey,
    extensions: [constraints, usage],
  });
  return {
    cert: toPem(signed(cert, ca.privateKey)),
    issue(host) {
      const leaf = newKeyPair();
      const extensions = [extension(OID.subjectAltName, sequence(alternativeName(host)))];
      const body = certificate({ subject: host, issuer: name, key: leaf.publicKey, extensions });
      const key = leaf.privateKey.export({ type: "pkcs8", format: "pem" }) as string;
      return { cert: toPem(signed(body, ca.privateKey)), key };
    },
  };
}

const newKeyPair = (): { readonly publicKey: KeyObject; readonly privateKey: KeyObject } =>
  generateKeyPairSync("ec", { namedCurve: "P-256" });

interface Fields {
  readonly subject: string;
  readonly issuer: string;
  readonly key: KeyObject;
  readonly extensions: readonly Buffer[];
}

/** RFC 5280 section 4.1: TBSCertificate, version 3. Valid from yesterday for three days. */
function certificate({ subject, issuer, key, extensions }: Fields): Buffer {
  return sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    signatureAlgorithm(),
    distinguishedName(issuer),
    sequence(utcTime(Date.now() - DAY), utcTime(Date.now() + 2 * DAY)),
    distinguishedName(subject),
    key.export({ type: "spki", format: "der" }),
    tlv(0xa3, sequence(...extensions)),
  );
}

function signed(body: Buffer, key: KeyObject): Buffer {
  return sequence(body, signatureAlgorithm(), bitString(sign("sha256", body, key), 0));
}

const signatureAlgorithm = (): Buffer => sequence(oid(OID.ecdsaWithSha256));

/** One commonName as UTF8String. */
const distinguishedName = (name: string): Buffer =>
  sequence(tlv(0x31, sequence(oid(OID.commonName), tlv(0x0c, Buffer.from(name)))));

/** A critical extension. */
const extension = (id: string, value: Buffer): Buffer =>
  sequence(oid(id), tlv(0x01, Buffer.from([0xff])), tlv(0x04, value));

/** dNSName is [2], iPAddress is [7]. */
const alternativeName = (host: string): Buffer =>
  isIP(host) === 4 ? tlv(0x87, Buffer.from(host.split(".").map(Number))) : tlv(0x82, Buffer.from(host));

const utcTime = (at: number): Buffer =>
  tlv(0x17, Buffer.from(`${new Date(at).toISOString().replace(/[-:T]/g, "").slice(2, 14)}Z`));

const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, "hex"));
const sequence = (...parts: readonly Buffer[]): Buffer => tlv(0x30, ...parts);
const bitString = (bits: Buffer, unused: number): Buffer => tlv(0x03, Buffer.from([unused]), bits);

function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...derLength(content.length)]), content]);
}

function derLength(n: number): readonly number[] {
  if (n < 0x80) return [n];
  return n < 0x100 ? [0x81, n] : [0x82, n >> 8, n & 0xff];
}

function toPem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
