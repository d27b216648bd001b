import { createRequire, syncBuiltinESMExports } from "node:module";

type Call = (...args: string[]) => unknown;

/** What `import { renameSync } from "node:fs"` stands for, everywhere. */
const fs = createRequire(import.meta.url)("node:fs") as Record<string, Call>;
const whole = new Map<string, Call>();

/** Has a call of node:fs fail as the system would make it fail, where `when` says so of its arguments. */
export function breakCall(name: string, errno: string, when: (...args: [string, string]) => boolean): void {
  const call = fs[name];
  if (call === undefined) throw new Error(`node:fs has no ${name}`);
  if (!whole.has(name)) whole.set(name, call);
  fs[name] = (...args) => {
    const [first = "", second = ""] = args;
    if (when(first, second)) throw Object.assign(new Error(`${errno}: ${name}`), { code: errno });
    return call(...args);
  };
  syncBuiltinESMExports();
}

export function mendCalls(): void {
  for (const [name, call] of whole) fs[name] = call;
  whole.clear();
  syncBuiltinESMExports();
}
