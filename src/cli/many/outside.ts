/** Says which links of a folder or a glob were passed over (node/many/leads-out.ts). */
export function outsideText(names: readonly string[]): string {
  return `left alone, as these links lead out of the folder; to take one all the same, name it: ${names.join(", ")}`;
}
