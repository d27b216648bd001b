import { expect, it } from "vitest";
import { SealedMemory } from "../../../src/core/file/ciphertext-reuse.ts";

it("hands equal items of a list back in order, each once", () => {
  const memory = new SealedMemory();
  memory.remember("l:", { kind: "str", value: "x" }, { text: "one" });
  memory.remember("l:", { kind: "str", value: "x" }, { text: "two" });
  expect(memory.take("l:", { kind: "str", value: "x" })?.text).toBe("one");
  expect(memory.take("l:", { kind: "str", value: "x" })?.text).toBe("two");
  expect(memory.take("l:", { kind: "str", value: "x" })).toBeUndefined();
});

it("tells kinds, paths, comments, and zero from minus zero apart", () => {
  const memory = new SealedMemory();
  memory.remember("a:", { kind: "int", value: 1n }, { text: "int" });
  memory.remember("z:", { kind: "float", value: 0 }, { text: "zero" });
  expect(memory.take("a:", { kind: "str", value: "1" })).toBeUndefined();
  expect(memory.take("a:", { kind: "float", value: 1 })).toBeUndefined();
  expect(memory.take("b:", { kind: "int", value: 1n })).toBeUndefined();
  expect(memory.take("a:", "1")).toBeUndefined();
  expect(memory.take("z:", { kind: "float", value: -0 })).toBeUndefined();
  expect(memory.take("a:", { kind: "int", value: 1n })?.text).toBe("int");
});

it("a copy does not use the original up", () => {
  const memory = new SealedMemory();
  memory.remember("a:", "note", { text: "c" });
  expect(memory.copy().take("a:", "note")?.text).toBe("c");
  expect(memory.take("a:", "note")?.text).toBe("c");
});

// The ciphertext of one was written for the other, where it does not open.
it("tells a key that holds NUL from the value of a shorter path", () => {
  const memory = new SealedMemory();
  memory.remember("a:", { kind: "str", value: "k:\0str\0W" }, { text: "sealed" });
  expect(memory.take("a:\0str\0k:", { kind: "str", value: "W" })).toBeUndefined();
});
