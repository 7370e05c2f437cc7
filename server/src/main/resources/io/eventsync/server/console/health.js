// How an endpoint does, in one word, the worst first.
import {count, seconds, word} from './format.js';

const BEHIND_SECONDS = 60;

/** Where it sends to. */
export const target = (e) => e.webhook?.url ?? (e.email ? `mail to ${e.email.to.join(', ')}` : '');

/** Tone and word. */
export function health(e) {
  const s = e.status ?? {};
  const state = (s.state ?? '').replace('ENDPOINT_STATE_', '');
  if (state === 'DISABLED') return ['bad', `disabled: ${word(s.disableReason, 'DISABLE_REASON_')}`];
  if (state === 'BLOCKED') return ['bad', `blocked at ${count(s.blockedPosition)}`];
  if (state === 'PAUSED') return ['idle', 'paused'];
  if (s.breaker?.state === 'STATE_OPEN') return ['bad', 'breaker open'];
  if (s.breaker?.state === 'STATE_HALF_OPEN') return ['warn', 'probing'];
  if (s.pausedUntil) return ['warn', 'asked to wait'];
  if (seconds(s.lag) > BEHIND_SECONDS) return ['warn', 'behind'];
  if (s.retrying > 0) return ['warn', 'retrying'];
  return ['ok', 'healthy'];
}

/** When it tries again: an open breaker holds back what is due. */
export const nextTry = (e) => (e.status?.breaker?.state === 'STATE_OPEN' ? e.status.breaker.probeTime : e.status?.nextAttemptTime);
