// Ingest, batch, producer session, subscription, sync and error details. Usage: node grpc-js.cjs HOST:PORT PROTO_DIR...
// EVENTSYNC_CA: a PEM file, for TLS; EVENTSYNC_TOKEN: a token to show with every call, with TLS only.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");

const [target, ...includeDirs] = process.argv.slice(2);
const definition = loader.loadSync("eventsync/v1/event_service.proto", {
  includeDirs,
  keepCase: true,
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
});
const contract = grpc.loadPackageDefinition(definition);
const client = new contract.eventsync.v1.EventService(target, credentials());

function credentials() {
  const { EVENTSYNC_CA: ca, EVENTSYNC_TOKEN: token } = process.env;
  if (!ca) {
    return grpc.credentials.createInsecure();
  }
  const channel = grpc.credentials.createSsl(fs.readFileSync(ca));
  const shown = new grpc.Metadata();
  shown.set("authorization", `Bearer ${token}`);
  return grpc.credentials.combineChannelCredentials(
    channel,
    grpc.credentials.createFromMetadataGenerator((options, callback) => callback(null, shown)),
  );
}

const deadline = () => ({ deadline: Date.now() + 20_000 });
const run = Date.now().toString(36); // the server's log may be an old one
const tag = `GRPCJS.${run.toUpperCase()}`;
const event = (id, more = {}) => ({ id: `${run}-${id}`, tag, json: '{"n": 1.0}', ...more });

const call = (method, request) =>
  new Promise((resolve, reject) =>
    client[method](request, deadline(), (error, answer) => (error ? reject(error) : resolve(answer))),
  );

function details(error) {
  const status = error.metadata.get("grpc-status-details-bin")[0];
  assert.ok(status, "the failure has no details");
  const found = {};
  for (const any of decode("google.rpc.Status", status).details) {
    const name = any.type_url.split("/").pop();
    found[name] = decode(name, any.value);
  }
  return found;
}

// proto-loader decodes the messages of methods only; the details are in a header, so protobufjs below it does that.
const protobuf = require("protobufjs");
const root = new protobuf.Root();
root.resolvePath = (origin, path) => {
  const fs = require("node:fs");
  return includeDirs.map((dir) => `${dir}/${path}`).find((file) => fs.existsSync(file)) ?? path;
};
root.loadSync(["google/rpc/status.proto", "google/rpc/error_details.proto"], { keepCase: true });
const decode = (name, bytes) => root.lookupType(name).decode(bytes);

async function ingest() {
  const one = await call("Ingest", { event: event("one") });
  assert.equal(one.result.id, `${run}-one`);
  assert.equal(one.result.deduplicated, false);
  const again = await call("Ingest", { event: event("one") });
  assert.equal(again.result.position, one.result.position);
  assert.equal(again.result.deduplicated, true);
  const batch = await call("IngestBatch", { events: [event("two"), event("one"), event("three")] });
  assert.deepEqual(
    batch.results.map((result) => result.deduplicated),
    [false, true, false],
  );
  const stored = await call("GetEvent", { id: `${run}-two` });
  assert.equal(stored.event.json, '{"n": 1.0}');
}

async function session() {
  const stream = client.IngestStream(deadline());
  const answers = [];
  const ended = new Promise((resolve, reject) => {
    stream.on("data", (answer) => answers.push(answer));
    stream.on("end", resolve);
    stream.on("error", reject);
  });
  stream.write({ sequence: 1, events: [event("s1"), event("s2")] });
  stream.write({ sequence: 2, events: [event("bad", { tag: "not a tag" })] });
  stream.write({ sequence: 3, events: [event("s3")] });
  stream.end();
  await ended;
  assert.equal(answers[0].kind, "opened");
  assert.ok(answers[0].opened.credits > 0);
  const rejected = answers.find((answer) => answer.kind === "rejected");
  assert.equal(rejected.rejected.sequence, "2");
  assert.equal(rejected.rejected.status.code, grpc.status.INVALID_ARGUMENT);
  assert.equal(answers.at(-1).ack.through_sequence, "3");
}

async function subscription() {
  const stream = client.Subscribe({ filter: { tag_prefixes: [tag] }, start: { anchor: "ANCHOR_BEGINNING" } });
  const seen = [];
  const all = new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`only ${seen}`)), 20_000);
    stream.on("error", (error) => error.code === grpc.status.CANCELLED || reject(error));
    stream.on("data", (frame) => {
      assert.ok(frame.cursor.length > 0);
      seen.push(...(frame.batch?.events ?? []).map((e) => e.id));
      if (seen.length === 7) {
        clearTimeout(late);
        resolve();
      }
    });
  });
  await call("Ingest", { event: event("live") });
  await all;
  stream.cancel();
  assert.deepEqual(seen, ["one", "two", "three", "s1", "s2", "s3", "live"].map((id) => `${run}-${id}`));
}

async function sync() {
  const seen = [];
  let start = { anchor: "ANCHOR_BEGINNING" };
  for (let page = { up_to_date: false }; !page.up_to_date; start = { cursor: page.cursor }) {
    page = await call("Sync", { filter: { tag_prefixes: [tag] }, start, max_events: 2 });
    seen.push(...page.events.map((e) => e.id));
  }
  assert.equal(seen.length, 7);
}

async function errors() {
  const bad = await call("Ingest", { event: event("bad", { tag: "not a tag" }) }).catch((error) => error);
  assert.equal(bad.code, grpc.status.INVALID_ARGUMENT);
  const told = details(bad);
  assert.equal(told["google.rpc.ErrorInfo"].reason, "FIELD_INVALID");
  assert.equal(told["google.rpc.ErrorInfo"].domain, "eventsync");
  assert.equal(told["google.rpc.BadRequest"].field_violations[0].field, "event.tag");
  const reused = await call("Ingest", { event: event("one", { message: "another" }) }).catch((error) => error);
  assert.equal(reused.code, grpc.status.ALREADY_EXISTS);
  assert.equal(details(reused)["google.rpc.ErrorInfo"].metadata.id, `${run}-one`);
}

(async () => {
  for (const step of [ingest, session, subscription, sync, errors]) {
    await step();
    console.log(`grpc-js ${step.name}: ok`);
  }
  client.close();
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
