// Deliveries as the page of them lists them: found by endpoint, by event, as dead letters, or over everything by their attempts.
import {get} from './api.js';
import {gather, list} from './pages.js';

const ENOUGH = 100;
const RARE = ['failing', 'flight'];
const RARE_ENOUGH = 500;
const AT_ONCE = 5;
// A dead letter may be sent again, without an attempt at first.
const MAY_GO_ON = ['DELIVERY_STATE_IN_FLIGHT', 'DELIVERY_STATE_DEAD'];
const FAILING = ['DELIVERY_STATE_RETRYING', 'DELIVERY_STATE_BLOCKING'];

export const key = (d) => `${d.endpoint}/${d.eventId}`;

/** Newest first: of many attempts of one delivery the latest. */
function byDelivery(attempts) {
  const newest = new Map();
  for (const a of attempts) {
    if (!a.test && !newest.has(key(a))) newest.set(key(a), {endpoint: a.endpoint, eventId: a.eventId, tag: a.tag, position: a.position, attempts: a.number, latest: a});
  }
  return [...newest.values()];
}

const delivery = (d) => ({...d, latest: d.lastAttempt ?? {}});

const dead = (d) => ({...d, state: 'DELIVERY_STATE_DEAD', latest: {startTime: d.createTime, outcome: 'ATTEMPT_OUTCOME_FAILED', error: d.lastError, statusCode: d.lastStatusCode}});

/** Pages of a list, each made into rows. */
const rows = (ask, make) => async (from) => {
  const page = await ask(from);
  return {items: await make(page.items), next: page.next};
};

/** @param settled the failed attempts that are no longer the latest word on their deliveries: they stay so, and are not asked about again */
export async function tried({show, states, outcomes, endpoint, event, from}, settled, options) {
  const attempts = list('v1/attempts', {'filter.outcomes': outcomes?.map((o) => `ATTEMPT_OUTCOME_${o}`), page_size: ENOUGH}, 'attempts');
  let ask;
  if (show === 'dead') {
    ask = rows(list('v1/dead-letters', {'filter.endpoint': endpoint, 'filter.event_ids': event, page_size: ENOUGH}, 'deadLetters'), (found) => found.map(dead));
  } else if (endpoint || event) {
    // The server picks the states from a page that it has read: of the rare ones a large page may hold none.
    const size = RARE.includes(show) ? RARE_ENOUGH : ENOUGH;
    const wanted = states.map((s) => `DELIVERY_STATE_${s}`);
    ask = rows(list('v1/deliveries', {endpoint, event_id: event, states: wanted, page_size: size}, 'deliveries'), (found) => found.map(delivery));
  } else {
    ask = rows(attempts, show === 'failing' ? (found) => failing(byDelivery(found), settled) : byDelivery);
  }
  // One page is enough if anything is on it: the next one has a button.
  return gather(ask, {from, ...options});
}

/** An attempt that failed says only how it was then: the delivery may have been made, given up or canceled meanwhile. */
async function failing(candidates, settled) {
  const open = candidates.filter((d) => !settled.has(d.latest.attemptId));
  const found = new Map();
  for (let i = 0; i < open.length; i += AT_ONCE) {
    const some = open.slice(i, i + AT_ONCE);
    const answers = await Promise.all(some.map(current));
    answers.forEach((d, n) => {
      if (FAILING.includes(d?.state)) found.set(key(d), d);
      else if (!MAY_GO_ON.includes(d?.state)) settled.add(some[n].latest.attemptId);
    });
  }
  return [...found.values()];
}

/** How the delivery of a failed attempt stands; undefined if there is none any more. */
async function current({endpoint, eventId, latest}) {
  try {
    // A batch that was taken in part fails with the first event that was not.
    const [left] = latest.unacknowledgedPositions ?? [];
    const id = left && left !== latest.position ? (await get(`v1/positions/${left}`)).event.id : eventId;
    const answer = await get('v1/deliveries', {endpoint, event_id: id, page_size: 1});
    return answer.deliveries?.map(delivery)[0];
  } catch (e) {
    if (e.status === 404) return undefined;
    throw e;
  }
}
