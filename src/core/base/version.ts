import { SopsError } from "./errors.ts";

/** `major.minor.patch`, a leading `v`, pre-release and build parts allowed; anything starting `1.` counts as old. */
const SEMVER = /^v?(\d+)\.(\d+)\.(\d+)(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

/** The newer of the two: SOPS raises a file's version on edit and never lowers it. Throws BAD_VERSION. */
export function raiseVersion(file: string, own: string): string {
  return file.startsWith("1.") || compare(parse(file), parse(own)) < 0 ? own : file;
}

function parse(version: string): readonly number[] {
  const parts = SEMVER.exec(version);
  if (parts !== null) return parts.slice(1, 4).map(Number);
  throw new SopsError("BAD_VERSION", `the file's version "${version}" is not a version number`, {
    hint: "correct the field version of the metadata, for example to 3.13.3",
  });
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
