const { expect, test } = require("@jest/globals");
const { decryptFile, encryptFile, loadEnv, readEnv, SopsError } = require("sops-ts/node");

const { AGE_FILE, KMS_FILE, RECIPIENT } = process.env;

test("opens files, with an age key and with one of a cloud", async () => {
  expect(Buffer.from(await decryptFile(AGE_FILE)).toString()).toBe("TOKEN=hunter2\n");
  expect(Buffer.from(await decryptFile(KMS_FILE)).toString()).toBe("token: hunter2\n");
  expect([...(await readEnv(AGE_FILE))]).toEqual([["TOKEN", "hunter2"]]);
  await loadEnv(AGE_FILE);
  expect(process.env.TOKEN).toBe("hunter2");
});

test("seals a file", async () => {
  const sealed = Buffer.from(await encryptFile("package.json", { recipients: [RECIPIENT] })).toString();
  expect(sealed).toContain("ENC[AES256_GCM");
});

test("tells what is wrong", async () => {
  await expect(decryptFile("none.env")).rejects.toBeInstanceOf(SopsError);
  await expect(decryptFile("none.env")).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  await expect(decryptFile("package.json")).rejects.toMatchObject({ code: "NO_METADATA" });
});
