type Table<T> = readonly (readonly [T, string])[];

/** Variables that no flag stands for; those of the cloud SDKs are in docs/providers.md. */
export const ENVIRONMENT: Table<string> = [
  [
    "SOPS_AGE_KEY, SOPS_AGE_KEY_FILE, SOPS_AGE_KEY_CMD",
    "age identities: as text, in a file, printed by a command",
  ],
  ["SOPS_AGE_SSH_PRIVATE_KEY_FILE, SOPS_AGE_SSH_PRIVATE_KEY_CMD", "an SSH key for age"],
  ["SOPS_GPG_EXEC, GNUPGHOME", "the gpg to run, and its folder"],
  ["SOPS_HC_VAULT_ALLOWLIST", "Vault servers that may be asked"],
  ["SOPS_EDITOR, EDITOR", "the editor, in this order; else vim, nano or vi"],
  ["SOPS_TS_CONFIG_SEARCH", "cwd: look for the config from the working directory, as SOPS does"],
  [
    "SOPS_TS_CHILD_ENV",
    "secret variables that editors, gpg and plugins get all the same, separated by commas",
  ],
  ["NO_COLOR", "no colours"],
];

export const FILES: Table<string> = [
  [
    ".sops-ts.yaml, .sops.yaml",
    "who may open which new file: in the folder of the file, or the nearest one above",
  ],
  ["sops/age/keys.txt", "age identities, in the user's folder for configuration"],
];

/** The numbers of SOPS. */
export const EXIT_STATUS: Table<number> = [
  [0, "done"],
  [1, "any error that has no number of its own"],
  [2, "the input cannot be read, or is no valid plain text"],
  [3, "the output cannot be written"],
  [4, "the format cannot hold the result"],
  [6, "the encryption context is malformed"],
  [7, "the path or the value of set or unset is malformed"],
  [8, "flags exclude each other"],
  [23, "a value cannot be encrypted"],
  [25, "a value does not decrypt"],
  [49, "keys are to be changed in a file that is not there"],
  [51, "the MAC does not match: the file was changed"],
  [91, "the path of --extract is malformed"],
  [92, "the input holds no document"],
  [100, "no file is named, or it is not there"],
  [112, "the decryption order names a key type twice"],
  [128, "no key at hand opens the file"],
  [141, "whoever read the output has left"],
  [200, "the file was not changed in the editor"],
  [201, "there is no editor, or it failed"],
  [202, "the version in the file is none"],
  [203, "the file is encrypted already"],
];
