import { once } from "node:events";
import { lstat, unlink } from "node:fs/promises";
import type { Http2Server } from "node:http2";
import { createConnection, type ListenOptions } from "node:net";
import { SopsError } from "../../core/base/errors.ts";
import { errnoOf, reasonOf } from "../errno.ts";
import { type Address, formatUri } from "./address.ts";

/** Only the owner may connect: a socket needs the permission to write. */
const OWNER_ONLY = 0o177;

/**
 * Has a server listen and answers where: the port that 0 became. A Unix socket that nobody serves any more is replaced,
 * and goes with the server; anything else at its path is left alone. Throws CANNOT_WRITE, UNREACHABLE.
 */
export async function listen(server: Http2Server, address: Address): Promise<Address> {
  try {
    if (address.network === "unix") await listenOnSocket(server, address.path);
    else await listening(server, () => server.listen(portOf(address)));
  } catch (error) {
    throw error instanceof SopsError ? error : cannotListen(address, error);
  }
  const bound = server.address();
  return address.network === "tcp" && typeof bound === "object" && bound !== null
    ? { ...address, port: bound.port }
    : address;
}

function portOf({ host, port }: { readonly host: string; readonly port: number }): ListenOptions {
  return host === "" ? { port } : { host, port };
}

async function listenOnSocket(server: Http2Server, path: string): Promise<void> {
  try {
    await bindSocket(server, path);
  } catch (error) {
    if (errnoOf(error) !== "EADDRINUSE") throw error;
    await removeDeadSocket(path);
    await bindSocket(server, path);
  }
}

/** The socket is made inside `listen`, before it returns: no other file is made under this mask. */
function bindSocket(server: Http2Server, path: string): Promise<void> {
  return listening(server, () => {
    const mask = process.umask(OWNER_ONLY);
    try {
      server.listen({ path });
    } finally {
      process.umask(mask);
    }
  });
}

async function listening(server: Http2Server, start: () => void): Promise<void> {
  const ready = once(server, "listening");
  start();
  await ready;
}

async function removeDeadSocket(path: string): Promise<void> {
  const there = await lstat(path);
  if (!there.isSocket())
    throw new SopsError("CANNOT_WRITE", `cannot listen on unix://${path}: it exists and is no socket`, {
      hint: "choose another --address",
    });
  if (await isServed(path))
    throw new SopsError("CANNOT_WRITE", `cannot listen on unix://${path}: another program serves it`, {
      hint: "use that one, or choose another --address",
    });
  await unlink(path);
}

/** Only a refused connection is sure to mean that nobody is there. */
async function isServed(path: string): Promise<boolean> {
  const socket = createConnection({ path });
  try {
    await once(socket, "connect");
    return true;
  } catch (error) {
    return errnoOf(error) !== "ECONNREFUSED";
  } finally {
    socket.destroy();
  }
}

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there",
  EADDRNOTAVAIL: "this machine does not have the address",
  ENOTFOUND: "the name is unknown",
  EINVAL: "the path is too long for a socket",
};

function cannotListen(address: Address, error: unknown): SopsError {
  const why = WHY[errnoOf(error) ?? ""] ?? reasonOf(error);
  return new SopsError("CANNOT_WRITE", `cannot listen on ${formatUri(address)}: ${why}`, {
    hint: "choose another --address",
  });
}
