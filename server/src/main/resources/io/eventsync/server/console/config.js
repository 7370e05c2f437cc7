// Every setting in force, where it was given, and what it is for.
import {html, nothing} from './lit/lit-html.js';
import {get, poll} from './api.js';
import {bytes, count, duration, seconds} from './format.js';
import {change} from './route.js';
import {choices, empty, facts, failure, loading, time} from './ui.js';

export function open(route, redraw) {
  let params = route.params;
  let entries = null;
  let server = null;
  let log = null;
  let error = null;

  const round = poll(async () => {
    const [a, b, c] = await Promise.allSettled([get('v1/config'), get('v1/server'), get('v1/log')]);
    error = a.reason ?? b.reason ?? c.reason ?? null;
    entries = a.value?.entries ?? entries;
    server = b.value ?? server;
    log = c.value ?? log;
    redraw();
  }, 15_000);

  function view() {
    const text = (params.get('filter') ?? '').toLowerCase();
    const isChanged = params.get('show') === 'set';
    const found = (entries ?? []).filter((e) => (!isChanged || e.origin !== 'default') && `${e.key} ${e.value} ${e.description}`.toLowerCase().includes(text));
    return html`<div class="head"><h1>Config</h1><div class="actions"><a class="button" href="docs/">API</a><a class="button" href="openapi.json">OpenAPI</a></div></div>
      ${server ? html`<div class="panel">${facts([
        ['Version', server.version],
        ['Node', html`<code>${server.nodeId}</code>`],
        ['Up', duration(seconds(server.uptime))],
        ['Log', html`<code>${server.logId}</code>`],
        ['Postgres', `${server.postgresVersion}${server.embeddedPostgres ? ', embedded' : ''}`],
        ['Features', (server.features ?? []).join(', ')],
        ['Events', log ? `${count(log.earliestPosition)} to ${count(log.headPosition)}` : ''],
        ['Size', log ? `${bytes(log.bytes)}, ${count(log.tags)} tags` : ''],
        ['Oldest', log?.earliestTime ? time(log.earliestTime, {isShort: true}) : ''],
      ])}</div>` : nothing}
      <div class="toolbar">${choices('Which', [['', 'All'], ['set', 'Set by someone']], params.get('show') ?? '', (show) => change({show}, {replace: true}))}
        <form class="grow" @submit=${(e) => e.preventDefault()}><input data-key="/" aria-label="Filter settings" placeholder="Filter settings" .value=${params.get('filter') ?? ''} @input=${(e) => change({filter: e.target.value}, {replace: true})}></form></div>
      ${failure(error, round.now)}
      ${!entries ? (error ? nothing : loading()) : found.length === 0 ? empty('None of them', html`<p>${isChanged ? 'All of these have their defaults.' : 'No setting has this text in it.'}</p>`) : html`<div class="scroll" tabindex="0" role="region" aria-label="Settings"><table><thead><tr><th>Setting</th><th>Value</th><th>From</th><th>What it is for</th></tr></thead><tbody>${found.map((e) => html`<tr><td><code>${e.key}</code></td><td class="wrap"><code>${e.value || '–'}</code></td><td class=${e.origin === 'default' ? 'quiet' : ''}>${e.origin}</td><td class="wrap quiet">${e.description}</td></tr>`)}</tbody></table></div>`}`;
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
