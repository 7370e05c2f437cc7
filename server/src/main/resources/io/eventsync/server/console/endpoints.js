// All endpoints at a glance; one of them, or the form for a new one, by its name in the URL.
import {html, nothing} from './lit/lit-html.js';
import {get, poll} from './api.js';
import * as detail from './endpoint.js';
import * as form from './endpoint-form.js';
import {print} from './filter.js';
import {ago, count, seconds, short} from './format.js';
import {health, nextTry, target} from './health.js';
import {change, to} from './route.js';
import {badge, choices, empty, failure, loading, since, tokenPager} from './ui.js';

const STATES = [['', 'All'], ['failing', 'Failing'], ['PAUSED', 'Paused'], ['DISABLED', 'Disabled'], ['BLOCKED', 'Blocked']];

export function open(route, redraw) {
  if (route.name === '+new') return form.open(route, redraw);
  if (route.name) return detail.open(route, redraw);
  let params = route.params;
  let answer = null;
  let error = null;

  const round = poll(async () => {
    const state = params.get('state') ?? '';
    try {
      answer = await get('v1/endpoints', {page_size: 100, page_token: params.getAll('page').at(-1), state: state && state !== 'failing' ? `ENDPOINT_STATE_${state}` : ''});
      error = null;
    } catch (e) {
      error = e;
    }
    redraw();
  }, 2000);

  function row(e) {
    const s = e.status ?? {};
    const [tone, label] = health(e);
    return html`<tr><td><a data-row href=${to('endpoints', e.name)}>${e.name}</a></td><td>${badge(tone, label)}</td>
      <td class="cut" title=${target(e)}>${target(e).replace(/^https?:\/\//, '')}</td><td class="cut" title=${print(e.filter)}>${print(e.filter) || html`<span class="quiet">all events</span>`}</td>
      <td class="num" title="${count(s.lagEvents)} events">${short(s.lagEvents)}${seconds(s.lag) >= 1 ? html` <span class="quiet">${ago(Date.now() - 1000 * seconds(s.lag)).replace(' ago', '')}</span>` : nothing}</td>
      <td class="num">${count(s.retrying)}</td>
      <td class="num">${Number(s.deadLetters) ? html`<a href=${to('dead', '', {endpoint: e.name})}>${count(s.deadLetters)}</a>` : '0'}</td>
      <td>${nextTry(e) ? since(nextTry(e)) : html`<span class="quiet">–</span>`}</td><td>${since(s.lastSuccessTime)}</td></tr>`;
  }

  function view() {
    const state = params.get('state') ?? '';
    const text = params.get('filter') ?? '';
    let all = answer?.endpoints ?? [];
    if (state === 'failing') all = all.filter((e) => ['bad', 'warn'].includes(health(e)[0]));
    if (text) all = all.filter((e) => `${e.name} ${target(e)}`.toLowerCase().includes(text.toLowerCase()));
    const isBare = answer && !answer.endpoints?.length && !state;
    return html`<div class="head"><h1>Endpoints</h1><a class="button primary" href=${to('endpoints', '+new')}>New endpoint</a></div>
      <div class="toolbar">${choices('State', STATES, state, (s) => change({state: s, page: ''}, {replace: true}))}
        <form class="grow" @submit=${(e) => e.preventDefault()}><input data-key="/" aria-label="Filter by name or address" placeholder="Filter by name or address" .value=${text} @input=${(e) => change({filter: e.target.value}, {replace: true})}></form></div>
      ${failure(error, round.now)}
      ${!answer ? (error ? nothing : loading()) : isBare ? empty('No endpoints yet', html`<p>An endpoint gets every event that its filter matches as a signed webhook or a mail, keeps its place, and loses nothing while its receiver is away.</p><a class="button primary" href=${to('endpoints', '+new')}>Make the first one</a>`) : all.length === 0 ? empty('None of them', html`<p>No endpoint is in this state, or has this text in it.</p>`) : html`<div class="scroll" tabindex="0" role="region" aria-label="Endpoints"><table><thead><tr><th>Name</th><th>Health</th><th>Goes to</th><th>Filter</th><th class="num">Lag</th><th class="num">Retrying</th><th class="num">Dead</th><th>Next retry</th><th>Last success</th></tr></thead><tbody>${all.map(row)}</tbody></table></div>`}
      ${answer && !isBare ? tokenPager(params.getAll('page'), answer.nextPageToken, change) : nothing}`;
  }

  return {
    view,
    changed(now) {
      const before = params;
      params = now.params;
      if (['state', 'page'].some((name) => `${before.getAll(name)}` !== `${params.getAll(name)}`)) round.now();
    },
    refresh: round.now,
    stop: round.stop,
  };
}
