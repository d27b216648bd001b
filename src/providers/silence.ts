/** What a library logs by; those of one family all end at the `log` of their first. */
interface Logger {
  log?: (...args: never[]) => unknown;
}

/**
 * Loggers of SDKs say what variables of the environment tell them to (DEBUG, AZURE_LOG_LEVEL): requests and answers, with
 * the tokens and data keys in them, and the password of a proxy. They go on to be asked, and print nothing.
 */
export function silence(...loggers: readonly Logger[]): void {
  for (const logger of loggers) logger.log = () => undefined;
}
