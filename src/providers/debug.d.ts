/** Of the package `debug`, which several SDKs log by, what we use; it brings no types. */
declare module "debug" {
  const debug: { log?: (...args: never[]) => unknown };
  export default debug;
}
