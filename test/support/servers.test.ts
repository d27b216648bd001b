import { expect, test } from "vitest";
import { describeWith } from "./parts.ts";
import { startBao } from "./servers/bao.ts";
import { startMoto } from "./servers/moto.ts";

describeWith(["bao"], "the OpenBao of the tests", () => {
  test("starts, encrypts by transit, and stops", async () => {
    const bao = await startBao();
    await bao.call("POST", "sys/mounts/transit", { type: "transit" });
    await bao.call("POST", "transit/keys/k");
    const plaintext = Buffer.from("x").toString("base64");
    const { data } = (await bao.call("PUT", "transit/encrypt/k", { plaintext })) as {
      data: { ciphertext: string };
    };
    expect(data.ciphertext).toMatch(/^vault:v1:/);
    await expect(bao.call("GET", "transit/keys/k", undefined, "wrong")).rejects.toThrow("403");
    await bao.stop();
    await expect(fetch(bao.url)).rejects.toThrow();
  });
});

describeWith(["moto_server"], "the moto of the tests", () => {
  test("starts, answers, and stops", async () => {
    const moto = await startMoto();
    const response = await fetch(`${moto.url}/moto-api/data.json`);
    expect(response.status).toBe(200);
    await moto.stop();
    await expect(fetch(moto.url)).rejects.toThrow();
  });
});
