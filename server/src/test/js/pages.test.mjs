// Lists whose pages come back short or empty while there is more: nobody may say "nothing" then.
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {load, open, server, until} from './browser.mjs';

const event = (position) => ({id: `e${position}`, position: String(position), tag: 'A.B', key: '17', ingestTime: '2026-01-31T12:00:00Z', message: `message ${position}`});
const LOG = {earliestPosition: '1', headPosition: '5000'};
const quiet = () => new ReadableStream({pull: () => new Promise(() => {})});

/** A log in which the filter finds something on the given page of ListEvents, or nothing at all. */
function sparse(hitPage, pages = Infinity, {millis = 0} = {}) {
  return server(async (path, params) => {
    if (path === '/v1/log') return LOG;
    if (path === '/v1/events:subscribe') return [200, quiet()];
    if (path === '/v1/events:sync') return {events: [], upToDate: true, cursor: 'c', headPosition: '5000', lagEvents: '0'};
    if (path !== '/v1/events') return {};
    if (millis) await new Promise((r) => setTimeout(r, millis));
    const page = Number(params.get('page_token') || 1);
    return {events: page === hitPage ? [event(40)] : [], nextPageToken: page < pages ? String(page + 1) : ''};
  });
}

for (const module of ['tail', 'logs']) {
  test(`${module} finds by a key what lies behind empty pages`, async () => {
    sparse(7, 9);

    const {text} = await open(module, '#/x?filter=key%3D17');

    await until(() => text().includes('message 40'), text);
    assert.doesNotMatch(text(), /Look further/);
  });

  test(`${module} says that it has not looked through everything, and looks on`, async () => {
    const calls = sparse(0, 250);

    const {text} = await open(module, '#/x?filter=key%3D17');

    await until(() => text().includes('Look further'), text, 6000);
    assert.match(text(), /0 found in 100 pages of the log; there is more/);
    assert.doesNotMatch(text(), /Nothing matches yet|No lines|log is empty/);
    assert.equal(calls.filter((c) => c.path === '/v1/events').length, 100);
  });

  test(`${module} says nothing when all was looked through`, async () => {
    sparse(0, 3);

    const {text} = await open(module, '#/x?filter=key%3D17');

    await until(() => /Nothing matches yet|No lines/.test(text()), text);
  });

  test(`${module} shows how far it has looked`, async () => {
    sparse(9, 9, {millis: 20});

    const {text} = await open(module, '#/x?filter=key%3D17');

    await until(() => /Still looking: 0 found in [2-7] pages/.test(text()), text);
    await until(() => text().includes('message 40'), text);
  });
}

test('the past by a position goes on over empty pages of Sync', async () => {
  server((path, params) => {
    if (path === '/v1/log') return LOG;
    if (path !== '/v1/events:sync') return {};
    const from = Number(params.get('start.cursor') ?? 0);
    const end = from + 1000;
    return {events: end === 3000 ? [event(2999)] : [], cursor: String(end), upToDate: end >= 5000, headPosition: '5000', lagEvents: String(5000 - end)};
  });

  const {text} = await open('tail', '#/tail?at=1&filter=key%3D17');

  await until(() => text().includes('message 2999'), text);
});

test('the past before a position looks on by the page, and Older goes on where it ended', async () => {
  sparse(0, 1000);

  const {text} = await open('tail', '#/tail?before=4000&filter=key%3D17');

  await until(() => text().includes('Look further'), text, 6000);
  const {lookBack} = await load('past');
  const found = await lookBack({keys: ['17'], attributes: {}}, {before: '4000'}, {callsMax: 3});
  assert.deepEqual(found.older, {page: '4'});
  assert.deepEqual(found.further, {page: '4'});
});

test('deliveries, dead letters and endpoints look on over empty pages', async () => {
  for (const [path, field, module, hash, item] of [
    ['/v1/deliveries', 'deliveries', 'deliveries', '#/deliveries?endpoint=crm&show=flight', {endpoint: 'crm', eventId: 'e1', tag: 'FOUND', state: 'DELIVERY_STATE_IN_FLIGHT'}],
    ['/v1/dead-letters', 'deadLetters', 'deliveries', '#/deliveries?show=dead', {endpoint: 'crm', eventId: 'e1', tag: 'FOUND'}],
    ['/v1/attempts', 'attempts', 'deliveries', '#/deliveries', {attemptId: '1', endpoint: 'crm', eventId: 'e1', tag: 'FOUND', outcome: 'ATTEMPT_OUTCOME_SUCCEEDED'}],
    ['/v1/endpoints', 'endpoints', 'endpoints', '#/endpoints?filter=found', {name: 'found', webhook: {url: 'https://example.org'}}],
    ['/v1/endpoints', 'endpoints', 'endpoints', '#/endpoints?state=failing', {name: 'found', status: {state: 'ENDPOINT_STATE_DISABLED'}}],
  ]) {
    server((asked, params) => (asked !== path ? {} : params.get('page_token') === '4' ? {[field]: [item]} : {[field]: [], nextPageToken: String(Number(params.get('page_token') || 1) + 1)}));

    const {page, text} = await open(module, hash);

    await until(() => /FOUND|>found</.test(text()), () => `${hash}: ${text()}`);
    page.stop();
  }
});

test('the event shows all endpoints, and says what it has not looked at', async () => {
  const names = Array.from({length: 1203}, (_, i) => `endpoint-${i}`);
  server((path, params) => {
    if (path === '/v1/events/e1') return {event: event(1)};
    const from = Number(params.get('page_token') || 0);
    const cut = (all, make) => ({[path.slice(4)]: all.slice(from, from + 1000).map(make), nextPageToken: from + 1000 < all.length ? String(from + 1000) : ''});
    if (path === '/v1/endpoints') return cut(names, (name) => ({name}));
    if (path === '/v1/deliveries') return cut(names, (name) => ({endpoint: name, eventId: 'e1', state: 'DELIVERY_STATE_DELIVERED', attempts: 1}));
    return {};
  });

  const {text} = await open('event', '#/event/e1');

  await until(() => text().includes('Show more'), text);
  assert.match(text(), /200 of 1,203 are shown/);
});
