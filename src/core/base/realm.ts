/**
 * What a value is, whoever made it. `instanceof` asks for the constructor of this very global object, and code that runs
 * in a context of its own (Jest, node:vm, a frame) gets errors and bytes from the one outside.
 */

/** An error, those of the platform (DOMException) too. */
export function isError(value: unknown): value is Error {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    typeof value.name === "string" &&
    "message" in value &&
    typeof value.message === "string"
  );
}

/** The built-in errors by the name that each class of them gives: `RangeError`. */
export function isErrorNamed(value: unknown, name: string): boolean {
  return isError(value) && value.name === name;
}

/** The message of an error; empty for anything else. */
export function messageOf(value: unknown): string {
  return isError(value) ? value.message : "";
}

/** The `code` that Node and OpenSSL give their errors; undefined where there is none. */
export function codeOf(value: unknown): string | undefined {
  return isError(value) && "code" in value && typeof value.code === "string" ? value.code : undefined;
}

export function isBytes(value: unknown): value is Uint8Array {
  return Object.prototype.toString.call(value) === "[object Uint8Array]";
}

/**
 * The same memory as a plain Uint8Array of ours: libraries ask by `instanceof`, and a Buffer's `slice` shares memory and
 * prints its content.
 */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
