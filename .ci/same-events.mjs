// Compares what a reader wrote with what Postgres has, and with what was sent: same events, same order, same bytes.
// Usage: node same-events.mjs POSTGRES.jsonl READER.jsonl [PREFIX] [-- INPUT.jsonl ...]
import { readFileSync } from "node:fs";

const args = process.argv.slice(2);
const split = args.indexOf("--");
const [postgresFile, readerFile, prefix = ""] = split < 0 ? args : args.slice(0, split);
const inputs = split < 0 ? [] : args.slice(split + 1);
const lines = (file) => readFileSync(file, "utf8").split("\n").filter((line) => line);
const matches = (tag) => !prefix || tag === prefix || tag.startsWith(prefix + ".");
const essence = (e) => JSON.stringify([e.position, e.id, e.tag, e.message ?? "", e.json ?? null]);

const expected = lines(postgresFile).map((line) => JSON.parse(line)).filter((e) => matches(e.tag));
const seen = lines(readerFile).map((line) => JSON.parse(line));
let failures = 0;
const fail = (text) => {
  if (failures++ < 5) console.error(`${readerFile}: ${text}`);
};

if (expected.length !== seen.length) fail(`has ${seen.length} events, Postgres has ${expected.length}`);
for (let i = 0; i < Math.min(expected.length, seen.length); i++) {
  if (essence(expected[i]) !== essence(seen[i])) fail(`event ${i} differs: ${essence(seen[i])} instead of ${essence(expected[i])}`);
}
if (new Set(seen.map((e) => e.id)).size !== seen.length) fail("has an id twice");

// The payload as it stood in the input, not parsed and written again.
const payloads = new Map();
for (const file of inputs) {
  for (const line of lines(file)) {
    const { id } = JSON.parse(line);
    payloads.set(id, line.slice(line.indexOf('"payload":') + '"payload":'.length, line.lastIndexOf("}")).trim());
  }
}
for (const event of seen) {
  if (payloads.has(event.id) && payloads.get(event.id) !== event.json) fail(`payload of ${event.id} is not what was sent`);
}
if (failures) {
  console.error(`${readerFile}: ${failures} differences`);
  process.exit(1);
}
console.log(`${readerFile.split("/").pop()}: ${seen.length} events as in Postgres${inputs.length ? ", payloads as sent" : ""}`);
