// Dead letters by cause; a cause that was mended is replayed: first counted, then at a rate, with its progress.
import {html, nothing} from './lit/lit-html.js';
import {get, poll, post, seg} from './api.js';
import {count, duration, text, word} from './format.js';
import {endpointNames} from './names.js';
import {gather, list} from './pages.js';
import {change, to} from './route.js';
import {badge, bar, empty, endpointChoice, failure, loading, opener, openerHead, since, time, twice} from './ui.js';

const TONES = {RUNNING: 'live', DONE: 'ok', CANCELED: 'idle', FAILED: 'bad'};
const REPLAYS = 20;
const LETTERS = 20;
const id = (g) => [g.endpoint, g.reason, g.lastError ?? '', g.lastStatusCode ?? 0].join('~');

export const cause = (g) => {
  const error = word(g.lastError, 'ATTEMPT_ERROR_').replace('unspecified', '');
  return [g.lastStatusCode ? `status ${g.lastStatusCode}` : error || word(g.reason, 'DEAD_LETTER_REASON_'), g.lastStatusCode && error !== 'status' ? `(${error})` : ''].join(' ').trim();
};

export function open(route, redraw) {
  let params = route.params;
  let groups = null;
  let truncated = false;
  let replays = [];
  let moreReplays = false;
  let letters = null;
  let replaysError = null;
  let error = null;
  let failed = null;
  let counted = null;
  let busy = false;

  const endpoints = endpointNames(redraw);

  const chosen = () => (groups ?? []).find((g) => id(g) === params.get('group'));

  const round = poll(async () => {
    try {
      const endpoint = params.get('endpoint') ?? '';
      const [summary, latest] = await Promise.allSettled([get('v1/dead-letters:summarize', {'filter.endpoint': endpoint}), get('v1/replays', {page_size: REPLAYS})]);
      replays = latest.value?.replays ?? replays;
      moreReplays = latest.value ? !!latest.value.nextPageToken : moreReplays;
      replaysError = latest.reason ?? null;
      if (summary.reason) throw summary.reason;
      if (endpoint !== (params.get('endpoint') ?? '')) return;
      groups = summary.value.groups ?? [];
      truncated = !!summary.value.truncated;
      const g = chosen();
      if (g) {
        const found = await gather(list('v1/dead-letters', {...query(g), page_size: LETTERS}, 'deadLetters'), {enough: LETTERS});
        if (params.get('group') === id(g)) letters = found;
      }
      error = null;
    } catch (e) {
      error = e;
    }
    redraw();
  }, 2000);

  const filter = (g) => ({endpoint: g.endpoint, reasons: [g.reason], lastErrors: [g.lastError ?? 'ATTEMPT_ERROR_UNSPECIFIED'], lastStatusCodes: [g.lastStatusCode ?? 0]});
  const query = (g) => ({'filter.endpoint': g.endpoint, 'filter.reasons': g.reason, 'filter.last_errors': g.lastError ?? 'ATTEMPT_ERROR_UNSPECIFIED', 'filter.last_status_codes': g.lastStatusCode ?? 0});

  const attempt = async (call) => {
    busy = true;
    failed = null;
    redraw();
    try {
      await call();
    } catch (e) {
      failed = e;
    }
    busy = false;
    redraw();
  };

  // How many it counted holds as long as the group is the same.
  const dryRun = () =>
    attempt(async () => {
      const g = chosen();
      counted = {...(await post('v1/dead-letters:replay', {filter: filter(g), dryRun: true})), of: `${id(g)} ${g.events}`};
    });
  const replay = (form) =>
    attempt(async () => {
      await post('v1/dead-letters:replay', {filter: filter(chosen()), perSecond: Number(new FormData(form).get('rate') || 0)});
      counted = null;
      change({group: ''}, {replace: true});
      await round.now();
    });
  const cancel = (r) => attempt(async () => (await post(`v1/replays/${seg(r.replayId)}:cancel`), round.now()));

  function choose(g) {
    counted = null;
    change({group: params.get('group') === id(g) ? '' : id(g)}, {replace: true});
  }

  function group(g) {
    const isChosen = id(g) === params.get('group');
    return html`<tr class=${isChosen ? 'chosen' : ''}>${opener(isChosen, `Dead letters of ${g.endpoint}: ${cause(g)}`, () => choose(g))}<td>${badge('bad', cause(g))}</td><td><a href=${to('endpoints', g.endpoint)}>${g.endpoint}</a></td><td>${word(g.reason, 'DEAD_LETTER_REASON_')}</td><td class="num">${count(g.events)}</td><td>${since(g.firstTime)}</td><td>${since(g.lastTime)}</td></tr>
      ${isChosen ? html`<tr class="open-row"><td colspan="7"><div class="inside">${panel(g)}</div></td></tr>` : nothing}`;
  }

  function panel(g) {
    const dry = counted?.of === `${id(g)} ${g.events}` ? counted : null;
    return html`<form class="actions" @submit=${(e) => e.preventDefault()}>
        <button ?disabled=${busy} @click=${dryRun}>Dry run</button>
        <label class="check">at most <input class="rate" name="rate" type="number" min="0.001" max="10000" step="any" value="10" aria-label="Events a second"> a second</label>
        ${twice(`Replay ${count(g.events)}`, `Really send ${count(dry?.matchedEvents ?? g.events)} again?`, () => replay(document.querySelector('.open-row form')), {tone: 'primary', disabled: busy})}
        <span role="status">${dry ? html`A replay would send <strong>${count(dry.matchedEvents)}</strong> events again.` : nothing}</span></form>
      ${failure(failed)}
      ${!letters ? loading() : letters.items.length === 0 ? html`<p class="quiet">${letters.next ? 'None found so far; there is more to look through.' : 'There are none any more.'}</p>` : html`<div class="scroll inner" tabindex="0" role="region" aria-label="Newest dead letters"><table><thead><tr><th>Event</th><th class="num">Position</th><th class="num">Attempts</th><th>Given up</th><th>Dropped</th><th>Answer</th></tr></thead><tbody>${letters.items.map((d) => html`<tr><td><a href=${to('deliveries', '', {endpoint: d.endpoint, event: d.eventId, open: `${d.endpoint}/${d.eventId}`})}>${d.tag}</a></td><td class="num">${count(d.position)}</td><td class="num">${d.attempts}</td><td>${time(d.createTime, {isShort: true})}</td><td>${since(d.expireTime)}</td><td class="cut">${text(d.lastResponseExcerpt).slice(0, 80) || '–'}</td></tr>`)}</tbody></table></div>`}
      ${letters && Number(g.events) > letters.items.length ? html`<p class="more"><a href=${to('deliveries', '', {show: 'dead', endpoint: g.endpoint})}>All dead letters of ${g.endpoint}</a></p>` : nothing}`;
  }

  function progress(r) {
    const total = Number(r.totalEvents ?? 0);
    const done = Number(r.deliveredEvents ?? 0);
    const lost = Number(r.failedEvents ?? 0) + Number(r.droppedEvents ?? 0);
    const state = (r.state ?? '').replace('REPLAY_STATE_', '');
    return html`<tr><td>${badge(TONES[state] ?? 'idle', state.toLowerCase())}</td><td class="wrap">${r.filter?.endpoint || 'all endpoints'} <span class="quiet">${(r.filter?.lastErrors ?? []).map((e) => word(e, 'ATTEMPT_ERROR_')).join(', ')} ${(r.filter?.lastStatusCodes ?? []).filter(Boolean).join(', ')}</span></td><td class="progress">${bar(total ? (done + lost) / total : 1, `Progress of the replay ${r.replayId}`)}</td><td class="num">${count(done)} of ${count(total)}</td><td class="num">${count(lost)}</td><td class="num">${r.perSecond ? `${r.perSecond}/s` : 'no limit'}</td><td>${since(r.createTime)}</td><td>${r.endTime ? duration((Date.parse(r.endTime) - Date.parse(r.createTime)) / 1000) : twice('Cancel', 'Really cancel?', () => cancel(r), {disabled: busy})}</td></tr>`;
  }

  function view() {
    const endpoint = params.get('endpoint');
    const total = (groups ?? []).reduce((sum, g) => sum + Number(g.events), 0);
    return html`<div class="head"><h1>Dead letters</h1>${groups?.length ? html`<span class="quiet">${count(total)}${truncated ? ' and more' : ''} in ${groups.length} group${groups.length === 1 ? '' : 's'}</span>` : nothing}</div>
      <div class="toolbar">${endpointChoice(endpoints, endpoint, (name) => change({endpoint: name, group: ''}))}</div>
      ${failure(error, round.now)}
      ${!groups ? (error ? nothing : loading('Counting dead letters')) : groups.length === 0 ? empty('No dead letters', html`<p>An event that an endpoint gave up, after all its attempts or because the receiver refused it for good, is kept here for 90 days and can be sent again.</p>`) : html`<div class="scroll" tabindex="0" role="region" aria-label="Dead letters by cause"><table><thead><tr>${openerHead}<th>Cause</th><th>Endpoint</th><th>Given up as</th><th class="num">Events</th><th>First</th><th>Latest</th></tr></thead><tbody>${groups.map(group)}</tbody></table></div>`}
      ${replaysError ? html`<h2>Replays</h2>${failure(replaysError)}` : nothing}
      ${replays.length ? html`${replaysError ? nothing : html`<h2>Replays</h2>`}<div class="scroll" tabindex="0" role="region" aria-label="Replays"><table><thead><tr><th>State</th><th>What</th><th>Progress</th><th class="num">Delivered</th><th class="num">Not</th><th class="num">Rate</th><th>Begun</th><th>Took</th></tr></thead><tbody>${replays.map(progress)}</tbody></table></div>${moreReplays ? html`<p class="quiet">The latest ${REPLAYS} are shown.</p>` : nothing}` : nothing}`;
  }

  return {
    view,
    changed(now) {
      const before = params;
      params = now.params;
      if (before.get('endpoint') !== params.get('endpoint')) groups = null;
      if (before.get('group') !== params.get('group')) letters = null;
      round.now();
    },
    refresh: round.now,
    stop() {
      round.stop();
      endpoints.stop();
    },
  };
}
