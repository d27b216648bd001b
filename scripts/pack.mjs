/**
 * Packs what is published: build/package (dist, README and the like, and a manifest without dependencies or scripts)
 * and from it build/sops-ts-<version>.tgz. Run `npm run build` first.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const stage = `${root}build/package`;
const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8"));

rmSync(stage, { recursive: true, force: true });
mkdirSync(stage, { recursive: true });
for (const entry of manifest.files) cpSync(`${root}${entry}`, `${stage}/${entry}`, { recursive: true });
writeFileSync(`${stage}/package.json`, `${JSON.stringify(published(manifest), undefined, 2)}\n`);
const npm = spawnSync("npm", ["pack", "--pack-destination", ".."], { cwd: stage, stdio: "inherit" });
process.exitCode = npm.status ?? 1;

/** Everything is bundled, so an install of the package brings nothing else and runs nothing. */
function published({ scripts: _scripts, devDependencies: _dev, optionalDependencies: _optional, ...rest }) {
  return rest;
}
