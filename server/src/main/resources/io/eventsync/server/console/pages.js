// A page of a list may come back short, even empty, while there is more: a call looks through a part of the log only. Whoever takes
// such a page for the end says "nothing" too early.
import {get} from './api.js';

const CALLS_MAX = 100;
const MILLIS_MAX = 5000;

/**
 * Asks for page after page until enough came, the list ended, or it has looked for long.
 * @param ask(from) answers {items, next}; next is empty at the end
 * @param said({calls, found}) while it looks on
 * @param isWanted ends it when nobody waits for it any more
 * @returns what came, where to look on (empty at the end), and how many calls it took
 */
export async function gather(ask, {from = '', enough = 1, callsMax = CALLS_MAX, millisMax = MILLIS_MAX, said = () => {}, isWanted = () => true} = {}) {
  const begun = performance.now();
  const items = [];
  let next = from;
  let calls = 0;
  do {
    const page = await ask(next);
    items.push(...page.items);
    next = page.next ?? '';
    calls++;
    if (next) said({calls, found: items.length});
  } while (next && items.length < enough && calls < callsMax && performance.now() - begun < millisMax && isWanted());
  return {items, next, calls};
}

/** For {@link gather}: a list of the API by its page tokens. */
export const list = (path, params, field) => async (from) => {
  const answer = await get(path, {...params, page_token: from});
  return {items: answer[field] ?? [], next: answer.nextPageToken};
};

/** All endpoints, up to 10,000. */
export const endpoints = (params = {}) => gather(list('v1/endpoints', {page_size: 1000, ...params}, 'endpoints'), {enough: Infinity, callsMax: 10});
