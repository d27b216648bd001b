import { userInfo } from "node:os";

/**
 * Who runs this, by the system's own word: a variable such as USER can say anything. On Windows with the domain, as Go
 * has it. A user without a name, as in containers, is its number.
 */
export function userName(): string {
  try {
    const { username } = userInfo();
    const domain = process.platform === "win32" ? (process.env["USERDOMAIN"] ?? "") : "";
    return domain === "" ? username : `${domain}\\${username}`;
  } catch {
    return String(process.getuid?.() ?? "unknown");
  }
}
