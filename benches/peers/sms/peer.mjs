// Times the published `sms-segments-calculator` on the texts of a file, and prints one line of JSON for each.
//
//     node peer.mjs TEXTS.json FOLDER_WITH_NODE_MODULES
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [textsPath, folder] = process.argv.slice(2);
const require = createRequire(resolve(folder, "package.json"));
const { SegmentedMessage } = require("sms-segments-calculator");

const processorTime = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

for (const { name, text } of JSON.parse(readFileSync(textsPath, "utf8"))) {
  const once = () => {
    const message = new SegmentedMessage(text);
    return [message.encodingName, message.numberOfUnicodeScalars, message.segmentsCount];
  };
  const message = new SegmentedMessage(text);
  const encoding = message.encodingName === "GSM-7" ? "gsm7" : "ucs2";
  const bits = message.encodedChars.reduce((sum, char) => sum + char.sizeInBits(), 0);
  const units = bits / (encoding === "gsm7" ? 7 : 16);
  let calls = 0, warm = false, start = processorTime(), spent = 0;
  while (!warm || spent < 500_000) {
    for (let turn = 0; turn < 100; turn++) once();
    calls += 100;
    spent = processorTime() - start;
    // Long enough for the functions to be compiled.
    if (!warm && spent > 500_000) {
      warm = true;
      calls = 0;
      spent = 0;
      start = processorTime();
    }
  }
  console.log(JSON.stringify({ text: name, nanoseconds: (spent * 1000) / calls, answer: `${encoding} ${units} ${message.segmentsCount}` }));
}
