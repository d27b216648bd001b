/**
 * The voice of enc. All that it says about itself goes to stderr: lower case, no full stop, `enc: ` in front, the
 * place as file:line:column, what to do on a line of its own. Control characters of names are shown as escapes.
 * A secret is never a part of a message.
 */
import { SopsError, type Place } from "../core/base/errors.ts";
import { printable } from "../core/base/printable.ts";
import { isError } from "../core/base/realm.ts";
import { withheld } from "../core/base/withheld.ts";

const BOLD_RED = "\u001b[1;31m";
const DIM = "\u001b[2m";
const PLAIN = "\u001b[0m";

/** A note, one line. */
export function noteText(message: string): string {
  return `enc: ${lines(message)}\n`;
}

/** A question, to be answered on the same line. */
export function questionText(question: string): string {
  return `enc: ${printable(withheld(question))} `;
}

/** An error in full, with its hint; `verbose`: and where in the code it arose. */
export function errorText(error: unknown, color = false, verbose = false): string {
  const { message, place, hint } = error instanceof SopsError ? error : unexpected(error);
  const where = place === undefined ? "" : placeText(place, message);
  const head = color ? `${BOLD_RED}enc:${PLAIN}` : "enc:";
  const first = `${head} ${where}${lines(message)}\n`;
  const trace = verbose ? framesOf(error).map((frame) => `  ${printable(frame)}\n`) : [];
  if (hint === undefined) return first + trace.join("");
  const label = color ? `${DIM}hint:${PLAIN}` : "hint:";
  return `${first}  ${label} ${lines(hint)}\n${trace.join("")}`;
}

/** `file:line:column: path: `, as much of it as is known; a path that the message names is not said twice. */
function placeText(place: Place, message: string): string {
  const { file, line, column, path } = place;
  const position = [line, column].filter((n) => n !== undefined).map(String);
  const at =
    file === undefined
      ? position.map((n, i) => (i === 0 ? `line ${n}` : n))
      : [printable(withheld(file)), ...position];
  const parts = at.length === 0 ? [] : [at.join(":")];
  if (path !== undefined && path !== "" && !message.includes(path)) parts.push(printable(path));
  return parts.map((part) => `${part}: `).join("");
}

/** A message of several lines (the keys that were tried) keeps them, indented, so that none can pass for ours. */
function lines(text: string): string {
  return withheld(text).split("\n").map(printable).join("\n  ");
}

/** What is not ours may quote a secret in its message (JSON.parse does): only its name and our own code lines are told. */
function unexpected(error: unknown): { message: string; hint: string; place?: undefined } {
  const name = isError(error) ? error.name : typeof error;
  const [frame] = framesOf(error);
  return {
    message: frame === undefined ? `unexpected ${name}` : `unexpected ${name} ${frame}`,
    hint: "this is a defect of enc: please report it with the command that you ran, and without your secrets",
  };
}

/** Where in our code an error arose: the lines of its stack after its message, which may hold any text. */
function framesOf(error: unknown): readonly string[] {
  if (!isError(error) || error.stack === undefined) return [];
  const { message, stack } = error;
  const at = stack.indexOf(message);
  const trace = at < 0 ? "" : stack.slice(at + message.length);
  return trace
    .split("\n")
    .filter((line) => /^ {4}at /.test(line))
    .map((line) => line.trim());
}
