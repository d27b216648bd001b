import type { Keyring } from "../core/keys/data-key.ts";
import type { KeyRef } from "../core/keys/key.ts";
import type { Format } from "../core/model/format.ts";
import type { Selector } from "../core/model/selection.ts";

/** What is written down about the use of a file, as SOPS names it. */
export type AuditAction = "decrypt" | "encrypt" | "rotate";

/**
 * Writes down that a file is about to be opened or sealed. It is asked when its keys are at hand, and before anything of
 * it is given out: where it throws (AUDIT_FAILED, BAD_CONFIG), nothing is.
 */
export type Audit = (action: AuditAction) => Promise<void>;

/** The world of one command: what its use cases need besides their input. */
export interface OpsContext extends Keyring {
  /** Of the file that is worked on. Undefined: nothing is written down. */
  readonly audit?: Audit | undefined;
  /** What the user should know of the file that is worked on. Undefined: the host's own. */
  readonly warn?: ((message: string) => void) | undefined;
  /** Told each time that the data key of a file is recovered. */
  readonly recovered?: (() => void) | undefined;
}

export function warn({ warn: ofFile, host }: OpsContext, message: string): void {
  if (ofFile === undefined) host.warn(message);
  else ofFile(message);
}

/** What `encrypt` needs to know of a new file: who may open it, and which values are sealed. */
export interface SealSettings {
  /** At least one group; SOPS writes flat lists for exactly one. */
  readonly groups: readonly (readonly KeyRef[])[];
  /** 0: all groups are needed. Ignored for one group. */
  readonly shamirThreshold: number;
  /** Undefined: the default, `unencrypted_suffix: _unencrypted`. */
  readonly selector?: Selector | undefined;
  readonly macOnlyEncrypted: boolean;
}

export interface OpenSettings {
  readonly ignoreMac?: boolean | undefined;
  /** Key types in the order to try; default `age,pgp`. */
  readonly decryptionOrder?: readonly string[] | undefined;
}

export interface Formats {
  readonly input: Format;
  readonly output: Format;
  /** `--indent` or the store's setting, for canonical output only. */
  readonly indent?: number | undefined;
  /** Print canonical text even where the original layout is known (an explicit `--indent`). */
  readonly canonical?: boolean | undefined;
}
