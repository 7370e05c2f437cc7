// What a filter would match: how many of the newest events, and which.
import {html, nothing} from './lit/lit-html.js';
import {post} from './api.js';
import {count, short} from './format.js';
import {to} from './route.js';
import {bar, failure, loading, since} from './ui.js';

const LAST = 10_000;
const PAUSE_MILLIS = 350;

/** @param filter answers the filter as it is now; call {@code changed} when it is another one */
export function preview(filter, redraw) {
  let answer = null;
  let error = null;
  let timer = 0;
  let asked = 0;

  async function load() {
    const mine = ++asked;
    try {
      const got = await post('v1/endpoints:preview', {filter: filter(), lastEvents: LAST, maxSamples: 5});
      if (mine === asked) [answer, error] = [got, null];
    } catch (e) {
      if (mine === asked) error = e;
    }
    redraw();
  }

  load();
  return {
    changed() {
      clearTimeout(timer);
      timer = setTimeout(load, PAUSE_MILLIS);
    },
    stop: () => clearTimeout(timer),
    view() {
      if (error) return failure(error);
      if (!answer) return loading('Counting what it matches');
      const scanned = Number(answer.scannedEvents ?? 0);
      const matched = Number(answer.matchedEvents ?? 0);
      if (!scanned) return html`<p class="quiet">The log is empty; there is nothing to try the filter on.</p>`;
      return html`<p>Matches <strong>${count(matched)}</strong> of the newest ${short(scanned)} events <span class="quiet">(the oldest came ${since(answer.oldestTime)})</span></p>
        ${bar(matched / scanned, 'Share of events that match')}
        ${answer.samples?.length ? html`<ul class="plain-list">${answer.samples.map((e) => html`<li><a href=${to('event', e.id)}>${e.tag}</a><span class="quiet cut">${e.message || e.key || ''}</span><span class="quiet num">${since(e.ingestTime)}</span></li>`)}</ul>` : nothing}`;
    },
  };
}
