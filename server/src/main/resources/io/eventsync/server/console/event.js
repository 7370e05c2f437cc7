// One event: what it is, and who received it.
import {html, nothing} from './lit/lit-html.js';
import {get, poll, seg} from './api.js';
import {deliveryState, explained} from './attempts.js';
import {matches, print} from './filter.js';
import {bytes, count, word} from './format.js';
import {payload} from './json.js';
import {endpoints as allEndpoints, gather, list} from './pages.js';
import {change, to} from './route.js';
import {reading, sending} from './snippets.js';
import {badge, choices, copy, facts, failure, loading, since, time} from './ui.js';

const EXPLAINED_MAX = 20;
const SHOWN = 200;
const LONG = 1000;
const AGAIN_MILLIS = 30_000;

export function open(route, redraw) {
  let params = route.params;
  let event = null;
  let error = null;
  let matching = [];
  let tried = [];
  let endpointsRead = 0;
  let size = 0;
  let isCut = {};
  let shown = SHOWN;
  let endpoints = null;
  let deliveriesError = null;
  let readers = null;
  let readersError = null;
  const details = new Map();

  const round = poll(async () => {
    try {
      if (!event) event = (await get(`v1/events/${seg(route.name)}`)).event;
      error = null;
      // What is open goes on with its delivery.
      await Promise.all([received(), read(), details.get(params.get('open'))?.load()]);
    } catch (e) {
      error = e;
    }
    redraw();
  }, 5000);

  async function received() {
    try {
      // Long lists are not read all the time.
      if (Date.now() - endpointsRead > (size > LONG ? AGAIN_MILLIS : 0)) {
        const [all, sent] = await Promise.all([
          allEndpoints(),
          gather(list('v1/deliveries', {event_id: event.id, page_size: 1000}, 'deliveries'), {enough: Infinity, callsMax: 10}),
        ]);
        size = all.items.length + sent.items.length;
        endpointsRead = Date.now();
        isCut = {...isCut, endpoints: !!all.next, deliveries: !!sent.next};
        matching = all.items.filter((e) => matches(e.filter, event)).map((e) => e.name);
        tried = sent.items;
      }
      const names = new Set(tried.map((d) => d.endpoint));
      const untried = matching.filter((name) => !names.has(name));
      const explain = async (name, i) => ({name, verdict: i < EXPLAINED_MAX ? (await get('v1/deliveries:explain', {endpoint: name, event_id: event.id})).explanation : 'open it to see'});
      endpoints = [...tried.map((d) => ({name: d.endpoint, delivery: d})), ...(await Promise.all(untried.map(explain)))];
      deliveriesError = null;
    } catch (e) {
      deliveriesError = e;
    }
  }

  /** Streams and consumers that are past it and asked for such events. */
  async function read() {
    const at = BigInt(event.position);
    const past = (r) => matches(r.filter, event) && BigInt(r.position ?? 0) >= at;
    const [streams, consumers] = await Promise.allSettled([get('v1/subscriptions'), gather(list('v1/consumers', {page_size: 1000}, 'consumers'), {enough: Infinity, callsMax: 10})]);
    readersError = streams.reason ?? consumers.reason ?? null;
    if (streams.reason && consumers.reason) return;
    readers = [
      ...(streams.value?.subscriptions ?? []).filter((s) => past(s) && Date.parse(s.startTime) <= Date.parse(event.ingestTime)).map((s) => ['stream', s.clientName || s.peer, s.filter]),
      ...(consumers.value?.items ?? []).filter(past).map((c) => ['consumer', c.name, c.filter]),
    ];
    isCut = {...isCut, consumers: !!consumers.value?.next};
  }

  function toggle(name) {
    change({open: params.get('open') === name ? '' : name}, {replace: true});
  }

  function detail(name) {
    for (const other of details.keys()) if (other !== name) details.delete(other);
    if (!details.has(name)) details.set(name, explained(name, event.id, redraw));
    return details.get(name).view();
  }

  function payloadBytes() {
    return event.json !== undefined ? bytes(new Blob([event.json]).size) : event.data !== undefined ? bytes(atob(event.data).length) : '';
  }

  const cut = (what, said) => (isCut[what] ? html`<p class="quiet">${said}</p>` : nothing);

  function more() {
    shown += SHOWN;
    redraw();
  }

  function view() {
    if (!event) return error ? failure(error, round.now) : loading('Reading the event');
    const mode = params.get('as') ?? 'pretty';
    const send = () => sending(event);
    const opened = params.get('open');
    return html`<div class="head"><h1><span class="crumb"><a href="#/tail">Live tail</a> / </span>${event.tag}</h1>
        <div class="actions"><a class="button" href=${to('tail', '', {at: event.position, open: event.position})}>In the log</a>${copy('Copy as grpcurl', () => send().grpcurl)}${copy('as curl', () => send().curl)}${copy('as Java', () => send().java)}${copy('read by curl', () => reading(event).curl)}</div></div>
      ${failure(error)}
      <div class="panel">${facts([
        ['Id', html`<code>${event.id}</code>`],
        ['Position', count(event.position)],
        ['Ingested', html`${time(event.ingestTime)} <span class="quiet">${since(event.ingestTime)}</span>`],
        ['Event time', event.eventTime ? time(event.eventTime) : ''],
        ['Key', event.key],
        ['Message', event.message],
        ['Content type', event.contentType],
        ['Producer', event.producer],
        ['Trace', event.traceparent ? html`<code>${event.traceparent.split('-')[1]}</code> ${copy('Copy', event.traceparent)}` : ''],
        ['Attributes', event.attributes ? Object.entries(event.attributes).map(([k, v]) => html`<code>${k}=${v}</code> `) : ''],
      ])}
      <div class="head"><h2>Payload <span class="crumb">${payloadBytes()}</span></h2>${event.json !== undefined || event.data !== undefined ? choices('Payload as', event.json !== undefined ? [['pretty', 'Pretty'], ['raw', 'Raw']] : [['pretty', 'Hex'], ['raw', 'Text']], mode, (as) => change({as: as === 'pretty' ? '' : as}, {replace: true})) : nothing}</div>
      ${payload(event, mode)}</div>
      <h2>Endpoints it was meant for</h2>
      ${failure(deliveriesError)}
      ${endpoints === null ? (deliveriesError ? nothing : loading()) : endpoints.length === 0 ? (isCut.endpoints || isCut.deliveries ? nothing : html`<p class="quiet">The filter of no endpoint matches it.</p>`) : html`<div class="scroll" tabindex="0" role="region" aria-label="Endpoints"><table><thead><tr><th>Endpoint</th><th>State</th><th class="num">Attempts</th><th>Latest</th><th><span class="unseen">Action</span></th></tr></thead><tbody>
        ${endpoints.slice(0, shown).map(({name, delivery, verdict}) => html`<tr><td><a href=${to('endpoints', name)}>${name}</a></td><td>${delivery ? deliveryState(delivery.state) : badge('idle', verdict)}</td><td class="num">${delivery ? delivery.attempts : '–'}</td><td>${delivery?.lastAttempt ? since(delivery.lastAttempt.startTime) : '–'}</td><td class="num"><button class="plain" data-row aria-expanded=${opened === name} @click=${() => toggle(name)}>${opened === name ? 'Close' : 'Attempts'}</button></td></tr>
          ${opened === name ? html`<tr class="open-row"><td colspan="5"><div class="inside">${detail(name)}</div></td></tr>` : nothing}`)}</tbody></table></div>`}
      ${endpoints?.length > shown ? html`<p class="more"><span class="quiet">${count(shown)} of ${count(endpoints.length)} are shown.</span> <button @click=${more}>Show more</button></p>` : nothing}
      ${cut('endpoints', 'Only the first endpoints by name were looked at; there are more.')}${cut('deliveries', 'Only the latest deliveries of it were looked at; there are more.')}
      <h2>Readers that are past it</h2>
      ${failure(readersError)}${cut('consumers', 'Only the first consumers by name were looked at; there are more.')}
      ${!readers ? (readersError ? nothing : loading()) : readers.length === 0 ? (readersError || isCut.consumers) ? nothing : html`<p class="quiet">No stream that was open then, and no consumer with a filter for it, has read beyond it.</p>` : html`<div class="scroll" tabindex="0" role="region" aria-label="Readers"><table><thead><tr><th>Kind</th><th>Name</th><th>Filter</th></tr></thead><tbody>${readers.map(([kind, name, filter]) => html`<tr><td>${word(kind, '')}</td><td>${name}</td><td>${print(filter) || 'all events'}</td></tr>`)}</tbody></table></div>`}`;
  }

  return {
    view,
    changed(now) {
      params = now.params;
    },
    refresh: round.now,
    stop: round.stop,
  };
}
