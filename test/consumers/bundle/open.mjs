import { decryptFile } from "sops-ts/node";

for (const path of process.argv.slice(2)) process.stdout.write(await decryptFile(path));
