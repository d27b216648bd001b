/** Secret keys as people paste them into the wrong place: age identities, PEM, who logs in to a server. */
const KEYS = /AGE-(?:SECRET-KEY|PLUGIN)-[A-Z0-9-]+/gi;
const PEM =
  /-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|$)/g;
const LOGIN = /(?<=\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@:]*:[^\s/@]+(?=@)/gi;

/** A message without the secret keys and passwords that it quotes: it may end in the log of a CI job. */
export function withheld(message: string): string {
  return message.replace(KEYS, "(a secret key)").replace(PEM, "(a secret key)").replace(LOGIN, "(a login)");
}

/** Does a file consist of age identities and comments, as age-keygen writes one? */
export function isIdentityFile(bytes: Uint8Array): boolean {
  if (bytes.length > LONGEST_IDENTITY_FILE) return false;
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  const said = lines.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
  return said.length > 0 && said.every((line) => /^AGE-(?:SECRET-KEY|PLUGIN)-/i.test(line));
}

/** Bytes. What is longer is no file of identities. */
const LONGEST_IDENTITY_FILE = 1_000_000;
