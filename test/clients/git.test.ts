import { afterAll, beforeAll, expect, it } from "vitest";
import { describeWith } from "../support/parts.ts";
import { makeWorld, type Ran, type World } from "./world.ts";

describeWith(["git"], "git with enc as its textconv", () => {
  let world: World;
  const git = (...argv: string[]): Promise<Ran> =>
    world.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.com", ...argv]);
  beforeAll(async () => {
    world = await makeWorld();
    await git("init", "-q", ".");
    world.write(".gitattributes", "*.yaml diff=sops\n*.env diff=enc\n");
    world.write(".gitignore", "/bin/\n");
    await git("config", "diff.sops.textconv", "sops -d");
    await git("config", "diff.enc.textconv", "enc textconv");
    await world.seal("a.yaml", "kept: 1\na: old\n");
    await world.seal("a.env", "KEPT=1\nA=old\n");
    await git("add", "-A");
    expect((await git("commit", "-qm", "one")).code).toBe(0);
    for (const file of ["a.yaml", "a.env"]) {
      const path = file === "a.yaml" ? '["a"]' : '["A"]';
      expect((await world.run(["sops", "set", file, path, '"new"'])).code).toBe(0);
    }
  });
  afterAll(() => {
    world.remove();
  });

  it.each([
    ["a.yaml", "sops -d", [" kept: 1", "-a: old", "+a: new"]],
    ["a.env", "enc textconv", [" KEPT=1", "-A=old", "+A=new"]],
  ])("diff of %s by %s shows the plain text", async (file, _, wanted) => {
    const { code, out, err } = await git("diff", "--", file);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const body = out
      .slice(out.indexOf("@@"))
      .split("\n")
      .slice(1)
      .filter((line) => line !== "");
    expect(body).toEqual(wanted);
  });

  it("log -p and show of what is committed", async () => {
    await git("commit", "-qam", "two");
    expect((await git("log", "-p", "-1", "--", "a.yaml")).out).toContain("+a: new");
    expect((await git("show", "--textconv", "HEAD~1:a.env")).out).toBe("KEPT=1\nA=old\n");
  });
});
