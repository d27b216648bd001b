import { describe, expect, test } from "vitest";
import { proxyFromEnv } from "../../src/providers/proxy.ts";
import { fakeHost } from "../support/fake-host.ts";

const proxy = (url: string, env: Record<string, string>): string | undefined =>
  proxyFromEnv(new URL(url), fakeHost({ env }));

describe("proxies of the environment", () => {
  test("by the scheme of the target, upper case before lower case", () => {
    const env = { HTTPS_PROXY: "http://s:1", https_proxy: "http://l:1", http_proxy: "http://p:1" };
    expect(proxy("https://example.com", env)).toBe("http://s:1");
    expect(proxy("http://example.com", env)).toBe("http://p:1");
    expect(proxy("https://example.com", { HTTPS_PROXY: "", https_proxy: "http://l:1" })).toBe("http://l:1");
    expect(proxy("https://example.com", { HTTP_PROXY: "http://p:1" })).toBeUndefined();
    expect(proxy("https://example.com", { HTTPS_PROXY: "p:3128" })).toBe("http://p:3128");
  });

  test.each(["https://localhost:1", "https://127.0.0.1:1", "https://127.9.9.9", "https://[::1]:1"])(
    "never for this machine: %s",
    (url) => {
      expect(proxy(url, { HTTPS_PROXY: "http://p:1" })).toBeUndefined();
    },
  );

  /** By Go's golang.org/x/net/http/httpproxy. */
  test.each([
    ["*", ["https://example.com"], []],
    [
      "example.com",
      ["https://example.com", "https://a.example.com:8"],
      ["https://notexample.com", "https://example.org"],
    ],
    [".example.com", ["https://a.example.com"], ["https://example.com"]],
    ["*.example.com", ["https://a.example.com"], ["https://example.com"]],
    ["EXAMPLE.com", ["https://Example.COM."], []],
    ["example.com:8200", ["https://example.com:8200"], ["https://example.com", "https://example.com:82"]],
    ["example.com:443", ["https://example.com"], []],
    ["a.org, ,example.com", ["https://example.com", "https://a.org"], ["https://b.org"]],
    [
      "10.0.0.0/8",
      ["https://10.1.2.3", "https://10.255.255.255"],
      ["https://11.0.0.1", "https://example.com"],
    ],
    ["0.0.0.0/0", ["https://10.1.2.3"], ["https://example.com"]],
    ["10.1.2.3", ["https://10.1.2.3:8200"], ["https://10.1.2.30", "https://110.1.2.3"]],
    ["10.1.2.3:8200", ["https://10.1.2.3:8200"], ["https://10.1.2.3"]],
    ["fe80::1", ["https://[fe80::1]:8200"], ["https://[fe80::2]"]],
    ["[fe80::1]:8200", ["https://[fe80::1]:8200"], ["https://[fe80::1]"]],
    ["10.0.0.0/33,x/y,/8", [], ["https://10.0.0.0"]],
  ])("NO_PROXY=%s", (list, direct, proxied) => {
    const env = { HTTPS_PROXY: "http://p:1", NO_PROXY: list };
    expect(direct.filter((url) => proxy(url, env) !== undefined)).toEqual([]);
    expect(proxied.filter((url) => proxy(url, env) === undefined)).toEqual([]);
  });
});
