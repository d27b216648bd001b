/** sops-ts for any runtime: browser, worker, Deno, Bun, Node. Files and the process environment are in `sops-ts/node`. */
export {
  ERROR_CODES,
  SopsError,
  type ErrorCode,
  type KeyAttempt,
  type Place,
  type SopsErrorOptions,
} from "./core/errors.ts";
export { FORMAT_NAMES, type FormatName } from "./core/format.ts";
export type {
  Conversation,
  Host,
  HttpRequest,
  HttpResponse,
  RunOptions,
  RunResult,
  TlsSettings,
} from "./core/host.ts";
export type { Primitives } from "./core/primitives.ts";
export type { Effort, KeyGroup, KeyProvider, KeyRef, KeyType, Providers, WrappedKey } from "./core/key.ts";
export type { Metadata } from "./core/metadata.ts";
export type { Aead, Hash, Runtime } from "./core/runtime.ts";
export type { Selector, SelectorName } from "./core/selection.ts";
export type {
  Comment,
  Entry,
  Leaf,
  ListNode,
  MapItem,
  MapNode,
  Node,
  Null,
  Scalar,
  Span,
  Tree,
} from "./core/tree.ts";
export type { PathPart, TreePath } from "./core/tree-edit.ts";
export {
  decrypt,
  decryptToText,
  encrypt,
  type DecryptOptions,
  type EncryptOptions,
  type LibraryOptions,
} from "./ops/library.ts";
export { SopsDocument } from "./ops/sops-document.ts";
export { generateIdentity, recipientOfIdentity, type AgeKeyPair } from "./ops/keygen.ts";
export { formatForPath } from "./formats/index.ts";
