import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RECIPIENT } from "../support/context.ts";
import { COLLECTIONS, describeWith, requirePart } from "../support/parts.ts";
import { makeWorld, type World } from "./world.ts";

describeWith(["ansible-playbook"], "Ansible's community.sops with enc as sops_binary", () => {
  let world: World;
  beforeAll(async () => {
    expect(existsSync(join(COLLECTIONS, "ansible_collections/community/sops")), "npm run parts").toBe(true);
    world = await makeWorld();
    await world.seal("app.yaml", "user: me\npassword: c4n4ry\n");
    await world.seal("app.txt", "any text");
  });
  afterAll(() => {
    world.remove();
  });

  /** Plays tasks on this machine; what they write into files is what the test looks at. */
  async function play(tasks: string): Promise<void> {
    world.write(
      "play.yml",
      `- hosts: localhost\n  gather_facts: false\n  vars: { enc: "${world.enc}" }\n  tasks:\n${tasks}`,
    );
    const argv = [requirePart("ansible-playbook"), "-i", "localhost,", "-c", "local", "play.yml"];
    const { code, out, err } = await world.run(argv, {
      ANSIBLE_COLLECTIONS_PATH: COLLECTIONS,
      ANSIBLE_LOCALHOST_WARNING: "false",
      ANSIBLE_NOCOLOR: "1",
      ANSIBLE_PYTHON_INTERPRETER: join(dirname(requirePart("ansible-playbook")), "python"),
    });
    expect(code, out + err).toBe(0);
    expect(out + err).not.toContain("SOPS version");
  }

  it("lookup, filter, load_vars and sops_encrypt", async () => {
    await play(`
    - copy:
        dest: "{{ playbook_dir }}/looked-up"
        content: >-
          {{ (lookup('community.sops.sops', 'app.yaml', sops_binary=enc) | from_yaml).password }}
          {{ lookup('community.sops.sops', 'app.yaml', extract='["user"]', sops_binary=enc) }}
          {{ lookup('community.sops.sops', 'app.txt', sops_binary=enc) }}
          {{ (lookup('file', 'app.yaml') | community.sops.decrypt(input_type='yaml', output_type='json', sops_binary=enc)
             | from_json).user }}
    - community.sops.load_vars: { file: app.yaml, sops_binary: "{{ enc }}" }
    - copy: { dest: "{{ playbook_dir }}/loaded", content: "{{ password }}" }
    - community.sops.sops_encrypt:
        path: "{{ playbook_dir }}/made.yaml"
        content_yaml: { made: c4n4ry }
        age: ["${RECIPIENT}"]
        sops_binary: "{{ enc }}"
`);
    const text = (name: string): string => readFileSync(join(world.dir, name), "utf8").trim();
    expect(text("looked-up")).toBe("c4n4ry me any text me");
    expect(text("loaded")).toBe("c4n4ry");
    expect(text("made.yaml")).not.toContain("c4n4ry");
    expect((await world.run([world.enc, "decrypt", "made.yaml"])).out).toBe("made: c4n4ry\n");
  });
});
