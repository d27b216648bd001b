import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { bundleCli } from "../support/bundle.ts";
import { enc } from "../support/cli.ts";
import { IDENTITY, RECIPIENT } from "../support/context.ts";
import { describeWith } from "../support/parts.ts";

// exec-env and exec-file as processes of their own: signals, terminals, other users.

const isWindows = process.platform === "win32";
const isRoot = process.getuid?.() === 0;
const canReplace = "execve" in process;
const ON_TTY = join(import.meta.dirname, "../support/run-on-tty.py");

let bundle: Awaited<ReturnType<typeof bundleCli>>;
let dir = "";
let temp = "";
let env: Record<string, string> = {};

beforeAll(async () => {
  bundle = await bundleCli();
});
afterAll(() => {
  bundle.remove();
});
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "enc-test-"));
  temp = join(dir, "temp");
  mkdirSync(temp);
  env = { PATH: process.env["PATH"] ?? "", HOME: dir, TMPDIR: temp, SOPS_AGE_KEY: IDENTITY };
  await seal("a.env", "A=c4n4ry\n");
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

async function seal(name: string, plain: string): Promise<void> {
  writeFileSync(join(dir, name), plain);
  const { code } = await enc(["encrypt", "-i", "--age", RECIPIENT, name], { cwd: dir, env });
  expect(code).toBe(0);
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  out(): string;
}

function start(...argv: string[]): Running {
  const child = spawn(process.execPath, [bundle.program, ...argv], {
    cwd: dir,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (out += chunk.toString()));
  const ended = new Promise<Awaited<Running["ended"]>>((resolve) => {
    child.on("close", (code, signal) => {
      resolve({ code, signal });
    });
  });
  return { child, ended, out: () => out };
}

function run(...argv: string[]): {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bundle.program, ...argv], {
    cwd: dir,
    env,
  });
  return { status, out: stdout.toString(), err: stderr.toString() };
}

async function until(condition: () => boolean): Promise<void> {
  for (let n = 0; !condition(); n++) {
    if (n > 1000) throw new Error("it does not happen");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const left = (): string[] => readdirSync(temp);

describe.skipIf(isWindows)("a signal to exec-file", () => {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;
  const kinds = [[], ["--no-fifo"]];
  it.each(signals.flatMap((signal) => kinds.map((flags) => ({ signal, flags }))))(
    "$signal $flags ends its command, is mirrored, and nothing is left",
    async ({ signal, flags }) => {
      const running = start("exec-file", ...flags, "a.env", "ls {}; echo ready; exec sleep 20");
      await until(() => running.out().includes("ready"));
      expect(left()).toHaveLength(1);
      running.child.kill(signal);
      expect(await running.ended).toEqual({ code: null, signal });
      expect(left()).toEqual([]);
    },
  );

  it("that the command takes ends neither it nor the file before it is done", async () => {
    const line = "trap 'cat {}; exit 9' TERM; echo ready; while :; do sleep 0.05; done";
    const running = start("exec-file", "a.env", line);
    await until(() => running.out().includes("ready"));
    running.child.kill("SIGTERM");
    expect(await running.ended).toEqual({ code: 9, signal: null });
    expect(running.out()).toContain("c4n4ry");
    expect(left()).toEqual([]);
  });

  it("or its command killed by one: the same signal, and nothing is left", async () => {
    for (const flags of kinds) {
      const running = start("exec-file", ...flags, "a.env", ": {}; kill -KILL $$");
      expect(await running.ended).toEqual({ code: null, signal: "SIGKILL" });
      expect(left()).toEqual([]);
    }
  });
});

describe.skipIf(isWindows)("the FIFO of exec-file", () => {
  const big = "0123456789abcde\n".repeat(40_000);

  it("gives more than a pipe holds to slow, to hasty and to simultaneous readers", async () => {
    await seal("big.txt", big);
    writeFileSync(join(dir, "plain"), big);
    const line =
      "head -c 5 {} > hasty && (sleep 0.2; cat) < {} | cmp - plain && cat {} | cmp - plain && cmp {} {} && echo same";
    expect(run("exec-file", "big.txt", line)).toEqual({ status: 0, out: "same\n", err: "" });
    expect(readFileSync(join(dir, "hasty"), "utf8")).toBe("01234");
    expect(left()).toEqual([]);
  });

  it("does not keep enc waiting for a reader that reads no more, or for none", async () => {
    await seal("big.txt", big);
    const { status, out } = run(
      "exec-file",
      "big.txt",
      "sleep 3 < {} > /dev/null 2>&1 & sleep 0.2; echo done",
    );
    expect({ status, out }).toEqual({ status: 0, out: "done\n" });
    expect(run("exec-file", "a.env", ": {}").status).toBe(0);
    expect(left()).toEqual([]);
  });

  it("is a private file with a warning where there is no mkfifo", () => {
    env["PATH"] = dir;
    expect(run("exec-file", "a.env", "/bin/cat {}")).toEqual({
      status: 0,
      out: "A=c4n4ry\n",
      err: "enc: no FIFO can be made here: the plain text is in a private file, as with --no-fifo\n",
    });
    expect(run("exec-file", "--no-fifo", "a.env", "/bin/cat {}").err).toBe("");
    expect(left()).toEqual([]);
  });

  it("stands in $XDG_RUNTIME_DIR where there is one", () => {
    env["XDG_RUNTIME_DIR"] = join(dir, "runtime");
    mkdirSync(env["XDG_RUNTIME_DIR"]);
    expect(run("exec-file", "a.env", "echo {}").out).toContain(env["XDG_RUNTIME_DIR"]);
    expect(readdirSync(env["XDG_RUNTIME_DIR"])).toEqual([]);
  });
});

describe.skipIf(isWindows)("--background", () => {
  it("lets exec-env's command live on without stdin and stdout", async () => {
    const { status, out } = run("exec-env", "--background", "a.env", "sleep 0.3; echo said; echo $A > got");
    expect({ status, out, early: existsSync(join(dir, "got")) }).toEqual({
      status: 0,
      out: "",
      early: false,
    });
    await until(() => existsSync(join(dir, "got")) && readFileSync(join(dir, "got"), "utf8") === "c4n4ry\n");
  });

  it("keeps exec-file's file until its command ends", async () => {
    const { status } = run("exec-file", "--background", "a.env", "sleep 0.3; cat {} > got; ls {} > path");
    expect(status).toBe(0);
    expect(left()).toHaveLength(1);
    await until(() => left().length === 0);
    expect(readFileSync(join(dir, "got"), "utf8")).toBe("A=c4n4ry\n");
  });
});

describe.skipIf(isWindows)("--same-process", () => {
  it.runIf(canReplace)("runs the command in place of enc, with signals as a shell expects them", async () => {
    const running = start(
      "exec-env",
      "--same-process",
      "a.env",
      "echo $$ $A; yes | head -n 1; kill -TERM $$",
    );
    const result = await running.ended;
    expect(running.out()).toBe(`${String(running.child.pid)} c4n4ry\ny\n`);
    expect(result).toEqual({ code: null, signal: "SIGTERM" });
    const argv = start("exec-env", "--same-process", "--pristine", "a.env", "--", "env", "-u", "PWD");
    await argv.ended;
    expect(argv.out()).toBe("A=c4n4ry\n");
    const none = start("exec-env", "--same-process", "a.env", "--", "enc-no-such-program", "x");
    expect(await none.ended).toEqual({ code: 1, signal: null });
    expect(none.out()).toContain("cannot run enc-no-such-program: no such file or directory");
  });

  it.skipIf(canReplace)("says that the command is a child where the runtime has no exec", () => {
    expect(run("exec-env", "--same-process", "a.env", "echo $A; exit 5")).toEqual({
      status: 5,
      out: "c4n4ry\n",
      err: "enc: the process cannot be replaced here: the command runs as a child\n",
    });
  });
});

/** A name or value that ends in a byte that is not UTF-8; this shell line makes it, since Node cannot hand it over. */
const BYTE = '"$(printf "x\\377")"';

describe.skipIf(isWindows)("bytes that are not UTF-8", () => {
  const shell = (line: string): { out: Buffer; err: string; status: number | null } => {
    const enc = `"${process.execPath}" "${bundle.program}"`;
    const { stdout, stderr, status } = spawnSync("/bin/sh", ["-c", line.replaceAll("ENC", enc)], {
      cwd: dir,
      env,
    });
    return { out: stdout, err: stderr.toString(), status };
  };
  const bytes = (text: string): Buffer => Buffer.from(text, "latin1");

  it("an inherited variable reaches the program as it was, with the file's values on top", async () => {
    await seal("b.env", "A=c4n4ry\nY=of the file\n");
    const line = `X=${BYTE} Y=${BYTE} ENC exec-env b.env 'printf "%s|%s|%s" "$X" "$Y" "$A"'`;
    expect(shell(line).out).toEqual(bytes("x\xff|of the file|c4n4ry"));
    expect(shell(`X=${BYTE} ENC exec-file b.env 'printf "%s|" "$X"; cat {}'`).out).toEqual(
      bytes("x\xff|A=c4n4ry\nY=of the file\n"),
    );
    expect(shell(`X=${BYTE} ENC exec-env --pristine b.env 'printf "%s|$A" "$X"'`).out).toEqual(
      bytes("|c4n4ry"),
    );
    expect(shell(`X=${BYTE} ENC exec-env --same-process b.env 'printf "%s|$A" "$X"; exit 7'`)).toMatchObject({
      out: bytes("x\xff|c4n4ry"),
      status: 7,
    });
  });

  it("a program that is not there is told as ever", () => {
    expect(shell(`X=${BYTE} ENC exec-env a.env -- enc-no-such-program x`).err).toContain(
      "cannot run enc-no-such-program: no such file or directory",
    );
  });

  it.runIf(process.platform === "linux")(
    "a name of a file or folder is refused, and hits no other file",
    () => {
      writeFileSync(join(dir, "x\ufffd"), "a: other\n");
      writeFileSync(Buffer.concat([Buffer.from(`${dir}/`), bytes("x\xff")]), "a: raw\n");
      const { err, status } = shell(`ENC encrypt -i --input-type yaml --age ${RECIPIENT} ${BYTE}`);
      expect([err, status]).toEqual([expect.stringContaining("word 7 of the command line is not UTF-8"), 1]);
      expect(readFileSync(join(dir, "x\ufffd"), "utf8")).toBe("a: other\n");
      // A name that holds U+FFFD itself is a name like any other.
      expect(shell(`ENC encrypt --input-type yaml --age ${RECIPIENT} 'x\ufffd'`).out.toString()).toContain(
        "ENC[",
      );
      const folder = shell(`ENC encrypt -i --age ${RECIPIENT} .`);
      expect(folder.err).toContain("the name of a file in the folder is not UTF-8: x\\xff");
      expect(shell(`mkdir d${BYTE} && cd d${BYTE} && ENC decrypt ../a.env`).err).toContain(
        "the name of the working directory is not UTF-8",
      );
    },
  );
});

describe.runIf(isRoot && process.platform === "linux")("--user, as root", () => {
  const groups = spawnSync("id", ["-G", "nobody"]).stdout.toString();
  const line = "id -u; id -G; echo $HOME $USER $LOGNAME $A; ls -ldn {}";
  const spaceForAll = (): void => {
    for (const folder of [dir, temp]) spawnSync("chmod", ["755", folder]);
    spawnSync("chmod", ["1777", temp]);
  };

  it("runs the command as the user, with their groups and variables, and nothing of root's", () => {
    spaceForAll();
    const wanted = `65534\n${groups}/nonexistent nobody nobody c4n4ry\n`;
    expect(
      run("exec-env", "--user", "nobody", "--pristine", "a.env", line.replace("; ls -ldn {}", "")),
    ).toEqual({
      status: 0,
      out: wanted,
      err: "",
    });
    for (const flag of ["--no-fifo=false", "--no-fifo"]) {
      const { status, out } = run(
        "exec-file",
        "--user",
        "nobody",
        flag,
        "a.env",
        `A=c4n4ry; ${line}; cat {}`,
      );
      expect(status).toBe(0);
      expect(out.startsWith(wanted)).toBe(true);
      expect(out).toMatch(/\n[p-]rw-------\.? 1 65534 .*\nA=c4n4ry\n$/);
      expect(left()).toEqual([]);
    }
  });

  it("cannot look into enc's memory", () => {
    spaceForAll();
    const script = "cat /proc/$PPID/environ; cat /proc/$PPID/maps; exit 3";
    const { status, out } = run("exec-env", "--user", "nobody", "a.env", script);
    expect({ status, out }).toEqual({ status: 3, out: "" });
  });

  it("gives the supplementary groups that the system's database names", () => {
    spaceForAll();
    const member = /^([^:]+):[^:]*:(\d+):([^,\n:]+)/m.exec(readFileSync("/etc/group", "utf8"));
    const user = member?.[3] ?? "nobody";
    expect(run("exec-env", "--user", user, "a.env", "id -G").out).toBe(
      spawnSync("id", ["-G", user]).stdout.toString(),
    );
  });

  it("refuses a user that is not there", () => {
    const { status, err } = run("exec-env", "--user", "enc-no-such-user", "a.env", "echo no");
    expect(status).toBe(1);
    expect(err).toContain("enc: there is no user enc-no-such-user");
  });
});

describeWith(["python3"], "on a terminal", () => {
  interface OnTty {
    readonly out: string;
    readonly code: number;
    readonly signal: number;
  }
  function onTty(after: string, keys: string, ...argv: string[]): OnTty {
    const { stdout } = spawnSync(
      "python3",
      [ON_TTY, after, keys, process.execPath, bundle.program, ...argv],
      { cwd: dir, env },
    );
    return JSON.parse(stdout.toString()) as OnTty;
  }

  it("Ctrl-C reaches the command once, and enc waits for it", () => {
    const line =
      "n=0; trap 'n=$((n+1))' INT; echo ready; sleep 0.3; sleep 0.3; sleep 0.3; test -t 0 && echo caught $n; exit 4";
    const { out, code } = onTty("ready", "\u0003", "exec-env", "a.env", line);
    expect(out).toContain("caught 1\n");
    expect(code).toBe(4);
  });

  it("Ctrl-C that ends the command ends enc by the same signal, and nothing is left", () => {
    const { out, signal } = onTty(
      "ready",
      "\u0003",
      "exec-file",
      "a.env",
      "echo {}; echo ready; exec sleep 20",
    );
    const path = /^\/.*$/m.exec(out)?.[0] ?? "";
    expect(path).toContain(temp);
    expect(existsSync(dirname(path))).toBe(false);
    expect(signal).toBe(2);
    expect(left()).toEqual([]);
  });

  it("the command reads what is typed", () => {
    const { out } = onTty("ready", "hello\n", "exec-env", "a.env", "echo ready; read x; echo got:$x");
    expect(out).toContain("got:hello\n");
  });
});
