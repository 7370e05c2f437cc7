// What became of events on their way to endpoints; each row opens into its attempts.
import {html, nothing} from './lit/lit-html.js';
import {get, poll} from './api.js';
import {deliveryState, explained, outcome} from './attempts.js';
import {count, duration, seconds} from './format.js';
import {change, to} from './route.js';
import {choices, empty, endpointChoice, failure, loading, opener, openerHead, since, time, tokenPager} from './ui.js';

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
  let error = null;
  let endpoints = [];
  const details = new Map();

  get('v1/endpoints', {page_size: 1000}).then((a) => ((endpoints = (a.endpoints ?? []).map((e) => e.name)), redraw()), () => {});

  const preset = () => (PRESETS[params.get('show') ?? ''] ? (params.get('show') ?? '') : '');

  const round = poll(async () => {
    try {
      [rows, next] = await load();
      error = null;
    } catch (e) {
      error = e;
    }
    for (const key of params.getAll('open')) details.get(key)?.load();
    redraw();
  }, 2500);

  /** Deliveries of one endpoint or one event are listed as such; over all endpoints they are found by their attempts. */
  async function load() {
    const [, states, outcomes] = PRESETS[preset()];
    const endpoint = params.get('endpoint') ?? '';
    const event = params.get('event') ?? '';
    const page = {page_size: 100, page_token: params.getAll('page').at(-1)};
    if (preset() === 'dead') {
      const answer = await get('v1/dead-letters', {'filter.endpoint': endpoint, 'filter.event_ids': event, ...page});
      return [(answer.deadLetters ?? []).map((d) => ({...d, state: 'DELIVERY_STATE_DEAD', latest: {startTime: d.createTime, outcome: 'ATTEMPT_OUTCOME_FAILED', error: d.lastError, statusCode: d.lastStatusCode}})), answer.nextPageToken];
    }
    if (endpoint || event) {
      const answer = await get('v1/deliveries', {endpoint, event_id: event, states: states.map((s) => `DELIVERY_STATE_${s}`), ...page});
      return [(answer.deliveries ?? []).map((d) => ({...d, latest: d.lastAttempt ?? {}})), answer.nextPageToken];
    }
    const answer = await get('v1/attempts', {'filter.outcomes': outcomes.map((o) => `ATTEMPT_OUTCOME_${o}`), ...page});
    const newest = new Map();
    for (const a of answer.attempts ?? []) {
      const key = `${a.endpoint}/${a.eventId}`;
      if (!a.test && !newest.has(key)) newest.set(key, {endpoint: a.endpoint, eventId: a.eventId, tag: a.tag, position: a.position, attempts: a.number, latest: a});
    }
    return [[...newest.values()], answer.nextPageToken];
  }

  function toggle(key) {
    const all = params.getAll('open');
    change({open: all.includes(key) ? all.filter((k) => k !== key) : [...all, key].slice(-10)}, {replace: true});
  }

  function row(d) {
    const key = `${d.endpoint}/${d.eventId}`;
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
    rows = null;
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
      ${!rows ? (error ? nothing : loading()) : rows.length === 0 ? empty('Nothing here', html`<p>${preset() || endpoint || event ? 'No delivery is like this.' : 'Nothing was sent to an endpoint yet.'}</p>`) : html`<div class="scroll" tabindex="0" role="region" aria-label="Deliveries"><table><thead><tr>${openerHead}<th>${rows[0].state ? 'State' : 'Latest'}</th><th>Endpoint</th><th>Event</th><th class="num">Position</th><th class="num">Attempts</th><th>Tried</th><th class="num">Took</th><th>Next</th><th>Error</th></tr></thead><tbody>${rows.map(row)}</tbody></table></div>`}
      ${tokenPager(params.getAll('page'), next, change)}`;
  }

  return {
    view,
    changed(now) {
      const before = params;
      params = now.params;
      if (['show', 'endpoint', 'event', 'page'].some((name) => `${before.getAll(name)}` !== `${params.getAll(name)}`)) round.now();
    },
    refresh: round.now,
    stop: round.stop,
  };
}
