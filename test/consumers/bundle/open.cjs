const { decryptFile } = require("sops-ts/node");

(async () => {
  for (const path of process.argv.slice(2)) process.stdout.write(await decryptFile(path));
})();
