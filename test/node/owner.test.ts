import { describe, expect, it } from "vitest";
import { trustedUsers, whyForeignEntry } from "../../src/node/owner.ts";

describe("trustedUsers", () => {
  it.each([
    ["nobody where the system has no users", undefined, {}, null],
    ["the user and root", 1000, {}, [1000, 0]],
    ["not the caller of sudo for a user who is not root", 1000, { SUDO_UID: "1001" }, [1000, 0]],
    ["for root the caller of sudo", 0, { SUDO_UID: "1001" }, [0, 1001]],
    ["root alone where that is no number", 0, { SUDO_UID: "-1" }, [0]],
    ["root alone where that is empty", 0, { SUDO_UID: "" }, [0]],
  ])("%s", (_, own, env, users) => {
    const trusted = trustedUsers(own, env);
    expect(trusted && [...trusted]).toEqual(users);
  });
});

describe("whyForeignEntry", () => {
  const users = new Set([1000, 0]);
  const entry = (uid: number, mode: number, link = false): Parameters<typeof whyForeignEntry>[0] => ({
    uid,
    mode,
    isSymbolicLink: () => link,
  });

  it.each([
    ["ours", entry(1000, 0o644), { uid: 1000, mode: 0o755 }, undefined],
    ["ours, in /tmp", entry(1000, 0o644), { uid: 0, mode: 0o1777 }, undefined],
    ["root's, in /tmp", entry(0, 0o644), { uid: 0, mode: 0o1777 }, undefined],
    ["ours, in a folder of another user", entry(1000, 0o644), { uid: 1001, mode: 0o755 }, undefined],
    ["ours, for our group to write", entry(1000, 0o664), { uid: 1000, mode: 0o775 }, undefined],
    ["another user's, in /tmp", entry(1001, 0o644), { uid: 0, mode: 0o1777 }, "owner"],
    ["another user's, in their folder", entry(1001, 0o600), { uid: 1001, mode: 0o700 }, "owner"],
    ["another user's, where a group can write", entry(1001, 0o644), { uid: 1000, mode: 0o775 }, "owner"],
    ["another user's, in our own folder", entry(1001, 0o644), { uid: 1000, mode: 0o755 }, undefined],
    ["ours, for everybody to write", entry(1000, 0o646), { uid: 1000, mode: 0o700 }, "mode"],
    ["a link of ours", entry(1000, 0o777, true), { uid: 0, mode: 0o1777 }, undefined],
    ["a link of another user's", entry(1001, 0o777, true), { uid: 0, mode: 0o1777 }, "owner"],
  ])("%s", (_, file, folder, why) => {
    expect(whyForeignEntry(file, folder, users)).toBe(why);
  });
});
