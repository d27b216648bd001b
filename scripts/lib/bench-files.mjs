/** A file with `leaves` values of mixed kinds: `{ extension, text }`. YAML and JSON are nested, ten values to a map. */
export function makeFile(format, leaves) {
  if (format === "dotenv")
    return { extension: "env", text: lines(leaves, (i) => `KEY_${String(i)}=${value(i)}`) };
  if (format === "json")
    return { extension: "json", text: `${JSON.stringify(tree(leaves), undefined, 2)}\n` };
  if (format === "yaml") return { extension: "yaml", text: yaml(leaves) };
  throw new Error(`no such format: ${format}`);
}

function lines(count, line) {
  return Array.from({ length: count }, (_, i) => `${line(i)}\n`).join("");
}

function value(i) {
  return `secret value ${String(i)} of some length`;
}

function scalar(i) {
  const kind = i % 10;
  if (kind === 3) return i;
  if (kind === 5) return i + 0.5;
  if (kind === 7) return i % 20 === 7;
  return value(i);
}

function tree(leaves) {
  const groups = {};
  for (let i = 0; i < leaves; i++) {
    const group = `group_${String(Math.floor(i / 10))}`;
    groups[group] ??= {};
    groups[group][`key_${String(i)}`] = scalar(i);
  }
  return groups;
}

function yaml(leaves) {
  return lines(leaves, (i) => {
    const head = i % 10 === 0 ? `# group ${String(i / 10)}\ngroup_${String(i / 10)}:\n` : "";
    return `${head}  key_${String(i)}: ${String(scalar(i))}`;
  });
}
