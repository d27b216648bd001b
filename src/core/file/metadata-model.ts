import type { KeyGroup } from "../keys/key.ts";
import type { Selector } from "../model/selection.ts";

/** What the `sops` block of a file says (format.md 5.1). */
export interface Metadata {
  readonly groups: readonly KeyGroup[];
  /** 0: not written; with more than one group it then means all of them. */
  readonly shamirThreshold: number;
  /** RFC 3339, whole seconds, re-formatted as it stands in the MAC's AAD. */
  readonly lastModified: string;
  /** The encrypted MAC; empty where the file has none. */
  readonly mac: string;
  readonly macOnlyEncrypted: boolean;
  /** Undefined where the file names none: the default then holds. */
  readonly selector: Selector | undefined;
  readonly version: string;
  /** The ENC text of `enc_presentation`, a field that SOPS does not know and ignores; empty where there is none. */
  readonly presentation: string;
}
