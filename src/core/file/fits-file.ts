import { SopsError } from "../base/errors.ts";
import type { SealedSource } from "../model/format.ts";
import { looseBytes } from "../base/loose-text.ts";
import type { Metadata } from "./metadata.ts";
import type { FitsFile } from "../keys/quorum.ts";
import type { Aead, Runtime } from "../ports/runtime.ts";
import { SELECT_ALL } from "../model/selection.ts";
import { isEncText } from "../model/enc-text.ts";
import { openText } from "../model/value.ts";
import { walk } from "../model/walk.ts";

/** Some may have been tampered with; where none of so many opens, it is the data key. */
const VALUES_TRIED = 16;

interface Sealed {
  readonly text: string;
  readonly aad: string;
}

/** Judges data keys by what they open: the MAC, or else, since a merge leaves a MAC that fits no date, any of some values. */
export function fitsFile(source: SealedSource, { mac, lastModified }: Metadata, runtime: Runtime): FitsFile {
  let values: readonly Sealed[] | undefined;
  return (dataKey) => {
    const aead = runtime.aead(dataKey);
    if (mac !== "" && opens(aead, { text: mac, aad: lastModified })) return true;
    values ??= someValues(source);
    return values.length === 0 ? null : values.some((value) => opens(aead, value));
  };
}

function someValues(source: SealedSource): readonly Sealed[] {
  const values: Sealed[] = [];
  walk(source.tree, SELECT_ALL, {
    leaf({ value }, { aad }) {
      if (values.length < VALUES_TRIED && value.kind === "str" && isEncText(value.value))
        values.push({ text: value.value, aad });
    },
    comment: () => undefined,
  });
  return values;
}

function opens(aead: Aead, { text, aad }: Sealed): boolean {
  try {
    openText(aead, text, looseBytes(aad));
    return true;
  } catch (error) {
    if (error instanceof SopsError) return error.code === "BAD_VALUE";
    throw error;
  }
}
