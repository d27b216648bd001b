import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../support/parts.ts";
import { makeWorld, type World } from "./world.ts";

describeWith(["direnv"], "direnv with enc as its sops", () => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld();
    await world.seal("app.env", "GREETING=hello\nTOKEN='c4n4ry $HOME'\n");
    await world.seal("secrets.yaml", "GREETING: yaml\nTOKEN: c4n4ry\n");
  });
  afterAll(() => {
    world.remove();
  });

  async function loaded(envrc: string): Promise<string> {
    world.write(".envrc", envrc);
    expect((await world.run(["direnv", "allow", "."])).code).toBe(0);
    const { code, out, err } = await world.run([
      "direnv",
      "exec",
      ".",
      "sh",
      "-c",
      'printf "%s|%s" "$GREETING" "$TOKEN"',
    ]);
    expect(code, err).toBe(0);
    return out;
  }

  it.each([
    // direnv's own `dotenv FILE` takes regular files only, from sops too.
    ["a process substitution", 'eval "$(direnv dotenv bash <(sops -d app.env))"', "hello|c4n4ry $HOME"],
    [
      "a pipe into direnv's reader",
      'eval "$(sops -d --output-type dotenv secrets.yaml | direnv dotenv bash /dev/stdin)"',
      "yaml|c4n4ry",
    ],
    [
      "exec-env",
      `eval "$(sops exec-env secrets.yaml 'direnv dump' | direnv apply_dump /dev/stdin)"`,
      "yaml|c4n4ry",
    ],
  ])("%s", async (_, envrc, wanted) => {
    expect(await loaded(`${envrc}\n`)).toBe(wanted);
  });

  it("a `use sops` of the user's own", async () => {
    world.write(
      ".config/direnv/direnvrc",
      `use_sops() {
  local path=\${1:-$PWD/secrets.yaml}
  eval "$(sops -d --output-type dotenv "$path" | direnv dotenv bash /dev/stdin)"
  watch_file "$path"
}
`,
    );
    expect(await loaded("use sops\n")).toBe("yaml|c4n4ry");
  });
});
