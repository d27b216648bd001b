/** sops-ts for any runtime: browser, worker, Deno, Bun, Node. Files and the process environment are in `sops-ts/node`. */
export {
  ERROR_CODES,
  SopsError,
  type ErrorCode,
  type KeyAttempt,
  type Place,
  type SopsErrorOptions,
} from "./core/base/errors.ts";
export { FORMAT_NAMES, type FormatName } from "./core/model/format.ts";
export type {
  Conversation,
  Host,
  HttpRequest,
  HttpResponse,
  RunOptions,
  RunResult,
  TlsSettings,
} from "./core/ports/host.ts";
export type { Primitives } from "./core/ports/primitives.ts";
export type {
  Effort,
  KeyGroup,
  KeyProvider,
  KeyRef,
  KeyType,
  Providers,
  WrappedKey,
} from "./core/keys/key.ts";
export type { Metadata } from "./core/file/metadata.ts";
export type { Aead, Hash, Runtime } from "./core/ports/runtime.ts";
export type { Selector, SelectorName } from "./core/model/selection.ts";
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
} from "./core/model/tree.ts";
export type { PathPart, TreePath } from "./core/model/tree-edit.ts";
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
