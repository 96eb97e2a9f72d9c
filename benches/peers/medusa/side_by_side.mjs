// Checks that both took off the same and prints both times: `node side_by_side.mjs MEDUSA.jsonl OURS.jsonl`.
import { readFileSync } from "node:fs";

const [theirs, ours] = process.argv.slice(2).map((path) => {
  const carts = new Map();
  for (const line of readFileSync(path, "utf8").trim().split("\n")) {
    const { cart, microseconds, off } = JSON.parse(line);
    const runs = carts.get(cart)?.runs ?? [];
    carts.set(cart, { off, runs: [...runs, microseconds].sort((a, b) => a - b) });
  }
  return carts;
});

const sum = (off) => Object.values(off).reduce((total, minor) => total + minor, 0);
const spread = (runs) => ({ runs: runs.length, median: runs[runs.length >> 1], least: runs[0], most: runs.at(-1) });
const digits = (time) => time.toLocaleString("en", { maximumSignificantDigits: 3 });
const show = ({ median, least, most }) => `${digits(median)} (${digits(least)} to ${digits(most)})`;

let different = 0;
const results = [];
console.log(`${"processor time, µs a call".padEnd(34)}${"Medusa".padStart(28)}${"ours".padStart(28)}${"ratio".padStart(9)}   off`);
for (const [cart, { off, runs }] of theirs) {
  const own = ours.get(cart);
  for (const code of new Set([...Object.keys(off), ...Object.keys(own.off)])) {
    // Medusa keeps fractions of a cent; the carts are such that only its own division leaves any.
    if (Math.abs((off[code] ?? 0) - (own.off[code] ?? 0)) > 1e-6) {
      different += 1;
      console.error(`${cart}: ${code} takes off ${off[code]} there and ${own.off[code]} here`);
    }
  }
  const [medusa, throughline] = [spread(runs), spread(own.runs)];
  const ratio = medusa.median / throughline.median;
  results.push({ cart, medusa, throughline, ratio, off: sum(own.off) });
  console.log(`${cart.padEnd(34)}${show(medusa).padStart(28)}${show(throughline).padStart(28)}${digits(ratio).padStart(9)}   ${(sum(own.off) / 100).toFixed(2)}`);
}
console.log(JSON.stringify({ equal: different === 0, results }));
process.exitCode = different ? 1 : 0;
