/** Whoever read our stdout has left (`enc decrypt big | head -1`): there is nobody to tell, and nothing more to do. */
export class BrokenPipe extends Error {}
