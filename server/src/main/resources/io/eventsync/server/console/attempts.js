// The story of one delivery: its attempts, the waits between them, what came back.
import {html, nothing, svg} from './lit/lit-html.js';
import {get, post} from './api.js';
import {clock, duration, seconds, text, word} from './format.js';
import {to} from './route.js';
import {badge, copy, failure, loading, since, time, twice} from './ui.js';

// That many the server answers at most.
const ATTEMPTS_MAX = 100;
const TONES = {SUCCEEDED: 'ok', FAILED: 'bad', STARTED: 'live', UNKNOWN: 'warn'};

export const outcome = (attempt) => {
  const name = (attempt.outcome ?? '').replace('ATTEMPT_OUTCOME_', '');
  const error = word(attempt.error, 'ATTEMPT_ERROR_');
  const label = name === 'SUCCEEDED' ? `${attempt.statusCode || 'done'}` : name === 'FAILED' ? `${attempt.statusCode || error || 'failed'}` : word(name, '').replace('started', 'in flight');
  return badge(TONES[name] ?? 'idle', label);
};

const STATES = {DELIVERED: 'ok', RETRYING: 'warn', IN_FLIGHT: 'live', PENDING: 'idle', DEAD: 'bad', BLOCKING: 'bad', CANCELED: 'idle'};
export const deliveryState = (state) => badge(STATES[(state ?? '').replace('DELIVERY_STATE_', '')] ?? 'idle', word(state, 'DELIVERY_STATE_'));

export function timeline(attempts) {
  const longest = Math.max(0.001, ...attempts.map((a) => seconds(a.latency) || 0));
  let end = null;
  return html`<ol class="attempts" aria-label="Attempts, oldest first">${attempts.map((a) => {
    const begin = Date.parse(a.startTime);
    const wait = end === null ? null : (begin - end) / 1000;
    const took = seconds(a.latency);
    end = begin + (took || 0) * 1000;
    const excerpt = text(a.responseExcerpt).trim();
    const width = Math.max(1, Math.round((100 * (took || 0)) / longest));
    return html`${wait !== null ? html`<li class="wait"><span>${wait > 0.5 ? `${duration(wait)} later` : 'at once'}${a.replayId ? ', by a replay' : ''}</span></li>` : nothing}
      <li><span class="quiet num">${a.number}</span>${outcome(a)}<span>${time(a.startTime)}</span>
        <svg class="meter ${a.outcome === 'ATTEMPT_OUTCOME_SUCCEEDED' ? 'ok' : ''}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">${svg`<rect class="bed" width="100" height="8"/><rect width=${width} height="8"/>`}</svg>
        <span>${duration(took)} <span class="quiet">${a.errorMessage || a.remoteAddress || ''}</span></span>
        ${excerpt ? html`<pre tabindex="0">${excerpt}</pre>` : nothing}</li>`;
  })}</ol>`;
}

/** Asks the server to explain one event at one endpoint, and shows the answer. */
export function explained(endpoint, eventId, redraw) {
  let answer = null;
  let error = null;
  let said = '';
  let failed = null;
  let asked = 0;
  const load = async () => {
    const mine = ++asked;
    try {
      const now = await get('v1/deliveries:explain', {endpoint, event_id: eventId});
      if (mine === asked) [answer, error] = [now, null];
    } catch (e) {
      if (mine === asked) error = e;
    }
    redraw();
  };
  const retry = () =>
    post('v1/deliveries:retry', {endpoint, eventId}).then(
      () => ([said, failed] = [`Due since ${clock(new Date(), {isShort: true})}.`, null]) && load(),
      // Not among what the next load clears: that comes in a moment.
      (e) => ([said, failed] = ['', e]) && redraw(),
    );
  load();
  return {
    load,
    view() {
      if (!answer) return error ? failure(error, load) : loading('Asking what became of it');
      const next = answer.delivery?.nextAttemptTime;
      return html`${failure(error, load)}${failure(failed)}<div class="head"><div>${answer.delivery ? deliveryState(answer.delivery.state) : badge('idle', word(answer.verdict, 'DELIVERY_VERDICT_'))} <span class="quiet">${answer.explanation}</span>${next ? html`<span class="quiet">; next attempt ${since(next)}, at ${clock(next, {isShort: true})}</span>` : nothing}</div>
          <div class="actions"><span class="quiet" role="status">${said}</span><a class="button" href=${to('event', eventId)}>The event</a>${copy('Copy id', eventId)}${twice('Send again', 'Really send again?', retry, {disabled: !answer.matched})}</div></div>
        ${answer.attempts?.length === ATTEMPTS_MAX ? html`<p class="quiet">The latest ${ATTEMPTS_MAX} attempts.</p>` : nothing}
        ${answer.attempts?.length ? timeline(answer.attempts) : html`<p class="quiet">No attempt is on record.</p>`}`;
    },
  };
}
