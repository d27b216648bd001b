/**
 * Run by any JavaScript runtime: `round-trip.mjs <library> <fixtures>`. Seals and opens every plain fixture, opens every
 * file that sops sealed, and prints one line for each that came out as it should.
 */
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [library, fixtures] = process.argv.slice(2);
const { decrypt, encrypt, formatForPath, generateIdentity } = await import(pathToFileURL(library).href);
const own = await generateIdentity();
const sops = readFileSync(`${fixtures}/sops-3.12.2/age-key.txt`, "utf8").trim().split("\n").at(-1);

for (const name of ["app.yaml", "app.json", "app.env", "app.ini", "app.bin"]) {
  const format = formatForPath(name);
  const plain = readFileSync(`${fixtures}/plain/${name}`);
  const sealed = await encrypt(plain, { format, recipients: [own.recipient] });
  report(`${name} round trip`, await decrypt(sealed, { format, identities: [own.identity] }), plain);
  const theirs = readFileSync(`${fixtures}/sops-3.12.2/${name}`);
  const expected = readFileSync(`${fixtures}/sops-3.12.2/decrypted/${name}`);
  report(`${name} from sops`, await decrypt(theirs, { format, identities: [sops] }), expected);
}

function report(what, got, wanted) {
  console.log(`${what}: ${Buffer.compare(Buffer.from(got), wanted) === 0 ? "same" : "DIFFERENT"}`);
}
