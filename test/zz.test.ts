import { it } from "vitest";
import { iniFormat } from "../src/formats/ini/index.ts";
const dec = (b: Uint8Array) => JSON.stringify(new TextDecoder().decode(b));
it("x", () => { for (const t of ['a:"""', "#\na=;"]) { const s = iniFormat.parsePlain(new TextEncoder().encode(t)); console.log("PLAIN", JSON.stringify(s.tree)); const d = s.seal(new Map()); const b = d.finish({ type: "map", entries: [{type:"entry",key:"mac",value:{type:"leaf",value:{kind:"str",value:"x"}}}] } as any); console.log("SEALED", dec(b), JSON.stringify(d.presentation)); try { const o = iniFormat.parseSealed(b); console.log("OPEN", dec(o.open(new Map(), d.presentation))); } catch (e) { console.log("ERR", String(e)); } } });
