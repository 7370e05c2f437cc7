// The names of endpoints to choose from, read again now and then: others come and go while a tab is open.
import {poll} from './api.js';
import {endpoints} from './pages.js';

const AGAIN_MILLIS = 30_000;

/** @returns {{names, note, stop}} note says what is not in names */
export function endpointNames(redraw) {
  const found = {names: [], note: ''};
  const round = poll(async () => {
    try {
      const {items, next} = await endpoints();
      found.names = items.map((e) => e.name);
      found.note = next ? 'and more' : '';
    } catch (e) {
      found.note = `not read: ${e.reason || e.message}`;
    }
    redraw();
  }, AGAIN_MILLIS);
  return Object.assign(found, {stop: round.stop});
}
