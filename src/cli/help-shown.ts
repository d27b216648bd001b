/** The user asked for help and has it. */
export class HelpShown extends Error {}
