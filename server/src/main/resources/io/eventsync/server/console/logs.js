// The last 50 lines of the log, as lines.
import {html, nothing} from './lit/lit-html.js';
import {get, poll} from './api.js';
import * as filters from './filter.js';
import {clock} from './format.js';
import {back, forth} from './past.js';
import {change} from './route.js';
import {copy, empty, failure, loading, searched} from './ui.js';

const LINES = 50;
const FOLLOW_CALLS_MAX = 20;

export function open(route, redraw) {
  let params = route.params;
  let events = null; // oldest first
  let reached = '0'; // up to here they are all there
  let look = {calls: 0, found: 0};
  let error = null;
  let generation = 0;

  const filterText = () => params.get('filter') ?? '';
  const filter = () => filters.parse(filterText());

  const round = poll(async () => {
    const mine = generation;
    try {
      if (!events) await begin(mine);
      else await follow(mine);
      if (mine === generation) error = null;
    } catch (e) {
      if (mine !== generation) return;
      error = e;
      // The log is another one than before, as after a restored backup.
      if (e.reason?.startsWith('CURSOR')) events = null;
    }
    redraw();
  }, 2000);

  async function begin(mine) {
    const head = (await get('v1/log')).headPosition ?? '0';
    look = {calls: 0, found: 0};
    await lookOn(mine, {before: String(BigInt(head) + 1n)});
    reached = head;
  }

  /** Puts older lines above those that are here. */
  async function lookOn(mine, from) {
    const before = look.calls;
    const here = events ?? [];
    look = {calls: before, found: here.length, isLooking: true};
    const found = await back(filter(), from, {
      enough: LINES - here.length,
      isWanted: () => mine === generation,
      said({calls, found: n}) {
        if (mine === generation) look = {calls: before + calls, found: here.length + n, isLooking: true};
        redraw();
      },
    });
    if (mine !== generation) return;
    events = [...found.items.reverse(), ...(events ?? [])].slice(-LINES);
    look = {calls: before + found.calls, found: events.length, further: found.next && events.length < LINES ? {page: found.next} : null};
  }

  /** Only what is new is asked for: a filter that matches little would have the server look through the same past again and again. */
  async function follow(mine) {
    const found = await forth(filter(), {'start.after_position': reached}, {enough: Infinity, callsMax: FOLLOW_CALLS_MAX, isWanted: () => mine === generation});
    if (mine !== generation) return;
    if (found.next) {
      // So much came meanwhile that it is quicker to begin at the new end.
      events = null;
      await begin(mine);
      return;
    }
    events = [...events, ...found.items].slice(-LINES);
    reached = String(found.reached);
  }

  async function lookFurther() {
    const mine = generation;
    const from = look.further;
    try {
      await lookOn(mine, from);
    } catch (e) {
      if (mine === generation) [error, look] = [e, {...look, isLooking: false, further: from}];
    }
    redraw();
  }

  const text = (e) => e.message || e.json || '';
  const lines = () => (events ?? []).map((e) => `[${e.ingestTime}] ${e.tag}: ${text(e)}`).join('\n');

  function list() {
    if (!events) return error ? nothing : look.calls ? searched({...look, isLooking: true}) : loading();
    if (!events.length) return look.further || look.isLooking ? empty('Nothing found so far', searched(look, lookFurther)) : empty('No lines', html`<p>The last ${LINES} events that match show up here, the newest at the end.</p>`);
    return html`${searched(look, lookFurther)}<pre class="log ${params.get('wrap') === '1' ? 'wrapped' : ''}" tabindex="0" aria-label="The last ${LINES} lines, the newest at the end">${events.map((e) => html`<span class="quiet" title=${e.ingestTime}>${clock(e.ingestTime)}</span> <b>${e.tag}</b> ${text(e).slice(0, 600)}
`)}</pre>`;
  }

  return {
    view: () => html`<div class="head"><h1>Logs</h1><div class="actions"><label class="check"><input type="checkbox" .checked=${params.get('wrap') === '1'} @change=${(e) => change({wrap: e.target.checked ? '1' : ''}, {replace: true})}>Wrap lines</label>${copy('Copy all', () => lines())}</div></div>
      <div class="toolbar"><form class="grow" @submit=${(e) => (e.preventDefault(), change({filter: new FormData(e.target).get('filter').trim()}))}><input name="filter" data-key="/" aria-label="Filter" placeholder="Filter: DATABASE -DATABASE.HEARTBEAT" .value=${filterText()} autocomplete="off" spellcheck="false"></form></div>
      ${failure(error, round.now)}
      ${list()}`,
    changed(now) {
      const before = filterText();
      params = now.params;
      if (before === filterText()) return;
      generation++;
      events = error = null;
      look = {calls: 0, found: 0};
      round.now();
    },
    refresh: round.now,
    stop() {
      generation++;
      round.stop();
    },
  };
}
