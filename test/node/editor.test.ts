import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fromUtf8, utf8 } from "../../src/core/base/bytes.ts";
import { SopsError } from "../../src/core/base/errors.ts";
import { editText } from "../../src/node/editor.ts";

const isWindows = process.platform === "win32";
let dir = "";
let temp = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "enc-test-"));
  temp = mkdtempSync(join(tmpdir(), "enc-temp-"));
});
afterEach(() => {
  // Whatever happened: no plaintext is left.
  expect(readdirSync(temp)).toEqual([]);
  rmSync(dir, { recursive: true, force: true });
  rmSync(temp, { recursive: true, force: true });
});

/** An editor that is a line of shell; the file is `$1`. */
function editor(line: string): Record<string, string | undefined> {
  const script = join(dir, "editor.sh");
  writeFileSync(script, line);
  return { PATH: process.env["PATH"], TMPDIR: temp, EDITOR: `sh '${script}'` };
}

interface Edit {
  readonly env: Record<string, string | undefined>;
  readonly accept?: (text: string) => string;
  readonly askAgain?: () => boolean;
  readonly name?: string;
}

function edit({
  env,
  accept = (text) => text,
  askAgain = () => false,
  name = "/somewhere/app.yaml",
}: Edit): Promise<string> {
  return editText(utf8("old\n"), (bytes) => Promise.resolve().then(() => accept(fromUtf8(bytes))), {
    name,
    cwd: dir,
    env,
    askAgain: () => Promise.resolve(askAgain()),
  });
}

describe.skipIf(isWindows)("editText", () => {
  it("answers what was made of the edited text", async () => {
    expect(await edit({ env: editor('echo new >> "$1"') })).toBe("old\nnew\n");
  });

  it("shows the editor the base name, in a private folder, in a private file", async () => {
    await edit({
      env: editor('printf %s "$1" > seen; stat -c "%a" "$1" "$(dirname "$1")" >> seen; echo x > "$1"'),
    });
    const [path = "", modes] = readFileSync(join(dir, "seen"), "utf8").split(/600/);
    expect(path).toMatch(/\/enc-[\w-]+\/app\.yaml$/);
    expect(dirname(dirname(path))).toBe(temp);
    expect(modes?.trim()).toBe("700");
  });

  it("prefers the runtime folder of the session, where there is one", async () => {
    const env = { ...editor('dirname "$(dirname "$1")" > seen; echo x > "$1"'), TMPDIR: dir };
    await edit({ env: { ...env, XDG_RUNTIME_DIR: temp } });
    expect(readFileSync(join(dir, "seen"), "utf8").trim()).toBe(temp);
    await edit({ env: { ...env, TMPDIR: temp, XDG_RUNTIME_DIR: join(dir, "none") } });
    expect(readFileSync(join(dir, "seen"), "utf8").trim()).toBe(temp);
  });

  it("says where the text cannot be put", async () => {
    const long = "n".repeat(300);
    await expect(edit({ env: editor(":"), name: `/somewhere/${long}` })).rejects.toMatchObject({
      code: "CANNOT_WRITE",
      message: expect.stringContaining(long) as string,
    });
  });

  it("splits $SOPS_EDITOR, which comes before $EDITOR, as a shell would", async () => {
    const env = editor("exit 1");
    const script = join(dir, "my editor.sh");
    writeFileSync(script, 'printf %s "$1" > "$2"');
    expect(await edit({ env: { ...env, SOPS_EDITOR: `sh "${script}" 'two words'` } })).toBe("two words");
    await expect(edit({ env: { ...env, SOPS_EDITOR: `sh "${script}` } })).rejects.toMatchObject({
      code: "NO_EDITOR",
      message: "$SOPS_EDITOR is not a command line: a quote or a backslash is left open",
    });
  });

  it("takes the first usual editor of the PATH", async () => {
    const bin = join(dir, "bin");
    writeFileSync(join(dir, "make"), "");
    const { mkdirSync } = await import("node:fs");
    mkdirSync(bin);
    writeFileSync(join(bin, "nano"), '#!/bin/sh\nprintf nano > "$1"\n', { mode: 0o755 });
    writeFileSync(join(bin, "vim"), "not executable", { mode: 0o644 });
    expect(await edit({ env: { PATH: bin, TMPDIR: temp } })).toBe("nano");
    rmSync(join(bin, "nano"));
    await expect(edit({ env: { PATH: bin, TMPDIR: temp, EDITOR: " " } })).rejects.toMatchObject({
      code: "NO_EDITOR",
      message: "no editor was found",
    });
  });

  it("says that nothing changed, that the editor failed, that there is none", async () => {
    await expect(edit({ env: editor(":") })).rejects.toMatchObject({ code: "UNCHANGED" });
    await expect(edit({ env: editor("exit 3") })).rejects.toMatchObject({
      code: "NO_EDITOR",
      message: "the editor sh ended with 3, nothing was written",
    });
    await expect(edit({ env: { TMPDIR: temp, EDITOR: "enc-no-editor" } })).rejects.toMatchObject({
      code: "NO_EDITOR",
      message: "cannot run the editor enc-no-editor: no such file or directory",
    });
  });

  it("opens the editor again with the refused text kept", async () => {
    const accept = (text: string): string => {
      if (text !== "old\nx\nx\n") throw new SopsError("PARSE", "not yet");
      return text;
    };
    expect(await edit({ env: editor('echo x >> "$1"'), accept, askAgain: () => true })).toBe("old\nx\nx\n");
  });

  it("stops where nobody can correct a refused text, and says that it is not saved", async () => {
    const accept = (): never => {
      throw new SopsError("PARSE", "bad text", { hint: "correct it", place: { line: 3 } });
    };
    await expect(edit({ env: editor('echo x >> "$1"'), accept })).rejects.toMatchObject({
      code: "PARSE",
      message: "bad text; the edited text was not saved",
      hint: "correct it",
      place: { line: 3 },
    });
  });

  it("removes the folder on a failure that is not the user's", async () => {
    const accept = (): never => {
      throw new TypeError("a defect");
    };
    await expect(edit({ env: editor('echo x >> "$1"'), accept })).rejects.toThrow(TypeError);
  });
});
