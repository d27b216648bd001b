/** Packages that are big and seldom needed: patterns in a config, the config itself. */
export const vendors = ["re2js", "yaml"];

/**
 * esbuild plugin: leaves `import("re2js")` and the like out of a one-file bundle, as files of their own in vendor/. Even
 * unused code in the same file costs its compilation at every start, about 3 ms for 100 kB.
 */
export const vendorsApart = {
  name: "vendors-apart",
  setup(build) {
    build.onResolve({ filter: new RegExp(`^(?:${vendors.join("|")})$`) }, ({ path, kind }) =>
      kind === "dynamic-import" ? { path: `./vendor/${path}.js`, external: true } : undefined,
    );
  },
};
