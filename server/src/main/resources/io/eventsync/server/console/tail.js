// The log as it grows, and any earlier part of it by position or time.
import {html, nothing} from './lit/lit-html.js';
import {repeat} from './lit/directives/repeat.js';
import {get, stream} from './api.js';
import * as filters from './filter.js';
import {clock, count, short} from './format.js';
import {inbox, ROWS_MAX} from './inbox.js';
import {payload} from './json.js';
import {back, lookBack, PAGE} from './past.js';
import {change, to} from './route.js';
import {reading, sending} from './snippets.js';
import {tagTree} from './tags.js';
import {badge, command, copy, empty, facts, failure, loading, pager, searched, time} from './ui.js';
import {when} from './when.js';

const TICK_MILLIS = 200;
const PLACES = ['at', 'before', 'page'];

export function open(route, redraw) {
  let rows = []; // newest first; skipped and unread: how many lie between a row and the one below it
  let box = inbox(false);
  let live = null;
  let state = 'starting';
  let broken = null; // {error, at}: why the stream is not there, and when it tries again
  let error = null;
  let refused = null;
  let page = null; // when looking back: what lookBack said
  let look = {calls: 0, found: 0}; // how far it has looked for rows, and where it would look on
  let timer = 0;
  let params = route.params;
  let generation = 0;

  const filterText = () => params.get('filter') ?? '';
  const filter = () => filters.parse(filterText());
  const isPaused = () => params.get('paused') === '1';
  const isOpen = (event) => params.getAll('open').includes(event.position);
  const go = (place) => change({at: '', before: '', page: '', open: '', ...place});

  const tree = tagTree({
    chosen: () => filter().tagPrefixes,
    choose(prefix) {
      const now = filter();
      now.tagPrefixes = now.tagPrefixes.includes(prefix) ? now.tagPrefixes.filter((p) => p !== prefix) : [...now.tagPrefixes, prefix];
      go({filter: filters.print(now)});
    },
    redraw,
  });

  async function begin() {
    const mine = ++generation;
    stop();
    error = refused = page = broken = null;
    rows = [];
    look = {calls: 0, found: 0};
    box = inbox(!!filterText());
    state = 'starting';
    redraw();
    try {
      if (PLACES.some((name) => params.get(name))) await showPast(mine);
      else await follow(mine);
    } catch (e) {
      if (mine === generation) {
        stop();
        if (e.status === 400) refused = e;
        else error = e;
        state = 'failed';
      }
    }
    redraw();
  }

  /** Of a look that goes on while nobody has asked for another one. */
  const looking = (mine) => ({
    isWanted: () => mine === generation,
    said(now) {
      if (mine !== generation) return;
      look = {...look, ...now};
      redraw();
    },
  });

  // ---- live ----

  async function follow(mine) {
    const head = (await get('v1/log')).headPosition ?? '0';
    if (mine !== generation) return;
    connect(head);
    timer = setInterval(tick, TICK_MILLIS);
    await lookOn(mine, {before: String(BigInt(head) + 1n)});
  }

  /** Puts older rows below those that are here. */
  async function lookOn(mine, from) {
    const before = look.calls;
    look = {calls: before, found: rows.length, isLooking: true};
    redraw();
    const {said, isWanted} = looking(mine);
    const found = await back(filter(), from, {isWanted, said: ({calls, found: n}) => said({calls: before + calls, found: n})});
    if (mine !== generation) return;
    rows = [...rows, ...found.items].slice(0, ROWS_MAX);
    look = {calls: before + found.calls, found: rows.length, further: found.next && rows.length < PAGE ? {page: found.next} : null};
  }

  async function lookFurther() {
    if (page) return go(look.further);
    const mine = generation;
    const from = look.further;
    try {
      await lookOn(mine, from);
    } catch (e) {
      if (mine === generation) [refused, look] = [e, {...look, isLooking: false, further: from}];
    }
    redraw();
  }

  function connect(after) {
    live?.stop();
    live = stream(
      'v1/events:subscribe',
      {...filters.params(filter()), max_batch: 500, max_linger: '0.1s', heartbeat_interval: '5s', on_expired: 'EXPIRED_POLICY_SKIP_TO_EARLIEST', client_name: 'console'},
      {'start.after_position': after},
      {
        // Too far behind to be live: what lies between is in the log, and on the pages of the past.
        frame(frame) {
          const on = box.frame(frame, isPaused());
          if (on) connect(on);
        },
        state(now, e, at) {
          broken = e ? {error: e, at} : null;
          if (now === 'open' || now === 'refused') refused = e ?? null;
          state = now === 'open' ? 'live' : now;
          redraw();
        },
      },
    );
  }

  function tick() {
    const isNews = box.tick();
    if (!isPaused()) rows = box.flush(rows);
    if (isNews) redraw();
  }

  // ---- the past ----

  async function showPast(mine) {
    const place = Object.fromEntries(PLACES.map((name) => [name, params.get(name) ?? undefined]));
    const found = await lookBack(filter(), place, looking(mine));
    if (mine !== generation) return;
    page = found;
    rows = found.rows;
    look = {calls: found.calls, found: rows.length, reached: found.reached, further: found.further};
    state = 'past';
  }

  function seek(e) {
    e.preventDefault();
    const text = new FormData(e.target).get('at').trim().replaceAll(',', '');
    if (!text) return go({});
    const at = /^\d+$/.test(text) ? text : when(text)?.toISOString();
    if (!at) {
      refused = {reason: 'Not a place', message: `“${text}” is neither a position, such as 1200, nor a time, such as 14:05, 2026-01-31 or 2026-01-31 14:05.`};
      return redraw();
    }
    go({at, paused: ''});
  }

  // ---- what is seen ----

  const pause = () => {
    change({paused: isPaused() ? '' : '1'}, {replace: true});
  };

  function toggle(event) {
    const all = params.getAll('open');
    change({open: all.includes(event.position) ? all.filter((p) => p !== event.position) : [...all, event.position].slice(-20)}, {replace: true});
  }

  /** What is left out: rows that matched, and events of the log that nobody looked at. */
  const left = ({skipped, unread}) => [skipped ? `skipped ${count(skipped)}` : '', unread ? `${count(unread)} of the log not looked at` : ''].filter(Boolean).join(', ');

  function row(event) {
    const shown = isOpen(event);
    const text = event.message || event.json || (event.data !== undefined ? 'binary' : '');
    const gap = left(event);
    return html`<li class=${gap ? 'event after-gap' : 'event'}>
      <button class="entry" data-row aria-expanded=${shown} @click=${() => toggle(event)}>
        <span class="num pos">${count(event.position)}</span><span class="when">${clock(event.ingestTime)}</span><span class="name">${event.tag}</span><span class="key">${event.key ?? ''}</span><span class="text">${text.slice(0, 240)}</span>
      </button>
      ${shown ? details(event) : nothing}
      ${gap ? html`<p class="gap">${gap}</p>` : nothing}
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
    const rate = box.rate();
    if (state === 'past') return html`${badge('idle', 'looking back')} <span class="quiet">${rows.length ? `${count(rows.at(-1).position)} to ${count(rows[0].position)}` : 'nothing here'}</span>`;
    if (state === 'elsewhere') return html`${badge('warn', 'another tab has the stream')} <button @click=${() => live.resume()}>Take it over</button>`;
    if (state === 'lost') return html`${badge('warn', 'reconnecting; nothing will be missed')} <span class="quiet">${broken.error.reason || broken.error.message} Next try at ${clock(broken.at, {isShort: true})}.</span>`;
    // A cursor that is refused will be refused again.
    if (state === 'refused') return html`${badge('bad', `stopped: ${broken.error.reason || broken.error.message}`)} <button @click=${() => (broken.error.reason.startsWith('CURSOR') ? begin() : live.resume())}>Try again</button>`;
    if (state !== 'live') return badge('idle', state);
    const said = left(box);
    return html`${isPaused() ? badge('idle', 'paused') : box.lag ? badge('warn', `catching up, ${count(box.lag)} of the log to go`) : badge('live', 'live')}
      <span class="quiet num">${short(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate))}/s</span>
      ${said ? html`<span class="quiet num" title="At most 50 rows a second are shown, and what is far behind is left out. A narrower filter shows all.">${said}</span>` : nothing}`;
  }

  function list() {
    if (error) return failure(error, begin);
    if (refused && !rows.length) return nothing;
    if (rows.length) return html`<ol class="events" aria-label="Events, newest first">${repeat(rows, (event) => event.position, row)}</ol>${searched(look, lookFurther)}`;
    if (state === 'starting' || look.isLooking) return look.calls ? searched({...look, isLooking: true}) : loading('Reading the log');
    if (look.further) return empty('Nothing found so far', searched(look, lookFurther));
    if (filterText()) return empty('Nothing matches yet', html`<p>No event on this page has what the filter asks for. ${state === 'live' ? 'The next one that does shows up here.' : ''}</p><button @click=${() => change({filter: '', page: ''})}>Clear the filter</button>`);
    if (state === 'past') return empty('There is nothing after this place');
    const first = sending({tag: 'HELLO.WORLD', message: 'my first event', json: '{"n":1}'});
    return empty('The log is empty', html`<p>Send the first event; it shows up here at once.</p>${command(first.curl)}<p class="quiet">or by gRPC</p>${command(first.grpcurl)}`);
  }

  function view() {
    const at = params.get('at') ?? '';
    return html`<div class="head"><h1>Live tail</h1><div class="status">${status()}</div><span class="unseen" role="status">${isPaused() ? 'paused' : state}</span></div>
      <div class="toolbar">
        <form class="grow" @submit=${(e) => (e.preventDefault(), change({filter: new FormData(e.target).get('filter').trim(), page: '', open: ''}))}>
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
              ['Oldest', page?.older ? () => go({at: page.earliest}) : state === 'live' ? () => go({at: '1'}) : null],
              ['Older', page?.older ? () => go(page.older) : state === 'live' && rows.length ? () => go({before: rows.at(-1).position}) : null],
              ['Newer', page?.newer ? () => go(page.newer) : null],
              ['Newest', page ? () => go({}) : null],
            ],
            isPaused() && box.fresh ? html`<button class="primary" @click=${pause}>${count(box.fresh)} new</button>` : nothing,
          )}
          ${page?.missed ? html`<p class="quiet">Retention has removed ${count(page.missed)} events after this place.</p>` : nothing}
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
      if (!same('filter') || !PLACES.every(same)) begin();
      else if (!same('paused') && !isPaused()) {
        rows = box.flush(rows);
        redraw();
      }
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
