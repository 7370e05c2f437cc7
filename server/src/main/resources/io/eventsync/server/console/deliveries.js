// What became of events on their way to endpoints; each row opens into its attempts.
import {html, nothing} from './lit/lit-html.js';
import {poll} from './api.js';
import {deliveryState, explained, outcome} from './attempts.js';
import {count, duration, seconds} from './format.js';
import {endpointNames} from './names.js';
import {change, to} from './route.js';
import {key as keyOf, tried} from './tried.js';
import {choices, empty, endpointChoice, failure, loading, opener, openerHead, searched, since, time, tokenPager} from './ui.js';

const ASKED = ['show', 'endpoint', 'event', 'page'];
const SETTLED_MAX = 10_000;
// Where one page was not enough, the same pages are not looked through all the time.
const AGAIN_MILLIS = 15_000;
const PRESETS = {
  '': ['All', [], []],
  flight: ['In flight', ['IN_FLIGHT'], ['STARTED']],
  failing: ['Failing', ['RETRYING', 'BLOCKING'], ['FAILED', 'UNKNOWN']],
  dead: ['Dead', ['DEAD'], null],
  done: ['Done', ['DELIVERED'], ['SUCCEEDED']],
};

export function open(route, redraw) {
  let params = route.params;
  let rows = null;
  let next = '';
  let look = {calls: 0, found: 0};
  let error = null;
  const details = new Map();
  const settled = new Set();
  const endpoints = endpointNames(redraw);

  const preset = () => (PRESETS[params.get('show') ?? ''] ? (params.get('show') ?? '') : '');
  const asked = () => ASKED.map((name) => params.getAll(name).join()).join('\n');

  const round = poll(async () => {
    const mine = asked();
    const isWanted = () => mine === asked();
    if (settled.size > SETTLED_MAX) settled.clear();
    const said = (now) => {
      if (!isWanted() || rows) return;
      look = {...now, isLooking: true};
      redraw();
    };
    try {
      const found = await tried(wanted(), settled, {said, isWanted});
      if (!isWanted()) return;
      rows = found.items;
      next = found.next;
      look = {calls: found.calls, found: rows.length};
      error = null;
    } catch (e) {
      if (isWanted()) error = e;
    }
    for (const key of params.getAll('open')) details.get(key)?.load();
    redraw();
  }, () => (look.calls > 1 ? AGAIN_MILLIS : 2500));

  function wanted() {
    const [, states, outcomes] = PRESETS[preset()];
    return {show: preset(), states, outcomes, endpoint: params.get('endpoint') ?? '', event: params.get('event') ?? '', from: params.getAll('page').at(-1)};
  }

  const further = () => change({page: [...params.getAll('page'), next]});

  function toggle(key) {
    const all = params.getAll('open');
    change({open: all.includes(key) ? all.filter((k) => k !== key) : [...all, key].slice(-10)}, {replace: true});
  }

  function row(d) {
    const key = keyOf(d);
    const isOpen = params.getAll('open').includes(key);
    if (isOpen && !details.has(key)) details.set(key, explained(d.endpoint, d.eventId, redraw));
    if (!isOpen) details.delete(key);
    return html`<tr>${opener(isOpen, `Attempts of ${d.tag} to ${d.endpoint}`, () => toggle(key))}
      <td>${d.state ? deliveryState(d.state) : outcome(d.latest)}</td><td><a href=${to('endpoints', d.endpoint)}>${d.endpoint}</a></td><td class="cut"><a href=${to('event', d.eventId)}>${d.tag}</a></td><td class="num">${count(d.position)}</td><td class="num">${d.attempts}</td>
      <td>${time(d.latest.startTime, {isShort: true})}</td><td class="num">${duration(seconds(d.latest.latency))}</td>
      <td>${d.nextAttemptTime ? since(d.nextAttemptTime) : html`<span class="quiet">–</span>`}</td><td class="cut">${d.state && d.latest.outcome === 'ATTEMPT_OUTCOME_FAILED' ? outcome(d.latest) : nothing} <span class="quiet">${d.latest.errorMessage ?? ''}</span></td></tr>
      ${isOpen ? html`<tr class="open-row"><td colspan="10"><div class="inside">${details.get(key).view()}</div></td></tr>` : nothing}`;
  }

  const again = (changes) => {
    change({...changes, open: '', page: ''});
  };

  function view() {
    const endpoint = params.get('endpoint') ?? '';
    const event = params.get('event') ?? '';
    return html`<div class="head"><h1>Deliveries</h1></div>
      <div class="toolbar">${choices('Which', Object.entries(PRESETS).map(([id, [label]]) => [id, label]), preset(), (show) => again({show}))}
        ${endpointChoice(endpoints, endpoint, (name) => again({endpoint: name}))}
        <form class="grow" @submit=${(e) => (e.preventDefault(), again({event: new FormData(e.target).get('event').trim()}))}><input name="event" data-key="/" aria-label="Id of an event" placeholder="Id of an event" .value=${event} autocomplete="off" spellcheck="false"></form></div>
      ${failure(error, round.now)}
      ${!rows ? (error ? nothing : look.isLooking ? searched(look) : loading()) : rows.length === 0 && next ? empty('Nothing found so far', searched({...look, further: next}, further)) : rows.length === 0 ? empty('Nothing here', html`<p>${preset() || endpoint || event ? 'No delivery is like this.' : 'Nothing was sent to an endpoint yet.'}</p>`) : html`<div class="scroll" tabindex="0" role="region" aria-label="Deliveries"><table><thead><tr>${openerHead}<th>${rows[0].state ? 'State' : 'Latest'}</th><th>Endpoint</th><th>Event</th><th class="num">Position</th><th class="num">Attempts</th><th>Tried</th><th class="num">Took</th><th>Next</th><th>Error</th></tr></thead><tbody>${rows.map(row)}</tbody></table></div>`}
      ${tokenPager(params.getAll('page'), next, change)}`;
  }

  return {
    view,
    changed(now) {
      const before = params;
      params = now.params;
      if (ASKED.every((name) => `${before.getAll(name)}` === `${params.getAll(name)}`)) return;
      rows = null;
      next = '';
      look = {calls: 0, found: 0};
      round.now();
    },
    refresh: round.now,
    stop() {
      round.stop();
      endpoints.stop();
    },
  };
}
