import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SHELLS } from "../../src/cli/completion/names.ts";
import { scriptFor } from "../../src/cli/completion/scripts.ts";
import { bundleCli } from "../support/bundle.ts";
import { enc } from "../support/cli.ts";
import { RECIPIENT } from "../support/context.ts";
import { describeWith, requirePart } from "../support/parts.ts";

const dir = mkdtempSync(join(tmpdir(), "enc-test-"));
const env = { PATH: `${join(dir, "bin")}${delimiter}${process.env["PATH"] ?? ""}`, HOME: dir };
let bundle: Awaited<ReturnType<typeof bundleCli>>;

/** A folder with an `enc` on PATH, a sealed file, and a file whose name has a space. */
beforeAll(async () => {
  bundle = await bundleCli();
  const program = join(dir, "bin", "enc");
  mkdirSync(join(dir, "bin"));
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${bundle.program}' "$@"\n`);
  chmodSync(program, 0o755);
  writeFileSync(join(dir, "sealed.yaml"), 'db: {user: a, "pass word": c4n4ry}\nurl: b\n');
  writeFileSync(join(dir, "two words.json"), "{}");
  for (const shell of SHELLS) writeFileSync(join(dir, `completion.${shell}`), scriptFor(shell));
  await enc(["encrypt", "-i", "--age", RECIPIENT, "sealed.yaml"], { cwd: dir, env });
});

afterAll(() => {
  bundle.remove();
  rmSync(dir, { recursive: true, force: true });
});

/** The `enc` of these tests is a shell script, which Windows does not start. */
function inShell(shell: string, tests: () => void): void {
  if (process.platform === "win32") it.skip(`completion in ${shell}`);
  else describeWith([shell], `completion in ${shell}`, tests);
}

/** The lines that a shell prints for its script, run on no configuration of its own. */
function lines(shell: string, args: readonly string[], script: string): readonly string[] {
  const out = execFileSync(requirePart(shell), [...args, "-c", script], { cwd: dir, env, encoding: "utf8" });
  return out.split("\n").filter((line) => line !== "");
}

inShell("bash", () => {
  /** `words` as bash cuts them, the last one being typed. */
  const complete = (...words: readonly string[]): readonly string[] =>
    lines(
      "bash",
      ["--norc"],
      `source completion.bash
       COMP_WORDS=(${["enc", ...words].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ")})
       COMP_CWORD=${String(words.length)}
       _enc enc
       printf '%s\\n' "\${COMPREPLY[@]}"`,
    );

  it("is what bash calls for enc", () => {
    expect(lines("bash", ["--norc"], "source completion.bash; complete -p enc").join()).toContain(
      "-F _enc enc",
    );
  });

  it("knows commands, flags, types and files", () => {
    expect(complete("dec")).toEqual(["decrypt"]);
    expect(complete("se")).toEqual(["set", "sealed.yaml"]);
    expect(complete("decrypt", "--ext")).toEqual(["--extract"]);
    expect(complete("decrypt", "--input-type", "=", "do")).toEqual(["dotenv"]);
    // Left to bash itself, which knows how to quote them.
    expect(complete("decrypt", "two")).toEqual([]);
  });

  it("knows key paths, quoted where the shell needs it", () => {
    expect(complete("set", "sealed.yaml", "u")).toEqual(["url"]);
    expect(complete("set", "sealed.yaml", "db")).toEqual(["db", "db.user", `db\\[\\"pass\\ word\\"\\]`]);
    expect(complete("decrypt", "sealed.yaml", "--extract", `'["db"]["u`)).toEqual([`["db"]["user"]`]);
  });

  it("quotes a key in the way that the user has begun to: nothing of it is run", () => {
    const key = `it's $(id) \`id\` \\`;
    const path = `["${key}"]`;
    writeFileSync(join(dir, "hostile.json"), JSON.stringify({ [key]: 1, other: 2 }));
    for (const quote of ["'", '"']) {
      const begun = quote === "'" ? `'["it` : `"[\\"it`;
      const [word = ""] = complete("set", "hostile.json", begun);
      expect(lines("bash", ["--norc"], `printf '%s\n' ${quote}${word}${quote}`)).toEqual([path]);
    }
    expect(
      lines("bash", ["--norc"], `printf '%s\n' ${complete("set", "hostile.json", "")[0] ?? ""}`),
    ).toEqual([path]);
  });
});

inShell("zsh", () => {
  /** The real completion system, with what it would add printed. */
  const complete = (...words: readonly string[]): readonly string[] =>
    lines(
      "zsh",
      ["-f"],
      `autoload -Uz compinit; compinit -D -u
       source completion.zsh
       [[ $_comps[enc] == _enc ]] || print "not registered"
       _describe() { print -rl -- "\${(@P)4}" }
       _files() { print -- files }
       words=(${["enc", ...words].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ")})
       CURRENT=${String(words.length + 1)}
       _enc`,
    );

  it("knows commands, flags, types and files", () => {
    expect(complete("dec")).toEqual(["decrypt:decrypt a file, or one value of it", "files"]);
    expect(complete("decrypt", "--ext")).toEqual([
      `--extract:print only what stands at this path: '["a"][0]'`,
    ]);
    expect(complete("decrypt", "--input-type=do")).toEqual(["--input-type=dotenv:"]);
    expect(complete("decrypt", "")).toEqual(["files"]);
  });

  it("knows key paths", () => {
    expect(complete("set", "sealed.yaml", "db.")).toEqual(["db.user:value"]);
    expect(complete("set", "sealed.yaml", `'["url`)).toEqual([`["url"]:value`]);
  });
});

inShell("fish", () => {
  const complete = (line: string): readonly string[] =>
    lines("fish", ["--no-config"], `source completion.fish; complete -C '${line}'`);

  it("knows commands, flags, types, files and key paths", () => {
    expect(complete("enc dec")).toEqual(["decrypt\tdecrypt a file, or one value of it"]);
    expect(complete("enc decrypt --ext")).toEqual([
      `--extract\tprint only what stands at this path: '["a"][0]'`,
    ]);
    expect(complete("enc decrypt --input-type=do")).toEqual(["--input-type=dotenv"]);
    expect(complete("enc decrypt two")).toEqual(["two words.json"]);
    expect(complete("enc set sealed.yaml db.")).toEqual(["db.user\tvalue"]);
  });
});

describe("the scripts", () => {
  it.each(SHELLS)("of %s name the program that the user typed, and no secret goes into them", (shell) => {
    expect(scriptFor(shell)).toContain("__complete");
    expect(scriptFor(shell)).toMatch(/\benc\b/);
  });
});
