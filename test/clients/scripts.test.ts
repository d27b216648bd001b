import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeWorld, type World } from "./world.ts";

// Scripts that were written for sops, as they are, with enc under its name.

describe.skipIf(process.platform === "win32")("a script that runs sops", () => {
  let world: World;
  beforeAll(async () => {
    world = await makeWorld();
  });
  beforeEach(async () => {
    await world.seal("app.yaml", "user: me\ndatabase:\n  password: c4n4ry\n");
    await world.seal("app.env", "USER_NAME=me\nPASSWORD=c4n4ry\n");
  });
  afterAll(() => {
    world.remove();
  });

  async function script(text: string): Promise<string> {
    const { code, out, err } = await world.run(["sh", "-euc", text]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    return out;
  }

  it("-d to a variable, to a file, one value", async () => {
    expect(await script('p=$(sops -d --extract \'["database"]["password"]\' app.yaml); echo "$p"')).toBe(
      "c4n4ry\n",
    );
    expect(await script("sops --decrypt app.yaml > plain.yaml; cat plain.yaml")).toContain(
      "password: c4n4ry",
    );
    expect(await script("sops -d --output-type json app.yaml")).toContain('\t"user": "me"');
    expect(await script("set -a; . /dev/fd/3 3<<E\n$(sops -d app.env)\nE\necho $PASSWORD")).toBe("c4n4ry\n");
  });

  it("-e and -d in place", async () => {
    await script("sops -d -i app.yaml && grep -q c4n4ry app.yaml");
    const key = /age1\w+/.exec(
      await script("sops -d app.env > /dev/null; grep -o 'age1[a-z0-9]*' app.env"),
    )?.[0];
    await script(`sops -e -i --age ${key ?? ""} app.yaml && ! grep -q c4n4ry app.yaml`);
    expect(await script("sops -d app.yaml")).toContain("password: c4n4ry");
  });

  it("exec-env and exec-file", async () => {
    expect(await script("sops exec-env app.env 'echo $PASSWORD'")).toBe("c4n4ry\n");
    expect(await script("sops exec-file app.yaml 'grep password {}'")).toBe("  password: c4n4ry\n");
    expect(
      await script("sops exec-file --no-fifo --filename x.env app.env 'set -a; . {}; echo $PASSWORD'"),
    ).toBe("c4n4ry\n");
    expect(await script("if sops exec-env app.env 'exit 3'; then :; else echo $?; fi")).toBe("3\n");
  });

  it("--set", async () => {
    await script(`sops --set '["database"]["password"] "n3w"' app.yaml`);
    expect(await script("sops -d app.yaml")).toBe("user: me\ndatabase:\n  password: n3w\n");
    expect(readFileSync(join(world.dir, "app.yaml"), "utf8")).not.toContain("n3w");
  });
});
