// The one stream of a tab: never two, back after its cursor, and plain about being refused.
import assert from 'node:assert/strict';
import {afterEach, test} from 'node:test';
import {load, open, server, until} from './browser.mjs';

const {stream} = await load('api');
let live = null;
afterEach(() => live?.stop());

/** A body of frames that stays open until its call is aborted. */
function body(init, frames = [], isEnded = false) {
  return new ReadableStream({
    start(out) {
      const text = new TextEncoder();
      for (const frame of frames) out.enqueue(text.encode(JSON.stringify(frame) + '\n'));
      if (isEnded) out.close();
      init.signal.addEventListener('abort', () => out.error(init.signal.reason));
    },
  });
}

function follow() {
  const states = [];
  const frames = [];
  live = stream('v1/events:subscribe', {}, {'start.after_position': '5'}, {frame: (f) => frames.push(f), state: (...s) => states.push(s)});
  return {states, frames};
}

test('a second start ends the first', async () => {
  let open = 0;
  server((path, params, init) => {
    open++;
    init.signal.addEventListener('abort', () => open--);
    return [200, body(init)];
  });
  const {states} = follow();
  await until(() => states.length === 1, 'open');

  live.resume();
  live.resume();

  await until(() => states.length > 1, 'open again');
  assert.equal(open, 1);
  assert.deepEqual(states.map(([s]) => s), ['open', 'open']);
  live.stop();
  assert.equal(open, 0);
});

test('after a break it goes on from its last cursor', async () => {
  const calls = server((path, params, init) => [200, body(init, [{cursor: 'c1', batch: {events: []}}], calls.length === 1)]);
  const {states} = follow();

  await until(() => calls.length === 2, 'it came back');
  assert.equal(calls[0].params.get('start.after_position'), '5');
  assert.equal(calls[1].params.get('start.cursor'), 'c1');
  const lost = states.find(([s]) => s === 'lost');
  assert.equal(lost[1].message, 'The stream ended.');
  assert.ok(lost[2] > Date.now() - 5000);
});

test('a refusal after a break is said, with its reason, and ends the tries', async () => {
  const calls = server((path, params, init) => (calls.length === 1 ? [200, body(init, [{cursor: 'c1', progress: {}}], true)] : [403, {message: 'no', details: [{reason: 'PERMISSION_DENIED'}]}]));
  const {states} = follow();

  await until(() => states.some(([s]) => s === 'refused'), () => JSON.stringify(states));
  assert.equal(states.at(-1)[1].reason, 'PERMISSION_DENIED');
  await new Promise((r) => setTimeout(r, 500));
  assert.equal(calls.length, 2);

  live.resume();
  await until(() => calls.length === 3, 'it asks again when told to');
});

test('a server that says when to come back is not asked before', async () => {
  const calls = server(() => [429, {message: 'full', details: [{reason: 'LIMIT_REACHED'}, {retryDelay: '1.5s'}]}]);
  const {states} = follow();

  await until(() => states.length === 1, 'lost');
  const [state, error, at] = states[0];
  assert.equal(state, 'lost');
  assert.equal(error.reason, 'LIMIT_REACHED');
  assert.ok(at - Date.now() > 1200);
  await new Promise((r) => setTimeout(r, 600));
  assert.equal(calls.length, 1);
});

test('the badge of the tail shows the refusal and stops saying that it reconnects', async () => {
  let refuses = false;
  let out;
  server((path, params, init) => {
    if (path === '/v1/log') return {headPosition: '5', earliestPosition: '1'};
    if (path !== '/v1/events:subscribe') return {};
    if (refuses) return [403, {message: 'You may not.', details: [{reason: 'PERMISSION_DENIED'}]}];
    return [200, new ReadableStream({start: (c) => (out = c)})];
  });
  const {text} = await open('tail', '#/tail');
  await until(() => out && text().includes('live'), text);

  refuses = true;
  out.close();

  await until(() => text().includes('stopped: PERMISSION_DENIED'), text);
  assert.match(text(), /You may not\./);
  assert.doesNotMatch(text(), /reconnecting/);
});

test('calls of a poll never overlap, and a failing one does not end it', async () => {
  const {poll} = await load('api');
  let open = 0;
  let most = 0;
  let calls = 0;
  const complain = console.error;
  console.error = () => {};
  const round = poll(async () => {
    calls++;
    most = Math.max(most, ++open);
    await new Promise((r) => setTimeout(r, 5));
    open--;
    if (calls === 2) throw new Error('once');
  }, 5);

  await Promise.all([round.now(), round.now(), round.now()]);
  round.now();
  round.now();
  await until(() => calls > 5, () => `${calls} calls`);
  round.stop();
  console.error = complain;
  assert.equal(most, 1);
});
