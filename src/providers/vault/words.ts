/** Characters of a server's own words that are shown. */
const MAX_WORDS = 200;

/**
 * What a server says of a failure: the `errors` of Vault, else the text of the body. In one line, cut short; nothing
 * where it holds one of `secrets`, for a server can send back what it was sent.
 */
export function wordsOf(body: unknown, secrets: readonly string[]): string {
  const text = textOf(body).replace(/\s+/g, " ").trim();
  if (secrets.some((secret) => secret !== "" && text.includes(secret))) return "";
  return text.length > MAX_WORDS ? `${text.slice(0, MAX_WORDS)}...` : text;
}

function textOf(body: unknown): string {
  if (typeof body === "string") return body.includes("<") ? "" : body;
  const errors = typeof body === "object" && body !== null && "errors" in body ? body.errors : undefined;
  return Array.isArray(errors) ? errors.filter((error) => typeof error === "string").join("; ") : "";
}
