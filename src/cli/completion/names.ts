export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** sops' own protocol: as the last argument it has names printed, one a line, for the words before it. */
export const GENERATE_COMPLETION = "--generate-bash-completion";

/**
 * Ours, of the scripts that `completion` prints: `enc __complete INDEX WORD...`, the words after `enc` as they were
 * typed and the number of the one that is to be completed. Answers lines of `candidate TAB what it is`; a line `:files`
 * asks the shell for files as well.
 */
export const WORDS_COMMAND = "__complete";
export const FILES_LINE = ":files";
