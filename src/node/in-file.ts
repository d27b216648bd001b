import { SopsError } from "../core/base/errors.ts";

/** Names `file` as the place of whatever fails in `work`, unless the error knows its file. */
export async function inFile<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof SopsError ? error.at({ file }) : error;
  }
}
