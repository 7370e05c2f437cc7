// How the node does: six figures and four charts, from samples that the server keeps in memory.
import {html, nothing} from './lit/lit-html.js';
import {get, poll} from './api.js';
import {chart} from './chart.js';
import {bytes, count, duration, seconds, short} from './format.js';
import {health, nextTry} from './health.js';
import {endpoints as allEndpoints} from './pages.js';
import {change, to} from './route.js';
import {badge, choices, failure, loading, since} from './ui.js';

const RANGES = {'5m': 300, '15m': 900, '1h': 3600, '24h': 86400};
const TROUBLES_MAX = 5;
const rate = (n) => short(n < 10 ? Number(n.toFixed(1)) : Math.round(n));
const took = (s) => duration(s);

export function open(route, redraw) {
  const data = {};
  const hover = {};
  let endpointsRead = 0;
  let range = route.params.get('range') ?? '15m';

  const round = poll(async () => {
    const window = RANGES[range] ?? 900;
    const parts = {
      activity: get('v1/activity', {window: `${window}s`, max_points: 180}),
      log: get('v1/log'),
      server: get('v1/server'),
    };
    // A server with many endpoints is not asked for all of them all the time.
    if (Date.now() - endpointsRead > (data.endpoints?.items.length > 100 ? 30_000 : 2000)) {
      endpointsRead = Date.now();
      parts.endpoints = allEndpoints();
    }
    await Promise.all(
      Object.entries(parts).map(([name, answer]) =>
        answer.then(
          (value) => (Object.assign(data, {[name]: value, [name + 'Error']: null}), redraw()),
          (error) => ((data[name + 'Error'] = error), redraw()),
        ),
      ),
    );
  }, 3000);

  function tiles(points) {
    const last = points.at(-1);
    const recent = points.filter((p) => p.time > last.time - 60_000);
    const sum = (name) => recent.reduce((all, p) => all + p[name], 0);
    const tried = sum('ok') + sum('failed');
    const endpoints = data.endpoints?.items ?? [];
    const isPart = !!data.endpoints?.next;
    const oldest = endpoints.reduce((worst, e) => (seconds(e.status?.lag) > seconds(worst?.status?.lag || '0s') ? e : worst), null);
    // A token that may not ask says nothing about the database.
    const isDown = data.logError && (data.logError.status === 0 || data.logError.status >= 500);
    return [
      ['Events', last ? rate(last.events) : '–', 'a second', data.log && `${count(data.log.headPosition)} in all`, to('tail')],
      ['Deliveries', last ? rate(last.delivered) : '–', 'a second', data.endpoints ? `${count(endpoints.length)}${isPart ? '+' : ''} endpoint${endpoints.length === 1 ? '' : 's'}` : '', to('endpoints')],
      ['Success', tried > 0 ? `${trimmed((100 * sum('ok')) / tried)}` : '–', tried > 0 ? '%' : '', tried > 0 ? 'in the last minute' : 'no attempts just now', to('deliveries'), tried > 0 && sum('failed') / tried > 0.05 ? 'warn' : ''],
      ['Oldest pending', oldest ? duration(seconds(oldest.status.lag)) : data.endpoints ? 'none' : '–', '', oldest ? oldest.name : !data.endpoints ? 'not known' : isPart ? `the first ${count(endpoints.length)} endpoints are level` : 'every endpoint is level', oldest ? to('endpoints', oldest.name) : to('endpoints'), oldest && seconds(oldest.status.lag) > 60 ? 'warn' : ''],
      ['Subscriptions', last ? count(last.subscriptions) : '–', 'open', 'on this node', to('subscriptions')],
      ['Database', isDown ? 'away' : last?.database ? bytes(last.database) : data.log ? bytes(data.log.bytes) : '–', '', data.server ? `Postgres ${data.server.postgresVersion}` : nothing, to('config'), isDown ? 'bad' : ''],
    ];
  }

  /** What is not well, the worst first, up to {@link TROUBLES_MAX}. */
  function troubles() {
    const all = data.endpoints?.items ?? [];
    const found = all.map((e) => [e, ...health(e)]).filter(([, tone]) => tone === 'bad' || tone === 'warn').sort(([, a], [, b]) => a.localeCompare(b));
    if (!data.endpoints) return failure(data.endpointsError);
    return html`<div class="panel"><h2>Endpoints that need a look</h2>${failure(data.endpointsError)}${data.endpoints.next ? html`<p class="quiet">Of the first ${count(all.length)} by name.</p>` : nothing}
      ${found.length ? html`<ul class="plain-list troubles">${found.slice(0, TROUBLES_MAX).map(([e, tone, label]) => html`<li>${badge(tone, label)}<a data-row href=${to('endpoints', e.name)}>${e.name}</a><span class="quiet cut">${nextTry(e) ? html`next try ${since(nextTry(e))}` : nothing}</span><span class="quiet num">${count(e.status?.lagEvents)} behind</span></li>`)}</ul>` : html`<p class="quiet">${all.length ? 'None: all of these are well.' : html`There are none yet. <a href=${to('endpoints', '+new')}>Make the first one</a>`}</p>`}
      ${found.length > TROUBLES_MAX ? html`<a href=${to('endpoints', '', {state: 'failing'})}>${found.length - TROUBLES_MAX} more</a>` : nothing}</div>`;
  }

  const trimmed = (n) => (n >= 99.95 || Number.isInteger(n) ? Math.round(n) : n.toFixed(1));

  function view() {
    const points = (data.activity?.points ?? []).map((p) => ({
      time: Date.parse(p.time),
      events: p.eventsPerSecond ?? 0,
      delivered: p.deliveredPerSecond ?? 0,
      ok: p.attemptsSucceededPerSecond ?? 0,
      failed: p.attemptsFailedPerSecond ?? 0,
      append: seconds(p.appendLatency),
      attempt: seconds(p.attemptLatency),
      waiting: Number(p.waitingDeliveries ?? 0),
      dead: Number(p.deadLetters ?? 0),
      subscriptions: p.subscriptions ?? 0,
      database: Number(p.databaseBytes ?? 0),
    }));
    const end = points.at(-1)?.time ?? Date.now();
    const span = {from: end - (RANGES[range] ?? 900) * 1000, to: end};
    const draw = (title, ...series) => chart({title, points, series, span, state: (hover[title] ??= {}), redraw});
    return html`<div class="head"><h1>Overview</h1>
        ${choices('Time', Object.keys(RANGES).map((r) => [r, r]), range, (r) => change({range: r === '15m' ? '' : r}, {replace: true}))}</div>
      <ul class="tiles">${tiles(points).map(([name, value, unit, note, href, tone = '']) => html`<li><a href=${href} class=${tone} data-row><span class="name">${name}</span><span class="value">${value} <small>${unit}</small></span><span class="note">${note || nothing}</span></a></li>`)}</ul>
      ${failure(data.activityError, round.now)}
      ${data.activity
        ? html`<div class="charts">
            ${draw('Events a second', {label: 'appended', value: (p) => p.events, print: rate, tone: 'a', isArea: true})}
            ${draw('Attempts a second', {label: 'succeeded', value: (p) => p.ok, print: rate, tone: 'a', isArea: true}, {label: 'failed', value: (p) => p.failed, print: rate, tone: 'bad'})}
            ${draw('Average time', {label: 'append until durable', value: (p) => p.append, print: took, tone: 'a'}, {label: 'attempt', value: (p) => p.attempt, print: took, tone: 'b'})}
            ${draw('Set aside', {label: 'waiting for a retry', value: (p) => p.waiting, print: short, tone: 'a'}, {label: 'dead letters', value: (p) => p.dead, print: short, tone: 'bad'})}
          </div>
          ${troubles()}
          <p class="quiet small">One point is the average of ${duration(seconds(data.activity.step))}. Events count for the whole log, attempts and subscriptions for the node that answers (${data.activity.nodeId.slice(0, 8)}, up ${duration(seconds(data.server?.uptime))}). History begins anew when a node starts.</p>`
        : data.activityError ? nothing : loading('Reading what the node did lately')}`;
  }

  return {
    view,
    changed(now) {
      range = now.params.get('range') ?? '15m';
      round.now();
    },
    refresh: round.now,
    stop: round.stop,
  };
}
