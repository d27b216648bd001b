import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { enc } from "../support/cli.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";
import { describeWith, requirePart } from "../support/parts.ts";
import { runSops } from "../support/real-sops.ts";

/** Throw-away keys. They guard nothing. */
const KEYS: Readonly<Record<string, readonly [recipient: string, identity: string]>> = {
  a: [RECIPIENT, IDENTITY],
  b: [
    "age1plzzeyxvv7hj8pr8v66c5clpghq9z6kkvz3p0e8xnx5tg2clmpwsm5gs2g",
    "AGE-SECRET-KEY-17LYC2RDKVDULVMRGXGJ3CUHTX227KQF5NLAVU9KKC2P6E9QA7ADQLVTJ73",
  ],
};

interface Sealed {
  readonly sops: { shamir_threshold?: number; key_groups: { age: { recipient: string; enc: string }[] }[] };
}

type Change = (file: Sealed) => void;

const threshold =
  (value: number | undefined): Change =>
  ({ sops }) => {
    if (value === undefined) delete sops.shamir_threshold;
    else sops.shamir_threshold = value;
  };
const damage =
  (group: number): Change =>
  ({ sops }) => {
    for (const key of sops.key_groups[group]?.age ?? [])
      key.enc = key.enc.replace(/\n[^\n]{8}/, "\nAAAAAAAA");
  };
const twice: Change = ({ sops }) => void sops.key_groups.push(...sops.key_groups.slice(0, 1));
const backwards: Change = ({ sops }) => void sops.key_groups.reverse();
const without =
  (group: number): Change =>
  ({ sops }) =>
    void sops.key_groups.splice(group, 1);

/** What was done to a file of so many groups, split for so many; `better`: opens here alone. */
const FILES: readonly (readonly [what: string, split: string, change: Change, better?: boolean])[] = [
  ["nothing", "2 of ab", () => undefined],
  ["the threshold is 1", "2 of ab", threshold(1)],
  ["the threshold is 1", "2 of aba", threshold(1)],
  ["the threshold is gone", "2 of ab", threshold(undefined)],
  ["the threshold is gone", "3 of aba", threshold(undefined)],
  ["the threshold is lower than the split", "3 of aba", threshold(2)],
  ["the threshold is higher than the split", "2 of aba", threshold(3)],
  ["the threshold is more than the groups", "2 of ab", threshold(3)],
  ["a share is damaged", "2 of aba", damage(0)],
  ["the last share is damaged", "2 of aba", damage(2)],
  ["a share is damaged where all are needed", "2 of ab", damage(0)],
  ["the groups are in another order", "2 of aba", backwards],
  ["a group is gone", "2 of aba", without(1)],
  ["a group is gone that is needed", "3 of aba", without(1)],
  ["a group stands twice", "2 of ab", twice, true],
];

describeWith(["sops"], "key groups whose threshold was changed by hand", () => {
  let dir = "";
  beforeAll(() => (dir = mkdtempSync(join(tmpdir(), "enc-threshold-"))));
  afterAll(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  const sops = (args: string[], keys: string): ReturnType<typeof runSops> =>
    runSops(args, { cwd: dir, env: { SOPS_AGE_KEY: identities(keys) }, program: requirePart("sops") });
  const identities = (keys: string): string => Array.from(keys, (key) => KEYS[key]?.[1] ?? "").join("\n");

  async function make(split: string, change: Change): Promise<void> {
    const [needed = "", groups = ""] = split.split(" of ");
    const list = Array.from(groups, (key) => `      - age: [${KEYS[key]?.[0] ?? ""}]\n`).join("");
    writeFileSync(
      join(dir, "rules"),
      `creation_rules:\n  - shamir_threshold: ${needed}\n    key_groups:\n${list}`,
    );
    writeFileSync(join(dir, "f.json"), '{"a": "b", "c": [1, 2]}');
    expect(await sops(["--config", "rules", "encrypt", "-i", "f.json"], "")).toMatchObject({ code: 0 });
    const file = JSON.parse(readFileSync(join(dir, "f.json"), "utf8")) as Sealed;
    change(file);
    writeFileSync(join(dir, "f.json"), JSON.stringify(file, null, "\t"));
  }

  it.each(
    FILES.flatMap(([what, split, change, better]) =>
      ["a", "b", "ab"].map((keys) => ({ what, split, change, better, keys })),
    ),
  )("$what ($split), opened with the keys $keys", async ({ split, change, better, keys }) => {
    await make(split, change);
    const theirs = await sops(["decrypt", "f.json"], keys);
    const env = { PATH: process.env["PATH"] ?? "", HOME: dir, SOPS_AGE_KEY: identities(keys) };
    const ours = await enc(["decrypt", "--output-type", "json", "f.json"], { cwd: dir, env });
    const opens = theirs.code === 0 || (better === true && keys === "ab");
    expect({ opens: ours.code === 0, told: ours.stderr }).toEqual({
      opens,
      told: opens ? "" : (expect.stringContaining("cannot recover the data key") as string),
    });
    if (!opens) expect(ours.code).toBe(128);
    if (theirs.code === 0)
      expect(JSON.parse(ours.stdout.toString())).toEqual(JSON.parse(Buffer.from(theirs.stdout).toString()));
  });
});
