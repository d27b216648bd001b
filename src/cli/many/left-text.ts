import { NO_RULE, NO_TYPE, type Outcome, OWN, TOOL } from "./outcome.ts";

/** Names that are shown; more would hide the rest of the output. */
const MOST_SHOWN = 100;

/** Names behind which one expects secrets: they stand first. */
const TELLING =
  /env|secret|token|passw|credential|\.(?:pem|key|p12|pfx|jks|kdbx|ppk)$|id_(?:rsa|dsa|ecdsa|ed25519)$/i;

/** Names the files that `encrypt` left in clear text, those of which it matters first; undefined where there is none. */
export function leftText(outcomes: readonly Outcome[]): string | undefined {
  const left = outcomes.filter((o) => "why" in o && [NO_RULE, NO_TYPE, OWN, TOOL].includes(o.why));
  if (left.length === 0) return undefined;
  const names = left.map(({ name }) => name);
  const sorted = [...names.filter((n) => TELLING.test(n)), ...names.filter((n) => !TELLING.test(n))];
  const more = sorted.length - MOST_SHOWN;
  const shown = sorted.slice(0, MOST_SHOWN).join(", ");
  return `left in clear text: ${shown}${more > 0 ? ` and ${String(more)} more (--verbose names all)` : ""}`;
}
