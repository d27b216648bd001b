/** The user `nobody` of most systems. */
export const NOBODY = 65_534;

/** Are there permissions that a test can be refused by? */
export const hasPermissions = process.platform !== "win32" && process.geteuid !== undefined;

/** Runs `work` as a user who may not do everything; for tests that run as root, as in most containers. */
export async function unprivileged<T>(work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
