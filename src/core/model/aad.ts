/** The keys of a value from the root, each with a colon behind it: one more key below `keys`, nothing escaped (format.md 2.4). */
export const keysBelow = (keys: string, key: string): string => `${keys}${key}:`;

/** The additional authenticated data of what stands below these keys. At the root it is the colon alone. */
export const aadOf = (keys: string): string => (keys === "" ? ":" : keys);
