/** Containers inside each other, the top level included. SOPS' own limit: Go indents no JSON text that nests deeper. */
export const MAX_DEPTH = 10_000;
