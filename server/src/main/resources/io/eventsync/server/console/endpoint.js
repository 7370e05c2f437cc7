// One endpoint: how it does, what it does, and what can be done to it.
import {html, nothing, svg} from './lit/lit-html.js';
import {del, get, poll, post, seg} from './api.js';
import {outcome, timeline} from './attempts.js';
import {print} from './filter.js';
import {clock, count, duration, quantile, seconds, word} from './format.js';
import {health, nextTry, target} from './health.js';
import {gather, list} from './pages.js';
import {preview} from './preview.js';
import {to} from './route.js';
import {badge, command, facts, failure, loading, since, time, twice} from './ui.js';

const ATTEMPTS = 100;

export function open(route, redraw) {
  const path = `v1/endpoints/${seg(route.name)}`;
  let endpoint = null;
  let attempts = [];
  let hasMore = false;
  let keys = [];
  let error = null;
  let failed = null;
  let said = null;
  let busy = '';
  let matching = null;

  const round = poll(async () => {
    try {
      endpoint = (await get(path)).endpoint;
      matching ??= preview(() => endpoint.filter ?? {}, redraw);
      [attempts, keys] = await Promise.all([
        gather(list('v1/attempts', {'filter.endpoint': route.name, page_size: ATTEMPTS}, 'attempts')).then((found) => ((hasMore = !!found.next), found.items)),
        get(`${path}/signing-keys`).then((a) => a.keys ?? []),
      ]);
      error = null;
    } catch (e) {
      error = e;
    }
    redraw();
  }, 2000);

  /** Does one thing at a time, and says how it went where the buttons are. */
  const act = (name, call) => async () => {
    busy = name;
    failed = said = null;
    redraw();
    try {
      said = await call();
      await round.now();
    } catch (e) {
      failed = e;
    }
    busy = '';
    redraw();
  };

  const actions = {
    pause: act('pause', async () => (await post(`${path}:pause`), 'Paused. What is in flight ends as it would.')),
    resume: act('resume', async () => (await post(`${path}:resume`), 'It sends again.')),
    test: act('test', async () => {
      const {attempt} = await post(`${path}:test`);
      return html`<p>The receiver was sent a test event.</p>${timeline([attempt])}`;
    }),
    rotate: act('rotate', async () => {
      const {signingSecret} = await post(`${path}:rotate-secret`);
      return html`<p>The new secret is shown here only. The old one goes on signing beside it for 24 hours.</p>${command(signingSecret)}`;
    }),
    remove: act('remove', async () => {
      await del(path);
      location.hash = to('endpoints');
    }),
  };

  function strip() {
    const shown = attempts.slice(0, ATTEMPTS).reverse();
    const longest = Math.max(0.001, ...shown.map((a) => seconds(a.latency) || 0));
    const tone = (a) => (a.outcome === 'ATTEMPT_OUTCOME_SUCCEEDED' ? 'ok' : a.outcome === 'ATTEMPT_OUTCOME_FAILED' ? 'bad' : 'idle');
    return svg`<svg class="strip" viewBox="0 0 500 34" preserveAspectRatio="none" role="img" aria-label="The latest ${shown.length} attempts, their height is the time they took">${shown.map((a, i) => {
      const height = 5 + 29 * Math.min(1, (seconds(a.latency) || 0) / longest);
      return svg`<rect class=${tone(a)} x=${i * 5} y=${34 - height} width="4" height=${height}><title>${clock(a.startTime)} ${duration(seconds(a.latency))} ${a.statusCode ?? ''}</title></rect>`;
    })}</svg>`;
  }

  function view() {
    if (!endpoint) return error ? failure(error, round.now) : loading('Reading the endpoint');
    const s = endpoint.status ?? {};
    const [tone, label] = health(endpoint);
    const done = attempts.filter((a) => ['ATTEMPT_OUTCOME_SUCCEEDED', 'ATTEMPT_OUTCOME_FAILED'].includes(a.outcome));
    const good = done.filter((a) => a.outcome === 'ATTEMPT_OUTCOME_SUCCEEDED').length;
    const took = done.map((a) => seconds(a.latency)).filter(Number.isFinite).sort((a, b) => a - b);
    const isActive = s.state === 'ENDPOINT_STATE_ACTIVE';
    const retry = endpoint.retryPolicy;
    const breaker = s.breaker ?? {};
    return html`<div class="head"><h1><span class="crumb"><a href="#/endpoints">Endpoints</a> / </span>${endpoint.name}</h1>
        <div class="actions">${isActive ? html`<button data-key="p" ?disabled=${!!busy} @click=${actions.pause}>Pause</button>` : html`<button data-key="p" class="primary" ?disabled=${!!busy} @click=${actions.resume}>Resume</button>`}
          <button ?disabled=${!!busy} @click=${actions.test}>${busy === 'test' ? 'Sending…' : 'Send a test event'}</button>
          ${twice('Rotate secret', 'Really rotate?', actions.rotate, {disabled: !!busy || !endpoint.webhook})}${twice('Delete', 'Really delete?', actions.remove, {disabled: !!busy})}</div></div>
      ${failure(error)}${failure(failed)}${said ? html`<div class="state good" role="status">${said}</div>` : nothing}
      <ul class="tiles">
        <li><span class="cell"><span class="name">Health</span><span class="value small-value">${badge(tone, label)}</span><span class="note">changed ${since(s.stateTime)}</span></span></li>
        <li><span class="cell"><span class="name">Success</span><span class="value">${done.length ? html`${Math.round((1000 * good) / done.length) / 10} <small>%</small>` : '–'}</span><span class="note">of the latest ${done.length}</span></span></li>
        <li><span class="cell"><span class="name">Time of an attempt</span><span class="value">${duration(quantile(took, 0.5))}</span><span class="note">p99 ${duration(quantile(took, 0.99))}</span></span></li>
        <li><span class="cell"><span class="name">Lag</span><span class="value">${count(s.lagEvents)} <small>events</small></span><span class="note">${seconds(s.lag) > 0 ? `the oldest is ${duration(seconds(s.lag))} old` : 'level with the log'}</span></span></li>
        <li><span class="cell"><span class="name">Breaker</span><span class="value small-value">${word(breaker.state, 'STATE_') || '–'}</span><span class="note">${breaker.probeTime ? html`next probe ${since(breaker.probeTime)}` : `${breaker.consecutiveFailures ?? 0} failures in a row`}</span></span></li>
        <li><span class="cell"><span class="name">Next retry</span><span class="value small-value">${nextTry(endpoint) ? since(nextTry(endpoint)) : 'none waits'}</span><span class="note">${count(s.retrying)} retrying, <a href=${to('dead', '', {endpoint: endpoint.name})}>${count(s.deadLetters)} dead</a></span></span></li>
      </ul>
      <div class="columns">
        <div class="panel"><h2>Latest attempts</h2>${attempts.length ? strip() : html`<p class="quiet">${hasMore ? 'None found so far; there are more to look through.' : 'None yet. They show up here with the next event that matches.'}</p>`}
          <ul class="plain-list">${attempts.slice(0, 8).map((a) => html`<li>${outcome(a)}${a.test ? html`<span class="quiet">test event</span>` : html`<a href=${to('deliveries', '', {endpoint: endpoint.name, event: a.eventId, open: `${endpoint.name}/${a.eventId}`})} data-row>${a.tag}</a>`}<span class="quiet num">${duration(seconds(a.latency))}</span><span class="quiet num">${time(a.startTime, {isShort: true})}</span></li>`)}</ul>
          <a href=${to('deliveries', '', {endpoint: endpoint.name})}>All deliveries</a></div>
        <div><div class="panel"><h2>Filter</h2><p><code>${print(endpoint.filter) || 'all events'}</code></p>${matching?.view() ?? nothing}</div>
        <div class="panel"><h2>Settings</h2>${facts([
          ['Goes to', html`<code>${target(endpoint)}</code>`],
          ['Format', endpoint.webhook ? word(endpoint.webhook.format, 'WEBHOOK_FORMAT_').replace('unspecified', 'standard') || 'standard' : ''],
          ['Order', word(endpoint.ordering, 'ORDERING_').replace('unspecified', 'parallel') || 'parallel'],
          ['Retries', retry?.exponential ? `exponential, ${retry.exponential.maxAttempts || 10} attempts` : word(retry?.schedule, 'RETRY_SCHEDULE_').replace('unspecified', 'standard') || 'standard'],
          ['When given up', word(endpoint.onExhausted, 'EXHAUSTED_POLICY_').replace('unspecified', 'park and continue') || 'park and continue'],
          ['Rate', endpoint.rateLimit ? `${endpoint.rateLimit.perSecond} a second` : 'no limit'],
          ['In flight', `${s.inFlight ?? 0} of ${breaker.inFlightLimit || endpoint.maxInFlight || 8}`],
          ['Waits until', s.pausedUntil ? html`${time(s.pausedUntil, {isShort: true})}, as the receiver asked` : ''],
          ['Last success', since(s.lastSuccessTime)],
          ['Last failure', since(s.lastFailureTime)],
          ['Position', count(s.position)],
          ['Worked by', s.ownerNodeId ? `node ${s.ownerNodeId.slice(0, 8)}` : 'no node just now'],
          ['Signing keys', keys.length ? keys.map((k) => html`<div>${word(k.scheme, 'SIGNATURE_SCHEME_')} <span class="quiet">${k.expireTime ? html`ends ${since(k.expireTime)}` : html`made ${since(k.createTime)}`}</span></div>`) : ''],
          ['Description', endpoint.description],
        ])}</div></div>
      </div>`;
  }

  return {
    view,
    refresh: round.now,
    stop() {
      round.stop();
      matching?.stop();
    },
  };
}
