/** Of the package; a test keeps it equal to package.json. */
export const VERSION = "0.1.0";

/** The sops that enc follows. */
const SOPS_VERSION = "3.13.3";

/**
 * What `--version` says. Who adds sops' `--disable-version-check` takes us for sops, and picks commands and flags by the
 * number that stands behind its name: Ansible does.
 */
export function versionLine(words: readonly string[]): string {
  return words.includes("--disable-version-check")
    ? `sops ${SOPS_VERSION} (enc ${VERSION})`
    : `enc ${VERSION}`;
}
