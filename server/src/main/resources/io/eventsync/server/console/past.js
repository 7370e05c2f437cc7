// A part of the log's past: by position, by time, or from where an earlier look ended.
import {get} from './api.js';
import * as filters from './filter.js';
import {gather, list} from './pages.js';
import {when} from './when.js';

export const PAGE = 100;

/** What asks for keys or attributes is found by going through event after event: large pages mean fewer calls. */
const perCall = (filter) => (filter.keys.length || Object.keys(filter.attributes).length ? 1000 : PAGE);

/** Newest first, from a position (`before`) or the end of an earlier look (`page`). */
export function back(filter, {before, page}, options) {
  const params = {...filters.params(filter), page_size: perCall(filter)};
  const ask = (from) => list('v1/events', from ? params : {...params, before_position: before}, 'events')(from);
  return gather(ask, {from: page, enough: PAGE, ...options});
}

/** Oldest first; `reached` is the last position that was looked at. */
export async function forth(filter, start, options) {
  let reached = 0n;
  let gap;
  const params = {...filters.params(filter), max_events: perCall(filter), on_expired: 'EXPIRED_POLICY_SKIP_TO_EARLIEST'};
  const ask = async (from) => {
    const answer = await get('v1/events:sync', {...params, ...(from ? {'start.cursor': from} : start)});
    reached = BigInt(answer.headPosition ?? 0) - BigInt(answer.lagEvents ?? 0);
    gap ??= answer.gap;
    return {items: answer.events ?? [], next: answer.upToDate ? '' : answer.cursor};
  };
  return {...(await gather(ask, {enough: PAGE, ...options})), reached, gap};
}

const isPosition = (text) => /^\d+$/.test(text ?? '');

/**
 * One page, newest first, with the parameters of the pages around it.
 * @returns {{rows, older, newer, further, calls, reached, earliest, missed}} further: where to look on if the page is not full
 */
export async function lookBack(filter, {at, before, page}, options) {
  const found = at ? await after(filter, at, options) : await until(filter, {before, page}, options);
  const log = await get('v1/log');
  const earliest = log.earliestPosition ?? '1';
  const isThere = (place, end, isInside) => (isPosition(place) && isInside(BigInt(place), BigInt(end)) ? place : null);
  const older = found.older ?? (isThere(found.oldest, earliest, (a, b) => a > b) && {before: found.oldest});
  const newer = found.newer ?? (isThere(found.newest, log.headPosition ?? '0', (a, b) => a <= b) && {at: found.newest});
  return {...found, older, newer, earliest};
}

async function after(filter, at, options) {
  const start = isPosition(at) ? {'start.after_position': String(BigInt(at) - (BigInt(at) > 0n ? 1n : 0n))} : {'start.time': when(at)?.toISOString() ?? at};
  const {items, next, calls, reached, gap} = await forth(filter, start, options);
  const rows = items.slice(0, PAGE).reverse();
  const end = items.length > PAGE ? BigInt(rows[0].position) : reached;
  const newer = items.length > PAGE || next ? {at: String(end + 1n)} : null;
  return {
    rows,
    newer,
    oldest: isPosition(at) ? at : (rows.at(-1)?.position ?? String(reached + 1n)),
    further: rows.length < PAGE ? newer : null,
    calls,
    reached: String(reached),
    missed: Number(gap?.missedEvents ?? 0),
  };
}

async function until(filter, from, options) {
  const {items, next, calls} = await back(filter, from, options);
  const rows = items.slice(0, PAGE);
  const isFull = rows.length === PAGE;
  const further = !isFull && next ? {page: next} : null;
  return {
    rows,
    older: further ?? (isFull && (next || items.length > PAGE) ? {before: rows.at(-1).position} : null),
    newest: from.before ?? (rows.length ? String(BigInt(rows[0].position) + 1n) : undefined),
    further,
    calls,
    missed: 0,
  };
}
