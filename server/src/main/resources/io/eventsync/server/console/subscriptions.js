// Who reads the log: open streams with their lag, and consumers with their place.
import {html, nothing} from './lit/lit-html.js';
import {del, get, poll, seg} from './api.js';
import {print} from './filter.js';
import {count} from './format.js';
import {gather, list} from './pages.js';
import {change} from './route.js';
import {badge, choices, empty, failure, loading, since, twice} from './ui.js';

const SHOWN_MAX = 200;
// That many the server answers at most.
const STREAMS_MAX = 10_000;
const ORDERS = {lag: ['Lag', (a, b) => Number(b.lagEvents ?? 0) - Number(a.lagEvents ?? 0)], age: ['Age', (a, b) => Date.parse(a.startTime) - Date.parse(b.startTime)], sent: ['Sent', (a, b) => Number(b.sentEvents ?? 0) - Number(a.sentEvents ?? 0)]};

export function open(route, redraw) {
  let params = route.params;
  let streams = null;
  let consumers = null;
  let consumersError = null;
  let error = null;
  let failed = null;

  const round = poll(async () => {
    const [a, b] = await Promise.allSettled([get('v1/subscriptions'), gather(list('v1/consumers', {page_size: 1000}, 'consumers'), {enough: Infinity, callsMax: 10})]);
    error = a.reason ?? null;
    consumersError = b.reason ?? null;
    if (a.value) streams = a.value.subscriptions ?? [];
    if (b.value) consumers = b.value;
    redraw();
  }, () => (streams?.length > 500 || consumers?.items.length > 500 ? 15_000 : 2000));

  async function disconnect(s) {
    failed = null;
    try {
      await del(`v1/subscriptions/${seg(s.subscriptionId)}`);
      await round.now();
    } catch (e) {
      failed = e;
      redraw();
    }
  }

  function row(s) {
    const lag = Number(s.lagEvents ?? 0);
    return html`<tr><td><span class="mono">${s.clientName || 'no name'}</span></td><td>${s.stalled ? badge('warn', 'takes nothing') : lag > 1000 ? badge('idle', 'catching up') : badge('ok', 'live')}</td><td>${s.peer}</td><td class="cut" title=${print(s.filter)}>${print(s.filter) || html`<span class="quiet">all events</span>`}</td><td class="num">${count(s.position)}</td><td class="num">${count(lag)}</td><td class="num">${count(s.sentEvents)}</td><td>${since(s.startTime)}</td><td class="num">${twice('Disconnect', 'Really?', () => disconnect(s))}</td></tr>`;
  }

  function view() {
    const text = (params.get('filter') ?? '').toLowerCase();
    const order = ORDERS[params.get('sort')] ? params.get('sort') : 'lag';
    const found = (streams ?? []).filter((s) => `${s.clientName} ${s.peer} ${print(s.filter)}`.toLowerCase().includes(text)).sort(ORDERS[order][1]);
    return html`<div class="head"><h1>Subscriptions</h1><span class="quiet">${streams ? `${count(streams.length)}${streams.length >= STREAMS_MAX ? ' or more' : ''} open on this node` : ''}</span></div>
      <div class="toolbar">${choices('Sort by', Object.entries(ORDERS).map(([key, [label]]) => [key, label]), order, (sort) => change({sort: sort === 'lag' ? '' : sort}, {replace: true}))}
        <form class="grow" @submit=${(e) => e.preventDefault()}><input data-key="/" aria-label="Filter by client, address or tag" placeholder="Filter by client, address or tag" .value=${params.get('filter') ?? ''} @input=${(e) => change({filter: e.target.value}, {replace: true})}></form></div>
      ${failure(error, round.now)}${failure(failed)}
      ${!streams ? (error ? nothing : loading()) : streams.length === 0 ? empty('Nobody is streaming', html`<p>Open streams of <code>Subscribe</code> show up here while they last: who it is, how far it has come, and whether it takes what is sent.</p>`) : found.length === 0 ? empty('None of them') : html`<div class="scroll" tabindex="0" role="region" aria-label="Streams"><table><thead><tr><th>Client</th><th>State</th><th>From</th><th>Filter</th><th class="num">Position</th><th class="num">Lag</th><th class="num">Sent</th><th>Since</th><th><span class="unseen">Action</span></th></tr></thead><tbody>${found.slice(0, SHOWN_MAX).map(row)}</tbody></table></div>`}
      ${found.length > SHOWN_MAX ? html`<p class="quiet">${count(found.length - SHOWN_MAX)} more; filter to find one.</p>` : nothing}
      <h2>Consumers</h2>
      ${failure(consumersError)}
      ${!consumers ? (consumersError ? nothing : loading()) : consumers.items.length === 0 && !consumers.next ? html`<p class="quiet">No reader keeps its place by name.</p>` : html`<div class="scroll" tabindex="0" role="region" aria-label="Consumers"><table><thead><tr><th>Name</th><th>Filter</th><th class="num">Position</th><th class="num">Lag</th><th>Moved</th></tr></thead><tbody>${consumers.items.slice(0, SHOWN_MAX).map((c) => html`<tr><td><span class="mono">${c.name}</span></td><td class="cut">${print(c.filter) || html`<span class="quiet">all events</span>`}</td><td class="num">${count(c.position)}</td><td class="num">${count(c.lagEvents)}</td><td>${since(c.updateTime)}</td></tr>`)}</tbody></table></div>`}
      ${consumers && (consumers.items.length > SHOWN_MAX || consumers.next) ? html`<p class="quiet">The first ${SHOWN_MAX} by name of ${count(consumers.items.length)}${consumers.next ? ' or more' : ''}.</p>` : nothing}`;
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
