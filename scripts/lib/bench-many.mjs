import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** What is done to every file, in this order: each starts from what the one before left. */
const COMMANDS = ["encrypt", "rotate", "decrypt"];

/**
 * One `enc COMMAND -i` over many small files beside a shell loop of sops, which is what people write today. Answers rows
 * of [command, files, ms of enc, ms of sops, how many times sooner enc is, CPU ms of enc, of sops, how many times less].
 * On a machine that does other things as well, only the CPU times mean anything.
 */
export function benchMany({ enc, sops, count, dir, env, recipient }) {
  const folders = { enc: join(dir, `enc-${String(count)}`), sops: join(dir, `sops-${String(count)}`) };
  makeFiles(folders.enc, count, recipient);
  cpSync(folders.enc, folders.sops, { recursive: true });
  const loop = (command) => ["sh", "-c", `for f in *.yaml; do "$0" ${command} -i "$f" || exit 1; done`, sops];
  const rows = COMMANDS.map((command) => {
    const ours = time([...enc, command, "-i", "."], folders.enc, env);
    const theirs = time(loop(command), folders.sops, env);
    return [command, count, ...compared(ours.ms, theirs.ms), ...compared(ours.cpu, theirs.cpu)];
  });
  for (const folder of Object.values(folders)) rmSync(folder, { recursive: true });
  return rows;
}

function makeFiles(folder, count, recipient) {
  mkdirSync(folder);
  writeFileSync(join(folder, ".sops.yaml"), `creation_rules:\n  - age: ${recipient}\n`);
  for (let i = 0; i < count; i++)
    writeFileSync(
      join(folder, `service-${String(i).padStart(4, "0")}.yaml`),
      `name: service ${String(i)}\ndatabase:\n  user: app\n  password: secret ${String(i)}\ntokens:\n  - a${String(i)}\n`,
    );
}

function compared(ours, theirs) {
  return [ours.toFixed(0), theirs.toFixed(0), (theirs / ours).toFixed(1)];
}

/** Wall and CPU time (user and system, of all that was started) in ms: the shell's `times` knows those of its children. */
function time(argv, cwd, env) {
  const start = performance.now();
  const run = spawnSync("sh", ["-c", '"$@" >/dev/null; code=$?; times; exit $code', "sh", ...argv], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  const ms = performance.now() - start;
  if (run.status !== 0) throw new Error(`${argv.join(" ")}: ${run.stderr}`);
  const [, children] = run.stdout.trim().split("\n");
  const seconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(([, m, s]) => Number(m) * 60 + Number(s));
  return { ms, cpu: 1000 * seconds.reduce((sum, each) => sum + each) };
}
