// Checks that both counted the same and prints both times: `node side_by_side.mjs PEER.jsonl OURS.jsonl`.
import { readFileSync } from "node:fs";

const [theirs, ours] = process.argv.slice(2).map((path) => {
  const texts = new Map();
  for (const line of readFileSync(path, "utf8").trim().split("\n")) {
    const { text, nanoseconds, answer } = JSON.parse(line);
    const runs = texts.get(text)?.runs ?? [];
    texts.set(text, { answer, runs: [...runs, nanoseconds].sort((a, b) => a - b) });
  }
  return texts;
});

const spread = (runs) => ({ runs: runs.length, median: runs[runs.length >> 1], least: runs[0], most: runs.at(-1) });
const digits = (time) => time.toLocaleString("en", { maximumSignificantDigits: 3 });
const show = ({ median, least, most }) => `${digits(median)} (${digits(least)} to ${digits(most)})`;

let different = 0;
const results = [];
console.log(`${"processor time, ns a call".padEnd(28)}${"calculator".padStart(34)}${"ours".padStart(26)}${"ratio".padStart(9)}   answer`);
for (const [text, { answer, runs }] of theirs) {
  const own = ours.get(text);
  if (answer !== own.answer) {
    different += 1;
    console.error(`${text}: ${answer} there and ${own.answer} here`);
  }
  const [calculator, throughline] = [spread(runs), spread(own.runs)];
  const ratio = calculator.median / throughline.median;
  results.push({ text, calculator, throughline, ratio });
  console.log(`${text.padEnd(28)}${show(calculator).padStart(34)}${show(throughline).padStart(26)}${digits(ratio).padStart(9)}   ${own.answer}`);
}
console.log(JSON.stringify({ equal: different === 0, least: Math.min(...results.map(({ ratio }) => ratio)), results }));
process.exitCode = different ? 1 : 0;
