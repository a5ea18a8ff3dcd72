// The size of what a page can load from /pkg, as it goes over the wire, against the budget. No page loads more: there is
// one script with one WebAssembly module for all islands.
import { readdirSync, readFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";

const folder = "target/site/pkg";
const budget = 110_000;

const files = readdirSync(folder, { recursive: true }).filter((name) => /\.(js|wasm)$/.test(name));
if (!files.some((name) => name.endsWith(".wasm")) || !files.some((name) => name.endsWith(".js"))) {
  console.error(`${folder} lacks the islands: build them first`);
  process.exit(1);
}

let total = 0;
for (const name of files) {
  const bytes = readFileSync(`${folder}/${name}`);
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;
  console.log(`${name}: ${bytes.length} bytes, ${brotli} with brotli`);
  total += brotli;
}
console.log(`${(total / 1000).toFixed(1)} kB with brotli, of ${budget / 1000} kB`);
process.exit(total > budget ? 1 : 0);
