// All endpoints at a glance; one of them, or the form for a new one, by its name in the URL.
import {html, nothing} from './lit/lit-html.js';
import {poll} from './api.js';
import * as detail from './endpoint.js';
import * as form from './endpoint-form.js';
import {print} from './filter.js';
import {ago, count, seconds, short} from './format.js';
import {health, nextTry, target} from './health.js';
import {gather, list} from './pages.js';
import {change, to} from './route.js';
import {badge, choices, empty, failure, loading, searched, since, tokenPager} from './ui.js';

const PAGE = 100;
const LARGE_PAGE = 1000;
// A server with many endpoints is not asked for all of them all the time.
const AGAIN_MILLIS = 30_000;
const STATES = [['', 'All'], ['failing', 'Failing'], ['PAUSED', 'Paused'], ['DISABLED', 'Disabled'], ['BLOCKED', 'Blocked']];

export function open(route, redraw) {
  if (route.name === '+new') return form.open(route, redraw);
  if (route.name) return detail.open(route, redraw);
  let params = route.params;
  let found = null;
  let foundBy = '';
  let look = {calls: 0, found: 0};
  let error = null;

  const state = () => params.get('state') ?? '';
  const text = () => (params.get('filter') ?? '').toLowerCase();
  const asked = () => `${state()}\n${text()}\n${params.getAll('page').join()}`;
  const isPicked = () => text() !== '' || state() === 'failing';
  const isWanted = (e) => (state() !== 'failing' || ['bad', 'warn'].includes(health(e)[0])) && (!text() || `${e.name} ${target(e)}`.toLowerCase().includes(text()));

  const round = poll(async () => {
    const mine = asked();
    try {
      // What the server does not pick is picked here, from page after page.
      const size = isPicked() ? LARGE_PAGE : PAGE;
      const ask = list('v1/endpoints', {page_size: size, state: state() && state() !== 'failing' ? `ENDPOINT_STATE_${state()}` : ''}, 'endpoints');
      const pick = async (from) => {
        const page = await ask(from);
        return {...page, items: page.items.filter(isWanted)};
      };
      const said = (now) => {
        if (mine !== asked() || found) return;
        look = {...now, isLooking: true};
        redraw();
      };
      const now = await gather(pick, {from: params.getAll('page').at(-1), enough: isPicked() ? PAGE : 1, said, isWanted: () => mine === asked()});
      if (mine !== asked()) return;
      [found, foundBy] = [now, mine];
      look = {calls: now.calls, found: now.items.length};
      error = null;
    } catch (e) {
      if (mine === asked()) error = e;
    }
    redraw();
  }, () => (look.calls > 1 || look.found > PAGE ? AGAIN_MILLIS : 2000));

  /** What is shown was asked for with another filter. */
  const isLate = () => foundBy !== asked();
  const further = () => change({page: [...params.getAll('page'), found.next]});

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
    // While it is typed, what is here is narrowed down at once; the rest follows.
    const all = (found?.items ?? []).filter(isWanted);
    const isBare = found && !all.length && !found.next && !state() && !text() && !params.has('page');
    return html`<div class="head"><h1>Endpoints</h1><a class="button primary" href=${to('endpoints', '+new')}>New endpoint</a></div>
      <div class="toolbar">${choices('State', STATES, state(), (s) => change({state: s, page: ''}, {replace: true}))}
        <form class="grow" @submit=${(e) => e.preventDefault()}><input data-key="/" aria-label="Filter by name or address" placeholder="Filter by name or address" .value=${params.get('filter') ?? ''} @input=${(e) => change({filter: e.target.value, page: ''}, {replace: true})}></form></div>
      ${failure(error, round.now)}
      ${!found ? (error ? nothing : look.isLooking ? searched(look) : loading()) : isBare ? empty('No endpoints yet', html`<p>An endpoint gets every event that its filter matches as a signed webhook or a mail, keeps its place, and loses nothing while its receiver is away.</p><a class="button primary" href=${to('endpoints', '+new')}>Make the first one</a>`) : all.length === 0 && (found.next || isLate()) ? empty('Nothing found so far', isLate() ? loading('Looking') : searched({...look, further: found.next}, further)) : all.length === 0 ? empty('None of them', html`<p>No endpoint is in this state, or has this text in it.</p>`) : html`<div class="scroll" tabindex="0" role="region" aria-label="Endpoints"><table><thead><tr><th>Name</th><th>Health</th><th>Goes to</th><th>Filter</th><th class="num">Lag</th><th class="num">Retrying</th><th class="num">Dead</th><th>Next retry</th><th>Last success</th></tr></thead><tbody>${all.map(row)}</tbody></table></div>`}
      ${found && !isBare ? tokenPager(params.getAll('page'), isLate() ? '' : found.next, change) : nothing}`;
  }

  return {
    view,
    changed(now) {
      const before = params;
      params = now.params;
      const isSame = (name) => `${before.getAll(name)}` === `${params.getAll(name)}`;
      if (!isSame('state') || !isSame('page')) found = null;
      if (!isSame('state') || !isSame('page') || !isSame('filter')) {
        look = {calls: 0, found: 0};
        round.now();
      }
    },
    refresh: round.now,
    stop: round.stop,
  };
}
