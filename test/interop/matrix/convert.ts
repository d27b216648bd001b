import { FORMAT_NAMES } from "../../../src/core/model/format.ts";
import { type Case, differs, row, sealed } from "./case.ts";
import { DATA, EXTENSION, FLAT } from "./documents.ts";

/** What sops reads, and then has no binary value to print of. */
const TEXT_READ = ["dotenv as dotenv", "ini as ini", "json as json", "json as yaml", "yaml as yaml"];
const AS_READ = differs("`--input-type` and such a name, without `--output-type`", "exit", "stdout");

/** Every type to every type, there and back. */
export const convertCases: readonly Case[] = FORMAT_NAMES.flatMap((from) =>
  FORMAT_NAMES.flatMap((to) => {
    const types = `--input-type ${from} --output-type ${to}`;
    const name = `f.${EXTENSION[from]}`;
    return [
      row(`encrypt ${from} as ${to}`, { plain: FLAT[from] }, `encrypt --age $AGE1 ${types} plain`),
      row(`encrypt all of ${from} as ${to}`, { [name]: DATA[from] }, `encrypt --age $AGE1 ${types} ${name}`),
      row(`decrypt ${from} as ${to}`, { s: sealed(from, FLAT[from]) }, `decrypt ${types} s`),
      row(
        `decrypt all of ${from} as ${to}`,
        { [name]: sealed(from, DATA[from]) },
        `decrypt ${types} ${name}`,
      ),
      row(
        `decrypt ${from} as ${to} by the output type`,
        { [name]: sealed(from, FLAT[from]) },
        `decrypt --output-type ${to} ${name}`,
      ),
      row(
        `decrypt ${from} read as ${to}`,
        { s: sealed(from, FLAT[from]) },
        `decrypt --input-type ${to} s`,
        TEXT_READ.includes(`${from} as ${to}`) ? AS_READ : {},
      ),
      row(
        `encrypt ${from} read as ${to}`,
        { [name]: FLAT[from] },
        `encrypt --age $AGE1 --input-type ${to} ${name}`,
      ),
      row(
        `filestatus ${from} read as ${to}`,
        { s: sealed(from, FLAT[from]) },
        `filestatus --input-type ${to} s`,
      ),
    ];
  }),
);
