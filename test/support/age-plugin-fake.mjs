#!/usr/bin/env node
/**
 * An age plugin (C2SP age-plugin) that is told by its identity or recipient what to do: the text of the data part.
 * Its "encryption" is none: the body of a stanza is the file key. Each start adds a line to the file FAKE_PLUGIN_LOG.
 */
import { appendFileSync, readSync, writeSync } from "node:fs";

let buffer = "";
function line() {
  for (;;) {
    const end = buffer.indexOf("\n");
    if (end >= 0) {
      const found = buffer.slice(0, end);
      buffer = buffer.slice(end + 1);
      return found;
    }
    const chunk = Buffer.alloc(65536);
    const length = readSync(0, chunk);
    if (length === 0) process.exit(3);
    buffer += chunk.subarray(0, length).toString("latin1");
  }
}
function receive() {
  const args = line().split(" ").slice(1);
  let body = "";
  for (let part = line(); ; part = line()) {
    body += part;
    if (part.length < 64) return { args, body: Buffer.from(body, "base64") };
  }
}
function send(args, body = Buffer.alloc(0)) {
  const text = Buffer.from(body).toString("base64").replace(/=+$/, "");
  let out = `-> ${args.join(" ")}\n`;
  for (let i = 0; i <= text.length; i += 64) out += `${text.slice(i, i + 64)}\n`;
  writeSync(1, out);
}
/** Sends, and answers what comes back. */
function ask(args, body) {
  send(args, body);
  return receive();
}
const base64 = (text) => Buffer.from(text).toString("base64").replace(/=+$/, "");

const machine = process.argv[2].replace("--age-plugin=", "");
const first = [];
for (let stanza = receive(); stanza.args[0] !== "done"; stanza = receive()) first.push(stanza);
const files = new Set(first.filter((s) => s.args[0] === "recipient-stanza").map((s) => s.args[1]));
appendFileSync(process.env.FAKE_PLUGIN_LOG, `${machine} ${process.cwd()} files=${files.size}\n`);

const CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/** The text in a bech32 text's data part. */
function textOf(bech32) {
  const lower = bech32.toLowerCase();
  let bits = "";
  for (const c of lower.slice(lower.lastIndexOf("1") + 1, -6))
    bits += CHARSET.indexOf(c).toString(2).padStart(5, "0");
  return (bits.match(/.{8}/g) ?? []).map((b) => String.fromCharCode(parseInt(b, 2))).join("");
}
const told = first.filter((s) => /^add-/.test(s.args[0])).map((s) => textOf(s.args[1]));

/** Says nothing for ever; the file FAKE_PLUGIN_LOG.pids has the process ids of those who do. */
function hang() {
  appendFileSync(`${process.env.FAKE_PLUGIN_LOG}.pids`, `${process.pid}\n`);
  for (;;) receive();
}
if (process.env.FAKE_PLUGIN_HANGS === "1") hang();

for (const order of told) {
  if (order === "crash") process.exit(1);
  if (order === "hang") hang();
  if (order === "garbage") writeSync(1, "hello\nworld\n");
  if (order === "unknown" && ask(["some-extension", "x"]).args[0] !== "unsupported") process.exit(4);
  if (order === "message") ask(["msg"], "touch the token");
  if (order === "secret" && ask(["request-secret"], "PIN").body.toString() !== "1234")
    ask(["error", "identity", "0"], "bad PIN");
  if (order === "confirm" && ask(["confirm", base64("do it"), base64("leave it")], "sure?").args[1] !== "yes")
    ask(["error", "identity", "0"], "declined");
  if (order === "refuse") ask(["error", "internal"], "no token");
}
if (machine === "recipient-v1" && !told.includes("refuse")) {
  const { body } = first.find((s) => s.args[0] === "wrap-file-key");
  if (!told.includes("nothing")) ask(["recipient-stanza", "0", "fake", "arg"], body);
  ask(["labels", "postquantum"]);
} else if (machine === "identity-v1" && !told.includes("other")) {
  for (const { args, body } of first)
    if (args[0] === "recipient-stanza" && args[2] === "fake") ask(["file-key", args[1]], body);
}
send(["done"]);
