// What the live tail got and has not shown yet, and how much of it is left out: nothing is left out without being counted.

export const ROWS_MAX = 200;
const PER_TICK = 10; // of 200 ms, so 50 rows a second: more nobody reads
const BURST = 50;
const BEHIND_MAX = 20_000;

/** @param isFiltered whether a stream leaves events out, so that how far it is behind says little about how many will come */
export function inbox(isFiltered) {
  let waiting = [];
  let room = BURST; // rows that may come at the next tick
  let unshown = 0; // since the last row
  let unread = 0; // of the log since the last row, whether they match or not
  let taken = 0; // since it was level with the log
  let head = 0;
  let isLive = false;
  let seen = []; // [when, how many] of the last two seconds

  const box = {
    /** That many came while it was paused. */
    fresh: 0,
    /** Matching events that were not shown. */
    skipped: 0,
    /** Events of the log that were not looked at. */
    unread: 0,
    /** Events of the log still to come. */
    lag: 0,

    /** @returns where to go on if it is too far behind to be live, else nothing */
    frame({started, batch, progress, gap}, isPaused) {
      if (started) {
        isLive = false;
        behind(Number(started.headPosition ?? 0), Number(started.startPosition ?? 0));
      }
      if (gap) leave(Number(gap.missedEvents ?? 0));
      if (progress) {
        isLive = progress.state === 'STATE_LIVE';
        behind(Number(progress.headPosition ?? 0), Number(progress.position ?? 0));
      }
      if (batch) {
        take(batch.events, isPaused);
        behind(head, Number(batch.events.at(-1).position));
      }
      if (isLive) taken = 0;
      // With a filter few of them may match, and the server finds those quickly: it goes on from its cursor until too many came.
      if (box.lag <= BEHIND_MAX || (isFiltered && taken <= BEHIND_MAX)) return undefined;
      leave(box.lag);
      box.lag = taken = 0;
      return String(head);
    },

    /** Makes room for the next rows. @returns whether something is to be drawn */
    tick() {
      room = Math.min(BURST, room + PER_TICK);
      const before = seen.length;
      const since = performance.now() - 2000;
      seen = seen.filter(([at]) => at > since);
      return before > 0 || waiting.length > 0;
    },

    /** The rows with what waited before them, newest first. The oldest of these says how many are left out below it. */
    flush(rows) {
      const [first] = waiting;
      if (!first) return rows;
      Object.assign(first, {skipped: unshown, unread});
      unshown = unread = 0;
      room = Math.max(0, room - waiting.length);
      const all = [...waiting.reverse(), ...rows].slice(0, ROWS_MAX);
      waiting = [];
      box.fresh = 0;
      return all;
    },

    /** Matching events a second. */
    rate: () => seen.reduce((sum, [, n]) => sum + n, 0) / 2,
  };

  function behind(newHead, position) {
    head = newHead;
    box.lag = isLive ? 0 : Math.max(0, head - position);
  }

  function take(events, isPaused) {
    seen.push([performance.now(), events.length]);
    taken += events.length;
    if (isPaused) box.fresh += events.length;
    waiting.push(...events);
    const over = waiting.length - (isPaused ? ROWS_MAX : Math.floor(room));
    if (over <= 0) return;
    waiting.splice(0, over);
    unshown += over;
    if (!isPaused) box.skipped += over;
  }

  /** Without a filter, what is not looked at is what is not shown. */
  function leave(n) {
    if (isFiltered) {
      unread += n;
      box.unread += n;
    } else {
      unshown += n;
      box.skipped += n;
    }
  }

  return box;
}
