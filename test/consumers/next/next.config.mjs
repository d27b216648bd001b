import { join } from "node:path";

/** The project stands in a folder of its own below the one that has the tools. */
export default { turbopack: { root: join(import.meta.dirname, "..", "..") } };
