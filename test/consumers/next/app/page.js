import { createElement } from "react";
import { decryptFile } from "sops-ts/node";

export const dynamic = "force-dynamic";

export default async function Page() {
  const files = await Promise.all(
    [process.env.AGE_FILE, process.env.KMS_FILE].map((path) => decryptFile(path)),
  );
  return createElement("pre", {}, files.map((bytes) => Buffer.from(bytes).toString()).join(""));
}
