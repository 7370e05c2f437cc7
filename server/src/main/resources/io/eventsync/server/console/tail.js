// The log as it grows, and any earlier part of it by position or time.
import {html, nothing} from './lit/lit-html.js';
import {repeat} from './lit/directives/repeat.js';
import {get, stream} from './api.js';
import * as filters from './filter.js';
import {clock, count, short} from './format.js';
import {payload} from './json.js';
import {change, to} from './route.js';
import {reading, sending} from './snippets.js';
import {tagTree} from './tags.js';
import {badge, command, copy, empty, facts, failure, loading, pager, time} from './ui.js';

const ROWS_MAX = 200;
const TICK_MILLIS = 200;
const PER_TICK = 10; // 50 rows a second: more nobody reads
const BURST = 50;
const BEHIND_MAX = 20_000;
const PAGE = 100;

export function open(route, redraw) {
  let rows = []; // newest first; skipped: how many lie between a row and the one below it
  let waiting = []; // came in since the last tick, or since the pause
  let fresh = 0; // that many matched while it was paused
  let skipped = 0;
  let unshown = 0; // skipped since the last row
  let seen = []; // [when, how many] of the last two seconds
  let live = null;
  let state = 'starting';
  let error = null;
  let refused = null;
  let page = null; // when looking back: {older, newer}
  let timer = 0;
  let params = route.params;
  let generation = 0;
  let room = BURST; // rows that may come at the next tick

  const filterText = () => params.get('filter') ?? '';
  const filter = () => filters.parse(filterText());
  const isPaused = () => params.get('paused') === '1';
  const isOpen = (event) => params.getAll('open').includes(event.position);

  const tree = tagTree({
    chosen: () => filter().tagPrefixes,
    choose(prefix) {
      const now = filter();
      now.tagPrefixes = now.tagPrefixes.includes(prefix) ? now.tagPrefixes.filter((p) => p !== prefix) : [...now.tagPrefixes, prefix];
      change({filter: filters.print(now), at: '', before: ''});
    },
    redraw,
  });

  async function begin() {
    const mine = ++generation;
    stop();
    error = refused = page = null;
    rows = [];
    waiting = [];
    fresh = skipped = unshown = 0;
    state = 'starting';
    redraw();
    try {
      if (params.get('at') || params.get('before')) await lookBack(mine);
      else await follow(mine);
    } catch (e) {
      if (mine === generation) {
        if (e.status === 400) refused = e;
        else error = e;
        state = 'failed';
      }
    }
    redraw();
  }

  // ---- live ----

  async function follow(mine) {
    const log = await get('v1/log');
    const head = log.headPosition ?? '0';
    const first = await get('v1/events', {...filters.params(filter()), page_size: PAGE, before_position: String(BigInt(head) + 1n)});
    if (mine !== generation) return;
    rows = first.events ?? [];
    connect(head);
    timer = setInterval(tick, TICK_MILLIS);
  }

  function connect(after) {
    live?.stop();
    live = stream(
      'v1/events:subscribe',
      {...filters.params(filter()), max_batch: 500, max_linger: '0.1s', heartbeat_interval: '5s', on_expired: 'EXPIRED_POLICY_SKIP_TO_EARLIEST', client_name: 'console'},
      {'start.after_position': after},
      {
        frame,
        state(now, e) {
          if (now === 'lost' && e.status === 400) refused = e;
          state = now === 'open' ? 'live' : now;
          redraw();
        },
      },
    );
  }

  function frame({batch, progress}) {
    if (batch) take(batch.events);
    // Too far behind to be live: what lies between is in the log, and on the pages of the past.
    if (progress && Number(progress.lagEvents ?? 0) > BEHIND_MAX) {
      unshown += Number(progress.lagEvents);
      skipped += Number(progress.lagEvents);
      connect(progress.headPosition);
    }
  }

  function take(events) {
    seen.push([performance.now(), events.length]);
    if (isPaused()) fresh += events.length;
    waiting.push(...events);
    const most = isPaused() ? ROWS_MAX : Math.floor(room);
    if (waiting.length > most) drop(waiting.length - most);
  }

  function drop(n) {
    waiting.splice(0, n);
    unshown += n;
    if (!isPaused()) skipped += n;
  }

  function tick() {
    room = Math.min(BURST, room + PER_TICK);
    const since = performance.now() - 2000;
    const before = seen.length;
    seen = seen.filter(([at]) => at > since);
    if (!isPaused() && waiting.length) flush();
    else if (before || waiting.length) redraw();
  }

  function flush() {
    const [first] = waiting;
    if (!first) return;
    if (unshown) first.skipped = unshown;
    unshown = 0;
    room = Math.max(0, room - waiting.length);
    rows = [...waiting.reverse(), ...rows].slice(0, ROWS_MAX);
    waiting = [];
    fresh = 0;
    redraw();
  }

  // ---- the past ----

  async function lookBack(mine) {
    const at = params.get('at');
    const before = params.get('before');
    let events;
    if (before) {
      events = (await get('v1/events', {...filters.params(filter()), page_size: PAGE, before_position: before})).events ?? [];
    } else {
      const start = /^\d+$/.test(at) ? {'start.after_position': String(BigInt(at) - (at === '0' ? 0n : 1n))} : {'start.time': new Date(at).toISOString()};
      const answer = await get('v1/events:sync', {...filters.params(filter()), ...start, max_events: PAGE, on_expired: 'EXPIRED_POLICY_SKIP_TO_EARLIEST'});
      events = (answer.events ?? []).reverse();
    }
    if (mine !== generation) return;
    const log = await get('v1/log');
    rows = events;
    const oldest = rows.at(-1)?.position ?? before ?? at;
    const newest = rows[0]?.position ?? before ?? at;
    page = {
      older: /^\d+$/.test(oldest) && BigInt(oldest) > BigInt(log.earliestPosition ?? 1) ? oldest : null,
      newer: /^\d+$/.test(newest) && BigInt(newest) < BigInt(log.headPosition ?? 0) ? String(BigInt(newest) + 1n) : null,
      earliest: log.earliestPosition ?? '1',
    };
    state = 'past';
  }

  function seek(e) {
    e.preventDefault();
    const text = new FormData(e.target).get('at').trim().replaceAll(',', '');
    if (!text) return change({at: '', before: '', open: ''});
    const isPosition = /^\d+$/.test(text);
    // A time of the day is one of today.
    const when = /^\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(text) ? new Date(`${new Date().toLocaleDateString('sv')}T${text.padStart(5, '0')}`) : new Date(text);
    if (!isPosition && Number.isNaN(when.getTime())) {
      refused = {reason: 'Not a place', message: `“${text}” is neither a position, such as 1200, nor a time, such as 14:05 or 2026-01-31 14:05.`};
      return redraw();
    }
    change({at: isPosition ? text : when.toISOString(), before: '', open: '', paused: ''});
  }

  // ---- what is seen ----

  const pause = () => {
    change({paused: isPaused() ? '' : '1'}, {replace: true});
  };

  function toggle(event) {
    const all = params.getAll('open');
    change({open: all.includes(event.position) ? all.filter((p) => p !== event.position) : [...all, event.position].slice(-20)}, {replace: true});
  }

  function row(event) {
    const shown = isOpen(event);
    const text = event.message || event.json || (event.data !== undefined ? 'binary' : '');
    return html`<li class=${event.skipped ? 'event after-gap' : 'event'}>
      <button class="entry" data-row aria-expanded=${shown} @click=${() => toggle(event)}>
        <span class="num pos">${count(event.position)}</span><span class="when">${clock(event.ingestTime)}</span><span class="name">${event.tag}</span><span class="key">${event.key ?? ''}</span><span class="text">${text.slice(0, 240)}</span>
      </button>
      ${shown ? details(event) : nothing}
      ${event.skipped ? html`<p class="gap">skipped ${count(event.skipped)}</p>` : nothing}
    </li>`;
  }

  function details(event) {
    const send = () => sending(event);
    return html`<div class="details">
      ${facts([
        ['Id', html`<a href=${to('event', event.id)}><code>${event.id}</code></a>`],
        ['Ingested', time(event.ingestTime)],
        ['Event time', event.eventTime ? time(event.eventTime) : ''],
        ['Key', event.key],
        ['Message', event.message],
        ['Attributes', event.attributes ? Object.entries(event.attributes).map(([k, v]) => html`<code>${k}=${v}</code> `) : ''],
        ['Producer', event.producer],
      ])}
      ${payload(event)}
      <div class="actions"><a class="button" href=${to('event', event.id)}>Who received it</a>
        ${copy('Copy as grpcurl', () => send().grpcurl)}${copy('as curl', () => send().curl)}${copy('as Java', () => send().java)}${copy('read by curl', () => reading(event).curl)}</div>
    </div>`;
  }

  function status() {
    const rate = seen.reduce((sum, [, n]) => sum + n, 0) / 2;
    if (state === 'past') return html`${badge('idle', 'looking back')} <span class="quiet">${rows.length ? `${count(rows.at(-1).position)} to ${count(rows[0].position)}` : 'nothing here'}</span>`;
    if (state === 'elsewhere') return html`${badge('warn', 'another tab has the stream')} <button @click=${() => live.resume()}>Take it over</button>`;
    if (state === 'lost') return badge('warn', 'reconnecting; nothing will be missed');
    if (state !== 'live') return badge('idle', state);
    return html`${isPaused() ? badge('idle', 'paused') : badge('live', 'live')}
      <span class="quiet num">${short(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate))}/s</span>
      ${skipped ? html`<span class="quiet num" title="At most 50 rows a second are shown. A narrower filter shows all.">skipped ${count(skipped)}</span>` : nothing}`;
  }

  function list() {
    if (error) return failure(error, begin);
    if (refused && !rows.length) return nothing;
    if (state === 'starting') return loading('Reading the log');
    if (rows.length) return html`<ol class="events" aria-label="Events, newest first">${repeat(rows, (event) => event.position, row)}</ol>`;
    if (filterText()) return empty('Nothing matches yet', html`<p>No event on this page has what the filter asks for. ${state === 'live' ? 'The next one that does shows up here.' : ''}</p><button @click=${() => change({filter: ''})}>Clear the filter</button>`);
    if (state === 'past') return empty('There is nothing after this place');
    const first = sending({tag: 'HELLO.WORLD', message: 'my first event', json: '{"n":1}'});
    return empty('The log is empty', html`<p>Send the first event; it shows up here at once.</p>${command(first.curl)}<p class="quiet">or by gRPC</p>${command(first.grpcurl)}`);
  }

  function view() {
    const at = params.get('at') ?? '';
    return html`<div class="head"><h1>Live tail</h1><div class="status">${status()}</div><span class="unseen" role="status">${isPaused() ? 'paused' : state}</span></div>
      <div class="toolbar">
        <form class="grow" @submit=${(e) => (e.preventDefault(), change({filter: new FormData(e.target).get('filter').trim(), open: ''}))}>
          <input name="filter" data-key="/" aria-label="Filter" placeholder="Filter: ORDER -ORDER.TEST key=17 region=eu" autocomplete="off" spellcheck="false" .value=${filterText()} @change=${(e) => e.target.form.requestSubmit()}></form>
        <form @submit=${seek}><input name="at" class="seek" aria-label="Go to a position or a time" placeholder="Position or time" autocomplete="off" .value=${at.includes('T') ? clock(at, {isShort: true}) : at}></form>
        <button data-key="p" aria-pressed=${isPaused()} ?disabled=${state === 'past'} @click=${pause}>${isPaused() ? 'Resume' : 'Pause'}</button>
      </div>
      ${failure(refused)}
      <div class="with-side">
        <details class="side" ?open=${innerWidth > 900}><summary>Tags</summary>${tree.view()}</details>
        <section>
          ${pager(
            [
              ['Oldest', page?.older ? () => change({at: page.earliest, before: '', open: ''}) : state === 'live' ? () => change({at: '1', open: ''}) : null],
              ['Older', page?.older ? () => change({at: '', before: page.older, open: ''}) : state === 'live' && rows.length ? () => change({before: rows.at(-1).position, open: ''}) : null],
              ['Newer', page?.newer ? () => change({at: page.newer, before: '', open: ''}) : null],
              ['Newest', page ? () => change({at: '', before: '', open: ''}) : null],
            ],
            isPaused() && fresh ? html`<button class="primary" @click=${pause}>${count(fresh)} new</button>` : nothing,
          )}
          ${list()}
        </section>
      </div>`;
  }

  function stop() {
    live?.stop();
    live = null;
    clearInterval(timer);
  }

  const seenAgain = () => {
    if (!document.hidden && state === 'elsewhere') live?.resume();
  };
  document.addEventListener('visibilitychange', seenAgain);
  begin();

  return {
    view,
    changed(now) {
      const before = params;
      params = now.params;
      const same = (name) => before.get(name) === params.get(name);
      if (!same('filter') || !same('at') || !same('before')) begin();
      else if (!same('paused') && !isPaused() && waiting.length) flush();
    },
    refresh: begin,
    stop() {
      generation++;
      stop();
      tree.stop();
      document.removeEventListener('visibilitychange', seenAgain);
    },
  };
}
