// A new endpoint: where to, which events, and what that filter would have matched.
import {html, nothing} from './lit/lit-html.js';
import {post} from './api.js';
import * as filters from './filter.js';
import {preview} from './preview.js';
import {change, to} from './route.js';
import {command, failure} from './ui.js';

export function open(route, redraw) {
  let params = route.params;
  let error = null;
  let made = null;
  let busy = false;
  const filter = () => filters.parse(params.get('filter') ?? '');
  const matching = preview(filter, redraw);

  async function create(e) {
    e.preventDefault();
    const data = new FormData(e.target);
    busy = true;
    error = null;
    redraw();
    try {
      made = await post('v1/endpoints', {
        endpoint: {
          name: data.get('name').trim(),
          description: data.get('description').trim(),
          webhook: {url: data.get('url').trim(), format: data.get('format')},
          filter: filter(),
          ordering: data.get('ordering'),
          retryPolicy: {schedule: data.get('retry')},
        },
        start: {anchor: data.get('start')},
        paused: data.get('paused') === 'on',
      });
    } catch (refused) {
      error = refused;
    }
    busy = false;
    redraw();
  }

  function view() {
    if (made) {
      return html`<div class="head"><h1>${made.endpoint.name} is there</h1></div>
        <div class="state good"><p>${made.signingSecret ? 'Its secret is shown here only. Receivers verify with it what they are sent.' : 'It existed already, with these settings.'}</p>${made.signingSecret ? command(made.signingSecret) : nothing}
        <a class="button primary" href=${to('endpoints', made.endpoint.name)}>Go to the endpoint</a></div>`;
    }
    return html`<div class="head"><h1><span class="crumb"><a href="#/endpoints">Endpoints</a> / </span>New endpoint</h1></div>
      <div class="columns">
        <form class="fields" @submit=${create}>
          <label>Name<input name="name" required maxlength="64" pattern="[A-Za-z0-9_.\\-]+" title="Letters, digits, _ . and -" autocomplete="off" spellcheck="false"><small>Letters, digits, _ . and -. It does not change.</small></label>
          <label>URL<input name="url" type="url" required placeholder="https://example.org/hooks" autocomplete="off"><small>Public https addresses, unless the server allows others (webhook.allow-…).</small></label>
          <label>Filter<input name="filter" data-key="/" placeholder="ORDER -ORDER.TEST" autocomplete="off" spellcheck="false" .value=${params.get('filter') ?? ''} @input=${(e) => (change({filter: e.target.value}, {replace: true}), matching.changed())}><small>Tag prefixes; -TAG takes away, key=… and name=value narrow down. Empty: all events.</small></label>
          <label>Description<input name="description" maxlength="1024" autocomplete="off"></label>
          <label>Begin<select name="start"><option value="ANCHOR_NOW">with the next event</option><option value="ANCHOR_BEGINNING">with the first event of the log</option></select></label>
          <label>Order<select name="ordering"><option value="ORDERING_PARALLEL">parallel, fastest</option><option value="ORDERING_ORDERED_BY_KEY">in order for each key</option><option value="ORDERING_ORDERED">strictly in order</option></select></label>
          <label>Retries<select name="retry"><option value="RETRY_SCHEDULE_STANDARD">standard: 13 attempts in 3 days</option><option value="RETRY_SCHEDULE_FAST">fast: 6 attempts in a minute</option><option value="RETRY_SCHEDULE_NONE">none</option></select></label>
          <label>Format<select name="format"><option value="WEBHOOK_FORMAT_STANDARD">standard webhooks</option><option value="WEBHOOK_FORMAT_RAW">raw payload</option><option value="WEBHOOK_FORMAT_CLOUDEVENTS_STRUCTURED">CloudEvents, structured</option><option value="WEBHOOK_FORMAT_CLOUDEVENTS_BINARY">CloudEvents, binary</option><option value="WEBHOOK_FORMAT_LEGACY">legacy: category, code, message</option></select></label>
          <label class="check"><input type="checkbox" name="paused">Make it paused</label>
          ${failure(error)}
          <div class="actions"><button class="primary" ?disabled=${busy}>${busy ? 'Making…' : 'Make the endpoint'}</button><a class="button" href="#/endpoints">Cancel</a></div>
        </form>
        <div class="panel"><h2>What the filter matches</h2>${matching.view()}</div>
      </div>`;
  }

  return {
    view,
    changed(now) {
      params = now.params;
    },
    stop: matching.stop,
  };
}
