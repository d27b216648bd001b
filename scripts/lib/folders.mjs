import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * `import(`./${name}/index.ts`)` takes one of the folders beside the file. esbuild and Vite know what that means, Rollup
 * does not, and what esbuild makes of it goes into folders of folders, too: here each folder has its own `import()`.
 */
export function withFolders(code, file) {
  return code.replaceAll(/\bimport\(`\.\/\$\{(\w+)\}\/index\.ts`\)/g, (_, name) => {
    const beside = dirname(file);
    const folders = readdirSync(beside).filter((folder) => existsSync(`${beside}/${folder}/index.ts`));
    const loaders = folders.map((folder) => `"${folder}": () => import("./${folder}/index.ts")`);
    return `({ ${loaders.join(", ")} })[${name}]()`;
  });
}

/** The same for esbuild. */
export const folders = {
  name: "folders",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/]providers[\\/]index\.ts$/ }, ({ path }) => ({
      contents: withFolders(readFileSync(path, "utf8"), path),
      loader: "ts",
    }));
  },
};
