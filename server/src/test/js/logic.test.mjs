// What the pages reckon with: times, text, what the tail leaves out, the snippets' address.
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {test} from 'node:test';
import {load, open, server, until} from './browser.mjs';

test('a time without a zone is one of the browser, a bare day too', async () => {
  const {when} = await load('when');
  const now = new Date(2026, 2, 4, 16, 0);
  const local = (...parts) => new Date(...parts).toISOString();

  for (const [text, iso] of [
    ['2026-01-31', local(2026, 0, 31)],
    ['2026-01-31 14:05', local(2026, 0, 31, 14, 5)],
    ['2026-01-31T14:05:06.789', local(2026, 0, 31, 14, 5, 6, 789)],
    ['9:05', local(2026, 2, 4, 9, 5)],
    [' 14:05:06 ', local(2026, 2, 4, 14, 5, 6)],
    ['2026-01-31T14:05Z', '2026-01-31T14:05:00.000Z'],
    ['2026-01-31T14:05:06.5+02:00', '2026-01-31T12:05:06.500Z'],
  ]) {
    assert.equal(when(text, now)?.toISOString(), iso, text);
  }
  for (const text of ['', '2026-02-31', '2026-13-01', '25:00', '14:60', 'yesterday-ish', 'order 17', '2026-01', '1200']) assert.equal(when(text, now), null, text);
});

test('a day in the address of the tail is a local one', async () => {
  const calls = server((path) => (path === '/v1/log' ? {headPosition: '5', earliestPosition: '1'} : {events: [], upToDate: true, headPosition: '5', lagEvents: '0'}));

  const {text} = await open('tail', '#/tail?at=2026-01-31');

  await until(() => text().includes('nothing after this place'), text);
  const asked = calls.find((c) => c.path === '/v1/events:sync').params.get('start.time');
  assert.equal(asked, new Date(2026, 0, 31).toISOString());
});

test('what a receiver answered is text in UTF-8', async () => {
  const answer = Buffer.concat([Buffer.from('Größe ✓ '), Buffer.from([0xff])]).toString('base64');
  const group = {endpoint: 'crm', reason: 'DEAD_LETTER_REASON_REFUSED', lastError: 'ATTEMPT_ERROR_STATUS', lastStatusCode: 422, events: '1'};
  server((path) => {
    if (path === '/v1/dead-letters:summarize') return {groups: [group]};
    if (path === '/v1/dead-letters') return {deadLetters: [{endpoint: 'crm', eventId: 'e1', tag: 'A', lastResponseExcerpt: answer}]};
    return {};
  });

  const {text} = await open('dead', `#/dead?group=${encodeURIComponent('crm~DEAD_LETTER_REASON_REFUSED~ATTEMPT_ERROR_STATUS~422')}`);

  await until(() => text().includes('Größe ✓ \ufffd'), text);
});

test('failing shows only deliveries that still fail', async () => {
  const attempt = (eventId, more) => ({attemptId: `a-${eventId}`, endpoint: 'crm', eventId, tag: `TAG.${eventId}`, position: '1', number: 1, outcome: 'ATTEMPT_OUTCOME_FAILED', ...more});
  const states = {retrying: 'RETRYING', delivered: 'DELIVERED', dead: 'DEAD', blocking: 'BLOCKING', left: 'RETRYING'};
  const calls = server((path, params) => {
    if (path === '/v1/attempts') return {attempts: [attempt('retrying'), attempt('delivered'), attempt('dead'), attempt('gone'), attempt('blocking'), attempt('taken', {unacknowledgedPositions: ['7']})]};
    if (path === '/v1/positions/7') return {event: {id: 'left'}};
    if (path !== '/v1/deliveries') return {};
    const id = params.get('event_id');
    if (id === 'gone') return [404, {message: 'no such endpoint'}];
    return {deliveries: [{endpoint: 'crm', eventId: id, tag: `TAG.${id}`, state: `DELIVERY_STATE_${states[id]}`, attempts: 2}]};
  });

  const {page, text} = await open('deliveries', '#/deliveries?show=failing');
  await until(() => text().includes('TAG.'), text);

  assert.deepEqual([...text().matchAll(/>TAG\.(\w+)</g)].map((m) => m[1]), ['retrying', 'blocking', 'left']);
  const before = calls.length;
  await page.refresh();
  const again = calls.slice(before).map((c) => c.params.get('event_id')).filter(Boolean);
  assert.deepEqual(again, ['retrying', 'dead', 'blocking', 'left'], 'what is settled is not asked about again; a dead letter may be sent again');
});

test('opened attempts of an event are read again', async () => {
  let explained = 0;
  server((path) => {
    if (path === '/v1/events/e1') return {event: {id: 'e1', position: '1', tag: 'A', ingestTime: '2026-01-31T12:00:00Z'}};
    if (path === '/v1/endpoints') return {endpoints: [{name: 'crm'}]};
    if (path === '/v1/deliveries') return {deliveries: [{endpoint: 'crm', eventId: 'e1', state: 'DELIVERY_STATE_RETRYING', attempts: 1}]};
    if (path === '/v1/deliveries:explain') return {explanation: `said ${++explained}`, delivery: {state: 'DELIVERY_STATE_RETRYING'}};
    return {};
  });
  const {page, text} = await open('event', '#/event/e1?open=crm');
  await until(() => (text(), text().includes('said 1')), text);

  await page.refresh();

  await until(() => text().includes('said 2'), text);
});

test('a filtered tail goes on from its cursor however far behind, until too many match', async () => {
  const {inbox} = await load('inbox');
  const events = (from, n) => ({events: Array.from({length: n}, (_, i) => ({position: String(from + i)}))});
  const box = inbox(true);

  assert.equal(box.frame({started: {startPosition: '1000', headPosition: '900000'}}, false), undefined);
  assert.equal(box.lag, 899_000);
  assert.equal(box.frame({progress: {state: 'STATE_CATCHING_UP', position: '500000', headPosition: '900000', lagEvents: '400000'}}, false), undefined);
  let on;
  for (let i = 0; i < 50 && !on; i++) on = box.frame({batch: events(500_001 + 500 * i, 500)}, false);
  assert.equal(on, '900000');
  assert.equal(box.unread, 900_000 - 520_500, 'says how much of the log it left');
  const [row] = box.flush([]).slice(-1);
  assert.equal(row.unread, box.unread);
});

test('an unfiltered tail that is too far behind skips to the head, and counts it', async () => {
  const {inbox} = await load('inbox');
  const box = inbox(false);

  assert.equal(box.frame({started: {startPosition: '100', headPosition: '50100'}}, false), '50100');
  assert.equal(box.skipped, 50_000);
  assert.equal(inbox(false).frame({started: {startPosition: '100', headPosition: '10000'}}, false), undefined);
});

test('events that retention took before the tail came to them are counted', async () => {
  const {inbox} = await load('inbox');
  const box = inbox(false);

  box.frame({gap: {missedEvents: '321', earliestPosition: '400'}}, false);

  assert.equal(box.skipped, 321);
});

test('snippets name the address of the page, with its path', () => {
  const script = `import {load} from ${JSON.stringify(new URL('./browser.mjs', import.meta.url).href)};
    const {sending, reading} = await load('snippets');
    console.log(sending({tag: 'A', json: "{\\"it's\\":1}"}).curl); console.log(sending({tag: 'A'}).grpcurl); console.log(reading({position: '7'}).curl);`;
  const at = (url) => {
    const run = spawnSync(process.execPath, ['--import', new URL('./hooks.mjs', import.meta.url).href, '--input-type=module', '-e', script], {env: {...process.env, CONSOLE_URL: url, NODE_OPTIONS: ''}, encoding: 'utf8'});
    assert.equal(run.status, 0, run.stderr);
    return run.stdout;
  };

  const below = at('https://example.org/eventsync/#/tail');
  assert.match(below, / https:\/\/example\.org\/eventsync\/v1\/events\n/);
  assert.match(below, / https:\/\/example\.org\/eventsync\/v1\/positions\/7\n/);
  assert.match(below, /^# Below \/eventsync\/ gRPC needs a proxy/m);
  assert.match(below, / example\.org:443 eventsync\.v1\.EventService\/Ingest/);
  const root = at('http://localhost:7300/');
  assert.match(root, / http:\/\/localhost:7300\/v1\/events\n/);
  assert.match(root, /^grpcurl -plaintext .* localhost:7300 eventsync/m);
});
