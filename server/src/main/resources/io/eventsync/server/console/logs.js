// The last 50 lines of the log, as lines.
import {html, nothing} from './lit/lit-html.js';
import {get, poll} from './api.js';
import * as filters from './filter.js';
import {clock} from './format.js';
import {change} from './route.js';
import {copy, empty, failure, loading} from './ui.js';

const LINES = 50;

export function open(route, redraw) {
  let params = route.params;
  let events = null;
  let error = null;

  const round = poll(async () => {
    try {
      events = ((await get('v1/events', {...filters.params(filters.parse(params.get('filter') ?? '')), page_size: LINES})).events ?? []).reverse();
      error = null;
    } catch (e) {
      error = e;
    }
    redraw();
  }, 2000);

  const text = (e) => e.message || e.json || '';
  const lines = () => events.map((e) => `[${e.ingestTime}] ${e.tag}: ${text(e)}`).join('\n');

  return {
    view: () => html`<div class="head"><h1>Logs</h1><div class="actions"><label class="check"><input type="checkbox" .checked=${params.get('wrap') === '1'} @change=${(e) => change({wrap: e.target.checked ? '1' : ''}, {replace: true})}>Wrap lines</label>${copy('Copy all', () => lines())}</div></div>
      <div class="toolbar"><form class="grow" @submit=${(e) => (e.preventDefault(), change({filter: new FormData(e.target).get('filter').trim()}))}><input name="filter" data-key="/" aria-label="Filter" placeholder="Filter: DATABASE -DATABASE.HEARTBEAT" .value=${params.get('filter') ?? ''} autocomplete="off" spellcheck="false"></form></div>
      ${failure(error, round.now)}
      ${!events ? (error ? nothing : loading()) : events.length === 0 ? empty('No lines', html`<p>The last ${LINES} events that match show up here, the newest at the end.</p>`) : html`<pre class="log ${params.get('wrap') === '1' ? 'wrapped' : ''}" tabindex="0" aria-label="The last ${LINES} lines, the newest at the end">${events.map((e) => html`<span class="quiet" title=${e.ingestTime}>${clock(e.ingestTime)}</span> <b>${e.tag}</b> ${text(e).slice(0, 600)}
`)}</pre>`}`,
    changed(now) {
      params = now.params;
      round.now();
    },
    refresh: round.now,
    stop: round.stop,
  };
}
